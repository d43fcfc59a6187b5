"""The contract of a step: the frozen pydantic class *is* the step, its schema and its manual.

To add a step: copy the file of one that resembles it, write `apply`, add one line to `emgpipe.chain.STEPS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from emgpipe.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Stage

WHOLE_RECORD = float("inf")
"""What `Step.margin` returns when a step needs the whole recording at once."""


class Step(Settings, ABC):
    """Samples in, samples out; knows nothing of files, channels, participants or other trials."""

    takes: ClassVar[frozenset[Stage]]
    """The stages the step can follow."""
    gives: ClassVar[Stage]
    """The stage of its result."""

    muscles: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Apply the step to these muscles only; leave out for all."""

    @abstractmethod
    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Return a new array of the same shape; works over the last axis.

        Parameters
        ----------
        samples : array, shape (..., n_samples)
            Without NaN: the runner cuts at gaps.
        sampling_rate : float
            In Hz.

        Raises
        ------
        SignalError
            The samples are too few or the sampling rate does not fit the parameters.
        """

    def margin(self, sampling_rate: float) -> float:  # noqa: ARG002 - steps that look around override this
        """Return how many samples of context on either side make a cut-out equal to the whole."""
        return 0

    def needs(self, sampling_rate: float) -> int:  # noqa: ARG002 - filters and windows override this
        """Return the fewest samples the step can work on."""
        return 1

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002 - filters print what they resolve to
        """Say in words what is applied at this sampling rate, for the history and the report."""
        return str(getattr(self, "kind", type(self).__name__))
