"""Where two channels fit each other: normalized cross-correlation and its peaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Channel

FASTEST = 2000.0
"""Samples per second the channels are compared at, at most; the peak is then interpolated."""
SHORTEST = 1.0
"""Seconds that the two channels must share at a lag for it to count."""
LOBE = 0.05
"""Seconds around a peak that belong to it, at least."""
MOST_PEAKS = 12
FALLEN = 0.1
"""Part of its height by which a peak has fallen where its width is taken."""


@dataclass(frozen=True, slots=True)
class Search:
    """Offsets from ``around - within`` to ``around + within`` (s) at which `overlap` of the shorter one is shared."""

    around: float
    within: float
    overlap: float = 0.0
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Peak:
    """A lag at which the channels fit better than at those around it.

    Attributes
    ----------
    offset : float
        In seconds.
    correlation : float
    shared : float
        Seconds the two have in common there.
    width : float
        Seconds from the peak to where the correlation has fallen by a tenth.
    """

    offset: float
    correlation: float
    shared: float
    width: float


def correlate(first: Channel, second: Channel, search: Search) -> tuple[Peak, ...]:
    """Return the offsets of the second channel at which it fits the first, the best one first; their rates may differ.

    A lag at the edge of the search is no peak: the fit may still get better beyond.
    """
    from scipy.signal import correlate as correlation

    rate = min(max(first.sampling_rate, second.sampling_rate), FASTEST)
    one, other = resampled(first, rate), resampled(second, rate)
    if min(one.size, other.size) < SHORTEST * rate:
        return ()
    lags = np.arange(-(other.size - 1), one.size)
    offsets = lags / rate + first.start - second.start
    products = correlation(one, other, mode="full", method="fft") * (-1.0 if search.inverted else 1.0)
    energy = np.sqrt(_overlapping(one**2, other, lags) * _overlapping(other**2, one, -lags))
    shared = np.minimum(one.size, other.size + lags) - np.maximum(0, lags)
    least = max(SHORTEST * rate, search.overlap * min(one.size, other.size))
    usable = (np.abs(offsets - search.around) <= search.within + 0.5 / rate) & (shared >= least) & (energy > 0)
    if not usable.any():
        return ()
    values = np.where(usable, products / np.where(energy > 0, energy, 1.0), -np.inf)
    return tuple(
        Peak(
            float(offsets[top] + shift / rate),
            float(values[top]),
            float(shared[top] / rate),
            _width(values, top) / rate,
        )
        for top, shift in _peaks(values, max(round(LOBE * rate), 1))
    )


def resampled(channel: Channel, rate: float) -> NDArray[np.float64]:
    """Return the channel at another rate, without its mean and with zeros in gaps."""
    samples = channel.read()
    known = np.isfinite(samples)
    centered = np.where(known, samples - (samples[known].mean() if known.any() else 0.0), 0.0)
    if channel.sampling_rate > 1.5 * rate:  # a slower clock must not see what it cannot follow
        width = max(1, round(channel.sampling_rate / rate))
        centered = np.convolve(centered, np.full(width, 1.0 / width), mode="same")
    times = np.arange(int(channel.duration * rate)) / rate
    return np.interp(times, np.arange(samples.size) / channel.sampling_rate, centered)


def _overlapping(
    squares: NDArray[np.float64], other: NDArray[np.float64], lags: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return for each lag the sum of `squares` over the samples that `other` reaches."""
    sums = np.concatenate(([0.0], np.cumsum(squares)))
    upper = np.clip(other.size + lags, 0, squares.size)
    return np.asarray(np.maximum(sums[upper] - sums[np.clip(lags, 0, squares.size)], 0.0))


def _peaks(values: NDArray[np.float64], reach: int) -> Iterator[tuple[int, float]]:
    """Yield place and fraction of the highest value, then of the next one outside its lobe, and so on.

    A lobe ends where the values have fallen to half of its peak, `reach` samples away at least.
    """
    left = values.copy()
    for _ in range(MOST_PEAKS):
        top = int(left.argmax())
        height = float(left[top])
        if not np.isfinite(height) or height <= 0:
            return
        low = values < 0.5 * height
        before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
        begin = min(int(before[-1]) if before.size else 0, top - reach)
        end = max(top + int(after[0]) if after.size else values.size, top + reach)
        left[max(begin, 0) : end] = -np.inf
        around = values[top - 1 : top + 2]
        if around.size == 3 and np.isfinite(around).all() and around[1] >= max(around[0], around[2]):
            curve = around[0] - 2 * around[1] + around[2]
            yield top, float(0.5 * (around[0] - around[2]) / curve) if curve < 0 else 0.0


def _width(values: NDArray[np.float64], top: int) -> float:
    """Return how many samples from a peak its values have fallen by a tenth, the mean of both sides."""
    low = values < (1 - FALLEN) * values[top]
    before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
    sides = [top - int(before[-1])] if before.size else []
    sides += [int(after[0])] if after.size else []
    return float(np.mean(sides)) if sides else float(values.size)
