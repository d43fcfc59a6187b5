"""All channels of a recording in one picture, however long it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model.recording import ArrayLoader
from emgpipe.report.drawing import BLUE, ORANGE, SOFT, plain_frame, printable
from emgpipe.report.words import count, shortened, shown_unit, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from emgpipe.model import Channel, Event, Recording

COLUMNS: Final = 1500
"""Steps of time; each is drawn from its lowest to its highest sample."""
PIECE: Final = 1 << 20
"""Samples that are read at a time."""
MOST_READ: Final = 1 << 26
"""Samples, over all channels, up to which every one is read; beyond, a part of each step."""
_PART: Final = 64
_EVENT_LINES, _EVENT_NAME = 60, 18
"""Events that are drawn as lines over the whole height; letters of an event's name."""
_NAME_ROWS, _ROW_POINTS = 3, 9
"""Rows of names above one another, and their height."""
_TALLEST: Final = 400.0
"""Inches of the whole picture."""


@dataclass(frozen=True, slots=True)
class Course:
    """A channel in steps of time: lowest and highest sample of each, in the channel's unit, NaN without any."""

    times: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    is_whole: bool


def recording_figure(recording: Recording) -> Figure:
    """Draw every channel in a lane of its own, over one another on a common time axis, with the events.

    Every lane has its own scale, printed at its right, EMG in µV; EMG is drawn around zero.
    """
    from matplotlib.figure import Figure

    channels = recording.channels
    everything = sum(channel.n_samples for channel in channels)
    columns, most = (COLUMNS, MOST_READ) if everything <= MOST_READ else (COLUMNS // 3, 0)
    courses = [decimate(channel, columns=columns, most=most) for channel in channels]
    lane = min(0.62, _TALLEST / max(len(channels), 1))
    figure = Figure(figsize=(12, 1.4 + lane * max(len(channels), 1)), layout="constrained")
    axes = figure.add_subplot()
    for number, (channel, course) in enumerate(zip(channels, courses, strict=True)):
        _lane(axes, channel, course, -(number + 1.0))
    names = [printable(shortened(_title(channel), 40)) for channel in channels]
    axes.set_yticks([-number - 0.5 for number in range(len(names))], names)
    extent = _extent(channels)
    axes.set(xlim=extent, ylim=(-len(channels) - 0.1, 0.4), xlabel="time (s)")
    nameless = _events(axes, recording.events, extent)
    pad = 7 + _ROW_POINTS * (_NAME_ROWS if recording.events else 1)
    axes.set_title(printable(_heading(recording, courses, nameless)), loc="left", fontsize=10, pad=pad)
    plain_frame(axes)
    return figure


def decimate(channel: Channel, *, columns: int = COLUMNS, most: int = MOST_READ) -> Course:
    """Return lowest and highest sample of equal steps of time.

    Parameters
    ----------
    channel : Channel
    columns : int
        Steps; fewer where there are fewer samples.
    most : int
        A channel behind a loader with more samples than this is not read whole: of each step a short part is.

    Returns
    -------
    Course
    """
    edges = np.linspace(0, channel.n_samples, min(columns, max(channel.n_samples, 1)) + 1).astype(np.int64)
    is_whole = isinstance(channel.load, ArrayLoader) or channel.n_samples <= most
    low, high = _whole(channel, edges) if is_whole else _parts(channel, edges)
    times = np.asarray(channel.start + 0.5 * (edges[:-1] + edges[1:]) / channel.sampling_rate, dtype=np.float64)
    return Course(times, low, high, is_whole)


def _whole(channel: Channel, edges: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.full(edges.size - 1, np.nan), np.full(edges.size - 1, np.nan)
    first = 0
    while first < edges.size - 1 and channel.n_samples:
        last = max(int(np.searchsorted(edges, edges[first] + PIECE, side="right")) - 1, first + 1)
        samples = channel.read(int(edges[first]), int(edges[last]))
        starts = edges[first:last] - edges[first]
        low[first:last] = np.fmin.reduceat(samples, starts)
        high[first:last] = np.fmax.reduceat(samples, starts)
        first = last
    return low, high


def _parts(channel: Channel, edges: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.full(edges.size - 1, np.nan), np.full(edges.size - 1, np.nan)
    for number, (start, stop) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        samples = channel.read(start, min(stop, start + _PART))
        if np.isfinite(samples).any():
            low[number], high[number] = np.nanmin(samples), np.nanmax(samples)
    return low, high


def _lane(axes: Axes, channel: Channel, course: Course, base: float) -> None:
    axes.axhline(base, color="#cfd5da", linewidth=0.6)
    known = np.isfinite(course.low)
    if not known.any():
        axes.text(channel.start, base + 0.4, " no samples", fontsize=8, color=SOFT)
        return
    low, high = float(course.low[known].min()), float(course.high[known].max())
    bottom, top = _limits(low, high, around_zero=channel.kind == "emg" and low < 0 < high)
    scale = 0.9 / (top - bottom)
    lower, upper = base + 0.05 + (course.low - bottom) * scale, base + 0.05 + (course.high - bottom) * scale
    color = BLUE if channel.kind == "emg" else ORANGE
    axes.fill_between(course.times, lower, upper, color=color, linewidth=0.7)
    place = (1.0, base + 0.5)
    words = f" {span(low, high, channel.unit)}".replace("$", r"\$")
    axes.annotate(
        words, place, xycoords=("axes fraction", "data"), annotation_clip=False, va="center", fontsize=7.5, color=SOFT
    )


def _limits(low: float, high: float, *, around_zero: bool) -> tuple[float, float]:
    if around_zero:
        return -max(-low, high), max(-low, high)
    if high > low:
        return low, high
    return low - (abs(low) or 1.0), low + (abs(low) or 1.0)


def _title(channel: Channel) -> str:
    return f"{channel.label} ({shown_unit(channel.unit)[1]})"


def _extent(channels: Sequence[Channel]) -> tuple[float, float]:
    spans = [(channel.start, channel.start + channel.duration) for channel in channels if channel.n_samples]
    if not spans:
        return 0.0, 1.0
    return min(start for start, _ in spans), max(stop for _, stop in spans)


def _events(axes: Axes, events: Sequence[Event], extent: tuple[float, float]) -> int:
    """Draw events as lines behind the signals, very many as ticks above them; return how many have no name.

    Names stand in rows above one another, each where it has room.
    """
    low, high = (0.0, 1.0) if len(events) <= _EVENT_LINES else (0.995, 1.0)
    free, nameless = [extent[0]] * _NAME_ROWS, 0
    for event in sorted(events, key=lambda event: event.start):
        if event.duration:
            axes.axvspan(event.start, event.start + event.duration, color="#e9edf0", linewidth=0, zorder=0)
        axes.axvline(event.start, low, high, color="#7d7200", linewidth=0.7, alpha=0.7, zorder=1)
        row = next((row for row, first in enumerate(free) if first <= event.start <= extent[1]), None)
        if row is None:
            nameless += 1
            continue
        name = printable(shortened(event.label, _EVENT_NAME))
        place = (event.start, 1.0)
        above = (0, 2 + _ROW_POINTS * row)
        axes.annotate(name, place, above, ("data", "axes fraction"), "offset points", fontsize=7, color="#5c5400")
        free[row] = event.start + (extent[1] - extent[0]) * (0.012 + 0.007 * len(name))
    return nameless


def _heading(recording: Recording, courses: Sequence[Course], nameless: int) -> str:
    parts = [recording.source.path.name, count(len(recording.channels), "channel")]
    if recording.events:
        unnamed = f" ({nameless} without room for a name)" if nameless else ""
        parts.append(count(len(recording.events), "event") + unnamed)
    if not all(course.is_whole for course in courses):
        parts.append("a large file: of each step of time a short part is drawn")
    parts += [one.reason for one in recording.findings if one.kind == "sampled"]
    return ", ".join(parts)
