"""How the traces of a trial share one picture: time span, lane heights, MVIC windows, ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from emgpipe.model import ReferenceWindow, Trace, TrialResult


@dataclass(frozen=True, slots=True)
class Extent:
    """A span of time in seconds of the trial's clock, longer than nothing."""

    start: float
    stop: float


def trial_extent(result: TrialResult) -> Extent | None:
    """Return the span that all traces of a trial cover together, or None without samples."""
    spans = [
        (trace.start, trace.start + trace.values.size / trace.sampling_rate)
        for trace in result.traces
        if trace.values.size
    ]
    if not spans:
        return None
    return Extent(min(start for start, _ in spans), max(stop for _, stop in spans))


def lane_range(trace: Trace) -> tuple[float, float] | None:
    """Return the lowest and highest value of a lane, EMG from zero; None without finite samples."""
    finite = trace.values[np.isfinite(trace.values)]
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    if trace.kind == "emg":
        low = min(low, 0.0)
    if high <= low:
        high = low + (abs(low) or 1.0)
    return low, high


def lane_window(result: TrialResult, trace: Trace) -> ReferenceWindow | None:
    """Return the MVIC window of the muscle a trace shows, if the reference came from this trial."""
    if trace.kind != "emg":
        return None
    same = (w for w in result.windows if (w.muscle, w.side, w.placement) == (trace.name, trace.side, trace.placement))
    return next(same, None)


def nice_ticks(start: float, stop: float, count: int = 10) -> list[float]:
    """Return about `count` round numbers from `start` to `stop`.

    >>> nice_ticks(0, 10, 5)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    rough = (stop - start) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= rough * (1 - 1e-9))
    first, last = math.ceil(start / step - 1e-9), math.floor(stop / step + 1e-9)
    return [round(index * step, 9) for index in range(first, last + 1)]
