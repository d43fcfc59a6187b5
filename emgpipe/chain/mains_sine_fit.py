"""Mains hum fitted as sines and subtracted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.mains import MainsStep, mains_frequency, quietness

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MainsSineFit(MainsStep):
    """Sines at the mains and its harmonics, fitted by least squares in overlapping windows and subtracted.

    The frequency is estimated in each window, and quiet samples count more than loud ones: the mains are seen best
    where the muscle rests. Takes away the least EMG of the three steps against mains; what it cannot follow is hum
    whose strength changes within a window.
    """

    kind: Literal["mains_sine_fit"] = "mains_sine_fit"
    window: float = Field(default=4.0, ge=1, le=60)
    """Length of the windows in s; each overlaps the next by half."""

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Subtract the sines; what two windows fit is cross-faded."""
        orders = self.orders(sampling_rate)
        weights = quietness(samples, sampling_rate, self.frequency)
        size = min(round(self.window * sampling_rate), samples.size)
        count = max(math.ceil(2 * (samples.size - size) / size), 0) + 1
        starts = np.linspace(0, samples.size - size, count).round().astype(int)
        fade = np.hanning(size + 2)[1:-1]
        fitted, total = np.zeros_like(samples), np.zeros_like(samples)
        for start in starts:
            part = slice(start, start + size)
            own = weights[part] / weights[part].mean()
            frequency = mains_frequency(samples[part], sampling_rate, self.frequency, orders, own)
            fitted[part] += fade * _sines(samples[part], own, frequency / sampling_rate, orders)
            total[part] += fade
        return np.asarray(samples - fitted / total)

    def describe(self, sampling_rate: float) -> str:
        """State the tones and the windows."""
        return f"mains_sine_fit at {self._tones(sampling_rate)}, windows of {self.window:g} s, frequency estimated"


def _sines(
    samples: NDArray[np.float64], weights: NDArray[np.float64], frequency: float, orders: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the weighted least-squares fit of sines at the multiples of `frequency` (cycles per sample)."""
    base = np.exp(2j * np.pi * frequency * np.arange(samples.size))
    waves, carrier = [np.ones(samples.size)], np.ones(samples.size, dtype=np.complex128)
    for _ in orders:
        carrier = carrier * base
        waves += [carrier.real, carrier.imag]
    design = np.array(waves)
    weighted = design * weights
    # Not by `@`: for products this small the threads of BLAS cost more than they save, and much more on a busy machine.
    normal = np.einsum("it,jt->ij", weighted, design)
    solution, *_ = np.linalg.lstsq(normal, np.einsum("it,t->i", weighted, samples), rcond=None)
    solution[0] = 0.0  # a constant is fitted beside the tones, not taken away
    return np.asarray(np.einsum("i,it->t", solution, design))
