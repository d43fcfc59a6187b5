"""The tones of the mains in a record: which there are, their exact frequency, and the record without its ends."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.cleaning import Cleaning
from emgpipe.chain.moving import centered_mean, odd_window
from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_OFF = 0.25
"""Hz the fundamental may lie beside its nominal value; a large grid stays within 0.05."""
FREQUENCY_STEP = 0.002
BLOCK = 0.1
"""Seconds over which a tone is averaged before its frequency is looked for."""
SHORTEST = 1.0
"""Seconds a stretch needs: below it a tone cannot be told from the EMG beside it."""
EXTENSION = 1.0
"""Seconds at each end of a record of which its continuation is made."""


class MainsStep(Cleaning):
    """What all steps against the mains share: which tones."""

    frequency: Literal[50, 60]
    """Frequency of the mains in Hz: 50 in most of the world, 60 in North America and parts of Asia."""
    highest: float = Field(default=450.0, gt=0)
    """Harmonics up to this frequency (Hz) are taken away, too: the upper edge of the band."""

    def orders(self, sampling_rate: float) -> NDArray[np.int64]:
        """Return the numbers of the harmonics, 1 for the fundamental, that lie in the band.

        Raises
        ------
        SignalError
            Not even the fundamental lies below `highest` and half the sampling rate.
        """
        top = min(self.highest, 0.49 * sampling_rate)
        count = math.floor(top / self.frequency)
        if count < 1:
            raise SignalError(
                f"the mains at {self.frequency} Hz lie above {top:g} Hz, up to which this signal and `highest` reach; "
                "leave the step out, or raise `highest`",
                step=str(getattr(self, "kind", "")),
            )
        return np.arange(1, count + 1)

    def needs(self, sampling_rate: float) -> int:
        """Return the samples of `SHORTEST` seconds."""
        return math.ceil(SHORTEST * sampling_rate)

    def _tones(self, sampling_rate: float) -> str:
        last = int(self.orders(sampling_rate)[-1]) * self.frequency
        return f"{self.frequency} Hz" if last == self.frequency else f"{self.frequency} Hz and harmonics to {last} Hz"


def mains_frequency(
    samples: NDArray[np.float64],
    sampling_rate: float,
    nominal: float,
    orders: NDArray[np.int64],
    weights: NDArray[np.float64] | None = None,
) -> float:
    """Return the frequency in Hz near `nominal` at which the harmonics together have the most power.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        At least half a second.
    weights : array, shape (n_samples,), optional
        How much each sample counts.
    """
    size = max(round(BLOCK * sampling_rate), 1)
    count = samples.size // size
    used = count * size
    weighted = (samples if weights is None else samples * weights)[:used]
    times = np.arange(used) / sampling_rate
    score = np.zeros(_offsets().size)
    fundamental = np.exp(-2j * np.pi * nominal * times)
    carrier = np.ones(used, dtype=np.complex128)
    for order in orders:
        carrier = carrier * fundamental
        blocks = (weighted * carrier).reshape(count, size).sum(axis=1)
        turned = _turns(count, size / sampling_rate, int(order)) * blocks
        score += np.square(np.abs(turned.sum(axis=1)))  # a product of matrices this small costs more in BLAS threads
    return nominal + _peak(score)


@lru_cache(maxsize=1)
def _offsets() -> NDArray[np.float64]:
    steps = round(MOST_OFF / FREQUENCY_STEP)
    return np.asarray(np.arange(-steps, steps + 1) * FREQUENCY_STEP, dtype=np.float64)


@lru_cache(maxsize=64)
def _turns(count: int, seconds: float, order: int) -> NDArray[np.complex128]:
    """Return what turns the blocks' phases back, one row per offset; all windows of a record share it."""
    times = (np.arange(count) + 0.5) * seconds
    return np.asarray(np.exp(-2j * np.pi * order * np.outer(_offsets(), times)))


def _peak(score: NDArray[np.float64]) -> float:
    """Return the offset of the highest score, refined by a parabola through its neighbors."""
    best = int(np.argmax(score))
    offsets = _offsets()
    if not 0 < best < score.size - 1:
        return float(offsets[best])
    left, middle, right = score[best - 1 : best + 2]
    curvature = left - 2 * middle + right
    shift = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
    return float(offsets[best]) + shift * FREQUENCY_STEP


def quietness(samples: NDArray[np.float64], sampling_rate: float, nominal: float) -> NDArray[np.float64]:
    """Return weights, shape (n_samples,), mean 1, that are high where there is little but mains in the samples.

    A tone is the same one period later and muscle activity is not, so the power of that difference tells where the
    muscle is quiet; there the mains are seen best.
    """
    periods = np.arange(1, 6) * sampling_rate / nominal
    lag = max(round(float(periods[np.argmin(np.abs(periods - np.round(periods)))])), 1)
    changed = np.zeros_like(samples)
    changed[lag:] = samples[lag:] - samples[:-lag]
    changed[:lag] = changed[lag : 2 * lag]
    power = centered_mean(np.square(changed), odd_window(0.25, sampling_rate))
    largest = float(power.max())
    if not largest > 0:
        return np.ones_like(samples)
    weights = 1.0 / np.maximum(power, 1e-8 * largest)
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def extended(
    samples: NDArray[np.float64], sampling_rate: float, nominal: float, orders: NDArray[np.int64], seconds: float
) -> tuple[NDArray[np.float64], int]:
    """Return the samples with `seconds` before and after in which the mains go on, and how many were put before.

    Each end is continued by whole periods of its own mains, so that a narrow filter has settled where the record
    begins, and a mirror image would turn the tone's phase around.
    """
    before = _continued(samples[::-1], sampling_rate, nominal, orders, seconds)[::-1]
    after = _continued(samples, sampling_rate, nominal, orders, seconds)
    return np.concatenate([before, samples, after]), before.size


def _continued(
    samples: NDArray[np.float64], sampling_rate: float, nominal: float, orders: NDArray[np.int64], seconds: float
) -> NDArray[np.float64]:
    """Return what could follow the last sample: the last second, a whole number of periods, over and over."""
    last = samples[-round(2 * EXTENSION * sampling_rate) :]
    period = sampling_rate / mains_frequency(last, sampling_rate, nominal, orders)
    longest = math.floor(min(EXTENSION * sampling_rate, samples.size) / period)
    lengths = np.arange(max(longest // 2, 1), max(longest, 1) + 1) * period
    length = min(round(float(lengths[np.argmin(np.abs(lengths - np.round(lengths)))])), samples.size)
    piece = samples[-length:]
    one = min(round(period), length)
    times = math.ceil(seconds * sampling_rate / length)
    drift = piece[-one:].mean() - piece[:one].mean()  # goes on, too, so that a slow change makes no step
    return np.asarray(np.tile(piece, times) + np.repeat(np.arange(1, times + 1) * drift, length))
