"""How one trial's envelope becomes one reference value. To add a rule: one class here, one line in `RULES`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.moving import WindowMean, highest_mean
from emgpipe.settings import Settings, one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rule(Settings, ABC):
    """Turns the envelope of one MVIC trial into a value and the window it was taken from."""

    @abstractmethod
    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:
        """Return the value with its window, or None when no window without gaps is long enough.

        Parameters
        ----------
        envelope : array, shape (n_samples,)
            Of the trial's span; NaN where samples are missing.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in words what is taken."""


class SlidingMean(Rule):
    """The highest mean of the envelope in a window that slides over the trial; the field's usual MVIC value."""

    kind: Literal["sliding_mean"] = "sliding_mean"
    window: float = Field(default=0.5, gt=0, le=10)
    """Length of the window in s; 0.5 and 1 are usual."""

    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:
        """Return the highest window mean; windows with a missing sample do not count."""
        return highest_mean(envelope, self.window, sampling_rate)

    def describe(self) -> str:
        """Say in words what is taken."""
        return f"highest mean of the envelope over {self.window:g} s"


class EnvelopePeak(Rule):
    """The highest single sample of the envelope."""

    kind: Literal["envelope_peak"] = "envelope_peak"

    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:  # noqa: ARG002
        """Return the highest sample."""
        if not np.isfinite(envelope).any():
            return None
        index = int(np.nanargmax(envelope))
        return float(envelope[index]), index, index + 1

    def describe(self) -> str:
        """Say in words what is taken."""
        return "highest sample of the envelope"


class MiddleMean(Rule):
    """The mean of the envelope over the middle of the trial."""

    kind: Literal["middle_mean"] = "middle_mean"
    duration: float = Field(default=1.0, gt=0)
    """Length of the middle stretch in s."""

    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:
        """Return the mean of the middle `duration` seconds; None if the trial is shorter or has a gap there."""
        width = max(round(self.duration * sampling_rate), 1)
        start = (envelope.size - width) // 2
        if start < 0 or not np.isfinite(envelope[start : start + width]).all():
            return None
        return float(np.mean(envelope[start : start + width])), start, start + width

    def describe(self) -> str:
        """Say in words what is taken."""
        return f"mean of the envelope over the middle {self.duration:g} s"


RULES: tuple[type[Rule], ...] = (SlidingMean, EnvelopePeak, MiddleMean)

if TYPE_CHECKING:
    AnyRule = Rule
else:
    AnyRule = one_of(RULES)
