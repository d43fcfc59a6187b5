"""Trends inside a set: every participant's own course over the repetitions, and the mean slope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.report.comparisons.chosen import grouped_table, scope_title
from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.drawing import BLUE, INK, SOFT, plain_frame, printable
from emgpipe.report.markup import details, escape, image
from emgpipe.report.words import (
    estimate,
    finite,
    interval,
    label,
    metric_label,
    muscle_label,
    number,
    shortened,
    shown_unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from emgpipe.model import Comparison

_OUTCOME: Final = ["muscle", "side", "placement", "metric", "over"]
_CAPTION: Final = (
    "Thin lines: participants, each as percent of (angles: as difference from) the own mean of the set. Thick line: "
    "the mean of their slopes (of a hold: their mean course), solid where a trend is shown, dashed where none is. "
    "Band: the slope's 95 % interval, not adjusted; p is adjusted over conditions."
)
ALPHA: Final = 0.05
_COLUMNS: Final = 4
_MOST: Final = 40
"""Outcomes drawn per condition; more are in the table only."""
_MOST_SCOPES: Final = 12
"""Conditions drawn."""
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 2.8, 2.4, 0.62, 0.48, 0.42
"""Inches of a panel with the room for words around it; stated, because a layout engine takes a second per figure."""


def part(comparison: Comparison) -> str:
    """Return one figure per condition, the first unfolded, then the numbers."""
    scopes = list(dict.fromkeys(comparison.table["scope"]))
    parts = [_scope(comparison, scope, opened=place == 0) for place, scope in enumerate(scopes[:_MOST_SCOPES])]
    if any(parts):
        parts.append(f'<p class="caption">{_CAPTION}</p>')
    left = len(scopes) - _MOST_SCOPES
    if left > 0:
        parts.append(f"<p>{left} further conditions are not drawn; their numbers are in the table.</p>")
    return "\n".join((*parts, _summary(comparison.table), numbers_part(comparison)))


def _summary(rows: pd.DataFrame) -> str:
    """Return one row per outcome and condition."""
    columns: dict[str, Callable[[Any], str]] = {
        "Condition": lambda row: scope_words(row["condition"]),
        "n": lambda row: str(row["n"]),
        "Slope (95 % interval)": _slope,
        "p, adjusted": lambda row: p_value(row["p_adjusted"]),
        "Last against first (95 % interval)": _last,
    }
    by_outcome = rows.assign(scope="", condition=rows["scope"]).sort_values(_OUTCOME, kind="stable", key=_first_seen)
    return grouped_table(by_outcome, "Condition", columns, "Slope over the set, per outcome and condition")


def _first_seen(column: pd.Series[Any]) -> pd.Series[Any]:
    """Order by first appearance."""
    import pandas as pd

    return pd.Series(pd.factorize(column)[0], index=column.index)


def _slope(row: Any) -> str:
    unit = str(row["unit"]).replace("deg", "°").replace("/repetition", " per repetition").replace("/s", " per s")
    return estimate(row["slope"], row["slope_low"], row["slope_high"], unit)


def _last(row: Any) -> str:
    center, low, high = (finite(row[name]) for name in ("last_to_first", "last_low", "last_high"))
    if row["last_is"] == "ratio":
        return interval(center, low, high)
    return estimate(center, low, high)


def _scope(comparison: Comparison, scope: str, *, opened: bool) -> str:
    name = scope_words(scope)
    pictures = (
        image(figure, f"{comparison.title}, {name}: courses of participants and mean slope per outcome")
        for figure in trend_figures(comparison, scope)
    )
    drawn = "".join(f'<figure class="panning">{picture}</figure>' for picture in pictures)
    return details(escape(name), drawn, opened=opened) if drawn else ""


def scope_words(scope: str) -> str:
    """Return a condition in words.

    >>> scope_words("exercise = back_squat, head_position = neutral")
    'Back squat, head position neutral'
    """
    return label(scope_title(scope)) or "All sets"


def trend_figures(comparison: Comparison, scope: str) -> list[Figure]:
    """Draw the outcomes of a condition as small multiples: those over repetitions, then those over a hold."""
    course = comparison.tables["course"]
    if course.empty:
        return []
    figures = []
    for over in ("repetitions", "hold"):
        mine = course[course["scope"].eq(scope) & course["over"].eq(over)]
        rows = comparison.table[comparison.table["scope"].eq(scope) & comparison.table["over"].eq(over)]
        records: list[dict[str, Any]] = [
            dict(zip(rows.columns, row, strict=True)) for row in rows.to_numpy(dtype=object)
        ]
        panels = [(row, own) for row in records if len(own := _of(mine, row))][:_MOST]
        if panels:
            figures.append(_figure(panels, over))
    return figures


def _of(course: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    for name in _OUTCOME:
        course = course[course[name].eq(row[name])]
    return course


def _figure(panels: list[tuple[dict[str, Any], pd.DataFrame]], over: str) -> Figure:
    from matplotlib.figure import Figure

    columns = min(_COLUMNS, len(panels))
    lines = math.ceil(len(panels) / columns)
    wide, high = _WIDTH * columns + 0.1, _HEIGHT * lines
    figure = Figure(figsize=(wide, high))
    for place, (row, course) in enumerate(panels):
        down, right = divmod(place, columns)
        left, bottom = right * _WIDTH + _LEFT, high - (down + 1) * _HEIGHT + _BELOW
        size = ((_WIDTH - _LEFT - 0.1) / wide, (_HEIGHT - _BELOW - _ABOVE) / high)
        axes = figure.add_axes((left / wide, bottom / high, *size))
        _panel(axes, row, course, over)
        axes.set_xlabel("repetition" if over == "repetitions" else "percent of the hold", fontsize=8)
    return figure


def _panel(axes: Axes, row: dict[str, Any], course: pd.DataFrame, over: str) -> None:
    for _, own in course.groupby("participant", sort=True):
        ordered = own.sort_values("position")
        axes.plot(ordered["position"], ordered["value"], color=SOFT, linewidth=0.7, alpha=0.6)
    unit = str(course["unit"].iloc[0])
    _mean_course(axes, row, course)
    title = printable(shortened(muscle_label(row["muscle"], row["side"], row["placement"]), 34))
    axes.set_title(
        f"{title}\n{printable(metric_label(row['metric']))}", fontsize=8.5, color=INK, loc="left", fontweight="bold"
    )
    shown = printable(unit if unit.startswith("%") else f"{shown_unit(unit)[1]} from own mean")
    axes.set_ylabel(shown, fontsize=8, color=SOFT)
    axes.text(0.02, 0.02, _words(row), transform=axes.transAxes, fontsize=7.5, color=INK, va="bottom")
    plain_frame(axes)
    axes.tick_params(axis="y", labelsize=8)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.2 * (high - low), high)  # room for the words
    if over == "repetitions":
        positions = sorted(set(course["position"]))
        axes.set_xticks(positions[:: max(1, math.ceil(len(positions) / 8))])


def _mean_course(axes: Axes, row: dict[str, Any], course: pd.DataFrame) -> None:
    """Draw the mean slope through the middle, its interval as a band that widens from there; for holds the mean."""
    style: Any = "-" if _is_shown(row) else (0, (4, 2))
    if row["over"] == "hold":
        means = course.groupby("position")["value"].mean()
        axes.plot(means.index, means.to_numpy(), color=BLUE, linewidth=2, linestyle=style)
        return
    x = np.linspace(course["position"].min(), course["position"].max(), 30)
    away = x - float(course["position"].mean())
    middle, low, high = (_line(away, slope, row) for slope in _slopes(row))
    if low is not None and high is not None:
        axes.fill_between(x, low, high, color=BLUE, alpha=0.18, linewidth=0)
    if middle is not None:
        axes.plot(x, middle, color=BLUE, linewidth=2, linestyle=style)


def _slopes(row: dict[str, Any]) -> list[float | None]:
    frequency = finite(row["percent_of_first"]) is not None
    names = ("percent_of_first", "percent_low", "percent_high") if frequency else ("slope", "slope_low", "slope_high")
    return [finite(row[name]) for name in names]


def _line(away: NDArray[np.float64], slope: float | None, row: dict[str, Any]) -> NDArray[np.float64] | None:
    if slope is None:
        return None
    if row["scale"] == "log":
        return np.asarray(100 * (1 + slope / 100) ** away)
    return away * slope + (100.0 if finite(row["percent_of_first"]) is not None else 0.0)


def _is_shown(row: dict[str, Any]) -> bool:
    adjusted = finite(row["p_adjusted"])
    return adjusted is not None and adjusted <= ALPHA


def _words(row: dict[str, Any]) -> str:
    unit = printable(str(row["unit"])).replace("/repetition", " per rep").replace("/s", " per s").replace("deg", "°")
    adjusted = finite(row["p_adjusted"])
    p = f", p {p_value(adjusted)}" if adjusted is not None else ", no p value"
    return f"{number(row['slope'])} {unit}{p}, n {row['n']}"
