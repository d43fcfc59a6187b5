"""What goes wrong in a laboratory, one pure function each: samples in, disturbed samples out, both in V.

All take ``(samples, sampling_rate, rng, ...)`` and return a new array of the same shape. Fix their parameters with
`functools.partial` to make a `Fault`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Fault = Callable[["NDArray[np.float64]", float, np.random.Generator], "NDArray[np.float64]"]


def baseline_noise(
    samples: NDArray[np.float64], sampling_rate: float, rng: np.random.Generator, *, rms: float = 2e-6
) -> NDArray[np.float64]:
    """Add the white noise of electrode and amplifier; `rms` in V over 0 to half the sampling rate."""
    _check_rate(sampling_rate)
    return samples + rms * rng.standard_normal(samples.size)


def mains(
    samples: NDArray[np.float64],
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    amplitude: float = 20e-6,
    frequency: float = 50.0,
    harmonics: tuple[float, ...] = (0.1, 0.4, 0.05, 0.2),
) -> NDArray[np.float64]:
    """Add interference from the mains, at random phases.

    Parameters
    ----------
    amplitude : float
        Of the fundamental, in V (zero to peak).
    frequency : float
        50 or 60 Hz.
    harmonics : tuple of float
        Amplitudes of the second, third, ... harmonic relative to the fundamental; those above half the sampling
        rate are left out, as an anti-aliasing filter would.
    """
    _check_rate(sampling_rate)
    times = np.arange(samples.size) / sampling_rate
    result = samples.copy()
    for index, relative in enumerate((1.0, *harmonics)):
        tone = (index + 1) * frequency
        phase = rng.uniform(0.0, 2.0 * np.pi)
        if tone < sampling_rate / 2:
            result += amplitude * relative * np.sin(2.0 * np.pi * tone * times + phase)
    return result


# Time from the R peak (s), width (s) and height relative to R of Gaussian waves: P, Q, R, S, T.
_HEART_WAVES = (
    (-0.17, 0.025, 0.12),
    (-0.028, 0.008, -0.15),
    (0.0, 0.011, 1.0),
    (0.030, 0.009, -0.25),
    (0.26, 0.050, 0.25),
)


def ecg(
    samples: NDArray[np.float64],
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    amplitude: float = 100e-6,
    heart_rate: float = 75.0,
) -> NDArray[np.float64]:
    """Add the heart as trunk electrodes see it.

    Parameters
    ----------
    amplitude : float
        Height of the R wave in V.
    heart_rate : float
        Beats per minute; the interval varies by 3 % from beat to beat.
    """
    _check_rate(sampling_rate)
    times = np.arange(samples.size) / sampling_rate
    interval = 60.0 / heart_rate
    count = int(samples.size / sampling_rate / interval * 1.2) + 2
    beats = rng.uniform(-interval, 0.0) + np.cumsum(interval * (1.0 + 0.03 * rng.standard_normal(count)))
    result = samples.copy()
    for beat in beats:
        near = slice(*np.searchsorted(times, (beat - 0.4, beat + 0.6)))
        since = times[near] - beat
        for center, width, height in _HEART_WAVES:
            result[near] += amplitude * height * np.exp(-0.5 * np.square((since - center) / width))
    return result


def motion(
    samples: NDArray[np.float64],
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    amplitude: float = 500e-6,
    bursts_per_minute: float = 20.0,
    duration: float = 0.4,
) -> NDArray[np.float64]:
    """Add swinging cables and shifting electrodes: short bursts between 1 and 10 Hz.

    Parameters
    ----------
    amplitude : float
        Height of a burst in V.
    bursts_per_minute : float
        Mean number; the times are random.
    duration : float
        Standard deviation of the burst's Gaussian window is a quarter of it, in s.
    """
    _check_rate(sampling_rate)
    times = np.arange(samples.size) / sampling_rate
    seconds = samples.size / sampling_rate
    result = samples.copy()
    for _ in range(rng.poisson(bursts_per_minute * seconds / 60.0)):
        since = times - rng.uniform(0.0, seconds)
        tone = np.cos(2.0 * np.pi * rng.uniform(1.0, 10.0) * since + rng.uniform(0.0, 2.0 * np.pi))
        result += amplitude * np.exp(-0.5 * np.square(4.0 * since / duration)) * tone
    return result


def clipping(
    samples: NDArray[np.float64], sampling_rate: float, rng: np.random.Generator, *, rail: float = 1e-3
) -> NDArray[np.float64]:
    """Cut everything beyond plus or minus `rail` (V), as an amplifier at its limit does; `rng` is not used."""
    _check_rate(sampling_rate)
    del rng
    return np.clip(samples, -rail, rail)


def dropout(
    samples: NDArray[np.float64],
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    duration: float = 0.5,
    fill: Literal["missing", "flat"] = "missing",
) -> NDArray[np.float64]:
    """Lose one stretch at a random time, as a wireless sensor out of reach does.

    Parameters
    ----------
    duration : float
        In s; cut to the length of the signal.
    fill : {"missing", "flat"}
        NaN, or the last value before the stretch held.
    """
    _check_rate(sampling_rate)
    count = min(round(duration * sampling_rate), samples.size)
    first = int(rng.integers(0, samples.size - count + 1))
    result = samples.copy()
    held = result[max(first - 1, 0)] if samples.size else 0.0
    result[first : first + count] = np.nan if fill == "missing" else held
    return result


def _check_rate(sampling_rate: float) -> None:
    if not sampling_rate > 0:
        raise SignalError(f"sampling_rate = {sampling_rate:g} Hz must be above 0")
