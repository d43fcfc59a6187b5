"""Mains hum taken away by narrow notches."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.mains import MainsStep, extended

if TYPE_CHECKING:
    from numpy.typing import NDArray

TWO_PASSES = math.sqrt(math.sqrt(2) - 1)
"""A notch of this width per pass has its stated width after two (see `emgpipe.chain.butterworth`)."""

SETTLED = 6.0
"""A notch 1 Hz wide has forgotten how it began after so many seconds."""

FORGOTTEN = 1e-13
"""A notch's memory counts as over when its poles have decayed to this."""


class MainsNotch(MainsStep):
    """Notch filters at the mains and its harmonics, forward and backward.

    Takes away the EMG of these bands as well, the same share from rest, MVIC and task; rings for about half a second
    after sudden changes. For mains whose strength changes quickly, as with a cable that swings.
    """

    kind: Literal["mains_notch"] = "mains_notch"
    width: float = Field(default=2.0, ge=0.2, le=10)
    """Distance in Hz of the -3 dB points of what is applied, the same at each harmonic. Wide enough for the mains not
    being exactly at 50 or 60 Hz: 0.1 Hz off is 0.3 Hz off at the third harmonic."""

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Filter one stretch."""
        from scipy.signal import sosfiltfilt

        orders = self.orders(sampling_rate)
        longer, before = extended(samples, sampling_rate, self.frequency, orders, SETTLED / self.width)
        sections = _notches(self.frequency, orders.size, self.width, sampling_rate)
        filtered = np.asarray(sosfiltfilt(sections, longer, padtype=None))
        return filtered[before : before + samples.size].copy()

    def margin(self, sampling_rate: float) -> float:
        """Return the samples after which a notch has forgotten how it began, at either end."""
        (*_, last) = _notches(self.frequency, 1, self.width, sampling_rate)[0]
        return math.ceil(math.log(FORGOTTEN) / math.log(math.sqrt(last))) + self.needs(sampling_rate)

    def describe(self, sampling_rate: float) -> str:
        """State the tones and the width."""
        return f"mains_notch at {self._tones(sampling_rate)}, {self.width:g} Hz wide (-3 dB), zero-phase"


@lru_cache(maxsize=16)
def _notches(frequency: float, count: int, width: float, sampling_rate: float) -> NDArray[np.float64]:
    """Return second-order sections, shape (count, 6), for one of two passes."""
    centers = 2 * np.pi * frequency * np.arange(1, count + 1) / sampling_rate
    half = TWO_PASSES * math.tan(math.pi * width / sampling_rate)
    gain = 1 / (1 + half)
    middle = -2 * np.cos(centers) * gain
    sections = np.empty((count, 6))
    sections[:, 0] = sections[:, 2] = gain
    sections[:, 1] = sections[:, 4] = middle
    sections[:, 3], sections[:, 5] = 1.0, 2 * gain - 1
    return sections
