"""The log file of runs: what happened when, to the last finding; a run that is killed leaves it whole so far."""

from __future__ import annotations

import contextlib
import platform
import sys
import time
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from emgpipe.made_of import versions
from emgpipe.progress import duration
from emgpipe.run.events import AllEnd, Interrupted, StudyEnds, StudyStarts
from emgpipe.run.how import Begun, Joining, Progress
from emgpipe.run.said import begun_lines, interrupted_words, table
from emgpipe.store import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.model import StudyResult
    from emgpipe.run.events import Happening


@dataclass(slots=True)
class Log:
    """Adds what happens to a file, one line each, with the time.

    Raises
    ------
    StoreError
        The file cannot be written when it is opened. If that happens later, the run goes on without it.
    """

    path: Path
    _file: TextIO | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._file = open_log(self.path)

    def begin(self, command: str) -> None:
        """Write what was asked for, and with which versions."""
        self.write("run", command, f"in {Path.cwd()} on {platform.node()}")
        self.write("run", ", ".join(f"{name} {number}" for name, number in versions().items()))

    def __call__(self, event: Happening) -> None:
        """Write what happened."""
        self.write(*lines_of(event))

    def write(self, kind: str, *lines: str) -> None:
        """Add lines of one kind."""
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        try:
            for line in lines:
                if self._file is not None:
                    self._file.write(f"{now}  {kind:8} {_one_line(line)}\n")
        except OSError as error:
            self.close()  # nobody looks on at night: the results count for more than the log
            sys.stderr.write(f"emgpipe: {self.path} cannot be written any more ({error.strerror}); the run goes on\n")

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()


@singledispatch
def lines_of(event: Happening) -> tuple[str, ...]:
    """Return the kind of what happened, and the lines that say it."""
    raise NotImplementedError(type(event).__name__)


@lines_of.register
def _(event: StudyStarts) -> tuple[str, ...]:
    return ("study", f"{event.file} ({event.number} of {event.of})")


@lines_of.register
def _(event: Begun) -> tuple[str, ...]:
    return ("start", *begun_lines(event))


@lines_of.register
def _(event: Progress) -> tuple[str, ...]:
    counts = f"[{event.done}/{event.total}, {event.failed} failed, {duration(event.left)} left]"
    failures = () if event.trials == 0 else map(": ".join, event.failures)  # of a session that was lost it is said
    return ("session", f"{counts} {event.name}: {event.words}", *failures)


@lines_of.register
def _(_: Joining) -> tuple[str, ...]:
    return ("tables", "tables, comparisons and report")


@lines_of.register
def _(event: StudyEnds) -> tuple[str, ...]:
    account = event.account
    found = () if event.result is None else _findings(event.result)
    ended = f"{account.file}: {account.state}, {duration(event.seconds)}"
    return ("end", *found, ended, *filter(None, (account.error,)))


@lines_of.register
def _(event: Interrupted) -> tuple[str, ...]:
    return ("end", interrupted_words(event))


@lines_of.register
def _(event: AllEnd) -> tuple[str, ...]:
    return ("end", *table(event.accounts), f"{duration(event.seconds)}, exit code {event.code}")


def _findings(result: StudyResult) -> Iterator[str]:
    """Yield every finding that says what failed or warns; equal ones are not put together."""
    columns = ["level", "kind", "participant", "trial", "muscle", "reason", "remedy"]
    chosen = result.findings.loc[result.findings["level"].isin(("fail", "warn")), columns]
    for level, kind, participant, trial, muscle, reason, remedy in chosen.itertuples(index=False):
        where = ", ".join(part for part in (trial or participant, muscle) if part) or "study"
        yield f"{level.upper()} {kind}, {where}: {reason}" + (f" -> {remedy}" if remedy else "")


def _one_line(text: str) -> str:
    """Return text that stays on its line: what comes from a file may hold line ends and codes for terminals."""
    return "".join(character if character.isprintable() else " " for character in text.replace("\n", " | "))
