"""What a run leaves behind in `processed/<study>/`: tables, one HDF5 file per session, and `run.json`.

::

    metrics.csv  curves.csv  findings.csv  references.csv  ranking.csv
    sessions/<participant>_<session>.h5
    report.html
    run.json                 written last, with the hash of every input and output
"""

from emgpipe.atomic import replace_file, write_text
from emgpipe.store.run_file import RunFile, file_hash, write_run_file
from emgpipe.store.session_file import read_session_trials, session_path, write_session
from emgpipe.store.tables import references_table, write_table

__all__ = [
    "RunFile",
    "file_hash",
    "read_session_trials",
    "references_table",
    "replace_file",
    "session_path",
    "write_run_file",
    "write_session",
    "write_table",
    "write_text",
]
