"""Processes that end when the process that started them does, even if that is killed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

_SET_PARENT_DEATH_SIGNAL = 1


def end_with(parent: int) -> None:
    """Ask Linux to end this process when its parent ends, even inside a library that hangs; elsewhere do nothing.

    Parameters
    ----------
    parent : int
        Process id; if that process has ended already, this one ends at once.
    """
    if sys.platform != "linux":
        return
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it had ended before that took effect
        os._exit(1)
