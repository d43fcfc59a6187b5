"""Numbers read from the envelope of EMG."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.moving import highest_mean
from emgpipe.metrics.base import Cut, Metric, Reads


class _Amplitude(Metric):
    reads: ClassVar[Reads] = "envelope"


class Mean(_Amplitude):
    """Mean of the envelope; rest between repetitions is not in it."""

    kind: Literal["mean"] = "mean"

    def measure(self, cut: Cut) -> float:
        """Average the samples that are there."""
        return float(np.nanmean(cut.samples)) if np.isfinite(cut.samples).any() else np.nan


class Peak(_Amplitude):
    """Highest sample of the envelope; grows with the length of the repetition and shrinks with the RMS window."""

    kind: Literal["peak"] = "peak"

    def measure(self, cut: Cut) -> float:
        """Return the highest sample."""
        return float(np.nanmax(cut.samples)) if np.isfinite(cut.samples).any() else np.nan


class Percentile95(_Amplitude):
    """95th percentile of the envelope: a peak that one short burst does not decide."""

    kind: Literal["p95"] = "p95"

    def measure(self, cut: Cut) -> float:
        """Return the 95th percentile of the samples that are there."""
        return float(np.nanpercentile(cut.samples, 95)) if np.isfinite(cut.samples).any() else np.nan


class SustainedPeak(_Amplitude):
    """Highest mean over a window, as the MVIC is taken: a peak on the reference's own terms."""

    kind: Literal["sustained_peak"] = "sustained_peak"
    window: float = Field(default=0.5, gt=0)
    """Length of the window in s; the default is that of the default MVIC rule."""

    def measure(self, cut: Cut) -> float:
        """Return the highest window mean; NaN when the cut is shorter than the window."""
        picked = highest_mean(cut.samples, self.window, cut.sampling_rate)
        return picked[0] if picked else np.nan


class Integrated(_Amplitude):
    """Area under the envelope; missing samples count as the mean of the others."""

    kind: Literal["integrated"] = "integrated"

    def measure(self, cut: Cut) -> float:
        """Return mean times duration."""
        if not np.isfinite(cut.samples).any():
            return np.nan
        return float(np.nanmean(cut.samples)) * cut.samples.size / cut.sampling_rate

    def unit(self, signal_unit: str) -> str:
        """Return the signal's unit times seconds."""
        return f"{signal_unit}*s"


class TimeToPeak(_Amplitude):
    """From the start of the repetition or phase to the highest sample of its envelope."""

    kind: Literal["time_to_peak"] = "time_to_peak"
    scales: ClassVar[bool] = False

    def measure(self, cut: Cut) -> float:
        """Return seconds."""
        if not np.isfinite(cut.samples).any():
            return np.nan
        return max(cut.first + int(np.nanargmax(cut.samples)) / cut.sampling_rate - cut.start, 0.0)

    def unit(self, signal_unit: str) -> str:  # noqa: ARG002
        """Return seconds, whatever the signal's unit."""
        return "s"
