"""Mains hum taken away in the spectrum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.mains import MainsStep, extended

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOBE = 4
"""Bins from the middle of a tone to the first zero under the Blackman-Harris window."""
NEIGHBORS = 2.0
"""Hz on either side from which the power at the mains is interpolated."""
COSINES = (0.35875, -0.48829, 0.14128, -0.01168)
"""Blackman-Harris window (Harris 1978, Proc IEEE 66:51): side lobes 92 dB down."""


class MainsInterpolation(MainsStep):
    """Spectrum interpolation (Mewett et al. 2004, Med Biol Eng Comput 42:524).

    In overlapping windows the power at the mains and its harmonics is set to what its neighbors in the spectrum have;
    the phase stays. The EMG's power in these bands is kept, so that the spectrum has no holes. For mains that drift,
    and for spectral metrics.
    """

    kind: Literal["mains_interpolation"] = "mains_interpolation"
    window: float = Field(default=6.0, ge=1, le=30)
    """Length of the windows in s; each overlaps the next by three quarters. Longer: a narrower band is replaced."""
    drift: float = Field(default=0.1, ge=0, le=0.5)
    """How far the mains may lie from their nominal frequency in Hz; at the third harmonic three times that."""

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Replace the power at the tones, window after window."""
        orders = self.orders(sampling_rate)
        longer, before = extended(samples, sampling_rate, self.frequency, orders, self.window)
        hop = max(round(self.window * sampling_rate / 4), LOBE)
        size = 4 * hop
        lead = size  # every sample lies in four windows
        count = math.ceil((longer.size + lead) / hop)
        padded = np.zeros(count * hop + size)
        padded[lead : lead + longer.size] = longer
        taper = _blackman_harris(size)
        bands = self._bands(size, sampling_rate, orders)
        removed = np.zeros_like(padded)
        for start in range(0, count * hop + 1, hop):
            piece = padded[start : start + size]
            removed[start : start + size] += _interference(piece * taper, bands)
        scale = 4 * COSINES[0]
        return samples - removed[lead + before : lead + before + samples.size] / scale

    def _bands(
        self, size: int, sampling_rate: float, orders: NDArray[np.int64]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """Return the bins of each tone, and those below and above it."""
        step, last = sampling_rate / size, size // 2
        aside = max(round(NEIGHBORS / step), 2)
        bands = []
        for order in orders:
            center = order * self.frequency / step
            half = LOBE + order * self.drift / step
            low, high = max(math.floor(center - half), 1), min(math.ceil(center + half), last - 1)
            below = np.arange(max(low - aside, 1), low)
            above = np.arange(high + 1, min(high + 1 + aside, last))
            bands.append((np.arange(low, high + 1), below if below.size else above, above if above.size else below))
        return bands

    def describe(self, sampling_rate: float) -> str:
        """State the tones and the windows."""
        return (
            f"mains_interpolation at {self._tones(sampling_rate)}: power from the neighboring {NEIGHBORS:g} Hz, phase "
            f"kept, windows of {self.window:g} s"
        )


def _blackman_harris(size: int) -> NDArray[np.float64]:
    angle = 2 * np.pi * np.arange(size) / size
    return np.asarray(sum(weight * np.cos(index * angle) for index, weight in enumerate(COSINES)))


def _interference(
    piece: NDArray[np.float64], bands: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]
) -> NDArray[np.float64]:
    """Return what has to be subtracted from a windowed piece for its power at the tones to be that beside them."""
    spectrum = np.fft.rfft(piece)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    change = np.zeros_like(spectrum)
    for tone, below, above in bands:
        ends = power[below].mean(), power[above].mean()
        wanted = np.interp(tone, (below.mean(), above.mean()), ends)
        there = power[tone]
        ratio = np.sqrt(np.divide(wanted, there, out=np.ones_like(wanted), where=there > 0))
        change[tone] = spectrum[tone] * (1 - ratio)
    return np.asarray(np.fft.irfft(change, piece.size))
