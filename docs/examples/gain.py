"""Multiply by a constant: an amplifier's gain that the file does not know of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.chain.base import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class Gain(Step):
    """Multiply every sample by a constant."""

    kind: Literal["gain"] = "gain"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw"})
    gives: ClassVar[Stage] = "raw"

    factor: float = Field(default=1.0, gt=0)
    """What every sample is multiplied by."""

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:  # noqa: ARG002
        """Multiply."""
        return samples * self.factor
