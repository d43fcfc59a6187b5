"""How one trial's envelope becomes one reference value. To add a rule: one class here, one line in `RULES`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.moving import WindowMean, highest_mean
from emgpipe.settings import Settings, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Rule(Settings, ABC):
    """Turns the envelope of one MVIC trial into a value and the window it was taken from."""

    contiguous: ClassVar[bool] = True
    """False: the value is made of samples that need not follow one another; the window is the span they lie in."""

    @property
    def pools(self) -> bool:
        """Whether the reference is made of the samples of all trials together, by `pooled`."""
        return False

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


class TopSamples(Rule):
    """The mean of the highest envelope samples, wherever they lie: sorted, then the top second.

    The samples need not follow one another, so that the value lies above that of a window of the same length.
    """

    kind: Literal["top_samples"] = "top_samples"
    contiguous: ClassVar[bool] = False
    duration: float = Field(default=1.0, gt=0)
    """How much is averaged, in s."""
    over: Literal["trial", "all_trials"] = "trial"
    """trial: sort each trial by itself, then combine the trials; all_trials: sort the samples of all trials together,
    as pyomeca does."""

    @property
    def pools(self) -> bool:
        """Whether the samples of all trials are sorted together."""
        return self.over == "all_trials"

    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:
        """Return the mean of the highest samples and the span they lie in; None if there are fewer.

        Where the samples of all trials are sorted together, a trial shorter than `duration` gives what it has.
        """
        wanted = max(round(self.duration * sampling_rate), 1)
        known = np.flatnonzero(np.isfinite(envelope))
        if self.pools:
            wanted = min(wanted, known.size)
        if not 0 < wanted <= known.size:
            return None
        top = known[np.argsort(-envelope[known], kind="stable")[:wanted]]
        return float(np.mean(envelope[top])), int(top.min()), int(top.max()) + 1

    def pooled(self, trials: Sequence[tuple[NDArray[np.float64], float]]) -> tuple[float, list[float]] | None:
        """Return the mean of the highest samples of all trials, and how many seconds of it each trial gives.

        Parameters
        ----------
        trials : sequence of (array, float)
            Envelope, shape (n_samples,), and sampling rate of each trial.

        Returns
        -------
        (float, list of float) or None
            None if all trials together are shorter than `duration`.
        """
        owner = np.concatenate([np.full(envelope.size, index) for index, (envelope, _) in enumerate(trials)])
        step = np.concatenate([np.full(envelope.size, 1.0 / rate) for envelope, rate in trials])
        values = np.concatenate([envelope for envelope, _ in trials])
        known = np.isfinite(values)
        order = np.flatnonzero(known)[np.argsort(-values[known], kind="stable")]
        reached = np.cumsum(step[order])
        half = 0.5 * float(step.max(initial=0.0))
        if not order.size or reached[-1] < self.duration - half:
            return None
        top = order[: int(np.searchsorted(reached, self.duration - half)) + 1]
        seconds = np.bincount(owner[top], weights=step[top], minlength=len(trials))
        return float(np.average(values[top], weights=step[top])), seconds.tolist()

    def describe(self) -> str:
        """Say in words what is taken."""
        pooled = ", sorted over all trials together" if self.pools else ""
        return f"mean of the highest {self.duration:g} s of envelope samples{pooled}"


class Percentile(Rule):
    """A high percentile of the envelope; a spike shorter than what lies above it does not count."""

    kind: Literal["percentile"] = "percentile"
    contiguous: ClassVar[bool] = False
    percent: float = Field(default=95.0, gt=0, le=100)
    """The share of the trial's samples that lie below, in percent. It depends on how much of the trial is contraction:
    state start and stop of the trials."""

    def pick(self, envelope: NDArray[np.float64], sampling_rate: float) -> WindowMean | None:  # noqa: ARG002
        """Return the percentile and the span of the samples that reach it."""
        known = envelope[np.isfinite(envelope)]
        if not known.size:
            return None
        value = float(np.percentile(known, self.percent))
        reach = np.flatnonzero(np.isfinite(envelope) & (envelope >= min(value, float(known.max()))))
        return value, int(reach[0]), int(reach[-1]) + 1

    def describe(self) -> str:
        """Say in words what is taken."""
        return f"percentile {self.percent:g} of the envelope"


RULES: tuple[type[Rule], ...] = (SlidingMean, EnvelopePeak, MiddleMean, TopSamples, Percentile)

if TYPE_CHECKING:
    AnyRule = Rule
else:
    AnyRule = one_of(RULES)
