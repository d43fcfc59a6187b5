"""Multiple comparisons with the best: which levels are not distinguishable from the highest.

For every level the hypothesis "no other level is higher" is tested by the largest evidence that another level is, over
all others (Hsu 1981, Ann Stat 9:1026: constrained comparisons with the best). Its distribution comes from flipping the
signs of whole participants, which keeps whatever correlation and unequal spread the levels have. The levels are tested
step by step (Westfall and Young 1993, Resampling-Based Multiple Testing, ch. 2; Goeman and Solari 2010, Ann Stat
38:3782): the first step looks at all pairs of levels in both directions, every later one at those levels that are still
in question, against all others.

Why this construction. Testing each level by itself keeps the true best in the set, but leaves somebody out too often
when all are equal, because every level has its own chance to be left out. The first step over all pairs bounds just
that; the later steps give back the power that all pairs would cost when some levels have dropped out already. The
comparison partners never drop out: a level that is left out can still speak against another, which is what makes each
step's limit lower than the one before and the whole procedure keep its level.

The statistic of a pair is ``sum(d) / sqrt(sum(d**2))`` over the participants who have both. Flips leave the denominator
alone, so for pairs with equally many participants it orders flips and pairs as Student's t does. Unlike t it has mean 0
and variance 1 under the flips whatever the number of participants, and cannot exceed its root: with missing cells, a
pair of three agreeing participants does not set the limit for all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.log_ratio import SAME
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES, SignFlips, sign_flips

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA: Final = 0.05
_BLOCK: Final = 2**19
"""Numbers held at a time: a block of flips stays in the cache of the processor."""


@dataclass(frozen=True, slots=True)
class BestSet:
    """The levels that may be the highest.

    Attributes
    ----------
    members : array of bool, shape (n_levels,)
        In the set: not shown to be below another level.
    p : array, shape (n_levels,)
        Adjusted p of "no other level is higher"; NaN where a level shares no participant with another.
    n : int
        Participants who have at least two levels.
    smallest_p : float
        The smallest p the first step can reach with these participants; above .05 nobody can be left out.
    exact : bool
        All sign assignments were used, not a random sample.
    """

    members: NDArray[np.bool_]
    p: NDArray[np.float64]
    n: int
    smallest_p: float
    exact: bool


def best_set(
    scores: NDArray[np.float64],
    people: NDArray[np.int64] | None = None,
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> BestSet:
    """Return the levels that are not distinguishable from the highest, all decisions together at 5 %.

    Parameters
    ----------
    scores : array, shape (n_rows, n_levels)
        Larger is higher; differences inside a row are compared. NaN where missing.
    people : array of int, shape (n_rows,), optional
        The participant of each row, where one has several rows (which then share no level). Left out, one row each.
    resamples, seed
        See `sign_flips`.

    Notes
    -----
    Assumes that the differences between equal levels are, jointly, as likely as their negatives: true for any
    distribution when the levels are exchangeable, and for normal logarithms with any spread and correlation.
    """
    differences, counts = _differences(scores, people)
    n, k = len(differences), scores.shape[1]
    if n == 0:
        return BestSet(np.ones(k, dtype=bool), np.full(k, np.nan), 0, 1.0, exact=True)
    flips = shared_flips(n, resamples, seed)
    higher = _highest(flips.signs, differences)
    p = _step_down(higher)
    p[counts.max(axis=1, initial=0) == 0] = np.nan
    smallest = max(2.0 / 2.0 ** int(counts.max()), (2.0 if flips.exact else 1.0) / len(flips.signs))
    return BestSet(~(p <= ALPHA), p, n, min(smallest, 1.0), flips.exact)


@lru_cache(maxsize=2)  # 10 000 flips of 1000 participants take 80 MB
def shared_flips(n: int, resamples: int, seed: int) -> SignFlips:
    """Return `sign_flips`, drawn once for all outcomes that have the same number of participants."""
    flips = sign_flips(n, resamples, seed)
    flips.signs.setflags(write=False)
    return flips


def _differences(
    scores: NDArray[np.float64], people: NDArray[np.int64] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return standardized differences (participant, level, other) of other - level, and how many each pair has.

    0 where a participant lacks one of the two; participants without any pair are left out.
    """
    there = np.isfinite(scores)
    both = there[:, :, None] & there[:, None, :]
    k = scores.shape[1]
    both[:, np.arange(k), np.arange(k)] = False
    differences = np.where(both, scores[:, None, :] - scores[:, :, None], 0.0)
    if people is not None:
        differences, both = _by_person(differences, people), _by_person(both.astype(float), people) > 0
    kept = both.any(axis=(1, 2))
    differences, counts = differences[kept], both[kept].sum(axis=0)
    length = np.sqrt(np.einsum("pij,pij->ij", differences, differences))
    known = length > SAME * np.sqrt(np.maximum(counts, 1))
    return differences * np.divide(1.0, length, out=np.zeros_like(length), where=known), counts


def _by_person(rows: NDArray[np.float64], people: NDArray[np.int64]) -> NDArray[np.float64]:
    summed = np.zeros((int(people.max(initial=-1)) + 1, *rows.shape[1:]))
    np.add.at(summed, people, rows)
    return summed


def _highest(signs: NDArray[np.float64], differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each level and flip the largest statistic of another level above it, shape (n_levels, n_flips)."""
    n, k, _ = differences.shape
    pairs = differences.transpose(2, 1, 0).reshape(k * k, n)
    highest = np.empty((k, len(signs)))
    step = max(_BLOCK // (k * k), 16)
    for start in range(0, len(signs), step):
        block = signs[start : start + step]
        highest[:, start : start + step] = (pairs @ block.T).reshape(k, k, len(block)).max(axis=0)
    return highest


def _step_down(highest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return adjusted p values; the first column of `highest` holds the data."""
    observed = highest[:, 0]
    order = np.argsort(-observed, kind="stable")
    in_question = np.maximum.accumulate(highest[order[::-1]], axis=0)[::-1]
    limits = observed[order] - 1e-9 * np.maximum(np.abs(observed[order]), 1.0)
    p = np.empty(len(order))
    p[order] = np.maximum.accumulate((in_question >= limits[:, None]).mean(axis=1))
    return p
