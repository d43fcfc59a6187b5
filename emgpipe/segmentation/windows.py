"""Consecutive windows of equal length: holds, isometric sets, and everything that is measured over time."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

from pydantic import Field

from emgpipe.model import Repetition
from emgpipe.segmentation.base import Detector, Found, TrialSignals

ROUNDING = 1e-9
"""Share of a window by which the last one may seem to be too long."""


class Windows(Detector):
    """Cut the trial's span into windows that follow one another, each measured like a repetition.

    Every metric then exists per window: the median frequency of each second of a hold, for example. What is left at the
    end is shorter than a window and is not measured.
    """

    kind: Literal["windows"] = "windows"
    length: float = Field(default=1.0, ge=0.1)
    """Length of a window in s; 0.5 to 1 for the spectrum of a hold."""

    def find(self, trial: TrialSignals) -> Found:
        """Return the windows from `trial.start` on; none if the span is shorter than one."""
        count = math.floor((trial.stop - trial.start) / self.length + ROUNDING)
        edges = [min(trial.start + index * self.length, trial.stop) for index in range(max(count, 0) + 1)]
        return Found(tuple(Repetition(start, stop) for start, stop in pairwise(edges)))
