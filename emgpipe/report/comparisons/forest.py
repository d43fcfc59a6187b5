"""Forest plots: one row per compared pair, its ratio or difference with its interval, the numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.report.drawing import BLUE, INK, SOFT, plain_frame, printable
from emgpipe.report.words import finite, label, lower_label, metric_label, muscle_label, plain, shortened

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS: Final = 45
"""More pairs than these are in the table only."""
_TICKS: Final = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 5,
    10, 20, 50, 100,
)  # fmt: skip
_FARTHEST: Final = math.log(8)
"""Intervals that reach farther than this beyond the outermost ratio are cut, with an arrow."""
_BAND: Final = "#e8edf2"


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A pair: its effect with the thin interval, perhaps a thick one, and what is printed beside it."""

    name: str
    center: float | None
    thin: tuple[float, float] | None
    thick: tuple[float, float] | None
    marker: str
    filled: bool
    text: str


@dataclass(frozen=True, slots=True)
class ForestPanel:
    """The pairs of one outcome; `band` is a margin to be shaded, `unit` that of the axis (empty for ratios)."""

    site: tuple[str, str, str]
    metric: str
    unit: str
    rows: tuple[ForestRow, ...]
    band: tuple[float, float] | None = None

    @property
    def log(self) -> bool:
        """Whether the effects are ratios."""
        return not self.unit


def pair_name(level: str, other: str, others: Iterable[str]) -> str:
    """Name a pair by its level where all are against one, else by both."""
    alone = len(set(others)) == 1
    return shortened(label(level), 30) if alone else f"{shortened(label(level), 20)} / {shortened(label(other), 20)}"


def axis_words(what: str, rows: Iterable[dict[str, Any]], shares: str) -> str:
    """Return what the axis shows: ``ratio to neutral, 95 % interval``."""
    others = {plain(row["other"]) for row in rows}
    to = {"ratio": "to", "difference": "from"}[what]
    against = f" {to} {shortened(lower_label(others.pop()), 24)}" if len(others) == 1 else ""
    return f"{what}{against}, {shares} interval"


def ends(low: Any, high: Any) -> tuple[float, float] | None:
    """Return an interval, or None where an end is missing."""
    known = finite(low), finite(high)
    return None if known[0] is None or known[1] is None else (known[0], known[1])


def by_outcome(table: pd.DataFrame) -> list[tuple[tuple[str, str, str], str, list[dict[str, Any]]]]:
    """Return site, metric and rows of each outcome in the order of the table."""
    groups: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        key = (plain(row["muscle"]), plain(row["side"]), plain(row["placement"]), plain(row["metric"]))
        groups.setdefault(key, []).append({str(name): value for name, value in row.items()})
    return [(key[:3], key[3], rows) for key, rows in groups.items()]


def forest_figure(panels: Sequence[ForestPanel], axis: str) -> Figure:
    """Draw panels of one scale: a row of axes per muscle, a column per metric.

    Parameters
    ----------
    panels : sequence of ForestPanel
        All ratios, or all differences.
    axis : str
        What the axis shows, such as ``ratio to neutral, 95 % interval``.
    """
    from matplotlib.figure import Figure

    sites = list(dict.fromkeys(panel.site for panel in panels))
    metrics = list(dict.fromkeys(panel.metric for panel in panels))
    most = max(len(panel.rows) for panel in panels)
    longest = max(len(row.name) for panel in panels for row in panel.rows)
    left, plot, right, above, below = 0.35 + 0.073 * longest, 2.6, 2.1, 0.34, 0.52
    shared = _limits(panels) if panels[0].log else None
    tall = 0.12 + 0.24 * max(most, 2)
    width, height = (left + plot + right) * len(metrics), (above + tall + below) * len(sites)
    figure = Figure(figsize=(width, height))
    for panel in panels:
        x = metrics.index(panel.metric) * (left + plot + right) + left
        y = height - (sites.index(panel.site) + 1) * (above + tall + below) + below
        axes = figure.add_axes((x / width, y / height, plot / width, tall / height))
        _draw(axes, panel, max(most, 2), shared or _limits([panel]))
        axes.set_xlabel(printable(f"{axis}{f' ({panel.unit})' if panel.unit else ''}"), fontsize=8.5)
    return figure


def _draw(axes: Axes, panel: ForestPanel, most: int, limits: tuple[float, float]) -> None:
    low, high = limits
    if panel.log:
        _ratio_axis(axes, low, high)
    axes.set_xlim(low, high)
    if panel.band is not None:
        axes.axvspan(*panel.band, color=_BAND, linewidth=0, zorder=0)
        for edge in panel.band:
            axes.axvline(edge, color=SOFT, linewidth=0.7, linestyle="--")
    axes.axvline(1 if panel.log else 0, color=INK, linewidth=0.8, linestyle=":")
    for place, row in enumerate(panel.rows):
        _interval(axes, place, row.thin, limits, 1.4)
        _interval(axes, place, row.thick, limits, 3.6)
        if row.center is not None:
            face = BLUE if row.filled else "white"
            axes.plot(row.center, place, row.marker, color=BLUE, markerfacecolor=face, markersize=6.5, zorder=3)
        axes.annotate(
            printable(row.text), (1, place), (6, 0), ("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks(range(len(panel.rows)), [printable(row.name) for row in panel.rows])
    axes.set_ylim(most - 0.4, -0.6)
    axes.grid(axis="x", color="#e3e6e9", linewidth=0.8)
    axes.set_axisbelow(True)
    plain_frame(axes)
    title = f"{muscle_label(*panel.site)} · {metric_label(panel.metric)}"
    axes.set_title(printable(shortened(title, 70)), loc="left", fontsize=9.5, fontweight="bold")


def _interval(
    axes: Axes, place: int, interval: tuple[float, float] | None, limits: tuple[float, float], width: float
) -> None:
    """Draw an interval; an end beyond the axis becomes an arrow at its edge."""
    if interval is None:
        return
    inside = max(interval[0], limits[0]), min(interval[1], limits[1])
    if inside[0] < inside[1]:
        axes.plot(inside, (place, place), color=BLUE, linewidth=width, solid_capstyle="butt")
    for beyond, limit, marker in (
        (interval[0] < limits[0], limits[0], "<"),
        (interval[1] > limits[1], limits[1], ">"),
    ):
        if beyond:
            axes.plot(limit, place, marker, color=BLUE, markersize=5, clip_on=False)


def _limits(panels: Sequence[ForestPanel]) -> tuple[float, float]:
    """Return an axis that holds all effects and what of the intervals can be seen beside them."""
    log = panels[0].log
    place = _log if log else float
    rows = [row for panel in panels for row in panel.rows]
    centers = [place(row.center) for row in rows if row.center is not None]
    centers += [place(edge) for panel in panels for edge in panel.band or ()] + [0.0]
    all_ends = [place(end) for row in rows for pair in (row.thin, row.thick) if pair for end in pair]
    farthest = _FARTHEST if log else 4 * (max(centers) - min(centers))
    low = max(min([*centers, *all_ends]), min(centers) - farthest)
    high = min(max([*centers, *all_ends]), max(centers) + farthest)
    room = 0.06 * (high - low) or (0.1 if log else 1.0)
    return (math.exp(low - room), math.exp(high + room)) if log else (low - room, high + room)


def _log(ratio: float) -> float:
    return math.log(min(max(ratio, 1e-300), 1e300))


def _ratio_axis(axes: Axes, low: float, high: float) -> None:
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    axes.set_xscale("log")
    apart = math.log(high / low) / 7
    ticks: list[float] = []
    for tick in sorted((tick for tick in _TICKS if low <= tick <= high), key=lambda tick: abs(math.log(tick))):
        if all(abs(math.log(tick / other)) >= apart for other in ticks):
            ticks.append(tick)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
