"""Tests of paired differences: Student's t, sign flips of the mean, Wilcoxon's signed ranks.

All take one difference per participant. NaN stands for what cannot be answered: no interval with one participant, no
t where every difference is the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.statistics.sign_flips import SignFlips

_CONSTANT: Final = 1e-10
"""A spread below this share of the values' size is rounding."""
_MOST_EXACT: Final = 200
"""Signed ranks are counted exactly up to this many; the normal approximation is right to 4 digits long before."""


@dataclass(frozen=True, slots=True)
class PairedT:
    """Student's paired t test and the interval of the mean difference.

    `low` and `high` are NaN with one participant; these, `t` and `p` are NaN where every difference is the same.
    """

    n: int
    mean: float
    sd: float
    low: float
    high: float
    t: float
    df: int
    p: float


def paired_differences(level: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return level - other of the participants who have both; differences that are rounding only become equal.

    Parameters
    ----------
    level, other : array, shape (n_participants,)
        NaN where a participant has none.
    """
    both = np.isfinite(level) & np.isfinite(other)
    first, second = level[both], other[both]
    differences = np.asarray(first - second, dtype=np.float64)
    if differences.size == 0:
        return differences
    size = float(max(np.abs(first).max(), np.abs(second).max()))
    middle = float(np.median(differences))
    if float(np.abs(differences - middle).max()) <= _CONSTANT * size:
        differences = np.full(differences.shape, 0.0 if abs(middle) <= _CONSTANT * size else middle)
    return differences


def paired_t(differences: NDArray[np.float64], confidence: float = 0.95) -> PairedT:
    """Return Student's t test of a zero mean, and the mean's interval (Student 1908, Biometrika 6:1).

    Parameters
    ----------
    differences : array, shape (n,)
        One per participant, without NaN; see `paired_differences`.
    confidence : float
        Of the interval, such as 0.95.
    """
    from scipy.special import stdtr, stdtrit

    n = differences.size
    mean = float(differences.mean()) if n else math.nan
    sd = float(differences.std(ddof=1)) if n > 1 else math.nan
    if n < 2 or np.ptp(differences) == 0:
        return PairedT(n, mean, sd, math.nan, math.nan, math.nan, max(n - 1, 0), math.nan)
    error = sd / math.sqrt(n)
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    t = mean / error
    return PairedT(n, mean, sd, mean - half, mean + half, t, n - 1, float(2 * stdtr(n - 1, -abs(t))))


def sign_flip_p(differences: NDArray[np.float64], flips: SignFlips) -> float:
    """Return the two-sided p of the sign-flip test of the mean; NaN without a difference.

    The statistic is the absolute sum; exact where `flips` is (Fisher 1935, The Design of Experiments, ch. 3).

    Parameters
    ----------
    differences : array, shape (n,)
    flips : SignFlips
        Of n participants.
    """
    if differences.size == 0:
        return math.nan
    return flips.p_value(np.abs(flips.signs @ differences))


def smallest_p(n: int) -> float:
    """Return the smallest two-sided p that signs or signed ranks of `n` participants can give: 2 / 2**n."""
    return min(1.0, 2.0 ** (1 - n))


@dataclass(frozen=True, slots=True)
class SignedRanks:
    """Wilcoxon's signed-rank test.

    Attributes
    ----------
    n : int
        Differences that have a sign.
    v : float
        Sum of the ranks of the positive differences, R's V.
    w : float
        The smaller of the two rank sums.
    rank_biserial : float
        (V - rank sum of the negative ones) / their sum, from -1 to 1 (Kerby 2014, Compr Psychol 3:11.IT.3.1).
    p : float
        Two-sided.
    exact : bool
    """

    n: int
    v: float
    w: float
    rank_biserial: float
    p: float
    exact: bool


def signed_ranks(
    differences: NDArray[np.float64], zeros: Literal["pratt", "drop"] = "pratt", *, exact: bool | None = None
) -> SignedRanks:
    """Return Wilcoxon's signed-rank test, exact with ties and zeros too.

    The exact distribution is counted rank by rank (Streitberg and Roehmel 1986, Stat Softw Newsl 12:10).

    Parameters
    ----------
    differences : array, shape (n,)
        One per participant, without NaN; differences of equal size within 1e-9 relative share a rank.
    zeros : {"pratt", "drop"}
        Rank zeros with the others and leave their ranks out (Pratt 1959, J Am Stat Assoc 54:655), or drop them before
        ranking (Wilcoxon; R's default).
    exact : bool, optional
        Count all sign assignments, or approximate by the normal distribution with continuity correction. Left out:
        exact up to 200 differences.
    """
    size = np.abs(differences)
    signed = size > 1e-9 * size.max(initial=0.0)
    if zeros == "drop":
        differences, size, signed = differences[signed], size[signed], np.ones(int(signed.sum()), dtype=bool)
    ranks = _mid_ranks(np.where(signed, size, 0.0))[signed]
    v = float(ranks[differences[signed] > 0].sum())
    total = float(ranks.sum())
    n = ranks.size
    by_count = n <= _MOST_EXACT if exact is None else exact
    if n == 0:
        p = 1.0 if differences.size else math.nan
        return SignedRanks(0, 0.0, 0.0, math.nan, p, exact=True)
    p = _exact_p(ranks, v) if by_count else _normal_p(ranks, v)
    return SignedRanks(n, v, min(v, total - v), (2 * v - total) / total, p, by_count)


def _mid_ranks(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank from 1; sizes that differ by rounding only share the mean of their ranks."""
    order = np.argsort(sizes, kind="stable")
    ordered = sizes[order]
    new = np.r_[True, np.diff(ordered) > 1e-9 * ordered[1:]] if sizes.size else np.zeros(0, dtype=bool)
    group = np.cumsum(new) - 1
    places = np.arange(1, sizes.size + 1, dtype=float)
    means = np.bincount(group, weights=places) / np.bincount(group) if sizes.size else places
    ranks = np.empty(sizes.size)
    ranks[order] = means[group]
    return ranks


def _exact_p(ranks: NDArray[np.float64], v: float) -> float:
    """Count, rank by rank, how many sign assignments give each sum; doubled ranks are whole numbers."""
    doubled = np.rint(2 * ranks).astype(int)
    shares = np.zeros(int(doubled.sum()) + 1)
    shares[0] = 1.0
    for rank in doubled:
        shares *= 0.5
        shares[rank:] += shares[: shares.size - rank].copy()
    smaller = min(round(2 * v), int(doubled.sum()) - round(2 * v))
    return min(1.0, 2.0 * float(shares[: smaller + 1].sum()))


def _normal_p(ranks: NDArray[np.float64], v: float) -> float:
    from scipy.special import ndtr

    away = abs(v - float(ranks.sum()) / 2)
    z = max(away - 0.5, 0.0) / math.sqrt(float((ranks**2).sum()) / 4)
    return float(2 * ndtr(-z))
