"""Numbers read from channels that are not EMG: angles, accelerations, forces."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from emgpipe.metrics.base import Cut, Metric, Reads

EDGE = 0.2
"""Share of the concentric and eccentric phase beside the lock-out that counts when there is no hold."""


class _Auxiliary(Metric):
    reads: ClassVar[Reads] = "raw"


class Minimum(_Auxiliary):
    """Lowest value."""

    kind: Literal["minimum"] = "minimum"

    def measure(self, cut: Cut) -> float:
        """Return the lowest sample."""
        return float(np.nanmin(cut.samples)) if np.isfinite(cut.samples).any() else np.nan


class Maximum(_Auxiliary):
    """Highest value."""

    kind: Literal["maximum"] = "maximum"

    def measure(self, cut: Cut) -> float:
        """Return the highest sample."""
        return float(np.nanmax(cut.samples)) if np.isfinite(cut.samples).any() else np.nan


class Range(_Auxiliary):
    """Highest minus lowest value."""

    kind: Literal["range"] = "range"

    def measure(self, cut: Cut) -> float:
        """Return the range of the samples."""
        return float(np.nanmax(cut.samples) - np.nanmin(cut.samples)) if np.isfinite(cut.samples).any() else np.nan


class Lockout(_Auxiliary):
    """Mean at lock-out, where coaches define head positions: the hold, else the phase edges beside full extension.

    Lock-out lies between the concentric and the eccentric phase of a movement that rises first, and at the end of
    the concentric and the start of the eccentric phase of one that sinks first (a squat). Without phases: empty.
    """

    kind: Literal["lockout"] = "lockout"
    per_phase: ClassVar[bool] = False

    def measure(self, cut: Cut) -> float:
        """Average the samples of the lock-out."""
        times = cut.first + np.arange(cut.samples.size) / cut.sampling_rate
        chosen = np.zeros(cut.samples.size, dtype=bool)
        for start, stop in _lockout_spans(cut):
            chosen |= (times >= start) & (times < stop)
        values = cut.samples[chosen]
        return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _lockout_spans(cut: Cut) -> list[tuple[float, float]]:
    by_name = {phase.name: phase for phase in cut.phases}
    concentric, eccentric, hold = (by_name.get(name) for name in ("concentric", "eccentric", "hold"))
    if concentric is None or eccentric is None:
        return []
    if hold is not None and hold.stop > hold.start and concentric.start < hold.start < eccentric.start:
        return [(hold.start, hold.stop)]
    return [
        (concentric.stop - EDGE * (concentric.stop - concentric.start), concentric.stop),
        (eccentric.start, eccentric.start + EDGE * (eccentric.stop - eccentric.start)),
    ]
