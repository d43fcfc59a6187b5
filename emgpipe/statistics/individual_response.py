"""Do participants respond differently, or do they only vary? The spread of differences against measurement error.

The variance of the participants' differences is the variance of their true responses plus that of the error; what is
left after taking off the error is the variance of individual responses (Atkinson and Batterham 2015, Exp Physiol
100:577; Hopkins 2015, Sportscience 19:13). A few participants above and a few below zero show nothing by themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.statistics.log_ratio import CONFIDENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WithinSpread:
    """Variance inside groups, pooled; NaN where `df` is 0."""

    variance: float
    df: int


@dataclass(frozen=True, slots=True)
class ResponseSpread:
    """The spread of differences, split into error and individual responses.

    Attributes
    ----------
    n : int
        Participants.
    mean : float
        Mean difference.
    sd : float
        SD of the differences.
    error : float
        SD that error alone would give; NaN where nobody's error is known.
    error_df : int
        Degrees of freedom of `error`.
    response, low, high : float
        SD of individual responses and its interval; 0 where the differences spread no more than error would have it.
    """

    n: int
    mean: float
    sd: float
    error: float
    error_df: int
    response: float
    low: float
    high: float


def pooled_within(values: NDArray[np.float64], groups: NDArray[np.int_]) -> WithinSpread:
    """Return the variance inside groups.

    Parameters
    ----------
    values : array, shape (n,)
        NaN is left out.
    groups : array of int, shape (n,)
        Number of the group of each, from 0.
    """
    there = np.isfinite(values)
    known, of = values[there], groups[there]
    if known.size == 0:
        return WithinSpread(math.nan, 0)
    counts = np.bincount(of)
    centers = np.bincount(of, weights=known) / np.maximum(counts, 1)
    df = int(known.size - np.count_nonzero(counts))
    squares = float(np.sum((known - centers[of]) ** 2))
    return WithinSpread(squares / df if df else math.nan, df)


def response_spread(
    differences: NDArray[np.float64],
    error_variances: NDArray[np.float64],
    error_df: int,
    confidence: float = CONFIDENCE,
) -> ResponseSpread:
    """Split the spread of differences.

    Parameters
    ----------
    differences : array, shape (n,)
        One per participant, none missing.
    error_variances : array, shape (n,)
        Error variance of each difference; those that are NaN take the mean of the others.
    error_df : int
        Degrees of freedom they rest on together.
    """
    n = differences.size
    known = error_variances[np.isfinite(error_variances)]
    mean = float(differences.mean()) if n else math.nan
    error = float(known.mean()) if known.size else math.nan
    if n < 2:
        return ResponseSpread(n, mean, math.nan, math.sqrt(error), error_df, math.nan, math.nan, math.nan)
    variance = float(differences.var(ddof=1))
    low, high = variance_gap_interval((variance, n - 1), (error, error_df), confidence)
    left, low, high = (math.sqrt(max(value, 0.0)) for value in (variance - error, low, high))
    missing = math.isnan(error)
    return ResponseSpread(
        n=n,
        mean=mean,
        sd=math.sqrt(variance),
        error=math.sqrt(error),
        error_df=error_df,
        response=math.nan if missing else left,
        low=math.nan if missing else low,
        high=math.nan if missing else high,
    )


def variance_gap_interval(
    larger: tuple[float, int], smaller: tuple[float, int], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return an interval for the difference of two variances of independent normal samples.

    The modified large-sample interval of Ting, Burdick, Graybill, Jeyaratnam and Lu (1990, J Stat Comput Simul 35:135).
    It is exact where either variance is zero, and its lower end is zero just where the F test says so.

    Parameters
    ----------
    larger, smaller : (float, int)
        Variance and degrees of freedom; the interval is for the first minus the second.
    """
    from scipy.special import chdtri, fdtri

    (first, n), (second, m) = larger, smaller
    if n < 1 or m < 1 or not (math.isfinite(first) and math.isfinite(second)):
        return math.nan, math.nan
    size = max(first, second) or 1.0
    first, second = first / size, second / size
    tail = (1 - confidence) / 2
    over, under = (float(n / chdtri(n, chance)) for chance in (tail, 1 - tail))
    over_m, under_m = (float(m / chdtri(m, chance)) for chance in (tail, 1 - tail))
    f_high, f_low = (float(fdtri(n, m, chance)) for chance in (1 - tail, tail))
    g, h = 1 - over, under_m - 1
    both = ((f_high - 1) ** 2 - (g * f_high) ** 2 - h**2) / f_high
    below = (g * first) ** 2 + (h * second) ** 2 + both * first * second
    h, g = under - 1, 1 - over_m
    both = ((1 - f_low) ** 2 - (h * f_low) ** 2 - g**2) / f_low
    above = (h * first) ** 2 + (g * second) ** 2 + both * first * second
    gap = first - second
    return size * (gap - math.sqrt(max(below, 0.0))), size * (gap + math.sqrt(max(above, 0.0)))


def smallest_change(error_variance: float, df: int, confidence: float = CONFIDENCE) -> float:
    """Return the own difference beyond which the error of its two values is an unlikely cause; NaN without an error.

    The half width of the t interval of one participant's difference.
    """
    from scipy.special import stdtrit

    if df < 1 or not math.isfinite(error_variance):
        return math.nan
    return float(stdtrit(df, (1 + confidence) / 2)) * math.sqrt(error_variance)
