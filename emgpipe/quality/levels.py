"""How loud a channel is, half second by half second: what trials of a session are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.figures import SHORTEST, WINDOW_SECONDS, chosen_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWEST, HIGHEST = 20.0, 450.0
"""Hz: the band nearly all studies of surface EMG use; movement lies below, amplifier noise above."""
FEWEST_FOR_SECOND: Final = 4


def band_rms(samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
    """Return the RMS between 20 and 450 Hz of every half second without gaps.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing.

    Returns
    -------
    array, shape (n_windows,)
        In the unit of the samples; empty for a signal shorter than half a second or sampled below 64 Hz.
    """
    rows = _half_seconds(samples, sampling_rate)
    if not rows.size:
        return np.zeros(0)
    scale, length = float(np.max(np.abs(rows))) or 1.0, rows.shape[1]  # squares of scaled samples cannot overflow
    rows = rows / scale
    taper = np.hanning(length)
    spectrum = np.fft.rfft((rows - rows.mean(axis=1, keepdims=True)) * taper, axis=1)
    frequencies = np.arange(spectrum.shape[1]) * (sampling_rate / length)
    inside = spectrum[:, frequencies.searchsorted(LOWEST) : frequencies.searchsorted(HIGHEST, "right")]
    power = 2.0 * np.sum(inside.real**2 + inside.imag**2, axis=1) / (length * float(np.sum(taper**2)))
    rms: NDArray[np.float64] = scale * np.sqrt(power)
    return rms


def plain_rms(samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
    """Return the RMS of every half second without gaps, for samples that went through a band-pass.

    Returns
    -------
    array, shape (n_windows,)
    """
    rows = _half_seconds(samples, sampling_rate)
    if not rows.size:
        return np.zeros(0)
    scale = float(np.max(np.abs(rows))) or 1.0
    rms: NDArray[np.float64] = scale * np.sqrt(np.mean((rows / scale) ** 2, axis=1))
    return rms


def loudest(levels: NDArray[np.float64]) -> float:
    """Return the second highest level, so that one artifact does not count; the highest of few; 0 without any."""
    if not levels.size:
        return 0.0
    return float(np.sort(levels)[-2 if levels.size >= FEWEST_FOR_SECOND else -1])


def _half_seconds(samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
    length = round(WINDOW_SECONDS * sampling_rate)
    if length < SHORTEST or samples.size < length:
        return np.zeros((0, SHORTEST))
    count = samples.size // length
    rows = samples[: count * length].reshape(count, length)
    return chosen_rows(rows, np.all(np.isfinite(rows), axis=1))
