"""Friedman's test: do ranks within participants differ between conditions.

Sources: Friedman 1937, J Am Stat Assoc 32:675; Kendall and Babington Smith 1939, Ann Math Stat 10:275, for W. The
permutation p value counts over the orders each participant's own ranks can come in, ties included. Both tests take
the conditions as exchangeable inside a participant: where conditions of equal means differ in spread they reject too
often, more so where they are skewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.log_ratio import SAME
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_LEVELS: Final = 6
_MOST_STATES: Final = 500_000
"""Rank sums times orders of one participant up to which the exact distribution is built."""


@dataclass(frozen=True, slots=True)
class Friedman:
    """Chi squared (corrected for ties) on `df` degrees of freedom, Kendall's W, and p values.

    NaN where all ranks are tied. `p_permutation` is exact where `exact` is true, else from seeded random orders.
    """

    chi2: float
    df: int
    p: float
    w: float
    p_permutation: float
    exact: bool


def friedman(scores: NDArray[np.float64], resamples: int = DEFAULT_RESAMPLES, seed: int = 0) -> Friedman:
    """Test whether ranks differ between conditions.

    Parameters
    ----------
    scores : array, shape (n_participants, n_levels)
        Complete.
    resamples, seed : int
        Of the random orders, where the exact distribution is too large.
    """
    from scipy.special import chdtrc

    n, k = scores.shape
    ranks = rank_rows(scores)
    spread = float(((ranks - (k + 1) / 2) ** 2).sum())
    if not spread:
        return Friedman(np.nan, k - 1, np.nan, np.nan, np.nan, exact=False)
    observed = _unevenness(ranks.sum(axis=0)[None, :])[0]
    chi2 = (k - 1) * float(observed) / spread
    p, exact = _permutation_p(ranks, float(observed), resamples, seed)
    return Friedman(chi2, k - 1, float(chdtrc(k - 1, chi2)), chi2 / (n * (k - 1)), p, exact)


def rank_rows(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1 within each row, shape of `scores`; equal values share their mean rank."""
    apart = scores[:, :, None] - scores[:, None, :]
    above, level = (apart > SAME).sum(axis=2), (np.abs(apart) <= SAME).sum(axis=2)
    return np.asarray(0.5 + above + 0.5 * level)


def _unevenness(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    centered = sums - sums.mean(axis=1, keepdims=True)
    return np.asarray((centered**2).sum(axis=1))


def _permutation_p(ranks: NDArray[np.float64], observed: float, resamples: int, seed: int) -> tuple[float, bool]:
    own = tuple(sorted(tuple(sorted(row)) for row in ranks.tolist()))
    limit = observed * (1 - 1e-9)
    known = _exact_distribution(own)
    if known is not None:
        statistics, weights = known
        return float(weights[statistics >= limit].sum()), True
    drawn = _drawn(own, resamples, seed)
    return float((1 + np.count_nonzero(drawn >= limit)) / (1 + drawn.size)), False


@lru_cache(maxsize=32)
def _exact_distribution(
    own: tuple[tuple[float, ...], ...],
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return all values of the statistic with their probabilities, or None where there are too many rank sums.

    Participant by participant; conditions can change places, so that sorted rank sums are enough.
    """
    k = len(own[0])
    if k > _MOST_LEVELS:
        return None
    sums: NDArray[np.int64] = np.zeros((1, k), dtype=np.int64)
    weights: NDArray[np.float64] = np.ones(1)
    for row in own:
        orders = np.array(list(permutations(round(2 * rank) for rank in row)), dtype=np.int64)
        if len(sums) * len(orders) > _MOST_STATES:
            return None
        every = np.sort((sums[:, None, :] + orders[None, :, :]).reshape(-1, k), axis=1)
        base = int(every.max()) + 1
        codes = every @ (base ** np.arange(k, dtype=np.int64))
        _, first, place = np.unique(codes, return_index=True, return_inverse=True)
        weights = np.asarray(
            np.bincount(place.ravel(), np.repeat(weights / len(orders), len(orders))), dtype=np.float64
        )
        sums = every[first]
    return _unevenness(sums / 2), weights


@lru_cache(maxsize=32)
def _drawn(own: tuple[tuple[float, ...], ...], resamples: int, seed: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    k = len(own[0])
    sums = np.zeros((resamples, k))
    for row in own:
        sums += np.array(row)[np.argsort(rng.random((resamples, k)), axis=1)]
    return _unevenness(sums)
