"""Comparisons between groups: every participant's own value, group by group or against the participants' number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.drawing import BLUE, ORANGE, SOFT, log_axis, plain_frame, printable
from emgpipe.report.marks import CAPTION, draw_marks, has_marks, worst_of
from emgpipe.report.markup import escape, image, numeric, table
from emgpipe.report.words import (
    MISSING,
    finite,
    interval,
    label,
    lower_label,
    metric_label,
    muscle_label,
    number,
    shortened,
    shown_unit,
)
from emgpipe.report.words import plain as text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_GROUPS: Final = "Every dot is a participant; ◆ the mean of the group (geometric on a logarithmic axis)."
_NUMBERS: Final = "Every dot is a participant; the line is the least-squares line."
_PANEL: Final = ["scope", "muscle", "side", "placement", "metric", "level", "against"]
_COLUMNS: Final = 3
_WIDTH, _HEIGHT = 3.3, 2.3
_LEFT, _BELOW, _ABOVE = 0.7, 0.5, 0.55
_MOST: Final = 24
"""Panels drawn; more are in the tables only."""


def part(comparison: Comparison) -> str:
    """Return the figure and the tables."""
    numbers = _is_numeric(comparison)
    panels = len(_panels(comparison))
    parts = []
    if 0 < panels <= _MOST:
        caption = f"{_NUMBERS if numbers else _GROUPS} EMG on a logarithmic axis."
        caption += CAPTION if has_marks(comparison) else ""
        about = f"{comparison.title}: participants' own values; numbers in the table"
        drawn = image(between_figure(comparison), about)
        parts.append(f'<figure class="panning">{drawn}<p class="caption">{caption}</p></figure>')
    if panels > _MOST:
        parts.append(f"<p>{panels} panels are too many to draw; the numbers are below.</p>")
    parts += [_summary(comparison.table), numbers_part(comparison)]
    return "\n".join(parts)


def _is_numeric(comparison: Comparison) -> bool:
    return "spearman" in comparison.table.columns


def _panels(comparison: Comparison) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Return the participants' own values, question by question."""
    return [(tuple(map(text, key)), own) for key, own in comparison.cells.groupby(_PANEL, sort=False)]


def _summary(rows: pd.DataFrame) -> str:
    numbers = "spearman" in rows.columns
    names = ["n", "Per unit (95 % interval)" if numbers else "Ratio or difference (95 % interval)", "p"]
    names += ["Rank correlation"] if numbers else []
    names += ["p of the ranks" if numbers else "p by permutation"]
    head = ["Outcome", *(f'<th class="n" scope="col">{name}</th>' for name in names)]
    body = (_row(row, numbers=numbers) for row in rows.to_dict("records"))
    return table(head, body, caption="p values are adjusted over the tests of one outcome")


def _row(row: Mapping[Any, Any], *, numbers: bool) -> list[str]:
    names = [_title(row), _place(row)]
    if not numbers:
        names.append(f"{lower_label(row['of'])} against {lower_label(row['to'])}")
    people = text(row["n"]) if numbers else f"{row['n_of']} and {row['n_to']}"
    shuffled = "p_spearman_adjusted" if numbers else "p_permutation_adjusted"
    cells = [
        escape(" · ".join(name for name in names if name)), numeric(people), numeric(_effect(row)),
        numeric(p_value(row["p_adjusted"])),
    ]  # fmt: skip
    return [*cells, *([numeric(number(row["spearman"]))] if numbers else []), numeric(p_value(row[shuffled]))]


def _effect(row: Mapping[Any, Any]) -> str:
    low, high = finite(row["ci_low"]), finite(row["ci_high"])
    if row["scale"] == "log":
        return interval(finite(row["ratio"]), low, high)
    ends = "no interval" if low is None or high is None else f"{number(low)} to {number(high)}"
    shown = number(row["estimate"])
    return shown if shown == MISSING else f"{shown} {shown_unit(text(row['unit']))[1]} ({ends})"


def _title(row: Mapping[Any, Any]) -> str:
    muscle = text(row["muscle"]).replace("/", " to ")
    return f"{muscle_label(muscle, row['side'], row['placement'])} · {metric_label(text(row['metric']))}"


def _place(row: Mapping[Any, Any]) -> str:
    if row["level"]:
        return f"{lower_label(row['level'])} / {lower_label(row['against'])}"
    return ", ".join(lower_label(part.partition(" = ")[2]) for part in text(row["scope"]).split(", ") if part)


def between_figure(comparison: Comparison) -> Figure:
    """Draw one panel per outcome and question."""
    from matplotlib.figure import Figure

    panels = _panels(comparison)
    columns = min(len(panels), _COLUMNS)
    rows = math.ceil(len(panels) / columns)
    wide, high = columns * (_WIDTH + _LEFT), rows * (_HEIGHT + _BELOW + _ABOVE)
    figure = Figure(figsize=(wide, high))
    for place, (_, own) in enumerate(panels):
        row, column = divmod(place, columns)
        left = (column * (_WIDTH + _LEFT) + _LEFT) / wide
        below = 1 - ((row + 1) * (_HEIGHT + _BELOW + _ABOVE) - _BELOW) / high
        axes = figure.add_axes((left, below, (_WIDTH - 0.15) / wide, _HEIGHT / high))
        first = own.iloc[0].to_dict()
        if _is_numeric(comparison):
            _trend(axes, own)
            axes.set_xlabel(printable(label(first["group"])), fontsize=8.5)
        else:
            _dots(axes, own, _order(comparison))
        _finish(axes, own)
    return figure


def _order(comparison: Comparison) -> list[str]:
    """Return the groups, the one the others are compared with first."""
    names = [*comparison.table["to"], *comparison.table["of"]]
    return list(dict.fromkeys(map(text, names)))


def _dots(axes: Axes, own: pd.DataFrame, groups: list[str]) -> None:
    import numpy as np

    log = own["scale"].iloc[0] == "log"
    for place, group in enumerate(groups):
        mine = own[own["of"].map(text) == group].sort_values("value")
        values = mine["value"].to_numpy(dtype=float)
        if not values.size:
            continue
        # Neighbors in size stand beside one another, so that no dot hides another.
        beside = place - 0.12 + 0.08 * (np.arange(values.size) % 4)
        axes.plot(beside, values, "o", color=BLUE, markersize=4.5, alpha=0.75, markeredgewidth=0)
        draw_marks(axes, zip(beside, values, worst_of(mine), strict=True))
        mean = math.exp(float(np.log(values).mean())) if log else float(values.mean())
        axes.plot([place + 0.3], [mean], "D", color=ORANGE, markersize=7)
    axes.set_xticks(range(len(groups)), [printable(shortened(label(group), 14)) for group in groups])
    axes.set_xlim(-0.5, len(groups) - 0.4)


def _trend(axes: Axes, own: pd.DataFrame) -> None:
    import numpy as np

    x = own["of"].map(lambda cell: float(str(cell).replace(",", "."))).to_numpy(dtype=float)
    y = own["value"].to_numpy(dtype=float)
    log = own["scale"].iloc[0] == "log"
    axes.plot(x, y, "o", color=BLUE, markersize=4.5, alpha=0.75, markeredgewidth=0)
    draw_marks(axes, zip(x, y, worst_of(own), strict=True))
    if np.ptp(x) > 0:
        slope, level = np.polyfit(x - x.mean(), np.log(y) if log else y, 1)
        ends = np.linspace(x.min(), x.max(), 50)
        line = level + slope * (ends - x.mean())
        axes.plot(ends, np.exp(line) if log else line, color=ORANGE, linewidth=1.8)


def _finish(axes: Axes, own: pd.DataFrame) -> None:
    first = own.iloc[0].to_dict()
    if first["scale"] == "log":
        log_axis(axes, own["value"].to_numpy(dtype=float))
    unit = shown_unit(text(first["unit"]))[1]
    words = f"difference, {unit}" if first["level"] and unit != "ratio" else unit
    axes.set_ylabel(printable(words), fontsize=8.5)
    axes.grid(axis="y", color="#e3e6e9", linewidth=0.8)
    axes.set_axisbelow(True)
    plain_frame(axes)
    title = printable(shortened(_title(first), 46))
    axes.text(0, 1.13, title, transform=axes.transAxes, fontsize=9, fontweight="bold")
    axes.text(0, 1.03, printable(shortened(_place(first), 52)), transform=axes.transAxes, fontsize=8.5, color=SOFT)
