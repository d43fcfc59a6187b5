"""Progress on a terminal as one line that changes, elsewhere as plain lines."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 24


@dataclass(slots=True)
class ProgressLine:
    """Prints how many sessions are done; call it as `run_study`'s `progress`."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    started: float = field(default_factory=time.monotonic)

    def __call__(self, done: int, total: int, words: str) -> None:
        """Print one more finished session."""
        if not self.stream.isatty():
            print(f"[{done}/{total}] {words}", file=self.stream, flush=True)
            return
        left = (time.monotonic() - self.started) / done * (total - done)
        full = _WIDTH * done // total
        line = f"[{'#' * full}{'.' * (_WIDTH - full)}] {done}/{total}  {left:.0f} s left  {words}"
        end = "\n" if done == total else ""
        self.stream.write(f"\r{line[:110]:<110}{end}")
        self.stream.flush()
