"""Ends a process that does not answer in time."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess

_LOOK: Final = 0.25
"""Seconds between two looks at the clock."""


@dataclass(slots=True)
class Watch:
    """One thread for many questions, one at a time; it is there while they come, and leaves when they do not.

    A thread for each question would cost more than most answers: its start waits until it runs.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _child: subprocess.Popen[bytes] | None = None
    _until: float = math.inf
    _is_overdue: bool = False
    _is_running: bool = False

    def begin(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        """Give a process so many seconds from now on, after which it is killed."""
        with self._lock:
            self._child, self._until, self._is_overdue = child, time.monotonic() + seconds, False
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="emgpipe watch", daemon=True).start()

    def end(self) -> bool:
        """Watch no longer; return whether the process was killed because it took too long."""
        with self._lock:
            self._child, self._until = None, math.inf
            return self._is_overdue

    def _run(self) -> None:
        was_asked = True
        while True:
            with self._lock:
                left, is_asked = self._until - time.monotonic(), self._child is not None
                if self._child is not None and left <= 0:
                    self._is_overdue = True
                    self._child.kill()
                    self._child = None
                if not (is_asked or was_asked):
                    self._is_running = False
                    return
                was_asked = is_asked
            time.sleep(min(max(left, 0.0), _LOOK))
