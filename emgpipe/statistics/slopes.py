"""Slopes inside participants, and the mean of one number per participant with its interval and tests.

The two-stage analysis of repeated measures (summary measures: Matthews and others 1990, BMJ 300:230): one slope per
set by least squares, averaged in the participant; then the participants' own slopes are the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.log_ratio import CONFIDENCE
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES, sign_flips

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ROUNDING: Final = 1e-13


def least_squares_slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the slope of y on x; NaN with fewer than two different x among the pairs that are there.

    What rounding makes of equal values is 0.

    Parameters
    ----------
    x, y : array, shape (n,)
        NaN where missing.
    """
    there = np.isfinite(x) & np.isfinite(y)
    if np.count_nonzero(there) < 2:
        return math.nan
    centered = x[there] - x[there].mean()
    spread = float(centered @ centered)
    if not spread > 0:
        return math.nan
    shared = float(centered @ (y[there] - y[there].mean()))
    rounding = _ROUNDING * float(np.abs(centered).sum() * np.abs(y[there]).max())
    return shared / spread if abs(shared) > rounding else 0.0


@dataclass(frozen=True, slots=True)
class MeanTest:
    """The mean of `n` participants' own numbers against 0.

    NaN where there is none: the interval and t need two participants, and t and p need some spread.
    """

    mean: float
    low: float
    high: float
    t: float
    df: int
    p: float
    p_sign_flip: float
    exact: bool
    n: int

    @property
    def shown(self) -> bool:
        """Whether there is an interval and it leaves out 0."""
        return self.low > 0 or self.high < 0


def mean_test(values: NDArray[np.float64], resamples: int = DEFAULT_RESAMPLES, seed: int = 0) -> MeanTest:
    """Return mean, t interval (95 %), t test and sign-flip test of the mean.

    Parameters
    ----------
    values : array, shape (n_participants,)
        NaN where a participant has none.
    """
    from scipy.special import stdtr, stdtrit

    known = values[np.isfinite(values)]
    n = known.size
    nan = math.nan
    if n == 0:
        return MeanTest(nan, nan, nan, nan, 0, nan, nan, exact=False, n=0)
    mean = float(known.mean())
    if n == 1:
        return MeanTest(mean, nan, nan, nan, 0, nan, nan, exact=False, n=1)
    error = float(known.std(ddof=1)) / math.sqrt(n)
    if error <= 1e-13 * float(np.abs(known).max()):
        error = 0.0
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * error
    t = mean / error if error else nan
    p = 2 * float(stdtr(n - 1, -abs(t))) if error else nan
    flips = sign_flips(n, resamples, seed)
    p_sign_flip = flips.p_value(np.abs(flips.signs @ known))
    return MeanTest(mean, mean - half, mean + half, t, n - 1, p, p_sign_flip, flips.exact, n)
