"""What every comparison can be shown with: all its numbers, as its files have them, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.shared.numbers import p_words
from emgpipe.report.markup import breakable, details, escape, numeric, table
from emgpipe.report.words import MISSING, count, finite, label, number
from emgpipe.report.words import plain as as_text

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison

_SAID_ABOVE: Final = frozenset({"comparison", "factor", "primary"})
_MOST_ROWS: Final = 60
"""Rows shown of a table; all of them are in its file."""
_FAR_TOO_MANY: Final = 400
"""Tables longer than this, such as curves point by point, are named only."""
_TITLES: Final = {"n": "participants"}


def part(comparison: Comparison) -> str:
    """Return all numbers of a comparison, folded: for kinds that have no part of their own."""
    return numbers_part(comparison)


def numbers_part(comparison: Comparison) -> str:
    """Return the tables of a comparison with the column names of their files, folded."""
    tables = [(comparison.kind, comparison.table)]
    tables += [(f"{comparison.kind}_{name}", rows) for name, rows in comparison.tables.items()]
    inside = "\n".join(_numbers(f"{name}.csv", rows) for name, rows in tables if len(rows))
    note = '<p class="small">Columns as in the files of the folder <code>comparisons</code>.</p>'
    return details("All numbers", note + inside) if inside else ""


def _numbers(file: str, rows: pd.DataFrame) -> str:
    if len(rows) > _FAR_TOO_MANY:
        return f"<p><code>{breakable(file)}</code>: {len(rows)} rows, in the file only.</p>"
    left = len(rows) - _MOST_ROWS
    more = f"<p>{count(left, 'more row')} in <code>{breakable(file)}</code>.</p>" if left > 0 else ""
    return table_part(rows.head(_MOST_ROWS), file) + more


def table_part(rows: pd.DataFrame, caption: str = "") -> str:
    """Return a tidy table as HTML with its own column names; columns that are empty throughout are left out.

    Columns that say the same in all rows stand in the caption.
    """
    names = [str(name) for name in rows.columns if name not in _SAID_ABOVE and rows[name].map(as_text).ne("").any()]
    constant = [name for name in names if len(rows) > 1 and rows[name].map(as_text).nunique() == 1]
    shown = [name for name in names if name not in constant] or names
    if not shown:
        return ""
    same = [f"{name} {as_text(rows[name].iloc[0])}" for name in constant if name not in shown]
    above = " · ".join([part for part in (caption, f"in all rows: {', '.join(same)}" if same else "") if part])
    numbers = {str(name) for name in rows.select_dtypes("number").columns}
    heads = ((f"<code>{breakable(name)}</code>", name in numbers) for name in shown)
    head = [f'<th class="n" scope="col">{code}</th>' if right else code for code, right in heads]
    return table(head, ([_cell(name, row[name]) for name in shown] for row in rows.to_dict("records")), caption=above)


def basis_part(comparison: Comparison) -> str:
    """Return what the comparison rests on, folded; what could not be compared stays in sight."""
    basis = dict(comparison.basis)
    if not basis:
        return ""
    open_ones = "".join(
        f'<p class="small"><strong>{escape(label(name))}</strong>: {escape(basis[name])}</p>'
        for name in ("not_compared",)
        if basis.get(name)
    )
    items = (f"<dt>{escape(label(_TITLES.get(key, key)))}</dt><dd>{escape(text)}</dd>" for key, text in basis.items())
    return open_ones + details("What this rests on: participants, method, assumptions", f"<dl>{''.join(items)}</dl>")


def p_value(value: Any) -> str:
    """Return a p value as papers print it; one that is not .05 is never printed as .050, which would hide its side.

    >>> p_value(0.0312), p_value(0.00002), p_value(1.0), p_value(0.05046)
    ('.031', '< .001', '1', '.0505')
    """
    known = finite(value)
    if known is None:
        return MISSING
    return p_words(known).removeprefix("= ")


def _cell(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "p" or name.startswith("p_"):
        return numeric(p_value(value))
    known = finite(value) if not isinstance(value, str) else None
    if known is not None:
        return numeric(str(int(known)) if known.is_integer() and abs(known) < 1e6 else number(known))
    return escape(as_text(value).replace("_", " ") or MISSING)
