"""Marks of doubt: values that carry a warning or a failed check are drawn with another symbol, and counted in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import escape
from emgpipe.report.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from emgpipe.model import Comparison

FAIL, WARN = "fail", "warn"
_INK: Final = "#1a1a1a"
_WORDS: Final = {WARN: "warning", FAIL: "failed check"}
CAPTION: Final = " Drawn over a point: △ it carries a warning, ✕ a failed check (see Findings)."
"""For figures that have such points."""


def draw_mark(axes: Axes, x: float, y: float, worst: str) -> None:
    """Draw the mark of a level over a point: an open triangle for a warning, a cross for a failed check."""
    if worst == WARN:
        axes.plot(x, y, "^", color=_INK, markerfacecolor="none", markersize=9, markeredgewidth=1.1, zorder=5)
    elif worst == FAIL:
        axes.plot(x, y, "x", color=_INK, markersize=8.5, markeredgewidth=1.8, zorder=5)


def draw_marks(axes: Axes, points: Iterable[tuple[float, float, str]]) -> None:
    """Draw the marks of points, each given by its place and its worst level; nothing for points without one."""
    for x, y, worst in points:
        if math.isfinite(x) and math.isfinite(y):  # else the point is not drawn either
            draw_mark(axes, x, y, worst)


def mark_handles(levels: Iterable[str]) -> list[Line2D]:
    """Return what a legend needs to explain the marks of these levels."""
    from matplotlib.lines import Line2D

    shapes = {WARN: ("^", 9, 1.1), FAIL: ("x", 8.5, 1.8)}
    return [
        Line2D(
            [], [], linestyle="", color=_INK, markerfacecolor="none", marker=shape, markersize=size,
            markeredgewidth=edge, label=_WORDS[level],
        )
        for level, (shape, size, edge) in shapes.items() if level in levels
    ]  # fmt: skip


def mark_legend(figure: Figure, levels: Iterable[str]) -> None:
    """Explain the marks of a figure in its upper right corner; nothing where it has none."""
    handles = mark_handles(set(levels))
    if handles:
        figure.legend(handles=handles, loc="upper right", ncols=2, fontsize=8, frameon=False, borderaxespad=0.1)


def worst_of(cells: pd.DataFrame) -> list[str]:
    """Return the worst level of each of the participants' own values; empty texts where nothing is known."""
    return cells["worst"].map(plain).tolist() if "worst" in cells.columns else [""] * len(cells)


def has_marks(comparison: Comparison) -> bool:
    """Tell whether any of the participants' own values carries a mark."""
    return any(worst_of(comparison.cells))


def marked_part(comparison: Comparison) -> str:
    """Return how many values carry a mark, as a line under a table; nothing where it is not known."""
    words = comparison.basis.get("marked", "")
    if not words:
        return ""
    levels = worst_of(comparison.cells)
    symbols = {FAIL: '<span class="level fail">✖</span> ', WARN: '<span class="level warn">▲</span> '}
    symbol = next((mark for level, mark in symbols.items() if level in levels), "")
    link = ' <a href="#findings">Findings</a>.' if symbol else ""
    out = comparison.basis.get("excluded", "")
    left = f" Excluded: {escape(out)}." if out and out != "nothing" else ""
    return f'<p class="small marked">{symbol}{escape(words[:1].upper() + words[1:])}.{left}{link}</p>'
