"""What goes wrong in one channel: ``(samples, rate, rng, dose)`` -> samples. The units of doses stand in `faults`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from emgpipe.simulate import faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.float64]
    Rng: TypeAlias = np.random.Generator

HALF_SECOND: Final = 0.5
STRONG: Final = 50e-6
"""V RMS; in a muscle that hardly works, an artifact of a few times its EMG is small."""
PACKET: Final = 0.02
"""s: what a radio sends at once."""


def loudest(samples: Samples, rate: float) -> float:
    """Return the highest RMS of half seconds."""
    length = round(HALF_SECOND * rate)
    rows = samples[: samples.size // length * length].reshape(-1, length)
    return float(np.sqrt(np.mean(rows**2, axis=1).max()))


def strong(samples: Samples, rate: float) -> Samples:
    """Return a copy whose loudest half second has at least 50 uV RMS."""
    return samples * max(STRONG / loudest(samples, rate), 1.0)


def noise(samples: Samples, rate: float, rng: Rng, microvolts: float) -> Samples:
    """Add white noise of this RMS between 20 and 450 Hz."""
    share = (min(450.0, rate / 2) - 20.0) / (rate / 2)
    return faults.baseline_noise(samples, rate, rng, rms=microvolts * 1e-6 / share**0.5)


def activity(samples: Samples, rate: float, rng: Rng, microvolts: float) -> Samples:
    """Let the muscle work at this RMS for two seconds."""
    from emgpipe.simulate import simulate_emg

    count = round(2.0 * rate)
    first = int(rng.integers(0, samples.size - count))
    course = np.zeros(samples.size)
    course[first : first + count] = microvolts * 1e-6
    return samples + simulate_emg(course, rate, rng)


def clip(samples: Samples, rate: float, rng: Rng, percent: float) -> Samples:
    """Put a rail where this share of the samples lies beyond."""
    rail = float(np.quantile(np.abs(samples), 1 - percent / 100))
    return faults.clipping(samples, rate, rng, rail=rail)


def dropout(samples: Samples, rate: float, rng: Rng, seconds: float, fill: Literal["flat", "missing"]) -> Samples:
    """Lose one stretch."""
    return faults.dropout(samples, rate, rng, duration=seconds, fill=fill)


def packets(samples: Samples, rate: float, rng: Rng, percent: float) -> Samples:
    """Let this share of the packets be the packet before."""
    length = round(PACKET * rate)
    result = samples.copy()
    count = samples.size // length
    for lost in rng.choice(np.arange(1, count), max(round(percent / 100 * count), 1), replace=False):
        result[lost * length : (lost + 1) * length] = samples[(lost - 1) * length : lost * length]
    return result


def mains(samples: Samples, rate: float, rng: Rng, microvolts: float) -> Samples:
    """Add 50 or 60 Hz of this RMS, with its harmonics."""
    frequency = float(rng.choice([50.0, 60.0])) * float(rng.uniform(0.999, 1.001))
    return faults.mains(samples, rate, rng, amplitude=2**0.5 * microvolts * 1e-6, frequency=frequency)


def mains_ratio(samples: Samples, rate: float, rng: Rng, db: float) -> Samples:
    """Add 50 or 60 Hz, relative to the RMS of the whole."""
    return mains(samples, rate, rng, 1e6 * float(np.std(samples)) * 10 ** (db / 20))


def larger(samples: Samples, rate: float, rng: Rng, factor: float) -> Samples:  # noqa: ARG001
    """Multiply."""
    return samples * factor


def smaller(samples: Samples, rate: float, rng: Rng, factor: float) -> Samples:  # noqa: ARG001
    """Divide."""
    return samples / factor


def loose(samples: Samples, rate: float, rng: Rng, microvolts: float) -> Samples:
    """Leave so much of the muscle (loudest half second) above noise of 1 to 4 uV."""
    left = samples * (microvolts * 1e-6 / loudest(samples, rate))
    return left + rng.uniform(1e-6, 4e-6) * rng.standard_normal(samples.size)


def spike(samples: Samples, rate: float, rng: Rng, times: float) -> Samples:
    """Add a spike of 2 ms, so many times as high as the RMS of the loudest half second."""
    length, at = max(round(0.002 * rate), 1), int(rng.integers(round(rate), samples.size - round(rate)))
    result = strong(samples, rate)
    result[at : at + length] += times * loudest(result, rate)
    return result


def step(samples: Samples, rate: float, rng: Rng, times: float) -> Samples:
    """Let the offset jump by so many times the RMS of the loudest half second, and decay by 1/e in 0.3 s."""
    at = int(rng.integers(round(rate), samples.size - round(rate)))
    since = np.arange(samples.size - at) / rate
    result = strong(samples, rate)
    result[at:] += times * loudest(result, rate) * np.exp(-since / 0.3)
    return result


def motion(samples: Samples, rate: float, rng: Rng, db: float) -> Samples:
    """Add bursts between 1 and 10 Hz with this power relative to that of the whole signal."""
    moved = np.zeros(samples.size)
    while not np.any(moved):
        moved = faults.motion(moved, rate, rng, amplitude=1.0, bursts_per_minute=30.0)
    return samples + moved * float(np.std(samples) / np.std(moved)) * 10 ** (db / 20)


def ecg(samples: Samples, rate: float, rng: Rng, microvolts: float) -> Samples:
    """Add the heart at 45 to 120 beats per minute, R waves of this height."""
    return faults.ecg(samples, rate, rng, amplitude=microvolts * 1e-6, heart_rate=float(rng.uniform(45, 120)))


def rectified(samples: Samples, rate: float, rng: Rng, percent: float) -> Samples:  # noqa: ARG001
    """Fold over this share of the negative samples' height: 100 is full-wave rectification."""
    return np.where(samples < 0, samples * (1 - 2 * percent / 100), samples)


def enveloped(samples: Samples, rate: float, rng: Rng, edge: float) -> Samples:  # noqa: ARG001
    """Rectify and smooth."""
    from scipy.signal import butter, sosfiltfilt

    smooth: Samples = sosfiltfilt(butter(2, edge, fs=rate, output="sos"), np.abs(samples))
    return smooth


def white(samples: Samples, rate: float, rng: Rng, db: float) -> Samples:
    """Add white noise whose power between 20 and 450 Hz, the band of EMG, is this against the EMG."""
    in_band = (min(450.0, rate / 2) - 20.0) / (rate / 2)
    return samples + rng.standard_normal(samples.size) * float(np.std(samples)) * 10 ** (db / 20) / in_band**0.5
