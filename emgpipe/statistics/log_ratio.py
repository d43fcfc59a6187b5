"""Paired log ratios: the comparison from which each participant's MVIC cancels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE: Final = 0.95
_LARGEST: Final = 700.0
SAME: Final = 1e-9
"""Log amplitudes nearer than this count as equal; it is a relative difference of amplitudes."""


@dataclass(frozen=True, slots=True)
class PairedRatio:
    """A ratio of geometric means over the `n` participants who have both, and its interval.

    NaN where there is none: the ratio without a pair, the interval with one.
    """

    ratio: float
    low: float
    high: float
    n: int

    @property
    def shown(self) -> bool:
        """Whether there is an interval and it leaves out 1."""
        return self.low > 1 + SAME or self.high < 1 - SAME

    def inverse(self) -> PairedRatio:
        """Return the ratio the other way round."""
        return PairedRatio(1 / self.ratio, 1 / self.high, 1 / self.low, self.n)


NO_RATIO: Final = PairedRatio(math.nan, math.nan, math.nan, 0)


def paired_ratio(level: NDArray[np.float64], other: NDArray[np.float64]) -> PairedRatio:
    """Return the ratio `level` / `other` with its t interval (95 %, n - 1 degrees of freedom).

    Parameters
    ----------
    level, other : array, shape (n_participants,)
        Log amplitudes; NaN where a participant has none.
    """
    differences = level - other
    differences = differences[np.isfinite(differences)]
    n = differences.size
    if n == 0:
        return NO_RATIO
    center = float(differences.mean())
    if n == 1:
        return PairedRatio(_exp(center), math.nan, math.nan, 1)
    # stdtrit is the inverse of Student's t; scipy.stats would cost half a second to import for it.
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(differences.std(ddof=1)) / math.sqrt(n)
    return PairedRatio(_exp(center), _exp(center - half), _exp(center + half), n)


def _exp(log: float) -> float:
    """Keep the interval of two participants who contradict each other finite and above zero."""
    return math.exp(min(max(log, -_LARGEST), _LARGEST))
