"""How a study is run: what the user may ask for besides the study itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emgpipe.batch import Here

if TYPE_CHECKING:
    from emgpipe.batch import Engine


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
    """

    done: int
    failed: int
    total: int
    name: str
    words: str
    seconds: float

    @property
    def left(self) -> float:
        """Seconds until the last session will be done, if the others take as long as those so far."""
        return self.seconds / self.done * (self.total - self.done) if self.done else 0.0


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class How:
    """What is asked of a run.

    Attributes
    ----------
    engine : Engine
        Where sessions are processed.
    only : mapping of str to str
        Process sessions of this participant (or session) only.
    verify : bool
        Read every file again to tell whether it changed, whatever its size and time stamp say.
    stop_on_error : bool
        Begin no session after one of them failed.
    """

    engine: Engine = field(default_factory=Here)
    only: dict[str, str] = field(default_factory=dict)
    verify: bool = False
    stop_on_error: bool = False
