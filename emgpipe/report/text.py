"""Comparisons as plain text for a terminal: rankings as tables, others in few words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from emgpipe.report.comparisons.brief import gist_sentence, is_primary, primary_sentences
from emgpipe.report.panels import Panel, Row, by_muscle, by_scope, ranking_panels
from emgpipe.report.words import interval, metric_label, number, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emgpipe.model import Comparison

_LEVEL: Final = 26
_MOST_SAID: Final = 5
"""Sentences about the primary outcome."""
_SHORT: Final = 3
"""Sentences of a comparison that is told whole."""
_NOTHING: Final = "Nothing to rank."
_NONE: Final = "nothing"
_BLOCK: Final = 37
"""Columns of one metric: rank, geometric mean, ratio with its interval."""


def ranking_text(comparisons: Iterable[Comparison], width: int = 100) -> str:
    """Return rankings as aligned plain text, mean and peak side by side where `width` allows; of others the gist.

    Parameters
    ----------
    comparisons : iterable of Comparison
        Those that are no rankings give their title, how much was shown, and the sentences about the primary outcome.
        They come first where one of them is about it.
    width : int
        Columns of the terminal; at least 40.

    Returns
    -------
    str
        No line is longer than `width`; empty without comparisons.
    """
    width = max(width, 40)
    ordered = sorted(comparisons, key=lambda comparison: not is_primary(comparison))
    lines = [line for comparison in ordered for line in _comparison(comparison, width)]
    if any("ratio (" in line for line in lines):
        value = "value: geometric mean over participants, adjusted for missing cells; ratio: to the first"
        lines += textwrap.wrap(value, width, subsequent_indent="  ")
        lines.append("intervals are each for one ratio, unadjusted")
    if any(line.rstrip().endswith("*") or "* " in line for line in lines):
        star = "* not distinguishable from the first: all levels judged together at 5 %"
        lines += textwrap.wrap(star, width, subsequent_indent="  ")
    return "\n".join(shortened(line.rstrip(), width) for line in lines)


def _comparison(comparison: Comparison, width: int) -> Iterator[str]:
    title = _one_line(comparison.title) + (" (primary outcome)" if is_primary(comparison) else "")
    yield from textwrap.wrap(title, width)
    yield "=" * min(len(title), width)
    for name in ("selection", "excluded"):
        if (said := comparison.basis.get(name, _NONE)) != _NONE:
            yield from textwrap.wrap(_one_line(f"{name}: {said}"), width, subsequent_indent="  ")
    panels = ranking_panels(comparison)
    if not panels:
        for text in _few_sentences(comparison):
            yield from textwrap.wrap(_one_line(text), width, subsequent_indent="  ")
        yield ""
    for scope in by_scope(panels).values():
        if scope[0].scope_words:
            yield f"[{_one_line(scope[0].scope_words)}]"
        for metrics in by_muscle(scope).values():
            yield from _muscle(list(metrics.values()), width)
            yield ""


def _few_sentences(comparison: Comparison) -> list[str]:
    """Return how much was shown, what is said of the primary outcome, and where the rest stands."""
    said = comparison.sentences
    if len(said) <= _SHORT:
        return list(said) or [_NOTHING]
    gist = gist_sentence(comparison)
    chosen = primary_sentences(comparison)[:_MOST_SAID] or list(said[: 0 if gist else _SHORT - 1])
    left = len(said) - len(chosen)
    more = f"... {left} {'more' if chosen else 'sentences'} in comparisons/sentences.txt" if left else ""
    return [text for text in (gist, *chosen, more) if text]


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
