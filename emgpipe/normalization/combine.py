"""How the values of several MVIC trials and positions become one reference."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.settings import Settings, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence


class Combine(Settings, ABC):
    """Turns the values of all trials, best first, into one."""

    @abstractmethod
    def value(self, best_first: Sequence[float]) -> float:
        """Return the reference value; `best_first` has at least one element."""

    @abstractmethod
    def uses(self, count: int) -> int:
        """Return how many of `count` values, from the best, the result is made of."""

    @abstractmethod
    def describe(self) -> str:
        """Say in words what is done."""


class Maximum(Combine):
    """The best trial of the best position: neither position is best for everyone (Contreras 2015, PeerJ 3:e1261)."""

    kind: Literal["maximum"] = "maximum"

    def value(self, best_first: Sequence[float]) -> float:
        """Return the highest."""
        return best_first[0]

    def uses(self, count: int) -> int:  # noqa: ARG002 - the best one, however many there are
        """Return 1."""
        return 1

    def describe(self) -> str:
        """Say in words what is done."""
        return "maximum over trials and positions"


class MeanOfBest(Combine):
    """The mean of the best n trials; with fewer trials, of those there are."""

    kind: Literal["mean_of_best"] = "mean_of_best"
    n: int = Field(default=2, ge=1)
    """How many trials."""

    def value(self, best_first: Sequence[float]) -> float:
        """Return the mean of the first n."""
        chosen = best_first[: self.n]
        return sum(chosen) / len(chosen)

    def uses(self, count: int) -> int:
        """Return n, or fewer where there are fewer."""
        return min(self.n, count)

    def describe(self) -> str:
        """Say in words what is done."""
        return f"mean of the best {self.n} trials"


COMBINES: tuple[type[Combine], ...] = (Maximum, MeanOfBest)

if TYPE_CHECKING:
    AnyCombine = Combine
else:
    AnyCombine = one_of(COMBINES)
