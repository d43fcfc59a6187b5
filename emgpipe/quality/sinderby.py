"""Four ratios of the spectrum by which Sinderby et al. (1995, J Appl Physiol 79:1803) judge EMG.

They were made for the diaphragm, recorded from DC to 1000 Hz; what the device has filtered away cannot be judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HIGHEST: Final = 600.0
"""Hz up to which there is EMG."""
MOTION: Final = 20.0
DROP_FROM: Final = 35.0
SMOOTHED: Final = 13
"""Neighboring points of the spectrum of which the mean is taken."""
NOISE_SHARE: Final = 0.2
"""The uppermost part of the spectrum, which is taken for noise."""
LOWEST_RATE: Final = 1400.0
"""Samples per second below which EMG itself fills the upper end of the spectrum."""
UNFILTERED: Final = 0.1
"""The upper end by the density at 450 Hz; lower, and a filter of the device has cut it off."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """The four ratios; None where they are undefined.

    Attributes
    ----------
    motion : float or None
        SM, dB: total power by the power below 20 Hz that lies above a straight line from the origin to the peak.
        Undefined where the device has a high-pass of 20 Hz or more.
    noise : float or None
        SN, dB: total power by that of noise as dense as in the upper fifth of the spectrum. Undefined where the
        sampling rate is too low, or a filter of the device ends below.
    drop : float or None
        DP, dB: highest by lowest density between 35 and 600 Hz. Undefined as SN.
    deformation : float or None
        Omega: square root of M0 M2 over M1 (moments of the spectrum); 1.155 for white noise.
    """

    motion: float | None = None
    noise: float | None = None
    drop: float | None = None
    deformation: float | None = None

    def words(self) -> str:
        """Return all four for people."""
        named = (("SM", self.motion, " dB"), ("SN", self.noise, " dB"), ("DP", self.drop, " dB"))
        parts = [f"{name} {'undefined' if value is None else f'{value:.0f}{unit}'}" for name, value, unit in named]
        parts.append(f"Omega {'undefined' if self.deformation is None else f'{self.deformation:.2f}'}")
        return ", ".join(parts)


def ratios(
    frequencies: NDArray[np.float64], density: NDArray[np.float64], highpass: float | None, lines: NDArray[np.bool_]
) -> Ratios:
    """Compute the four ratios.

    Parameters
    ----------
    frequencies, density : array, shape (n_frequencies,)
        Power spectral density of the raw signal, from 0 Hz.
    highpass : float or None
        Lower edge (Hz) of the device's filters, where known.
    lines : array of bool, shape (n_frequencies,)
        Where mains interference stands; these are left out.
    """
    used = (frequencies > 0.0) & (frequencies <= HIGHEST) & ~lines
    scale = float(np.max(density[used], initial=0.0))
    if int(used.sum()) < 4 * SMOOTHED or scale <= 0.0:
        return Ratios()
    at, power = frequencies[used], density[used] / scale
    smooth = np.convolve(power, np.full(SMOOTHED, 1.0 / SMOOTHED), mode="same")
    total = float(np.sum(power))
    nyquist = float(frequencies[-1])
    noise = drop = None
    if 2.0 * nyquist >= LOWEST_RATE:
        noise = _noise(frequencies, density / scale, total, at.size)
        drop = None if noise is None else _drop(at, smooth)
    moments = [float(np.sum(power * at**order)) for order in range(3)]
    has_motion = highpass is None or highpass < MOTION
    return Ratios(
        _motion(at, power, smooth, total) if has_motion else None,
        noise,
        drop,
        float(np.sqrt(moments[0] * moments[2]) / moments[1]) if has_motion else None,
    )


def _decibels(ratio: float) -> float:
    return float(10.0 * np.log10(min(max(ratio, 1e-10), 1e10)))


def _motion(at: NDArray[np.float64], power: NDArray[np.float64], smooth: NDArray[np.float64], total: float) -> float:
    above = np.flatnonzero(at > MOTION)
    peak = above[int(np.argmax(smooth[above]))]
    low = at < MOTION
    excess = float(np.sum(np.maximum(power[low] - smooth[peak] * at[low] / at[peak], 0.0)))
    return _decibels(total / max(excess, 1e-10 * total))


def _noise(frequencies: NDArray[np.float64], density: NDArray[np.float64], total: float, count: int) -> float | None:
    nyquist = float(frequencies[-1])
    floor = float(np.mean(density[(frequencies >= (1.0 - NOISE_SHARE) * nyquist) & (frequencies < 0.98 * nyquist)]))
    beside = float(np.mean(density[(frequencies >= 400.0) & (frequencies <= 450.0)]))
    if floor <= 0.0 or floor < UNFILTERED * beside:
        return None
    return _decibels(total / (floor * count))


def _drop(at: NDArray[np.float64], smooth: NDArray[np.float64]) -> float:
    inside = smooth[at >= DROP_FROM][: -SMOOTHED // 2]
    return _decibels(float(np.max(inside)) / max(float(np.min(inside)), 1e-10))
