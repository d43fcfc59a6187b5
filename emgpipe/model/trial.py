"""What was done: a trial, and the repetitions found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Role = Literal["mvic", "rest", "task", "calibration"]


@dataclass(frozen=True, slots=True)
class TrialFile:
    """A recording a trial needs, and where its clock stands: trial time = file time + `offset` (s).

    `is_stated` tells an offset somebody gave, which may be 0, from one nobody gave.
    """

    path: Path
    offset: float = 0.0
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of one exercise in one head position, one MVIC, one rest or one calibration.

    Attributes
    ----------
    id : str
        Unique in the study and the same in every run: participant, session, condition and number.
    files : tuple of TrialFile
        The first file's clock (plus its offset) is the trial's clock.
    start, stop : float or None
        The span that counts, in trial time; None: from the beginning, to the end.
    targets : tuple of str
        MVIC only: the muscles it is meant for, as stated; a muscle stands for its parts as well.
    position : str
        MVIC only: the test position.
    factors : mapping of str to str
        exercise, head_position, load, load_basis, working_side, order and every further column.
    origin : str
        Where the trial was stated: a row of the trials table or a file name.
    own_code : str
        What the study's own tables call the participant, where results have a hash in its place; never written.
    """

    id: str
    participant: str
    session: str
    role: Role
    files: tuple[TrialFile, ...]
    start: float | None = None
    stop: float | None = None
    targets: tuple[str, ...] = ()
    position: str = ""
    factors: Mapping[str, str] = field(default_factory=dict)
    repetitions: int | None = None
    comment: str = ""
    origin: str = ""
    own_code: str = field(default="", repr=False)

    @property
    def own_names(self) -> tuple[str, str]:
        """What the study's own tables call the participant and the trial."""
        if not self.own_code:
            return self.participant, self.id
        return self.own_code, self.own_code + self.id[len(self.participant) :]

    @property
    def exercise(self) -> str:
        """The exercise, or an empty string."""
        return self.factors.get("exercise", "")

    @property
    def head_position(self) -> str:
        """The head position, or an empty string."""
        return self.factors.get("head_position", "")


@dataclass(frozen=True, slots=True)
class Phase:
    """A named part of a repetition; times in seconds of the trial's clock, stop not included."""

    name: str
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition: times only. Signals are filtered whole and cut afterwards."""

    start: float
    stop: float
    phases: tuple[Phase, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.stop - self.start
