"""The span of the trial is one repetition: isometric holds, and recordings cut by hand."""

from __future__ import annotations

from typing import Literal

from emgpipe.model import Repetition
from emgpipe.segmentation.base import Detector, Found, TrialSignals


class Whole(Detector):
    """Take the trial's span as one repetition."""

    kind: Literal["whole"] = "whole"

    def find(self, trial: TrialSignals) -> Found:
        """Return one repetition from `trial.start` to `trial.stop`, none if the span is empty."""
        if trial.stop <= trial.start:
            return Found(())
        return Found((Repetition(trial.start, trial.stop),))
