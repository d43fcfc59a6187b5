"""The figures of the report as matplotlib figures, for notebooks and papers.

Colors are those of Okabe and Ito (2008), which stay apart for color-blind readers; shape or style always says
the same as color. The figures are free of pyplot: nothing is shown or kept open.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ComparisonError
from emgpipe.report.drawing import BLUE, SOFT, plain_frame, printable
from emgpipe.report.marks import draw_marks, mark_handles, mark_legend
from emgpipe.report.own_lines import LEGEND_LIMIT, own_lines, person_style
from emgpipe.report.panels import (
    OwnValues,
    Panel,
    by_muscle,
    by_scope,
    level_sequence,
    metric_names,
    ranking_panels,
    thinned_ratio_ticks,
)
from emgpipe.report.stacked import trial_figure
from emgpipe.report.words import label, metric_label, plain, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison
    from emgpipe.report.own_lines import OwnLine

Muscle = tuple[str, str]

__all__ = ["participants_figure", "ranking_figure", "trial_figure"]


def ranking_figure(comparison: Comparison, scope: str | None = None) -> Figure:
    """Draw a ranking: one panel per muscle and metric, levels in rank order, ratio to the first.

    Parameters
    ----------
    comparison : Comparison
        A ranking.
    scope : str, optional
        One scope of it (such as one exercise); left out: the first.

    Raises
    ------
    ComparisonError
        The comparison is not a ranking, or has no such scope.
    """
    panels = _scope_panels(comparison, scope)
    most = max(len(panel.rows) for panel in panels)
    figure, grid = _grid(panels, _Cell(plot=0.1 + 0.24 * max(most, 2), left=2.2, below=0.5))
    for panel in panels:
        _ratio_panel(grid[(panel.muscle, panel.side), panel.metric], panel, most)
    return figure


def participants_figure(comparison: Comparison, scope: str | None = None) -> Figure:
    """Draw every participant's own line over the levels, on a log axis, one panel per muscle and metric.

    A participant without a reference has no value in %MVIC. The line is then drawn dashed: its shape is the
    participant's own, its height is set to the mean height of the others.

    Parameters
    ----------
    comparison : Comparison
        A ranking.
    scope : str, optional
        One scope of it; left out: the first.

    Raises
    ------
    ComparisonError
        The comparison is not a ranking, or has no such scope.
    """
    panels = _scope_panels(comparison, scope)
    levels = level_sequence(panels)
    steep = len(levels) > 6
    own = OwnValues(comparison)
    values = [own.of(panel) for panel in panels]
    people = sorted({person for table in values for person in table["participant"]})
    named = 0 < len(people) <= LEGEND_LIMIT
    cell = _Cell(plot=1.6, left=0.6, below=1.7 if steep else 0.55)
    figure, grid = _grid(panels, cell, foot=0.2 + 0.2 * math.ceil((len(people) + 2) / 8) if named else 0.0)
    for panel, table in zip(panels, values, strict=True):
        axes = grid[(panel.muscle, panel.side), panel.metric]
        lines, has_unit = own_lines(table, people, levels)
        _lines_panel(axes, panel, lines, len(people), has_unit=has_unit)
        _level_axis(axes, levels, steep=steep)
    marked = {level for table in values for level in table["worst"]}
    if named:
        _people_legend(figure, people, marked)
    else:
        mark_legend(figure, marked)
    return figure


def _scope_panels(comparison: Comparison, scope: str | None) -> list[Panel]:
    scopes = by_scope(ranking_panels(comparison))
    if not scopes:
        raise ComparisonError(f"'{comparison.title}' has no ranking to draw")
    wanted = next(iter(scopes)) if scope is None else scope
    if wanted not in scopes:
        raise ComparisonError(f"'{comparison.title}' has no scope '{wanted}'; it has: {', '.join(scopes)}")
    return scopes[wanted]


@dataclass(frozen=True, slots=True)
class _Cell:
    """Inches of one panel: the plot itself and the room for words on its left, above and below it.

    Stated and not found by a layout engine: that takes a second per figure.
    """

    plot: float
    left: float
    below: float
    above: float = 0.34
    width: float = 5.6

    @property
    def height(self) -> float:
        return self.above + self.plot + self.below


def _grid(panels: list[Panel], cell: _Cell, foot: float = 0.0) -> tuple[Figure, dict[tuple[Muscle, str], Axes]]:
    """Make a figure with a row per muscle and a column per metric; axes only where there is a panel."""
    from matplotlib.figure import Figure

    muscles, metrics = list(by_muscle(panels)), list(metric_names(panels))
    width, height = cell.width * len(metrics) + 0.1, cell.height * len(muscles) + foot
    figure = Figure(figsize=(width, height))
    grid = {}
    for panel in panels:
        muscle = (panel.muscle, panel.side)
        left = metrics.index(panel.metric) * cell.width + cell.left
        bottom = height - muscles.index(muscle) * cell.height - cell.above - cell.plot
        size = (cell.width - cell.left - 0.15) / width, cell.plot / height
        grid[muscle, panel.metric] = figure.add_axes((left / width, bottom / height, *size))
    return figure, grid


def _panel_title(axes: Axes, panel: Panel) -> None:
    title = f"{panel.name} · {metric_label(panel.metric)}"
    axes.set_title(printable(shortened(title, 64)), loc="left", fontsize=9.5, fontweight="bold")


def _ratio_panel(axes: Axes, panel: Panel, most: int) -> None:
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    known = [value for row in panel.rows for value in (row.ratio, row.low, row.high) if value and value > 0]
    low, high = min([*known, 0.9]) / 1.06, max([*known, 1.0]) * 1.06
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator(thinned_ratio_ticks(low, high)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.axvline(1, color=SOFT, linewidth=0.8, linestyle=":")
    for position, row in enumerate(panel.rows):
        if row.low is not None and row.high is not None and row.low > 0:
            axes.plot((row.low, row.high), (position, position), color=BLUE, linewidth=2, solid_capstyle="butt")
        if row.ratio is not None and row.ratio > 0:
            face = BLUE if row.separated or row.first else "white"
            marker = "D" if row.first else "o"
            axes.plot(row.ratio, position, marker, color=BLUE, markerfacecolor=face, markersize=6.5)
    rows = [f"{shortened(row.name, 28)}  {row.rank if row.rank is not None else '–'}" for row in panel.rows]
    axes.set_yticks(range(len(rows)), [printable(row) for row in rows])
    axes.set_ylim(max(most, 2) - 0.4, -0.6)
    axes.set_xlabel("ratio to the first (95 % interval, unadjusted)", fontsize=8.5)
    axes.grid(axis="x", color="#e3e6e9", linewidth=0.8)
    axes.set_axisbelow(True)
    plain_frame(axes)
    _panel_title(axes, panel)


def _lines_panel(axes: Axes, panel: Panel, lines: Sequence[OwnLine], n_people: int, *, has_unit: bool) -> None:
    for one in lines:
        color, marker = person_style(one.place, n_people)
        style = "--" if one.is_relative else "-"
        axes.plot(one.heights, style, marker=marker, color=color, markersize=4, linewidth=1.1)
        draw_marks(axes, zip(range(len(one.heights)), one.heights, one.marks, strict=True))
    _log_axis(axes)
    axes.set_ylabel(printable(plain(panel.unit) if has_unit else "relative to own mean"), fontsize=8.5)
    axes.grid(color="#e3e6e9", linewidth=0.8)
    plain_frame(axes)
    _panel_title(axes, panel)


def _log_axis(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

    low, high = axes.dataLim.intervaly
    if 0 < low < np.inf and high <= 1.01 * low:  # one value only: a logarithmic axis needs some room around it
        axes.set_ylim(low / 1.5, high * 1.5)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    wide = high / low > 30
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 3) if wide else (1, 1.5, 2, 3, 5, 7)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def _level_axis(axes: Axes, levels: tuple[str, ...], *, steep: bool) -> None:
    words = [label(level) for level in levels]
    if steep:
        names = [shortened(word, 24) for word in words]
    else:
        names = ["\n".join(textwrap.wrap(shortened(word, 30), 13)) for word in words]
    axes.set_xticks(range(len(levels)), [printable(name) if steep else name.replace("$", r"\$") for name in names])
    axes.set_xlim(-0.3, len(levels) - 0.7)
    axes.tick_params(axis="x", labelsize=8)
    if steep:
        for text in axes.get_xticklabels():
            text.set(rotation=90 if len(levels) > 12 else 40, ha="center" if len(levels) > 12 else "right")


def _people_legend(figure: Figure, people: list[str], marked: set[str]) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for index, person in enumerate(people):
        color, marker = person_style(index, len(people))
        name = printable(shortened(person, 20)).lstrip("_") or "?"
        handles.append(Line2D([], [], color=color, marker=marker, markersize=5, linewidth=1.1, label=name))
    handles += mark_handles(marked)
    figure.legend(handles=handles, loc="lower center", ncols=8, fontsize=8.5, frameon=False)
