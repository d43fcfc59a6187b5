"""Remove a constant offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.chain.base import WHOLE_RECORD, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class DcOffset(Step):
    """Subtract the mean of the recording: amplifiers and electrodes add a constant that is not muscle activity."""

    kind: Literal["dc_offset"] = "dc_offset"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw"})
    gives: ClassVar[Stage] = "raw"

    about_mean: ClassVar[bool] = True

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:  # noqa: ARG002
        """Subtract the mean over the last axis."""
        return self.apply_about(samples, np.mean(samples, axis=-1, keepdims=True))

    def apply_about(self, samples: NDArray[np.float64], mean: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Subtract a mean that is known."""
        centered: NDArray[np.float64] = samples - mean
        return centered

    def margin(self, sampling_rate: float) -> float:  # noqa: ARG002
        """Ask for the whole recording, of which only the mean matters."""
        return WHOLE_RECORD

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002
        """Say what is subtracted."""
        return "dc_offset: mean of the recording subtracted"
