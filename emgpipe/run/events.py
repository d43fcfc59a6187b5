"""What happens while studies are run, for whoever tells it: the terminal, the log file, other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.run.how import Begun, Joining, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import StudyResult
    from emgpipe.run.account import StudyAccount


@dataclass(frozen=True, slots=True)
class StudyStarts:
    """One of several studies, the `number`-th of `of`, is begun."""

    file: Path
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class StudyEnds:
    """A study came to its end, in whichever way; `result` is there where something was done."""

    account: StudyAccount
    result: StudyResult | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody stopped the run (Ctrl-C); `finished` of the study's sessions need not be done again."""

    file: Path
    finished: int
    sessions: int


@dataclass(frozen=True, slots=True)
class AllEnd:
    """All studies came to their ends."""

    accounts: tuple[StudyAccount, ...]
    code: int
    seconds: float


Happening = StudyStarts | Begun | Progress | Joining | StudyEnds | Interrupted | AllEnd
Listener = Callable[[Happening], None]
