"""One kind of trial that a session should hold, and whether it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from emgpipe.config.spelling import same_name
from emgpipe.loading.mapping import targeted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emgpipe.model import Role, Trial
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Planned:
    """A number of trials of one kind.

    Attributes
    ----------
    muscles : tuple of str
        MVIC: the muscles it is meant for.
    side : str
        MVIC: the side that works; empty: either.
    position : str
        MVIC: the test position; empty: any.
    head_position : str
        Tasks; empty: any.
    trials : int
        How many of them.
    repetitions : int or None
        How many repetitions each of them should have.
    is_stated : bool
        False: taken from what the other participants have.
    """

    role: Role
    trials: int = 1
    muscles: tuple[str, ...] = ()
    side: str = ""
    position: str = ""
    exercise: str = ""
    head_position: str = ""
    factors: Mapping[str, str] = field(default_factory=dict)
    repetitions: int | None = None
    is_stated: bool = False

    def fits(self, trial: Trial, vocabulary: Vocabulary) -> bool:
        """Tell whether a trial is one of these."""
        if trial.role != self.role:
            return False
        if self.role == "mvic":
            return self._fits_mvic(trial, vocabulary)
        if self.role != "task":
            return True
        head = not self.head_position or trial.head_position == self.head_position
        others = all(same_name(trial.factors.get(name, ""), text) for name, text in self.factors.items())
        return trial.exercise == self.exercise and head and others

    def _fits_mvic(self, trial: Trial, vocabulary: Vocabulary) -> bool:
        worked = trial.factors.get("working_side", "")
        if self.side and worked in ("left", "right") and worked != self.side:
            return False
        if self.position and _plain(self.position) != _plain(trial.position):
            return False
        meant = targeted(trial, vocabulary)
        return meant is None or all(muscle in meant for muscle in self.muscles)

    def words(self, vocabulary: Vocabulary) -> str:
        """Say what it is: ``barbell hip thrust, hyperflexion``, ``MVIC of biceps femoris (prone)``."""
        if self.role == "task":
            head = vocabulary.words("head_position", self.head_position)
            parts = [vocabulary.words("exercise", self.exercise), head, *(f"{k} {v}" for k, v in self.factors.items())]
            return ", ".join(part for part in parts if part)
        if self.role != "mvic":
            return f"{self.role} trial"
        muscles = " and ".join(vocabulary.words("muscle", muscle) for muscle in self.muscles) or "all muscles"
        position = f" ({_plain(self.position)})" if self.position else ""
        return f"MVIC of {' '.join(part for part in (self.side, muscles) if part)}{position}"


def _plain(text: str) -> str:
    """Spell a position in one way: prone_bent-knee, Prone bent knee."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())
