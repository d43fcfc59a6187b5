"""Repetitions from the EMG envelope by neurokit2's activity detection.

Only its decision "active or not" is used (`neurokit2.emg_activation`, methods ``threshold`` and ``mixture``), on our
own envelope. Deviations, each tested: the curve is thinned to 100 Hz, because neurokit2 loops over samples; it is
padded with baseline, because neurokit2 drops a burst that is active at the first sample and the end of one at the
last; neurokit2's own minimum duration is set to one sample, because it counts samples whatever the sampling rate and
drops a burst that follows a short pause; short pauses and bursts are then dealt with here.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.stretches import finite_runs
from emgpipe.segmentation.base import Detector, Found, TrialSignals
from emgpipe.segmentation.bursts import (
    RATE,
    Burst,
    activity,
    bursts_to_found,
    fractions,
    merge,
    no_contrast,
    signals_named,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAD = 5
"""Samples of baseline on either side: few, so that they do not weigh in the mixture."""


class EmgActivation(Detector):
    """Find bursts with neurokit2 (Makowski et al. 2021, Behavior Research Methods 53).

    The smoothed envelope runs from 0 (baseline: 10th percentile of the trial) to 1 (95th percentile). This
    selects on the outcome: use it only where there is nothing else.
    """

    kind: Literal["emg_activation"] = "emg_activation"
    muscle: str | tuple[str, ...]
    """The muscle, or several; every side and placement of it that was recorded."""
    side: Literal["left", "right", ""] = ""
    """Use this side only."""
    smooth: float = Field(default=0.25, gt=0)
    """Length of the centered moving mean in seconds."""
    method: Literal["threshold", "mixture"] = "threshold"
    """``threshold``: active above a level. ``mixture``: two groups of values are told apart (Gaussian mixture)."""
    threshold: float = Field(default=0.3, gt=0, lt=1)
    """Method ``threshold``: the level, a fraction of the way from the baseline to the 95th percentile."""
    probability: float = Field(default=0.33, gt=0, lt=1)
    """Method ``mixture``: least probability of belonging to the active group."""
    minimum_duration: float = Field(default=0.5, ge=0)
    """The shortest repetition in seconds."""
    minimum_gap: float = Field(default=0.3, ge=0)
    """Bursts with a shorter pause (s) between them are one repetition."""

    def find(self, trial: TrialSignals) -> Found:
        """Return one repetition per burst."""
        series = activity(trial, signals_named(trial, self.muscle, self.side), self.smooth)
        levels = fractions(series)
        if levels is None:
            return no_contrast(trial)
        bursts = [
            (first + run.start, last + run.start)
            for run in finite_runs(levels)
            for first, last in self._bursts(levels[run])
        ]
        return bursts_to_found(trial, series, merge(bursts, self.minimum_gap * RATE), self.minimum_duration)

    def _bursts(self, levels: NDArray[np.float64]) -> list[Burst]:
        if self.method == "threshold" and levels.max() <= self.threshold:
            return []  # neurokit2 raises an error for a threshold that is never reached
        padded = np.pad(levels, PAD, constant_values=min(0.0, float(levels.min())))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "no events found" is a finding here
            import neurokit2

            _, info = neurokit2.emg_activation(  # type: ignore[no-untyped-call]
                emg_amplitude=padded,
                sampling_rate=RATE,
                method=self.method,
                threshold=self.threshold if self.method == "threshold" else self.probability,
                duration_min=1,
            )
        pairs = zip(info["EMG_Onsets"], info["EMG_Offsets"], strict=True)
        return [(max(int(on) - PAD, 0), min(int(off) - PAD, levels.size)) for on, off in pairs]
