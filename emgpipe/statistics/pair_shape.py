"""Whether the differences between levels look symmetric: what sign-flip tests of several levels take for granted.

Differences of two levels are symmetric whenever the two have the same distribution, however skewed that is. They are
not where levels are skewed *and* spread unequally; there the set not distinguishable from the highest leaves somebody
out too often. The mean of |skewness| over all pairs of levels tells the two apart better than the largest does; what
normal data of the same size would show is found by simulation, because pairs share levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST: Final = 5
"""Participants of a pair below which its skewness says nothing."""
_DRAWS: Final = 400
_NO_SPREAD: Final = 1e-18
_MOST_PAIRS: Final = 120
"""Of more pairs, so many are simulated; their mean hardly varies any more."""


@dataclass(frozen=True, slots=True)
class PairShape:
    """The shape of the differences between levels.

    Attributes
    ----------
    skewness : float
        Mean |skewness| of the differences over the pairs of levels; NaN where no pair has five participants.
    limit : float
        What normal data exceed with a chance of 5 %.
    spread_ratio : float
        Largest over smallest SD of the levels about the participants' own means; NaN for two levels, whose spread about
        their mean is the same, and where a level does not vary.
    """

    skewness: float
    limit: float
    spread_ratio: float

    @property
    def skewed(self) -> bool:
        """Whether the differences are more skewed than normal ones would be."""
        return self.skewness > self.limit


def pair_shape(scores: NDArray[np.float64]) -> PairShape:
    """Return the shape of the differences.

    Parameters
    ----------
    scores : array, shape (n_rows, n_levels)
        NaN where missing; differences inside a row have a meaning.
    """
    first, second = np.triu_indices(scores.shape[1], 1)
    skewness, counts = _skewness(scores[:, first] - scores[:, second])
    known = np.isfinite(skewness)
    if not known.any():
        return PairShape(math.nan, math.nan, _spread_ratio(scores))
    limit = _limit(int(np.median(counts[known])), scores.shape[1])
    return PairShape(float(np.abs(skewness[known]).mean()), limit, _spread_ratio(scores))


def _skewness(differences: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the skewness of each column, and how many numbers it has."""
    there = np.isfinite(differences)
    counts = there.sum(axis=0)
    n = np.maximum(counts, 1)
    apart = np.where(there, differences - np.where(there, differences, 0.0).sum(axis=0) / n, 0.0)
    second, third = (apart**2).sum(axis=0) / n, (apart**3).sum(axis=0) / n
    known = (counts >= FEWEST) & (second > _NO_SPREAD)
    return np.where(known, third / np.where(known, second, 1.0) ** 1.5, np.nan), counts


def _spread_ratio(scores: NDArray[np.float64]) -> float:
    complete = scores[np.isfinite(scores).all(axis=1)]
    if len(complete) < FEWEST or scores.shape[1] < 3:
        return math.nan
    spread = (complete - complete.mean(axis=1, keepdims=True)).std(axis=0)
    return float(spread.max() / spread.min()) if spread.min() ** 2 > _NO_SPREAD else math.nan


@lru_cache(maxsize=64)
def _limit(n: int, k: int) -> float:
    """Return the 95 % point of the mean |skewness| of normal data with n participants and k levels.

    Levels whose SDs go up to four times the smallest: pairs then have more in common, and their mean varies more.
    """
    rng = np.random.default_rng(0)
    first, second = np.triu_indices(k, 1)
    if len(first) > _MOST_PAIRS:
        chosen = rng.choice(len(first), _MOST_PAIRS, replace=False)
        first, second = first[chosen], second[chosen]
    normal = rng.normal(size=(_DRAWS, n, k)) * np.linspace(1, 4, k)
    drawn = [np.abs(_skewness(one[:, first] - one[:, second])[0]).mean() for one in normal]
    return float(np.quantile(drawn, 0.95))
