"""What each participant does in a level, against one level, and how far the participants part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.statistics.individual_response import ResponseSpread, response_spread, smallest_change
from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    from emgpipe.comparison.profiles.error import OwnError
    from emgpipe.comparison.shared.outcomes import Key, OutcomeCells

Direction = Literal["higher", "lower", "within own error", "error not known"]
_LARGEST: Final = 700.0


@dataclass(frozen=True, slots=True)
class OwnResponse:
    """One participant's difference level - against, on the analysis scale; `change` is the smallest that counts."""

    participant: str
    difference: float
    change: float

    @property
    def direction(self) -> Direction:
        """Whether the difference lies beyond the participant's own error, and on which side."""
        if math.isnan(self.change):
            return "error not known"
        if abs(self.difference) <= max(self.change, SAME):
            return "within own error"
        return "higher" if self.difference > 0 else "lower"


@dataclass(frozen=True, slots=True)
class Responses:
    """All participants' responses to one level of one outcome, against another."""

    outcome: OutcomeCells
    level: str
    against: str
    own: tuple[OwnResponse, ...]
    spread: ResponseSpread

    def count(self, direction: Direction) -> int:
        """Return how many participants responded in this direction beyond their own error."""
        return sum(one.direction == direction for one in self.own)

    @property
    def signs(self) -> tuple[int, int, int]:
        """How many differences are above, below and at zero, whatever the error."""
        above = sum(one.difference > SAME for one in self.own)
        below = sum(one.difference < -SAME for one in self.own)
        return above, below, len(self.own) - above - below

    def effect(self, value: float) -> float:
        """Return a number of the scale as a ratio (log scale) or a difference."""
        return math.exp(min(max(value, -_LARGEST), _LARGEST)) if self.outcome.scale == "log" else value


def responses(
    outcome: OutcomeCells,
    level: str,
    against: str,
    errors: Mapping[tuple[Key, str], OwnError],
    confidence: float,
) -> Responses:
    """Return the responses of everybody who has both levels."""
    columns = [outcome.levels.index(name) for name in (level, against)]
    scores = outcome.scores[:, columns]
    both = np.isfinite(scores).all(axis=1)
    found: list[OwnResponse] = []
    variances: list[float] = []
    freedom = 0
    for person, (own, other) in zip(np.array(outcome.participants)[both].tolist(), scores[both], strict=True):
        error = errors.get((outcome.key, person))
        variance = error.difference(level, against) if error else math.nan
        df = error.within.df if error and math.isfinite(variance) else 0
        found.append(OwnResponse(person, float(own - other), smallest_change(variance, df, confidence)))
        variances.append(variance)
        freedom += df
    differences = np.array([one.difference for one in found])
    spread = response_spread(differences, np.array(variances), freedom, confidence)
    return Responses(outcome, level, against, tuple(found), spread)
