"""Independent groups of participants: Welch's t and F, and permutations of the group labels.

Welch 1938 (Biometrika 29:350) and 1951 (Biometrika 38:330): approximations, which with two or three participants in a
group and very unequal spreads reject a true null hypothesis in up to 7 % of studies. Permutations use the studentized
statistic (Welch's t or F): exact where the groups are alike under the null hypothesis, and right in large samples where
only their spreads differ (Chung and Romano 2013, Ann Stat 41:484).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.log_ratio import CONFIDENCE
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_ROUNDING: Final = 1e-9
"""Statistics nearer than this share of the observed one count as equal; a spread below it, of the values, as none."""


@dataclass(frozen=True, slots=True)
class Welch:
    """A difference of two means and its 95 % t interval; NaN where there is none.

    Without spread in both groups there is a difference and nothing to judge it by.
    """

    difference: float
    low: float
    high: float
    t: float
    df: float
    p: float


@dataclass(frozen=True, slots=True)
class WelchF:
    """Welch's analysis of variance of several groups; NaN where there is none."""

    f: float
    df_between: float
    df_within: float
    p: float


@dataclass(frozen=True, slots=True)
class Relabeled:
    """A permutation p, whether all assignments of the labels were tried, and how many were."""

    p: float
    exact: bool
    tried: int


NO_P: Final = Relabeled(math.nan, exact=False, tried=0)


def welch(one: NDArray[np.float64], other: NDArray[np.float64]) -> Welch:
    """Return the difference of the means of `one` and `other`, spreads not assumed equal.

    Parameters
    ----------
    one, other : array, shape (n_participants,)
        One value per participant; NaN left out.
    """
    from scipy.special import stdtr, stdtrit

    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if not one.size or not other.size:
        return Welch(*[math.nan] * 6)
    difference = float(one.mean() - other.mean())
    if one.size < 2 or other.size < 2:
        return Welch(difference, *[math.nan] * 5)
    parts = _variance(one) / one.size, _variance(other) / other.size
    error = math.sqrt(sum(parts))
    if error == 0:
        return Welch(difference, *[math.nan] * 5)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (one.size - 1) + parts[1] ** 2 / (other.size - 1))
    half = float(stdtrit(df, (1 + CONFIDENCE) / 2)) * error
    t = difference / error
    return Welch(difference, difference - half, difference + half, t, df, 2 * float(stdtr(df, -abs(t))))


def welch_f(groups: list[NDArray[np.float64]]) -> WelchF:
    """Return Welch's F of two or more groups, each with at least two participants and some spread, else NaN."""
    from scipy.special import fdtrc

    if len(groups) < 2 or any(group.size < 2 or _variance(group) == 0 for group in groups):
        return WelchF(*[math.nan] * 4)
    values = np.concatenate(groups)
    owner = np.repeat(np.arange(len(groups)), [group.size for group in groups])
    f, lack = _welch_f(values, owner[None, :], len(groups))
    k = len(groups)
    df = (k**2 - 1) / (3 * float(lack[0]))
    return WelchF(float(f[0]), k - 1, df, float(fdtrc(k - 1, df, float(f[0]))))


def relabel(groups: list[NDArray[np.float64]], resamples: int = DEFAULT_RESAMPLES, seed: int = 0) -> Relabeled:
    """Return the permutation p of "the groups do not differ": their labels are dealt out anew.

    Parameters
    ----------
    groups : list of array
        At least two, each with at least two participants (else NaN); one finite value per participant.
    resamples : int
        Most assignments tried; all of them, each once, where there are no more.
    seed : int
        Of the random ones; the data are one of them (Phipson and Smyth 2010).

    Notes
    -----
    The statistic is Welch's F, for two groups the square of Welch's t. Groups without spread that differ count as
    infinitely different.
    """
    sizes = [group.size for group in groups]
    if len(groups) < 2 or min(sizes) < 2:
        return NO_P
    values = np.concatenate(groups)
    values = values - values.mean()
    if np.abs(values).max() <= _ROUNDING * max(np.abs(group).max() for group in groups):
        return Relabeled(1.0, exact=True, tried=1)
    owners, exact = _assignments(tuple(sizes), resamples, seed)
    statistics = _welch_f(values, owners, len(groups))[0]
    reached = statistics >= statistics[0] * (1 - _ROUNDING)
    return Relabeled(float(reached.mean()), exact, len(owners))


def assignments_of(sizes: Sequence[int]) -> int:
    """Return in how many ways participants can be dealt out to groups of these sizes."""
    count, rest = 1, sum(sizes)
    for size in sizes:
        count *= math.comb(rest, size)
        rest -= size
    return count


@lru_cache(maxsize=16)
def _assignments(sizes: tuple[int, ...], resamples: int, seed: int) -> tuple[NDArray[np.int64], bool]:
    """Return the group of every participant, one row per assignment, the data first.

    Kept, because every outcome of a study needs the same ones.
    """
    given = np.repeat(np.arange(len(sizes)), sizes)
    if assignments_of(sizes) <= resamples:
        return np.array(list(_dealt(given.size, sizes))), True
    drawn = np.random.default_rng(seed).permuted(np.tile(given, (resamples, 1)), axis=1)
    drawn[0] = given
    return drawn, False


def _dealt(n: int, sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield every assignment of n participants; the first fills the groups in order."""
    if len(sizes) == 1:
        yield [0] * n
        return
    for chosen in itertools.combinations(range(n), sizes[0]):
        rest = [place for place in range(n) if place not in chosen]
        for others in _dealt(len(rest), sizes[1:]):
            row = [0] * n
            for place, group in zip(rest, others, strict=True):
                row[place] = group + 1
            yield row


def _welch_f(
    values: NDArray[np.float64], owners: NDArray[np.int64], k: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Welch's F of every assignment and the sum that gives its degrees of freedom.

    A group without spread makes F infinite where the means differ, and 0 where they do not.
    """
    means, variances, sizes = (np.empty((k, len(owners))) for _ in range(3))
    floor = _ROUNDING * float((values**2).mean())
    for group in range(k):
        mine = owners == group
        sizes[group] = mine.sum(axis=1)
        means[group] = mine @ values / sizes[group]
        variances[group] = (mine @ values**2 - sizes[group] * means[group] ** 2) / (sizes[group] - 1)
    # A spread of exactly zero would divide by zero; a tiny one gives the same order of the assignments.
    weights = sizes / np.maximum(variances, floor * 1e-6)
    total = weights.sum(axis=0)
    center = (weights * means).sum(axis=0) / total
    between = (weights * (means - center) ** 2).sum(axis=0) / (k - 1)
    lack = ((1 - weights / total) ** 2 / (sizes - 1)).sum(axis=0)
    return between / (1 + 2 * (k - 2) / (k**2 - 1) * lack), lack


def _variance(values: NDArray[np.float64]) -> float:
    spread = float(values.std(ddof=1))
    return 0.0 if spread <= _ROUNDING * float(np.abs(values).max()) else spread**2
