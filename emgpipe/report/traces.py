"""The picture of one trial as inline SVG: stacked traces, repetitions, phases, MVIC windows.

Drawn by hand and not by matplotlib: a study has hundreds of these, and here one takes a few milliseconds and some
30 kB. Lengths are in half pixels, so that coordinates are short whole numbers and still smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.report.lanes import Extent, lane_range, lane_window, nice_ticks, trial_extent
from emgpipe.report.markup import escape
from emgpipe.report.words import label, muscle_label, number, shortened, shown_unit, span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Phase, Trace, TrialResult

_WIDTH, _LEFT, _RIGHT = 1920, 380, 1700
_TOP, _LANE, _BETWEEN, _BOTTOM = 62, 84, 16, 62
_BUCKET: Final = 2
_PHASES: Final = ("concentric", "hold", "eccentric")


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Where times and lanes lie on the picture."""

    extent: Extent
    n_lanes: int

    @property
    def bottom(self) -> int:
        return _TOP + self.n_lanes * (_LANE + _BETWEEN)

    @property
    def per_second(self) -> float:
        return (_RIGHT - _LEFT) / (self.extent.stop - self.extent.start)

    def x(self, time: float) -> int:
        inside = min(max(time, self.extent.start), self.extent.stop)
        return round(_LEFT + (inside - self.extent.start) * self.per_second)

    def box(self, span: tuple[float, float], top: int, height: int, kind: str) -> str:
        left, right = self.x(span[0]), self.x(span[1])
        return f'<rect class="{kind}" x="{left}" y="{top}" width="{max(right - left, 2)}" height="{height}"/>'


def trial_svg(result: TrialResult) -> str:
    """Return the picture of a trial, or a sentence if it has no traces to draw."""
    extent = trial_extent(result)
    if extent is None:
        return '<p class="small">No signals to draw.</p>'
    canvas = _Canvas(extent, len(result.traces))
    parts = [
        *_repetitions(result, canvas),
        *_span_marks(result, canvas),
        *(part for lane, trace in enumerate(result.traces) for part in _lane(result, trace, lane, canvas)),
        *_time_axis(canvas),
    ]
    description = escape(f"Traces of trial {result.trial.id}: {len(result.traces)} signals over time")
    return (
        f'<div class="scroll"><svg class="traces" viewBox="0 0 {_WIDTH} {canvas.bottom + _BOTTOM}" role="img" '
        f'aria-label="{description}">{"".join(parts)}</svg></div>'
    )


def _repetitions(result: TrialResult, canvas: _Canvas) -> list[str]:
    parts = []
    for index, repetition in enumerate(result.repetitions, start=1):
        span = (repetition.start, repetition.stop)
        middle = (canvas.x(span[0]) + canvas.x(span[1])) // 2
        parts.append(canvas.box(span, _TOP - 20, canvas.bottom - _TOP + 20, "rep"))
        parts.append(f'<text x="{middle}" y="{_TOP - 30}" text-anchor="middle">{index}</text>')
        parts.extend(_phase(phase, canvas) for phase in repetition.phases)
    return parts


def _phase(phase: Phase, canvas: _Canvas) -> str:
    name = phase.name if phase.name in _PHASES else "other"
    box = canvas.box((phase.start, phase.stop), _TOP - 22, 14, f"phase-{name}")
    return f"{box[:-2]}><title>{escape(phase.name)}</title></rect>"


def _span_marks(result: TrialResult, canvas: _Canvas) -> list[str]:
    """Mark where the part of the recording that counts begins and ends, if it is not the whole."""
    times = (time for time in (result.trial.start, result.trial.stop) if time is not None)
    return [
        f'<path class="tick" stroke-dasharray="8 6" d="M{canvas.x(time)} {_TOP - 20}V{canvas.bottom}"/>'
        for time in times
        if canvas.extent.start < time < canvas.extent.stop
    ]


def _lane(result: TrialResult, trace: Trace, lane: int, canvas: _Canvas) -> list[str]:
    top = _TOP + lane * (_LANE + _BETWEEN)
    base = top + _LANE
    name = muscle_label(trace.name, trace.side, trace.placement)
    parts = [
        f'<path class="lane" d="M{_LEFT} {base}H{_RIGHT}"/>',
        f'<text x="0" y="{top + 40}">{escape(shortened(name, 32))}<title>{escape(name)}</title></text>',
        f'<text class="soft" x="0" y="{top + 66}">{escape(shortened(trace.label, 36))}</text>',
    ]
    known = lane_range(trace)
    if known is None:
        return [*parts, f'<text class="soft" x="{_LEFT + 12}" y="{top + 50}">no samples</text>']
    low, high = known
    scale_words = escape(span(low, high, trace.unit))
    parts.append(f'<text class="soft" x="{_RIGHT + 14}" y="{top + 34}">{scale_words}</text>')
    window = lane_window(result, trace)
    if window is not None:
        scale, unit = shown_unit(trace.unit)
        within = "" if window.is_contiguous else " (samples within)"
        value = f"MVIC {number(window.value * scale)} {unit}{within}"
        kind = "window" if window.is_contiguous else "window scattered"
        parts.append(canvas.box((window.start, window.stop), top - 4, _LANE + 8, kind))
        parts.append(f'<text class="soft strong" x="{_RIGHT + 14}" y="{top + 64}">{escape(value)}</text>')
    parts.extend(canvas.box(gap, top, _LANE, "gap") for gap in gaps(trace))
    kind = "emg" if trace.kind == "emg" else "other"
    x = _LEFT + (trace.start - canvas.extent.start + np.arange(trace.values.size) / trace.sampling_rate) * (
        canvas.per_second
    )
    y = base - (trace.values - low) / (high - low) * _LANE
    parts.append(f'<path class="{kind}" d="{path(x, y)}"/>')
    return parts


def _time_axis(canvas: _Canvas) -> list[str]:
    y = canvas.bottom
    parts = [f'<path class="tick" d="M{_LEFT} {y}H{_RIGHT}"/>']
    for tick in nice_ticks(canvas.extent.start, canvas.extent.stop):
        x = canvas.x(tick)
        parts.append(f'<path class="tick" d="M{x} {y}v10"/>')
        parts.append(f'<text class="soft" x="{x}" y="{y + 36}" text-anchor="middle">{tick:g}</text>')
    parts.append(f'<text class="soft" x="{_RIGHT + 14}" y="{y + 36}">time (s)</text>')
    return parts


def gaps(trace: Trace) -> list[tuple[float, float]]:
    """Return the stretches of missing samples as times in seconds of the trial's clock."""
    missing = np.concatenate(([False], ~np.isfinite(trace.values), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(missing)).reshape(-1, 2) / trace.sampling_rate + trace.start
    return [(float(start), float(stop)) for start, stop in edges]


def path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """Return the SVG path of a curve, thinned to the extremes of every pixel; broken where `y` is NaN.

    Parameters
    ----------
    x, y : array, shape (n,)
        Increasing positions and heights, in half pixels.
    """
    columns, heights = _extremes(x, y)
    finite = np.concatenate(([False], np.isfinite(heights), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(finite)).reshape(-1, 2)
    return "".join(_stretch(columns[start:stop], heights[start:stop]) for start, stop in edges.tolist())


def _extremes(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Reduce every pixel column to its lowest and highest point, in the order in which the curve meets them."""
    column = np.floor(x / _BUCKET)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1))
    if y.size < 3 * starts.size:
        return x, y
    lows, highs = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    last = y[np.append(starts[1:], y.size) - 1]
    rising = last >= y[starts]
    both = np.stack((np.where(rising, lows, highs), np.where(rising, highs, lows)), axis=1)
    return np.repeat(column[starts] * _BUCKET, 2), both.ravel()


def _stretch(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    points = np.stack((np.rint(x), np.rint(y)), axis=1).astype(np.int64)
    moves = np.diff(points, axis=0)
    level = moves[:, 1] == 0  # points inside a level run say nothing that its two ends do not
    inner = np.concatenate(([False], level[:-1] & level[1:], [False])) if len(moves) else np.zeros(1, dtype=bool)
    points = points[~inner]
    moves = np.diff(points, axis=0)
    moves = moves[moves.any(axis=1)]
    start = f"M{points[0, 0]} {points[0, 1]}"
    if not len(moves):
        return start + "h1"
    return start + "l" + " ".join(map(str, moves.ravel().tolist())).replace(" -", "-")


def phase_key() -> str:
    """Return the legend of the trial pictures as HTML."""
    phases = "".join(f'<span><i class="phase-{name}"></i>{label(name)}</span>' for name in _PHASES)
    return (
        '<p class="key small"><span><i class="rep"></i>repetition, numbered</span>'
        f'{phases}<span><i class="window"></i>window that became the MVIC reference (dashed: samples in it)</span>'
        '<span><i class="gap"></i>missing samples</span><span>┆ limits of the part that counts</span></p>'
    )
