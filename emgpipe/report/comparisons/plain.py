"""What every comparison has: sentences, tidy tables, and what it rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import bullets, details, escape, numeric, table
from emgpipe.report.words import MISSING, finite, label, number
from emgpipe.report.words import plain as as_text

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison

_MANY_SENTENCES: Final = 4
_SAID_ABOVE: Final = frozenset({"comparison", "factor"})
_MANY_ROWS: Final = 40


def part(comparison: Comparison) -> str:
    """Return the tables of a comparison; long ones and further ones are folded."""
    parts = [folded("All numbers", comparison.table)]
    parts += [folded(label(name), rows) for name, rows in comparison.tables.items() if len(rows)]
    return "\n".join(parts)


def sentences_part(comparison: Comparison) -> str:
    """Return the result in plain words."""
    items = bullets(escape(sentence) for sentence in comparison.sentences)
    if len(comparison.sentences) <= _MANY_SENTENCES:
        return items
    return details(f"The result in {len(comparison.sentences)} sentences", items, opened=comparison.kind != "ranking")


def basis_part(comparison: Comparison) -> str:
    """Return what the comparison rests on."""
    if not comparison.basis:
        return ""
    items = (f"<dt>{escape(label(key))}</dt><dd>{escape(text)}</dd>" for key, text in comparison.basis.items())
    return f"<h4>What this rests on</h4><dl>{''.join(items)}</dl>"


def folded(title: str, rows: pd.DataFrame) -> str:
    """Return a tidy table as HTML that can be folded."""
    if rows.empty:
        return ""
    return details(escape(title), table_part(rows), opened=len(rows) <= _MANY_ROWS)


def table_part(rows: pd.DataFrame, caption: str = "") -> str:
    """Return a tidy table as HTML; columns that are empty throughout are left out."""
    names = [str(name) for name in rows.columns if name not in _SAID_ABOVE and rows[name].map(as_text).ne("").any()]
    if not names:
        return ""
    head = [escape(label(name)) for name in names]
    return table(head, ([_cell(name, row[name]) for name in names] for row in rows.to_dict("records")), caption=caption)


def p_value(value: Any) -> str:
    """Return a p value as papers print it.

    >>> p_value(0.0312), p_value(0.00002), p_value(1.0)
    ('.031', '< .001', '1')
    """
    known = finite(value)
    if known is None:
        return MISSING
    if known < 0.001:
        return "< .001"
    return "1" if known > 0.9995 else f"{known:.3f}".removeprefix("0")


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "✔" if value else MISSING
    if name == "p" or name.startswith("p_"):
        return numeric(p_value(value))
    known = finite(value) if not isinstance(value, str) else None
    if known is not None:
        return numeric(str(int(known)) if known == math.floor(known) and abs(known) < 1e6 else number(known))
    return escape(as_text(value).replace("_", " ") or MISSING)
