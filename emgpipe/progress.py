"""Progress on a terminal as one line that changes, elsewhere as plain lines."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from dataclasses import dataclass, field
from typing import TextIO

_BAR = 16
_LEAST_WIDTH = 40


@dataclass(slots=True)
class ProgressLine:
    """Prints how many pieces of work are done; to be called after each."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    started: float = field(default_factory=time.monotonic)
    _is_open: bool = False

    def __call__(self, done: int, total: int, words: str, failed: int = 0) -> None:
        """Print one more finished piece; with `done` 0 show that the first one was begun."""
        words = shown(words)
        counts = ", ".join(filter(None, (f"{done}/{total}", f"{failed} failed" if failed else "")))
        passed = time.monotonic() - self.started
        left = f"{duration(passed / done * (total - done))} left" if 0 < done < total else ""
        if not self.stream.isatty():
            if done:
                print(f"[{', '.join(filter(None, (counts, left)))}] {words}", file=self.stream, flush=True)
            return
        full = _BAR * done // total
        more = f"{total - done} to do" + (f", {left}" if left else "") if done < total else duration(passed)
        self._draw(f"[{'#' * full}{'.' * (_BAR - full)}] {counts}, {more}  {words}")
        if done == total:
            self.close()

    def above(self, line: str) -> None:
        """Print a line that stays, above the one that changes; plain output has its line already."""
        if self.stream.isatty():
            self.close()
            print(shown(line), file=self.stream, flush=True)

    def close(self) -> None:
        """End the line that changes, if there is one."""
        if self._is_open:
            self.stream.write("\n")
            self.stream.flush()
            self._is_open = False

    def _draw(self, line: str) -> None:
        width = columns_of(self.stream) - 1
        line = line if len(line) <= width else f"{line[: width - 3]}..."
        self.stream.write(f"\r{line:<{width}}")
        self.stream.flush()
        self._is_open = True


def shown(text: str) -> str:
    r"""Return a text without what would steer a terminal, as a label or a name out of a file may; line ends stay.

    >>> shown("GMAX\x1b[31m\nRT")
    'GMAX?[31m\nRT'
    """
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)


def duration(seconds: float) -> str:
    """Return a duration as somebody who waits would say it.

    >>> duration(0.2), duration(89), duration(100), duration(7300), duration(2 * 86400 + 3 * 3600)
    ('0 s', '89 s', '2 min', '2 h 2 min', '2 d 3 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


def wrapped(text: str, stream: TextIO) -> str:
    """Break long lines at words where somebody looks at them; in a file a line stays one."""
    width = columns_of(stream)
    return "\n".join(_broken(line, width) for line in text.splitlines()) if width else text


def columns_of(stream: TextIO) -> int:
    """Return the columns of a terminal, 0 of anything else."""
    return max(shutil.get_terminal_size((80, 24)).columns, _LEAST_WIDTH) if stream.isatty() else 0


def _broken(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line, width, subsequent_indent=f"{indent}     ", break_on_hyphens=False, break_long_words=False,
        drop_whitespace=True, replace_whitespace=False,
    )  # fmt: skip
