"""Many pieces of work at once, each supervised: in this process, in processes of this machine, or on a cluster."""

from emgpipe.batch.engine import Done, Engine, Lost
from emgpipe.batch.here import Here
from emgpipe.batch.local import Local
from emgpipe.batch.room import default_jobs, memory_needed, processors

__all__ = ["Done", "Engine", "Here", "Local", "Lost", "default_jobs", "memory_needed", "processors"]
