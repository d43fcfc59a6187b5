"""Standardized mean differences of paired data, each named by its denominator.

The same difference gives a dz of 1.3 and a dav of 0.8 (Lakens 2013, Front Psychol 4:863), so an effect size without
its denominator says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_NONE: Final = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class EffectSize:
    """An effect size and its interval; NaN where there is none."""

    value: float
    low: float = math.nan
    high: float = math.nan

    def times(self, factor: float) -> EffectSize:
        """Return the effect size and both ends of its interval multiplied."""
        return EffectSize(self.value * factor, self.low * factor, self.high * factor)


NO_EFFECT: Final = EffectSize(math.nan)


@dataclass(frozen=True, slots=True)
class DifferenceEffects:
    """Effect sizes whose denominator is the SD of the differences.

    Attributes
    ----------
    dz : EffectSize
        Mean difference / SD of the differences = t / sqrt(n); interval by the noncentral t distribution.
    gz : EffectSize
        dz * J(n - 1), Hedges' correction for small samples; interval of dz * J(n - 1).
    """

    dz: EffectSize
    gz: EffectSize


@dataclass(frozen=True, slots=True)
class AverageEffects:
    """Effect sizes whose denominator is the spread between participants.

    Attributes
    ----------
    r : float
        Correlation of the two levels over participants.
    dav : EffectSize
        Mean difference / sqrt of the mean of the two variances. The interval is that of dz in this unit, the ratio of
        the two denominators taken as known (Algina and Keselman 2003, Educ Psychol Meas 63:537).
    dav_mean_sd : float
        Mean difference / mean of the two SDs (Cumming 2012).
    drm : float
        dz * sqrt(2 (1 - r)) (Morris and DeShon 2002).
    gav : EffectSize
        dav * J(2 (n - 1)).
    """

    r: float
    dav: EffectSize
    dav_mean_sd: float
    drm: float
    gav: EffectSize


NO_DIFFERENCE_EFFECTS: Final = DifferenceEffects(NO_EFFECT, NO_EFFECT)
NO_AVERAGE_EFFECTS: Final = AverageEffects(math.nan, NO_EFFECT, math.nan, math.nan, NO_EFFECT)


def difference_effects(differences: NDArray[np.float64], confidence: float = 0.95) -> DifferenceEffects:
    """Return dz and gz with their intervals.

    Parameters
    ----------
    differences : array, shape (n,)
        One per participant, without NaN; see `emgpipe.statistics.paired_tests.paired_differences`.
    confidence : float
        Of the intervals.
    """
    n = differences.size
    if n < 2 or np.ptp(differences) == 0:
        return NO_DIFFERENCE_EFFECTS
    value = float(differences.mean() / differences.std(ddof=1))
    low, high = noncentrality_interval(value * math.sqrt(n), n - 1, confidence)
    dz = EffectSize(value, low / math.sqrt(n), high / math.sqrt(n))
    return DifferenceEffects(dz, dz.times(hedges_factor(n - 1)))


def average_effects(level: NDArray[np.float64], other: NDArray[np.float64], confidence: float = 0.95) -> AverageEffects:
    """Return dav, drm and gav; all NaN with fewer than three pairs or without a spread.

    Parameters
    ----------
    level, other : array, shape (n,)
        Values of the participants who have both, on a scale on which participants can be compared.
    confidence : float
        Of the intervals.
    """
    differences = level - other
    n = differences.size
    if n < 3 or np.ptp(differences) == 0:
        return NO_AVERAGE_EFFECTS
    one, two = float(level.std(ddof=1)), float(other.std(ddof=1))
    average = math.sqrt((one**2 + two**2) / 2)
    spread = float(differences.std(ddof=1))
    dz = difference_effects(differences, confidence).dz
    dav = dz.times(spread / average)
    r = _correlation(level, other) if min(one, two) > 0 else math.nan
    return AverageEffects(
        r=r,
        dav=dav,
        dav_mean_sd=float(differences.mean()) / ((one + two) / 2),
        drm=dz.value * math.sqrt(2 * (1 - r)),
        gav=dav.times(hedges_factor(2 * (n - 1))),
    )


def _correlation(level: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    first, second = level - level.mean(), other - other.mean()
    return min(max(float(first @ second) / math.sqrt(float(first @ first) * float(second @ second)), -1.0), 1.0)


def hedges_factor(df: int) -> float:
    """Return J(df), by which a standardized difference is biased upwards (Hedges 1981, J Educ Stat 6:107); exact.

    NaN for one degree of freedom, where the expectation does not exist.

    >>> round(hedges_factor(9), 6), round(hedges_factor(18), 6)
    (0.913875, 0.957646)
    """
    if df < 2:
        return math.nan
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def noncentrality_interval(t: float, df: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the noncentrality parameters for which `t` lies at the two tail quantiles (Steiger and Fouladi 1997).

    The distribution function of the noncentral t is not to be had everywhere: where t and the parameter have opposite
    signs and are large it can come out as NaN. So the problem is solved for the absolute value of t, in a bracket that
    grows outwards from t until it holds the root, and the answer is reflected.

    Returns
    -------
    low, high : float
        NaN where the distribution function gives no number.
    """
    if not math.isfinite(t) or df < 1:
        return _NONE
    low, high = _bounds(float(f"{abs(t):.12g}"), df, confidence)
    return (low, high) if t >= 0 else (-high, -low)


@lru_cache(maxsize=4096)
def _bounds(t: float, df: int, confidence: float) -> tuple[float, float]:
    """Kept, because the same t comes again on the log scale and in percent of the reference, but for rounding."""
    tail = (1 - confidence) / 2
    return _noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail)


def _noncentrality(t: float, df: int, share: float) -> float:
    """Return the noncentrality at which the share `share` of the distribution lies below t >= 0."""
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    def beyond(noncentrality: float) -> float:
        # Falls from above 0 to below 0 as the noncentrality grows.
        return float(nctdtr(df, noncentrality, t)) - share

    bracket = _bracket(beyond, t)
    return math.nan if bracket is None else float(brentq(beyond, *bracket, xtol=1e-12, rtol=1e-12))


def _bracket(beyond: Callable[[float], float], start: float) -> tuple[float, float] | None:
    """Step outwards from `start` until the sign changes; None where there is no number on the way."""
    here = beyond(start)
    direction = math.copysign(1.0, here)
    before, step = start, 0.5
    for _ in range(64):
        after = before + direction * step
        if before > 0 > after:
            after = 0.0  # opposite signs only where the root lies there
        there = beyond(after)
        if math.isnan(there):
            return None
        if there * here <= 0:
            return min(before, after), max(before, after)
        before, step = after, 1.5 * step
    return None
