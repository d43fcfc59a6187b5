"""Many pieces of work at once, each supervised: in this process, in processes of this machine, or on a cluster."""

from emgpipe.batch.engine import Done, Engine, Lost
from emgpipe.batch.here import Here

__all__ = ["Done", "Engine", "Here", "Lost"]
