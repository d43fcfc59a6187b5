"""How a study is run: what the user may ask for besides the study itself, and what is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emgpipe.batch import Here

if TYPE_CHECKING:
    from emgpipe.batch import Engine
    from emgpipe.run.work import SessionJob


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run is about to do; told once, before the first session.

    Attributes
    ----------
    study : str
        Its name.
    sessions, due, left_out : int
        All sessions, those that are to be processed now, and those that would be, had they been asked for.
    at_once : int
        How many are processed at the same time.
    seconds : float or None
        How long the sessions may take, as far as that is known.
    why : tuple of str
        Why sessions are processed, equal reasons together.
    left_behind : str
        What a run that was killed left, in words; empty if there was none.
    """

    study: str
    sessions: int
    due: int
    left_out: int
    at_once: int
    seconds: float | None
    why: tuple[str, ...]
    left_behind: str

    @property
    def up_to_date(self) -> int:
        """Sessions whose stored results stand."""
        return self.sessions - self.due - self.left_out


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, after each session.

    Attributes
    ----------
    done, failed, total : int
        Sessions that ended, those of them with a trial that failed or that were lost, and all that are to be done.
    name, words : str
        The session that ended just now, and what became of it.
    seconds : float
        Since the first session was begun.
    trials : int
        Of the session; 0 if it was lost.
    failures : tuple of (str, str)
        What failed in it, and why: trials, or the session itself where it was lost.
    """

    done: int
    failed: int
    total: int
    name: str
    words: str
    seconds: float
    trials: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> float:
        """Seconds until the last session will be done, if the others take as long as those so far."""
        return self.seconds / self.done * (self.total - self.done) if self.done else 0.0


@dataclass(frozen=True, slots=True)
class Joining:
    """All sessions are done, and tables, comparisons and report are being made."""

    sessions: int


Event = Begun | Progress | Joining
Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class How:
    """What is asked of a run.

    Attributes
    ----------
    engine : Engine
        Where sessions are processed: `Here()`, in this process, or `Local(n)`, in n processes of this machine.
    only : mapping of str to sequence of str
        Process sessions of these participants (or of these names) only, such as ``{"participant": ["P03"]}``.
    verify : bool
        Read every file again to tell whether it changed, whatever its size and time stamp say.
    stop_on_error : bool
        Begin no session after one of them failed, and raise `StoppedError` when those under way have ended.
    choose : callable, optional
        Gives the engine when it is known which sessions are to be processed; goes before `engine`.
    """

    engine: Engine = field(default_factory=Here)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    verify: bool = False
    stop_on_error: bool = False
    choose: Callable[[Sequence[SessionJob]], Engine] | None = None

    def engine_for(self, jobs: Sequence[SessionJob]) -> Engine:
        """Return where these sessions are to be processed."""
        return self.choose(jobs) if self.choose else self.engine
