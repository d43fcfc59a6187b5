"""Individual responses: every participant's line, and everybody's own change with what counts as one."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.report.comparisons.plain import numbers_part
from emgpipe.report.comparisons.responses import responses_table
from emgpipe.report.drawing import INK, SOFT, log_axis, plain_frame, printable
from emgpipe.report.marks import CAPTION, draw_marks, has_marks, mark_legend, worst_of
from emgpipe.report.markup import details, escape, image
from emgpipe.report.words import label, metric_label, muscle_label, plain, shortened, shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from emgpipe.model import Comparison

_OUTCOME: Final = ["muscle", "side", "placement", "metric"]
_COLORS: Final = ("#0072b2", "#b34700", "#00785a", "#a3477f", "#8a6100", "#2a7fb0", "#000000", "#6b6b00")
_STYLES: Final = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1, 1, 1)))
_MARKS: Final = {"within own error": "empty", "error not known": "dot"}
_MOST_PEOPLE: Final = 40
_CAPTION: Final = (
    "Left: every participant's own values. Right: every participant's own {effect} {against}; filled: beyond the "
    "participant's own repetition error, empty: within it, small dot: error not known; black bars: the mean. A "
    "participant without a reference is in the right panel only."
)


def part(comparison: Comparison) -> str:
    """Return a figure per outcome, then the numbers."""
    pictures = []
    profiles = comparison.tables["profiles"]
    for place, (key, own) in enumerate(profiles.groupby(_OUTCOME, sort=False)):
        muscle, side, site, metric = (plain(one) for one in key)
        name = f"{muscle_label(muscle, side, site)}, {metric_label(metric)}"
        figure = individual_figure(comparison, (muscle, side, site, metric))
        effect = "ratio" if own["ratio"].notna().any() else "difference"
        against = f"{'to' if effect == 'ratio' else 'from'} {label(own['against'].iloc[0]).lower()}"
        words = _CAPTION.format(effect=effect, against=against) + (CAPTION if has_marks(comparison) else "")
        drawn = image(figure, f"{comparison.title}, {name}: each participant's values and own changes; see the table")
        inside = f'<figure class="panning">{drawn}<p class="caption">{escape(words)}</p></figure>'
        pictures.append(details(escape(name), inside, opened=place < 2))
    return "\n".join((*pictures, responses_table(comparison.table), numbers_part(comparison)))


@dataclass(frozen=True, slots=True)
class _Lines:
    """Participants by levels: what is shown on the left, and the own change on the right; NaN where missing."""

    people: tuple[str, ...]
    levels: tuple[str, ...]
    values: NDArray[np.float64]
    changes: NDArray[np.float64]
    directions: tuple[tuple[str, ...], ...]
    log: bool
    unit: str
    against: str


def individual_figure(comparison: Comparison, outcome: tuple[str, str, str, str]) -> Figure:
    """Draw one outcome: the participants' lines, named at their ends, and their own changes.

    Parameters
    ----------
    comparison : Comparison
        Of kind ``individual``.
    outcome : (muscle, side, placement, metric)
    """
    from matplotlib.figure import Figure

    lines = _lines(comparison.tables["profiles"], outcome)
    marks = _marks(comparison.cells, outcome, lines)
    names = [printable(shortened(person, 12)) for person in lines.people]
    width = 1.0 + max(3.2, 0.85 * len(lines.levels))
    tall = max(2.1, 0.155 * len(names) + 0.2)
    below = 0.3 + (0.85 if len(lines.levels) > 6 else 0.16 * max(len(_wrapped(level)) for level in lines.levels))
    room = 0.25 + 0.075 * max(len(name) for name in names)
    size = (2 * (width + room) + 0.1, tall + below + 0.35)
    figure = Figure(figsize=size)
    for column, numbers in enumerate((lines.values, lines.changes)):
        left = column * (width + room) + 0.62
        axes = figure.add_axes(
            (left / size[0], below / size[1], (width - 0.62) / size[0], tall / size[1]), label=f"panel {column}"
        )
        _draw(axes, numbers, lines, changes=column == 1)
        for own, mine in zip(numbers, marks, strict=True):
            draw_marks(axes, zip(range(len(own)), own, mine, strict=True))
        _level_axis(axes, lines.levels)
        _name_lines(axes, numbers, names, 0.135 / tall, log=lines.log)
    mark_legend(figure, {level for mine in marks for level in mine})
    return figure


def _marks(cells: pd.DataFrame, outcome: Sequence[str], lines: _Lines) -> list[list[str]]:
    """Return the worst level each value carries, by participant and level."""
    mine = np.logical_and.reduce([cells[name].eq(value) for name, value in zip(_OUTCOME, outcome, strict=True)])
    rows = cells[mine]
    known = dict(zip(zip(rows["participant"], rows["level"], strict=True), worst_of(rows), strict=True))
    return [[known.get((person, level), "") for level in lines.levels] for person in lines.people]


def _lines(profiles: pd.DataFrame, outcome: Sequence[str]) -> _Lines:
    mine = np.logical_and.reduce([profiles[name].eq(value) for name, value in zip(_OUTCOME, outcome, strict=True)])
    rows = profiles[mine]
    counts = rows.groupby("participant", sort=True).size()
    people = tuple(str(person) for person in counts.index)[:_MOST_PEOPLE]
    fullest = rows[rows["participant"] == counts.idxmax()]["level"]
    levels = tuple(str(level) for level in dict.fromkeys((*fullest, *rows["level"])))
    log = bool(rows["ratio"].notna().any())
    values, changes = (np.full((len(people), len(levels)), np.nan) for _ in range(2))
    directions = [["" for _ in levels] for _ in people]
    column = "ratio" if log else "difference"
    told = zip(rows["participant"], rows["level"], rows["value"], rows[column], rows["direction"], strict=True)
    for person, level, value, change, direction in told:
        if person in people:
            at = people.index(person), levels.index(level)
            values[at], changes[at], directions[at[0]][at[1]] = value, change, plain(direction)
    factor, unit = shown_unit(plain(rows["unit"].iloc[0]))
    shown = factor * np.where((values > 0) | (not log), values, np.nan)
    named = tuple(tuple(own) for own in directions)
    return _Lines(people, levels, shown, changes, named, log, unit, plain(rows["against"].iloc[0]))


def _draw(axes: Axes, numbers: NDArray[np.float64], lines: _Lines, *, changes: bool) -> None:
    places = np.arange(len(lines.levels))
    for person, own in enumerate(numbers):
        color = _COLORS[person % len(_COLORS)]
        style = _STYLES[person // len(_COLORS) % len(_STYLES)]
        axes.plot(places, own, color=color, linestyle=style, linewidth=1.0, alpha=0.85)
        marks = np.array([_MARKS.get(name, "filled") if changes else "filled" for name in lines.directions[person]])
        for mark, size in (("filled", 4.2), ("empty", 4.2), ("dot", 2.0)):
            face = "white" if mark == "empty" else color
            mine = np.where(marks == mark, own, np.nan)
            if np.isfinite(mine).any():
                axes.plot(places, mine, "o", color=color, markerfacecolor=face, markersize=size, markeredgewidth=0.9)
    if changes:
        axes.axhline(1.0 if lines.log else 0.0, color=SOFT, linewidth=0.8, linestyle=":")
        _draw_mean(axes, numbers, lines)
    if lines.log:
        log_axis(axes, numbers)
    unit = lines.unit if len(lines.unit) > 1 else f"({lines.unit})"
    word = "own ratio" if lines.log else f"own difference ({lines.unit})"
    axes.set_ylabel(printable(word if changes else unit), fontsize=8.5)
    title = (
        f"Own {'ratio to' if lines.log else 'difference from'} {label(lines.against).lower()}" if changes else "Values"
    )
    axes.text(0.0, 1.03, printable(title), transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")
    axes.grid(axis="y", color="#e3e6e9", linewidth=0.7)
    axes.set_axisbelow(True)
    plain_frame(axes)


def _draw_mean(axes: Axes, numbers: NDArray[np.float64], lines: _Lines) -> None:
    for place, own in enumerate(numbers.T):
        known = own[np.isfinite(own)]
        if known.size and lines.levels[place] != lines.against:
            mean = float(np.exp(np.log(known).mean())) if lines.log else float(known.mean())
            axes.plot((place - 0.16, place + 0.16), (mean, mean), color=INK, linewidth=2.4, solid_capstyle="butt")


def _wrapped(level: str) -> list[str]:
    return textwrap.wrap(shortened(label(level), 32), 14, break_long_words=False) or [""]


def _level_axis(axes: Axes, levels: Sequence[str]) -> None:
    steep = len(levels) > 6
    names = [
        printable(shortened(label(level), 16)) if steep else "\n".join(map(printable, _wrapped(level)))
        for level in levels
    ]
    axes.set_xticks(range(len(levels)), names)
    axes.set_xlim(-0.25, len(levels) - 0.75)
    axes.tick_params(axis="x", labelsize=7.5)
    if steep:
        for text in axes.get_xticklabels():
            text.set(rotation=40, ha="right")


def _name_lines(axes: Axes, numbers: NDArray[np.float64], names: Sequence[str], least: float, *, log: bool) -> None:
    """Write each name at the right edge, at the height of the line's last point or as near as there is room.

    `least` is the height of a name as a share of the axes.
    """
    low, high = axes.get_ylim()
    heights = (np.log(numbers / low) / math.log(high / low)) if log else (numbers - low) / (high - low)
    ends = {
        person: (int(there[-1]), float(own[there[-1]]))
        for person, own in enumerate(heights)
        if (there := np.flatnonzero(np.isfinite(own))).size
    }
    order = sorted(ends, key=lambda person: ends[person][1])
    spread = spread_out([ends[person][1] for person in order], least)
    edge = 1.03
    first, last = axes.get_xlim()
    for person, height in zip(order, spread, strict=True):
        color = _COLORS[person % len(_COLORS)]
        place, end = ends[person]
        begin = (place - first) / (last - first)
        axes.plot(
            (begin + 0.012, edge - 0.005), (end, height), transform=axes.transAxes, color=color, linewidth=0.5,
            linestyle=":", clip_on=False,
        )  # fmt: skip
        axes.text(edge, height, names[person], transform=axes.transAxes, fontsize=7.5, color=color, va="center")


def spread_out(heights: Sequence[float], least: float) -> list[float]:
    """Return heights, sorted from low to high, moved as little as needed to be `least` apart and inside 0 to 1.

    >>> [round(height, 2) for height in spread_out([0.1, 0.12, 0.9], 0.2)]
    [0.1, 0.3, 0.9]
    """
    groups: list[tuple[float, int]] = []
    for height in heights:
        groups.append((height, 1))
        while len(groups) > 1 and _ends(groups[-2], least)[1] > _ends(groups[-1], least)[0] + 1e-12:
            (center, count), (other, more) = groups[-2:]
            groups[-2:] = [((center * count + other * more) / (count + more), count + more)]
    return [_ends(group, least)[0] + (place + 0.5) * least for group in groups for place in range(group[1])]


def _ends(group: tuple[float, int], least: float) -> tuple[float, float]:
    """Return bottom and top of names that stand together, inside 0 to 1 where there is room."""
    half = group[1] * least / 2
    center = max(min(group[0], 1 - half), half)
    return center - half, center + half
