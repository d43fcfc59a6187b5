"""Full-wave rectification."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.chain.base import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class Rectify(Step):
    """Take the absolute value. Before `rms` it changes nothing (squares have no sign); it is there to be seen."""

    kind: Literal["rectify"] = "rectify"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered"})
    gives: ClassVar[Stage] = "rectified"

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:  # noqa: ARG002
        """Return absolute values."""
        return np.abs(samples)

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002
        """Say what is applied."""
        return "rectify: absolute value"
