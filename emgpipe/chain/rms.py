"""Moving root mean square."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.base import Step
from emgpipe.chain.moving import centered_mean, odd_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class Rms(Step):
    """Root mean square in a centered moving window that shrinks at the edges (zero-padding would bias them low)."""

    kind: Literal["rms"] = "rms"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered", "rectified"})
    gives: ClassVar[Stage] = "envelope"

    window: float = Field(default=0.1, gt=0, le=10)
    """Length of the window in s; the odd number of samples nearest to it is used. 0.05 to 0.1 for movements."""

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Return the moving RMS, same unit as the samples."""
        return np.sqrt(centered_mean(np.square(samples), odd_window(self.window, sampling_rate)))

    def margin(self, sampling_rate: float) -> float:
        """Half a window."""
        return odd_window(self.window, sampling_rate) // 2

    def needs(self, sampling_rate: float) -> int:
        """Return the samples of one whole window."""
        return odd_window(self.window, sampling_rate)

    def describe(self, sampling_rate: float) -> str:
        """State the window in seconds and samples."""
        return f"rms over {self.window:g} s ({odd_window(self.window, sampling_rate)} samples), centered"
