"""A trial as a matplotlib figure: its traces stacked in one axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.errors import SignalError
from emgpipe.report.drawing import BLUE, ORANGE, SOFT, plain_frame, printable
from emgpipe.report.lanes import lane_range, lane_window, trial_extent
from emgpipe.report.words import muscle_label, number, shortened, shown_unit, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Trace, TrialResult

_PHASE_COLORS: Final = {"concentric": "#009e73", "hold": "#f0e442", "eccentric": "#56b4e9"}


def trial_figure(result: TrialResult) -> Figure:
    """Draw the traces of a trial stacked in one axes, with repetitions, phases and MVIC windows.

    Every lane has its own scale, printed at its right; EMG in µV from zero.

    Raises
    ------
    SignalError
        The trial has no samples to draw.
    """
    from matplotlib.figure import Figure

    extent = trial_extent(result)
    if extent is None:
        reason = f": {result.reason}" if result.reason else ""
        raise SignalError(f"trial '{result.trial.id}' has no signals to draw ({result.status}{reason})")
    figure = Figure(figsize=(11, 1.1 + 0.62 * len(result.traces)), layout="constrained")
    axes = figure.add_subplot()
    for repetition in result.repetitions:
        axes.axvspan(repetition.start, repetition.stop, color="#e9edf0", linewidth=0, zorder=0)
        for phase in repetition.phases:
            color = _PHASE_COLORS.get(phase.name, "#cc79a7")
            axes.plot((phase.start, phase.stop), (0.15, 0.15), color=color, linewidth=5, solid_capstyle="butt")
    for lane, trace in enumerate(result.traces):
        _trace_lane(axes, result, trace, -(lane + 1.0))
    axes.set(xlim=(extent.start, extent.stop), ylim=(-len(result.traces) - 0.1, 0.35), xlabel="time (s)")
    names = [shortened(muscle_label(trace.name, trace.side), 34) for trace in result.traces]
    axes.set_yticks([-lane - 0.6 for lane in range(len(names))], [printable(name) for name in names])
    axes.set_title(printable(result.trial.id), loc="left", fontsize=10)
    plain_frame(axes)
    return figure


def _trace_lane(axes: Axes, result: TrialResult, trace: Trace, base: float) -> None:
    known = lane_range(trace)
    axes.axhline(base, color="#cfd5da", linewidth=0.6)
    if known is None:
        axes.text(trace.start, base + 0.4, " no samples", fontsize=8, color=SOFT)
        return
    low, high = known
    times = trace.start + np.arange(trace.values.size) / trace.sampling_rate
    color = BLUE if trace.kind == "emg" else ORANGE
    axes.plot(times, base + 0.85 * (trace.values - low) / (high - low), color=color, linewidth=1)
    words = f" {span(low, high, trace.unit)}"
    window = lane_window(result, trace)
    if window is not None:
        scale, unit = shown_unit(trace.unit)
        _add_box(axes, window.start, window.stop, base)
        words += f"\n MVIC {number(window.value * scale)} {unit}"
    words = words.replace("$", r"\$")
    place = (1.0, base + 0.45)
    axes.annotate(
        words, place, xycoords=("axes fraction", "data"), annotation_clip=False, va="center", fontsize=8, color=SOFT
    )


def _add_box(axes: Axes, start: float, stop: float, base: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((start, base), stop - start, 0.9, alpha=0.55, zorder=1, facecolor="#f0e442", edgecolor="#7d7200")
    )
