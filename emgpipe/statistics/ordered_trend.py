"""Trends over ordered conditions: Page's test on ranks, linear and quadratic contrasts on scores.

Sources: Page 1963, J Am Stat Assoc 58:216 (two-sided here, since nobody may choose the direction afterwards);
orthogonal polynomial contrasts as in Winer, Brown and Michels 1991, one score per participant, so that the test needs
no sphericity. Page's test takes every order of a participant's levels as equally likely: where levels differ in spread,
or participants have trends of their own about a mean of none, it rejects too often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.friedman import rank_rows
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MOST_LEVELS: Final = 8
_ROUNDING: Final = 1e-13


@dataclass(frozen=True, slots=True)
class Page:
    """Page's L with its expectation, and two-sided p values.

    `p_permutation` is exact where `exact` is true, else from seeded random orders; `p_normal` is the large-sample
    approximation. NaN where all ranks are tied.
    """

    statistic: float
    expected: float
    z: float
    p_normal: float
    p_permutation: float
    exact: bool


def page(scores: NDArray[np.float64], resamples: int = DEFAULT_RESAMPLES, seed: int = 0) -> Page:
    """Test whether scores rise, or fall, with the order of the conditions.

    Parameters
    ----------
    scores : array, shape (n_participants, n_levels)
        Complete; levels in their order.
    """
    from scipy.special import ndtr

    n, k = scores.shape
    ranks = rank_rows(scores)
    places = np.arange(1.0, k + 1)
    statistic, expected = float((ranks @ places).sum()), n * k * (k + 1) ** 2 / 4
    spread = ((ranks - (k + 1) / 2) ** 2).sum(axis=1)
    variance = float(spread.sum()) * float(((places - places.mean()) ** 2).sum()) / (k - 1)
    if not variance:
        return Page(statistic, expected, math.nan, math.nan, math.nan, exact=False)
    z = (statistic - expected) / math.sqrt(variance)
    own = tuple(sorted(tuple(sorted(row)) for row in ranks.tolist()))
    away = abs(statistic - expected) - 1e-9
    if k <= _MOST_LEVELS:
        offsets, weights = _exact_distribution(own)
        p = float(weights[np.abs(offsets) >= away].sum())
    else:
        drawn = _drawn(own, resamples, seed)
        p = (1 + np.count_nonzero(np.abs(drawn) >= away)) / (1 + drawn.size)
    return Page(statistic, expected, z, 2 * float(ndtr(-abs(z))), float(p), exact=k <= _MOST_LEVELS)


@lru_cache(maxsize=32)
def _exact_distribution(own: tuple[tuple[float, ...], ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return all values of L minus its expectation, and their probabilities: participants add up independently."""
    total, start = np.ones(1), 0
    for row in own:
        weights, lowest = _of_one(row)
        total, start = np.convolve(total, weights), start + lowest
    k = len(own[0])
    return (start + np.arange(total.size)) / 2 - len(own) * k * (k + 1) ** 2 / 4, total


@lru_cache(maxsize=32)
def _of_one(row: tuple[float, ...]) -> tuple[NDArray[np.float64], int]:
    """Return the probabilities of one participant's share of twice L, and the lowest value."""
    orders = np.array(list(permutations(round(2 * rank) for rank in row)), dtype=np.int64)
    shares = orders @ np.arange(1, len(row) + 1)
    lowest = int(shares.min())
    return np.bincount(shares - lowest) / len(orders), lowest


@lru_cache(maxsize=32)
def _drawn(own: tuple[tuple[float, ...], ...], resamples: int, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    k = len(own[0])
    places = np.arange(k) - (k - 1) / 2
    total = np.zeros(resamples)
    for row in own:
        total += np.array(row)[np.argsort(rng.random((resamples, k)), axis=1)] @ places
    return total


def polynomial_weights(spacing: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return weights whose product with scores is the least-squares slope, and the quadratic coefficient.

    Parameters
    ----------
    spacing : sequence of float
        Where the levels stand, all different; 1, 2, 3, ... gives a slope per level.

    Returns
    -------
    linear : array, shape (n_levels,)
        In score units per unit of `spacing`.
    quadratic : array, shape (n_levels,) or None
        In score units per squared unit; negative weights the middle, so that an inverted U gives a negative
        coefficient. None for two levels.
    """
    x = np.asarray(spacing, dtype=float)
    centered = x - x.mean()
    linear = centered / (centered @ centered)
    if x.size < 3:
        return linear, None
    squares = centered**2 - np.mean(centered**2)
    bent = squares - (squares @ linear) * centered
    return linear, bent / (bent @ bent)


def contrast(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each participant's contrast score; what rounding makes of equal scores is 0.

    Parameters
    ----------
    scores : array, shape (n_participants, n_levels)
    weights : array, shape (n_levels,)
        Sum to zero.
    """
    products = (scores - scores.mean(axis=1, keepdims=True)) @ weights
    size = np.abs(scores).max(axis=1, initial=0.0) * np.abs(weights).sum()
    return np.where(np.abs(products) <= _ROUNDING * size, 0.0, products)
