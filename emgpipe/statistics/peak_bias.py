"""What the highest value of a moving RMS reads when the muscle's true amplitude never changes.

The moving RMS of EMG of constant amplitude still goes up and down, and its maximum is sought: it lies above the true
amplitude, the more so the shorter the window, the narrower the spectrum and the longer the search. Three results of
the theory of random processes together give its expectation:

- the mean square over a window of W seconds of Gaussian noise with equivalent bandwidth B is a gamma variable with
  shape B W (Bendat and Piersol 2010, Random Data, ch. 8), so that the RMS has a CV of about 1 / (2 sqrt(B W));
- read as a normal score z, it is nearly the moving average of white noise, whose maximum over one further window is
  known exactly (Slepian 1961, Bell System Technical Journal 40:610): crossings come in clumps at a rate g(z) / W;
- on the scale of 1 / B the process is smooth, which limits the rate to that of Rice (1945, Bell System Technical
  Journal 24:46), sqrt(m2 / 2 pi) with m2 the variance of its slope over its own variance.

Both rates are joined as (g1^-p + g2^-p)^(-1/p); p and two factors of order one were fitted to simulations of EMG with
B from 60 to 410 Hz, windows of 0.025 to 1 s and searches of 0.5 to 30 s. See `docs/above-100.md` for the errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_JOIN, _JOIN_OF_MEANS = 1.2, 3.0
_SLOPE: Final = 0.79
_MEMORY: Final = 5.2
"""Fitted: how the two rates are joined (of an RMS, of means of it), the slope of the smooth process, and how fast its
squares forget (over B)."""
_SCORES: Final = np.linspace(-6.0, 9.0, 1501)
_SHORTEST, _LONGEST = 1e-5, 1e4
_NARROWEST, _WIDEST = 0.1, 1e5
"""Limits of windows in s and of bandwidths in Hz; NaN lies outside them, too."""
_LOWEST: Final = -3.0
"""Below this score Slepian's formula is all rounding; maxima hardly ever lie there."""


@dataclass(frozen=True, slots=True)
class Smoother:
    """What makes the number that is maximized.

    Attributes
    ----------
    bandwidth : float
        Equivalent bandwidth of the EMG in Hz, see `equivalent_bandwidth`.
    window : float
        Of the moving RMS, in s.
    mean_over : float
        Length in s of a moving mean over the RMS, as in an MVIC's sliding mean; 0 for none.
    """

    bandwidth: float
    window: float
    mean_over: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether an expectation can be made of the figures: numbers, and not beyond all use."""
        is_mean = self.mean_over == 0 or _SHORTEST <= self.mean_over <= _LONGEST
        return is_mean and _SHORTEST <= self.window <= _LONGEST and _NARROWEST <= self.bandwidth <= _WIDEST


@dataclass(frozen=True, slots=True)
class Highest:
    """Expectation and standard deviation of a maximum, as multiples of the true amplitude."""

    mean: float
    sd: float


def equivalent_bandwidth(frequencies: NDArray[np.float64], density: NDArray[np.float64], smooth: float = 10.0) -> float:
    """Return (integral of P)^2 / (integral of P^2) in Hz: the width of a flat spectrum that fluctuates as much.

    Parameters
    ----------
    frequencies, density : array, shape (n_frequencies,)
        Equally spaced from 0, and the one-sided power density at them.
    smooth : float
        An estimated density is averaged over this many Hz first: its own scatter would make it look narrower.

    Returns
    -------
    float
        NaN where there is no power.
    """
    if frequencies.size < 2 or not np.isfinite(density).all():
        return math.nan
    step = float(frequencies[1] - frequencies[0])
    width = min(max(round(smooth / step), 1), density.size)
    largest = float(np.max(density))
    if not (largest > 0 and math.isfinite(largest)):
        return math.nan
    smoothed = np.convolve(density / largest, np.ones(width) / width, mode="same")
    return float(np.sum(smoothed) ** 2 / np.sum(smoothed**2)) * step


def expected_level(smoother: Smoother) -> float:
    """Return the mean of the moving RMS over the true amplitude: a little below 1, for a root is a concave function."""
    return _mean_of_root(_shape(smoother.bandwidth, smoother.window)) if smoother.is_known else math.nan


def variation(smoother: Smoother) -> float:
    """Return the coefficient of variation of the moving RMS of a muscle of constant amplitude (`mean_over` aside)."""
    if not smoother.is_known:
        return math.nan
    mean = expected_level(smoother)
    return math.sqrt(max(1.0 - mean**2, 0.0)) / mean


def expected_highest(smoother: Smoother, searches: Sequence[float]) -> Highest:
    """Return what the highest value reads for a muscle of constant amplitude.

    Parameters
    ----------
    smoother : Smoother
    searches : sequence of float
        Length in s of every stretch that is searched (repetitions, MVIC trials); the maximum is taken over all of
        them. A mean over `mean_over` seconds finds that much less room in each; stretches shorter than it are left
        out.

    Returns
    -------
    Highest
        NaN where the smoother is not known or nothing is searched.
    """
    if not smoother.is_known:
        return Highest(math.nan, math.nan)
    fine = 1.0 / (2.0 * smoother.bandwidth)
    mean_over = smoother.mean_over if smoother.mean_over > fine else 0.0
    rooms = [min(one - mean_over, _LONGEST) for one in searches if one >= mean_over]
    if not rooms:
        return Highest(math.nan, math.nan)
    values, rate = _process(Smoother(smoother.bandwidth, smoother.window, mean_over))
    below, density = _normal()
    # log P(no higher than) of the one value each stretch begins with, and of the clumps in the rest of it
    log_probability = len(rooms) * np.log(below) - math.fsum(rooms) * rate * density / below
    mass = np.diff(np.exp(log_probability))
    middle = (values[1:] + values[:-1]) / 2
    mean = float(np.sum(mass * middle) / np.sum(mass))
    spread = float(np.sum(mass * (middle - mean) ** 2) / np.sum(mass))
    return Highest(mean, math.sqrt(spread))


def _process(smoother: Smoother) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the value at each normal score, and the rate (1/s) of clumps above it, over density / below."""
    from scipy.special import gammainccinv, gammaincinv, ndtr

    bandwidth, window, mean_over = smoother.bandwidth, smoother.window, smoother.mean_over
    alone = _shape(bandwidth, window)
    if mean_over == 0:
        length, shape, join = window, alone, _JOIN
        fade = bandwidth * window * _power_variance(bandwidth, window)
        slope = _SLOPE * 4.0 * bandwidth / window * -math.expm1(-4.0 * bandwidth * window) / fade
    else:
        short, long = sorted((window, mean_over))
        length = long / (1.0 - short / (3.0 * long))  # of the one window that averages as much as both together
        shape, join = _shape(bandwidth, length), _JOIN_OF_MEANS
        slope = 2.0 * length / (short * long**2)
    lower, upper = ndtr(_SCORES), ndtr(-_SCORES)
    power = np.where(_SCORES < 0, gammaincinv(shape, lower), gammainccinv(shape, upper)) / shape
    values = np.sqrt(power) * (_mean_of_root(alone) / _mean_of_root(shape))
    clumps = _slepian() / length
    rice = math.sqrt(slope / (2.0 * math.pi))
    return values, (clumps**-join + rice**-join) ** (-1.0 / join)


@cache
def _normal() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the normal distribution and density at the scores."""
    from scipy.special import ndtr

    return ndtr(_SCORES), np.exp(-(_SCORES**2) / 2.0) / math.sqrt(2.0 * math.pi)


@cache
def _slepian() -> NDArray[np.float64]:
    """Return the rate of clumps of the moving average of white noise, per window, over density / below.

    P(no value above z over one window) = below^2 - density (z below + density) is that of one value, `below`, times
    exp(-rate density / below).
    """
    from scipy.special import ndtr

    below, density = _normal()
    lost = ndtr(-_SCORES) + _SCORES * density + density**2 / below
    first = int(np.searchsorted(_SCORES, _LOWEST))
    lost[:first] = lost[first]
    rate: NDArray[np.float64] = -np.log1p(-lost) * below / density
    rate[:first] = rate[first]
    return rate


def _power_variance(bandwidth: float, window: float) -> float:
    """Return the variance of the mean square over its own square; 2, that of one sample, at most."""
    memory = _MEMORY * bandwidth * window
    share = 1.0 + math.expm1(-memory) / memory if memory > 1e-6 else memory / 2.0
    return min(share / (bandwidth * window), 2.0)


def _shape(bandwidth: float, window: float) -> float:
    return 1.0 / _power_variance(bandwidth, window)


def _mean_of_root(shape: float) -> float:
    """Return the mean of the root of a gamma variable of mean 1."""
    if shape > 1e6:
        return 1.0 - 1.0 / (8.0 * shape)
    return math.exp(math.lgamma(shape + 0.5) - math.lgamma(shape)) / math.sqrt(shape)
