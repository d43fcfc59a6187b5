"""What the steps that take away interference share: they are adaptive, work on one record, and say what they removed.

Their settings are the same for every trial of a channel, whatever was done in it: a filter that depends on the
condition would itself make a difference between conditions.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from emgpipe.chain.base import WHOLE_RECORD, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class Cleaning(Step):
    """A step that estimates an interference from the samples themselves and takes it away."""

    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered"})
    gives: ClassVar[Stage] = "filtered"
    cleans: ClassVar[bool] = True

    @abstractmethod
    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Return a new array of the same shape (n_samples,)."""

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Clean over the last axis."""
        if samples.ndim == 1:
            return self.clean(samples, sampling_rate)
        return np.apply_along_axis(self.clean, -1, samples, sampling_rate)

    def margin(self, sampling_rate: float) -> float:  # noqa: ARG002
        """Ask for the whole recording: the interference is estimated from all of it."""
        return WHOLE_RECORD
