"""The ranking as plain text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.panels import Panel, Row, by_muscle, by_scope, ranking_panels
from emgpipe.report.words import interval, metric_label, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emgpipe.model import Comparison

_LEVEL: Final = 26
_BLOCK: Final = 37
"""Columns of one metric: rank, geometric mean, ratio with its interval."""


def ranking_text(comparisons: Iterable[Comparison], width: int = 100) -> str:
    """Return the rankings as aligned plain text, mean and peak side by side where `width` allows.

    Parameters
    ----------
    comparisons : iterable of Comparison
        Those that are no rankings give their sentences instead.
    width : int
        Columns of the terminal; at least 40.

    Returns
    -------
    str
        No line is longer than `width`; empty without comparisons.
    """
    width = max(width, 40)
    lines = [line for comparison in comparisons for line in _comparison(comparison, width)]
    if any("ratio (" in line for line in lines):
        lines.append("value: geometric mean over participants, adjusted for missing cells; ratio: to the first")
        lines.append("intervals are each for one ratio, unadjusted")
    if any(line.rstrip().endswith("*") or "* " in line for line in lines):
        lines.append("* not distinguishable from the first: all levels judged together at 5 %")
    return "\n".join(shortened(line.rstrip(), width) for line in lines)


def _comparison(comparison: Comparison, width: int) -> Iterator[str]:
    yield _one_line(comparison.title)
    yield "=" * min(len(comparison.title), width)
    panels = ranking_panels(comparison)
    if not panels:
        yield from (_one_line(sentence) for sentence in comparison.sentences or ("Nothing to rank.",))
        yield ""
    for scope in by_scope(panels).values():
        if scope[0].scope_words:
            yield f"[{_one_line(scope[0].scope_words)}]"
        for metrics in by_muscle(scope).values():
            yield from _muscle(list(metrics.values()), width)
            yield ""


def _muscle(panels: list[Panel], width: int) -> Iterator[str]:
    """Yield one table; metrics that do not fit beside each other follow below."""
    fitting = max(1, (width - _LEVEL) // _BLOCK)
    for start in range(0, len(panels), fitting):
        yield from _table(panels[start : start + fitting])


def _table(panels: list[Panel]) -> Iterator[str]:
    first = panels[0]
    yield f"{_one_line(first.name)} ({first.unit})"
    titles = (f"{metric_label(panel.metric):<{_BLOCK - 3}}" for panel in panels)
    yield f"{'':<{_LEVEL}}" + "".join(f"   {title}" for title in titles)
    head = f"  {'rank':>4} {'value':>7}  {'ratio (95 % interval)':<{_BLOCK - 16}}"
    yield f"{'':<{_LEVEL}}" + "".join(head for _ in panels)
    rows = [{row.level: row for row in panel.rows} for panel in panels]
    names = {row.level: row.name for panel in panels for row in panel.rows}
    for level, name in names.items():
        blocks = "".join(_block(found.get(level)) for found in rows)
        yield f"{shortened(_one_line(name), _LEVEL - 1):<{_LEVEL}}{blocks}"


def _block(row: Row | None) -> str:
    if row is None:
        return " " * _BLOCK
    rank = "–" if row.rank is None else str(row.rank)
    value = row.adjusted if row.adjusted is not None else row.geometric_mean
    mark = "*" if row.rank is not None and not row.first and not row.separated else ""
    if row.first:
        ratio = "first" if not row.tie else "first, tied"
    else:
        ratio = interval(row.ratio, row.low, row.high).replace(" to ", "-").replace("no interval", "–") + mark
    return f"  {rank:>4} {number(value):>7}  {ratio:<{_BLOCK - 16}}"


def _one_line(text: str) -> str:
    """Keep control characters of a file name or label away from the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
