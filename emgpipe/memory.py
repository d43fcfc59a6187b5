"""Memory: what was used is kept for what comes next, and how much it was at most."""

from __future__ import annotations

import sys
from functools import cache
from typing import Final

import numpy as np

LARGEST: Final = 31 << 20
"""Bytes; the allocator of glibc learns from blocks of up to 32 MiB."""


@cache
def keep_memory() -> None:
    """Let the allocator keep memory that is freed, up to 62 MiB, instead of handing it back each time.

    A minute of a channel is a megabyte. By default glibc gives blocks of that size back to the system as soon as they
    are free, and fetches them again for the next step of the work, page by page: a third of the time of all. It learns
    from the largest block that was ever freed; so one is taken, never written to, and freed. Elsewhere nothing happens.
    """
    np.empty(LARGEST, dtype=np.uint8)


def peak_memory() -> int:
    """Return the most bytes this process held at once; 0 where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
