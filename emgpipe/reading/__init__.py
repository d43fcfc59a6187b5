"""Reading in a child process: a damaged file may crash or hang a C library, and must not take the study with it.

`read_supervised` is `emgpipe.readers.read` with a wall around it; the commands use it.
"""

from emgpipe.reading.behind import files_behind, refuse_links_out
from emgpipe.reading.supervisor import Supervisor, choose_supervised, read_supervised

__all__ = ["Supervisor", "choose_supervised", "files_behind", "read_supervised", "refuse_links_out"]
