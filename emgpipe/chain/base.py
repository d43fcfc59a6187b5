"""The contract of a step: the frozen pydantic class *is* the step, its schema and its manual.

To add a step: copy the file of one that resembles it, write `apply`, add one line to `emgpipe.chain.STEPS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field, model_validator

from emgpipe.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Stage

WHOLE_RECORD = float("inf")
"""What `Step.margin` returns when a step needs the whole recording at once."""


CONDITIONS: Final = frozenset(
    f"{name}{ending}"
    for name in ("condition", "exercise", "head_position", "participant", "position", "role", "session", "trial")
    for ending in ("", "s")
)
"""What a step must not depend on."""


class Step(Settings, ABC):
    """Samples in, samples out; knows nothing of files, channels, participants or other trials."""

    takes: ClassVar[frozenset[Stage]]
    """The stages the step can follow."""
    gives: ClassVar[Stage]
    """The stage of its result."""
    cleans: ClassVar[bool] = False
    """It takes away interference: how much RMS that was is measured and told."""
    sees_gaps: ClassVar[bool] = False
    """It gets the whole record, NaN where samples are missing, and not stretch after stretch between gaps."""
    makes_gaps: ClassVar[bool] = False
    """It may set samples to NaN; the steps after it work on what lies between."""
    about_mean: ClassVar[bool] = False
    """All it needs to know of a whole stretch is its mean, which can be gathered block by block; see `apply_about`."""

    muscles: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Apply the step to these muscles only; leave out for all."""

    @model_validator(mode="before")
    @classmethod
    def _same_for_all_trials(cls, given: Any) -> Any:
        named = sorted(CONDITIONS & given.keys()) if isinstance(given, dict) else []
        if named:
            raise ValueError(
                f"'{named[0]}' cannot limit a step of the chain: rest, MVIC and all tasks of a channel must pass the "
                "same filters. A filter that depends on the condition makes a difference between conditions by itself, "
                "and an MVIC filtered in another way is no reference. Delete it; `muscles: [...]` limits a step to "
                "muscles"
            )
        return given

    @abstractmethod
    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Return a new array of the same shape; works over the last axis.

        Parameters
        ----------
        samples : array, shape (..., n_samples)
            Without NaN: the runner cuts at gaps, unless the step `sees_gaps`.
        sampling_rate : float
            In Hz.

        Raises
        ------
        SignalError
            The samples are too few or the sampling rate does not fit the parameters.
        """

    def apply_about(
        self,
        samples: NDArray[np.float64],  # noqa: ARG002 - steps that work about a mean override this
        mean: NDArray[np.float64] | float,  # noqa: ARG002
    ) -> NDArray[np.float64]:
        """Do the same to a piece of a stretch whose mean is known; only steps that work `about_mean` have it."""
        raise TypeError(f"{type(self).__name__} does not work about a mean")

    def margin(self, sampling_rate: float) -> float:  # noqa: ARG002 - steps that look around override this
        """Return how many samples of context on either side make a cut-out equal to the whole.

        To 1e-9 of the peak of the samples; `WHOLE_RECORD` where no context is enough.
        """
        return 0

    def needs(self, sampling_rate: float) -> int:  # noqa: ARG002 - filters and windows override this
        """Return the fewest samples the step can work on."""
        return 1

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002 - filters print what they resolve to
        """Say in words what is applied at this sampling rate, for the history and the report."""
        return str(getattr(self, "kind", type(self).__name__))
