"""The figures the doubts rest on: mean, spread in half seconds, and the spectrum of the loudest parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_SECONDS: Final = 0.5
SEGMENT_SECONDS: Final = 2.0
MOST_SEGMENTS: Final = 5
QUIET_SECONDS: Final = 1.0
"""Segments of the quiet parts: short enough to lie between repetitions."""
SHORTEST: Final = 64
"""Samples a window needs before anything is said about it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known about one channel.

    Attributes
    ----------
    mean : float
    window_rms : array, shape (n_windows,)
        RMS of half seconds without gaps, their own mean removed, in the channel's unit; windows of one value left out.
    frequencies, density : array, shape (n_frequencies,)
        Power spectral density (unit squared per Hz) of up to 10 s of the loudest parts; empty for short channels.
    n_segments : int
        How many equally loud segments would vary as little as those the density is a mean of.
    """

    finite: NDArray[np.float64]
    sampling_rate: float
    mean: float
    window_rms: NDArray[np.float64]
    frequencies: NDArray[np.float64]
    density: NDArray[np.float64]
    n_segments: int = 0

    @property
    def rms(self) -> float:
        """RMS of all windows together, slow drift removed; 0 without windows."""
        return float(np.sqrt(np.mean(self.window_rms**2))) if self.window_rms.size else 0.0

    def power(self, low: float, high: float) -> float:
        """Return the power between two frequencies."""
        chosen = (self.frequencies >= low) & (self.frequencies < high)
        step = self.frequencies[1] if self.frequencies.size > 1 else 0.0
        return float(np.sum(self.density[chosen]) * step)


def figures_of(samples: NDArray[np.float64], sampling_rate: float) -> Figures:
    """Compute the figures of one channel.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing.
    sampling_rate : float
        In Hz.
    """
    samples = _trimmed(samples)
    is_there = np.isfinite(samples)
    finite = samples if is_there.all() else samples[is_there]
    rows = _segments(samples, sampling_rate, SEGMENT_SECONDS)
    rows = rows[np.argsort(np.var(rows, axis=1))[::-1][:MOST_SEGMENTS]]
    frequencies, density = _spectrum(rows, sampling_rate)
    mean = float(np.mean(finite)) if finite.size else 0.0
    windows = _window_rms(samples, sampling_rate)
    return Figures(finite, sampling_rate, mean, windows, frequencies, density, _equal(rows))


def quiet_figures(samples: NDArray[np.float64], sampling_rate: float) -> Figures:
    """Compute figures whose density is that of the quietest parts: up to five segments of a second.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing.
    sampling_rate : float
        In Hz.
    """
    samples = _trimmed(samples)
    rows = _segments(samples, sampling_rate, QUIET_SECONDS)
    rows = rows[np.argsort(np.var(np.diff(rows, axis=1), axis=1))[:MOST_SEGMENTS]]  # differences: drift is no loudness
    frequencies, density = _spectrum(rows, sampling_rate)
    finite = rows.reshape(-1)
    mean = float(np.mean(finite)) if finite.size else 0.0
    return Figures(finite, sampling_rate, mean, np.std(rows, axis=1), frequencies, density, _equal(rows))


def _trimmed(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the samples without gaps at either end: windows begin where the signal does."""
    if samples.size and np.isfinite(samples[0]) and np.isfinite(samples[-1]):
        return samples
    known = np.flatnonzero(np.isfinite(samples))
    return samples[known[0] : known[-1] + 1] if known.size else samples[:0]


def _windows(samples: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the samples in rows of `length`, rows with gaps left out."""
    whole = samples.size // length
    rows = samples[: whole * length].reshape(whole, length)
    return chosen_rows(rows, np.all(np.isfinite(rows), axis=1))


def chosen_rows(rows: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the chosen rows, themselves and no copy where all are."""
    return rows if chosen.all() else rows[chosen]


def _window_rms(samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
    length = min(max(round(WINDOW_SECONDS * sampling_rate), SHORTEST), samples.size)
    if length < SHORTEST:
        return np.zeros(0)
    rows = _windows(samples, length)
    rows = chosen_rows(rows, np.ptp(rows, axis=1) > 0)  # the deviation of equal values is not zero but a rounding error
    rms: NDArray[np.float64] = np.std(rows, axis=1)
    return rms


def _segments(samples: NDArray[np.float64], sampling_rate: float, seconds: float) -> NDArray[np.float64]:
    """Return segments without gaps in rows, shorter ones where gaps leave none; no row where there is too little."""
    length = min(round(seconds * sampling_rate), samples.size)
    rows = _windows(samples, length) if length >= SHORTEST else np.zeros((0, SHORTEST))
    while not rows.size and length // 2 >= max(SHORTEST, sampling_rate / 4):
        length //= 2
        rows = _windows(samples, length)
    return chosen_rows(rows, np.ptp(rows, axis=1) > 0) if rows.size else rows


def _equal(rows: NDArray[np.float64]) -> int:
    """Return the effective number of segments: of unequal ones the loudest rule the mean."""
    power = np.var(rows, axis=1)
    highest = float(np.max(power, initial=0.0))
    if not 0.0 < highest < np.inf:
        return len(rows)
    power /= highest
    equal = float(np.sum(power)) ** 2 / float(np.sum(power**2))
    return int(np.rint(equal))


def _spectrum(rows: NDArray[np.float64], sampling_rate: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Welch's estimate over the segments; numpy only, because importing scipy.signal takes a second."""
    if not rows.size:
        return np.zeros(0), np.zeros(0)
    length = rows.shape[1]
    taper = np.hanning(length)
    power = np.abs(np.fft.rfft((rows - rows.mean(axis=1, keepdims=True)) * taper, axis=1)) ** 2
    density = np.asarray(2.0 * power.mean(axis=0) / (sampling_rate * float(np.sum(taper**2))), dtype=np.float64)
    return _frequencies(density.size, sampling_rate / length), density


@lru_cache(maxsize=64)
def _frequencies(size: int, step: float) -> NDArray[np.float64]:
    """Return the frequencies of a density: one array for all channels that are alike."""
    frequencies = np.asarray(np.arange(size) * step, dtype=np.float64)
    frequencies.setflags(write=False)
    return frequencies
