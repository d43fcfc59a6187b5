"""Check each new recording as soon as it is complete, one line each, until somebody stops it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from emgpipe.checking.alone import Alone
from emgpipe.checking.arrivals import Arrivals
from emgpipe.checking.in_study import InStudy
from emgpipe.checking.study import OpenStudy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAUSE: Final = 0.5
"""Seconds between two looks at the folder."""
Say = Callable[[str], None]
"""Prints a line."""


class Judge(Protocol):
    """Says what is to be said about files that have become complete."""

    def judge(self, complete: Sequence[Path], pending: frozenset[Path]) -> list[str]:
        """Return the lines about them."""

    @property
    def is_bad(self) -> bool:
        """Whether anything failed that was not mended since, or is missing."""


@dataclass(slots=True)
class Watch:
    """Looks at a folder again and again; clock and sleep are given by tests.

    Attributes
    ----------
    judge : Judge
    arrivals : Arrivals
    say : callable
    sleep : callable
    """

    judge: Judge
    arrivals: Arrivals
    say: Say
    sleep: Callable[[float], None] = field(default=time.sleep)

    def run(self) -> bool:
        """Watch until Ctrl-C; return whether something failed or is missing.

        Raises
        ------
        ReadError
            The folder cannot be watched.
        """
        there = self.arrivals.begin()
        self.say(f"watching {self.arrivals.folder} ({there} files there are not checked now); Ctrl-C stops")
        try:
            while True:
                complete = self.arrivals.poll()
                for line in self.judge.judge(complete, self.arrivals.pending):
                    self.say(line)
                self.sleep(PAUSE)
        except KeyboardInterrupt:
            return self.judge.is_bad


def watch_folder(folder: Path, say: Say) -> bool:
    """Watch a folder without a study; return whether something failed."""
    return Watch(Alone(folder), Arrivals(folder), say).run()


def watch_study(path: Path, participants: Sequence[str], say: Say) -> bool:
    """Watch the recordings of a study; return whether something failed or is missing.

    Raises
    ------
    ConfigError
        The study file cannot be used.
    """
    opened = OpenStudy.at(path)
    folder = opened.study.recordings.folder
    return Watch(InStudy(opened, tuple(participants)), Arrivals(folder), say).run()
