"""How the ranks of levels vary when whole participants are drawn again: a cluster bootstrap of the additive model.

The bootstrap draws participants with replacement, each with all their levels, fits the additive model anew and ranks
the levels (Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 8, for the unit of resampling; Hall and
Miller 2009, Ann Stat 37:3929, for why it is no probability: near ties, bootstrap ranks are not consistent). A frequency
of .95 says that 95 % of these redrawn studies put the level there; it does not say that the level is there with
probability .95. `benchmarks/rank_frequency.py` measures how far the two are apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.additive import connected_levels
from emgpipe.statistics.log_ratio import SAME
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

RANGE: Final = (0.025, 0.975)
_BLOCK: Final = 2**21
_DRAWS: Final = 500
"""Made at a time."""


@dataclass(frozen=True, slots=True)
class RankFrequencies:
    """How often each level came to each rank; equal levels share the better rank, so that columns need not sum to 1.

    Attributes
    ----------
    frequency : array, shape (n_levels, n_levels)
        Row: level; column: rank - 1. NaN where no redrawn study could rank.
    mean, low, high : array, shape (n_levels,)
        Mean rank, and the 2.5 and 97.5 percentiles of the ranks.
    used, drawn : int
        Redrawn studies in which all levels could be ranked together, of all that were drawn.
    """

    frequency: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    used: int
    drawn: int


def bootstrap_ranks(
    scores: NDArray[np.float64],
    people: NDArray[np.int64] | None = None,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> RankFrequencies:
    """Return how often each level comes to each rank when participants are drawn again.

    Parameters
    ----------
    scores : array, shape (n_rows, n_levels)
        Larger ranks first; NaN where missing. Nothing is ranked unless the levels are connected (`connected_levels`).
    people : array of int, shape (n_rows,), optional
        The participant of each row, where one has several. Left out, one row each.
    resamples : int
        Studies to draw.
    seed : int
        Of the draws.

    Notes
    -----
    With missing cells, a redrawn study can lack a level or the participants who connect it; it is not used.
    """
    k = scores.shape[1]
    kept = np.isfinite(scores).sum(axis=1) > 1
    who = np.unique(np.flatnonzero(kept) if people is None else people[kept], return_inverse=True)[1]
    scores = scores[kept]
    tally, used = np.zeros((k, k), dtype=np.int64), 0
    if not len(scores) or (connected_levels(np.isfinite(scores)) != 0).any():
        return _summary(tally, 0, resamples)
    rows = shared_draws(int(who.max()) + 1, resamples, seed)
    rows = rows if np.array_equal(who, np.arange(len(rows))) else rows[who]
    if np.isfinite(scores).all():
        return _summary(_tally(scores.T @ rows / len(scores)), resamples, resamples)
    step = max(_BLOCK // (k * k), 16)
    for start in range(0, resamples, step):
        effects = _refitted(scores, rows[:, start : start + step])
        tally += _tally(effects)
        used += effects.shape[1]
    return _summary(tally, used, resamples)


@lru_cache(maxsize=2)  # 10 000 draws of 1000 participants take 80 MB
def shared_draws(n: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """Return how often each participant is drawn, shape (n, resamples); shared by outcomes with equally many."""
    rng, drawn = np.random.default_rng(seed), np.empty((n, resamples))
    for first in range(0, resamples, _DRAWS):  # the same numbers as at once, in a quarter of the room
        picked = rng.integers(0, n, size=(min(_DRAWS, resamples - first), n))
        cells = picked + n * np.arange(len(picked))[:, None]
        counts = np.bincount(cells.ravel(), minlength=picked.size).reshape(picked.shape)
        drawn[:, first : first + _DRAWS] = counts.T
    drawn.setflags(write=False)
    return drawn


def _refitted(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return level effects of the weighted additive model, shape (n_levels, n_used).

    Parameters
    ----------
    scores : array, shape (n_rows, n_levels)
        Every row has two levels at least.
    weights : array, shape (n_rows, n_draws)
        How often each row is in each redrawn study.
    """
    there = np.isfinite(scores).astype(float)
    sizes = there.sum(axis=1, keepdims=True)
    centered = np.where(there > 0, scores - np.nanmean(scores, axis=1, keepdims=True), 0.0)
    k = scores.shape[1]
    each = there[:, :, None] * (np.eye(k) - there[:, None, :] / sizes[:, :, None])
    normal = (weights.T @ each.reshape(len(scores), k * k)).reshape(-1, k, k)
    right = weights.T @ centered
    usable = _connected(normal, (weights[sizes[:, 0] == k] > 0).any(axis=0))
    # Adding a constant fixes the sum of the effects, which the model leaves open.
    solved = np.linalg.solve(normal[usable] + 1.0 / k, right[usable, :, None])
    return np.asarray(solved[:, :, 0].T, dtype=np.float64)


def _connected(normal: NDArray[np.float64], surely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which redrawn studies connect all levels; those with a participant who has every level do `surely`."""
    usable = surely.copy()
    open_ones = np.flatnonzero(~surely)
    reach = (np.abs(normal[open_ones]) > 1e-9).astype(np.float32)
    for _ in range(int(np.ceil(np.log2(max(normal.shape[1], 2))))):
        reach = np.minimum(reach @ reach, 1.0)
    usable[open_ones] = (reach > 0).all(axis=(1, 2))
    return usable


def _tally(effects: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how often each level (row) has each rank (column) over the columns of `effects`."""
    k = len(effects)
    tally = np.empty((k, k), dtype=np.int64)
    for level, own in enumerate(effects):
        above = (effects > own + SAME).sum(axis=0, dtype=np.int16)
        tally[level] = np.bincount(above, minlength=k)
    return tally


def _summary(tally: NDArray[np.int64], used: int, drawn: int) -> RankFrequencies:
    k = len(tally)
    nothing = np.full(k, np.nan)
    if not used:
        return RankFrequencies(np.full((k, k), np.nan), nothing, nothing, nothing, 0, drawn)
    frequency = tally / used
    below = np.cumsum(tally, axis=1) / used
    low, high = ((below < bound - 1e-12).sum(axis=1) + 1.0 for bound in RANGE)
    return RankFrequencies(frequency, frequency @ np.arange(1.0, k + 1), low, high, used, drawn)
