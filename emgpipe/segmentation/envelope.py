"""Repetitions from the EMG envelope by two levels: on above the upper, off below the lower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from emgpipe.chain.stretches import runs
from emgpipe.segmentation.base import Detector, Found, TrialSignals
from emgpipe.segmentation.bursts import activity, bursts_to_found, fractions, merge, no_contrast, signals_named

if TYPE_CHECKING:
    from typing import Self

    import numpy as np
    from numpy.typing import NDArray


class Envelope(Detector):
    """Find bursts in the smoothed envelope of a muscle, or in the mean of several.

    Each envelope is divided by its own 95th percentile first. A burst begins and ends at the level `off` and
    counts when it reaches the level `on`; both are fractions of the way from the baseline (10th percentile of the
    trial) to the 95th percentile. This selects on the outcome: use it only where there is nothing else.
    """

    kind: Literal["envelope"] = "envelope"
    muscle: str | tuple[str, ...]
    """The muscle, or several; every side and placement of it that was recorded."""
    side: Literal["left", "right", ""] = ""
    """Use this side only."""
    smooth: float = Field(default=0.25, gt=0)
    """Length of the centered moving mean in seconds."""
    on: float = Field(default=0.5, gt=0, lt=1)
    """Level a burst must reach."""
    off: float = Field(default=0.25, gt=0, lt=1)
    """Level at which it begins and ends."""
    minimum_duration: float = Field(default=0.5, ge=0)
    """The shortest repetition in seconds."""
    minimum_gap: float = Field(default=0.3, ge=0)
    """Bursts with a shorter pause (s) between them are one repetition."""

    @model_validator(mode="after")
    def _levels_in_order(self) -> Self:
        if self.off > self.on:
            raise ValueError(f"off ({self.off:g}) must not lie above on ({self.on:g})")
        return self

    def find(self, trial: TrialSignals) -> Found:
        """Return one repetition per burst."""
        series = activity(trial, signals_named(trial, self.muscle, self.side), self.smooth)
        levels = fractions(series)
        if levels is None:
            return no_contrast(trial)
        bursts = merge(self._bursts(levels), self.minimum_gap * series.sampling_rate)
        return bursts_to_found(trial, series, bursts, self.minimum_duration)

    def _bursts(self, levels: NDArray[np.float64]) -> list[tuple[int, int]]:
        return [(run.start, run.stop) for run in runs(levels > self.off) if bool((levels[run] > self.on).any())]
