"""Amplitude by measured angle: every participant's points, the mean line and the mean parabola."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.drawing import BLUE, ORANGE, SOFT, plain_frame, printable
from emgpipe.report.marks import CAPTION, draw_marks, has_marks, mark_legend, worst_of
from emgpipe.report.markup import escape, image, numeric, table
from emgpipe.report.words import (
    MISSING,
    finite,
    interval,
    lower_label,
    metric_label,
    muscle_label,
    number,
    shortened,
)
from emgpipe.report.words import plain as text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_CAPTION: Final = (
    "Gray: each participant's own points, joined in the order of the angle, relative to the participant's own mean. "
    "Thick: mean of the participants' lines; dashed: mean of their parabolas; ▼ its highest point. EMG on a "
    "logarithmic axis."
)
_OUTCOME: Final = ["muscle", "side", "placement", "metric"]
_COLUMNS: Final = 2
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 4.3, 2.1, 0.65, 0.5, 0.34
_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Of the ticks of a logarithmic axis that spans little; 1 is always among them."""
_MOST: Final = 40
"""Outcomes drawn; more are in the tables only."""


def part(comparison: Comparison) -> str:
    """Return the figure and the tables."""
    caption = _CAPTION + (CAPTION if has_marks(comparison) else "")
    about = f"{comparison.title}: participants' points and mean lines; numbers in the table"
    parts = [
        f'<figure class="panning">{image(dose_figure(comparison), about)}<p class="caption">{caption}</p></figure>'
    ]
    parts += [_summary(comparison.table), numbers_part(comparison)]
    return "\n".join(parts)


def _summary(rows: pd.DataFrame) -> str:
    head = ["Outcome", *(f'<th class="n" scope="col">{name}</th>' for name in (
        "n", "Per 10° (95 % interval)", "Rising in", "p, adjusted", "p sign-flip, adjusted", "p of curvature, adjusted",
        "Highest at",
    ))]  # fmt: skip
    return table(head, [_row(row) for row in rows.to_dict("records")], caption="Change per 10° of the angle")


def _row(row: Mapping[Any, Any]) -> list[str]:
    peak = finite(row["highest_at"])
    return [
        escape(_name(row)), numeric(text(row["n"])), numeric(_effect(row)), numeric(f"{row['rising']} of {row['n']}"),
        numeric(p_value(row["p_adjusted"])), numeric(p_value(row["p_sign_flip_adjusted"])),
        numeric(p_value(row["p_curvature_adjusted"])), numeric(MISSING if peak is None else f"{peak:.0f}°"),
    ]  # fmt: skip


def _effect(row: Mapping[Any, Any]) -> str:
    center, low, high = (finite(row[name]) for name in ("per_10_degrees", "ci_low", "ci_high"))
    if row["scale"] == "log":
        return interval(center, low, high)
    if center is None:
        return MISSING
    ends = "no interval" if low is None or high is None else f"{number(low)} to {number(high)}"
    return f"{number(center)} {_unit(row['unit'])} ({ends})"


def _unit(unit: Any) -> str:
    return "°" if unit == "deg" else text(unit)


def _name(row: Mapping[Any, Any]) -> str:
    site = muscle_label(row["muscle"].replace("/", " to "), row["side"], row["placement"])
    return f"{site} · {metric_label(row['metric'])}"


def dose_figure(comparison: Comparison) -> Figure:
    """Draw one panel per outcome: participants' points against the angle, mean line and mean parabola."""
    from matplotlib.figure import Figure

    shown = comparison.table[comparison.table["n"] > 0].head(_MOST).to_dict("records")
    lines = -(-len(shown) // _COLUMNS) or 1
    width, height = _WIDTH * _COLUMNS, lines * (_HEIGHT + _BELOW + _ABOVE)
    figure = Figure(figsize=(width, height))
    points, curves = (_by_outcome(rows) for rows in (comparison.cells, comparison.tables["curve"]))
    for place, row in enumerate(shown):
        bottom = height - (place // _COLUMNS + 1) * (_HEIGHT + _BELOW + _ABOVE) + _BELOW
        left = (place % _COLUMNS) * _WIDTH + _LEFT
        axes = figure.add_axes((left / width, bottom / height, (_WIDTH - _LEFT - 0.15) / width, _HEIGHT / height))
        key = tuple(row[name] for name in _OUTCOME)
        _panel(axes, row, points[key], curves[key])
    mark_legend(figure, worst_of(comparison.cells))
    return figure


def _by_outcome(rows: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(rows.groupby(_OUTCOME, sort=False)))


def _panel(axes: Axes, row: Mapping[Any, Any], points: pd.DataFrame, curve: pd.DataFrame) -> None:
    for _, own in points.groupby("participant", sort=True):
        ordered = own.sort_values("angle")
        axes.plot(ordered["angle"], ordered["relative"], "o-", color="#9aa0a6", markersize=3, linewidth=0.8)
    draw_marks(axes, zip(points["angle"], points["relative"], worst_of(points), strict=True))
    axes.plot(curve["angle"], curve["line"], color=BLUE, linewidth=2.4)
    if row["n_curve"] > 1:
        axes.plot(curve["angle"], curve["parabola"], color=ORANGE, linewidth=1.8, linestyle=(0, (5, 2)))
        _mark_highest(axes, finite(row["highest_at"]), curve)
    log = row["scale"] == "log"
    _scale(axes, log=log)
    axes.set_ylabel("relative to own mean" if log else f"minus own mean ({_unit(row['unit'])})", fontsize=8.5)
    axes.set_xlabel(printable(f"{lower_label(row['factor'])} (°)"), fontsize=8.5)
    axes.set_title(printable(shortened(_name(row), 52)), loc="left", fontsize=9, fontweight="bold")
    axes.grid(color="#e3e6e9", linewidth=0.8)
    axes.set_axisbelow(True)
    plain_frame(axes)


def _mark_highest(axes: Axes, peak: float | None, curve: pd.DataFrame) -> None:
    import numpy as np

    if peak is not None:
        height = np.interp(peak, curve["angle"], curve["parabola"])
        axes.plot(peak, height, "v", color=ORANGE, markersize=8, markeredgecolor="white")


def _scale(axes: Axes, *, log: bool) -> None:
    from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter, NullLocator

    axes.axhline(1 if log else 0, color=SOFT, linewidth=0.8, linestyle=":")
    if not log:
        return
    low, high = axes.dataLim.intervaly
    axes.set_yscale("log")
    room = max(high / low, 1.05) ** 0.06
    axes.set_ylim(min(low, 0.98) / room, max(high, 1.02) * room)
    step = next((step for step in _STEPS if high - low < 6 * step), None)
    ticks = None if step is None else [1 + step * place for place in range(-9, 30) if step * place > -1]
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)) if ticks is None else FixedLocator(ticks))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
