"""Rectification and low-pass: the linear envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.butterworth import Butterworth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class LinearEnvelope(Butterworth):
    """Absolute value, then a Butterworth low-pass. Reads 0.798 of the RMS for Gaussian EMG (sqrt(2/pi)).

    A zero-phase low-pass can undershoot zero beside a burst; the runner sets such samples to 0 and counts them.
    """

    kind: Literal["linear_envelope"] = "linear_envelope"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered", "rectified"})
    gives: ClassVar[Stage] = "envelope"

    high: float = Field(default=6.0, gt=0)
    """-3 dB point of the low-pass in Hz; 3 to 10 is usual."""

    def cut_offs(self) -> tuple[float | None, float | None]:
        """Return the upper edge."""
        return None, self.high

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Rectify and low-pass over the last axis."""
        return self._filter(np.abs(samples), self.sections(sampling_rate))
