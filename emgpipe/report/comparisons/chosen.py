"""Tables of chosen columns: one row per outcome, or per pair of levels under the name of its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import escape, numeric, table
from emgpipe.report.words import estimate, finite, interval, lower_label, metric_label, muscle_label, shown_unit
from emgpipe.report.words import plain as text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    Row = Mapping[Any, Any]
    Columns = Mapping[str, Callable[[Row], str]]

MOST_ROWS: Final = 60
"""Rows of a chosen table; all are under "All numbers" or in the file."""


def outcome_title(row: Row, *, unit: bool = False) -> str:
    """Return muscle or channel, side, placement and metric of a row in words."""
    muscle = text(row["muscle"]).replace("/", " to ")
    shown = shown_unit(text(row.get("unit")))[1] if unit else ""
    metric = metric_label(text(row["metric"]))
    return f"{muscle_label(muscle, row['side'], row['placement'])} · {metric}{f' ({shown})' if shown else ''}"


def scope_title(scope: Any) -> str:
    """Return a scope in words: ``barbell hip thrust, head position neutral``."""
    parts = (part.partition(" = ") for part in text(scope).split(", ") if part)
    words = (
        lower_label(level or name) if name == "exercise" or not level else f"{lower_label(name)} {lower_label(level)}"
        for name, _, level in parts
    )
    return ", ".join(words)


def grouped_table(rows: pd.DataFrame, first: str, columns: Columns, caption: str) -> str:
    """Return one group of rows per outcome; `columns` are their headings with what makes the cell."""
    groups: dict[str, list[Row]] = {}
    several = rows["scope"].nunique() > 1 if "scope" in rows.columns else False
    for row in rows.head(MOST_ROWS).to_dict("records"):
        where = f" · {scope_title(row['scope'])}" if several else ""
        groups.setdefault(outcome_title(row) + where, []).append(row)
    name, *others = columns.items()
    head = [escape(first), *(f'<th class="n" scope="col">{escape(title)}</th>' for title, _ in others)]
    body: list[list[str]] = []
    for title, own in groups.items():
        body.append([f'<th colspan="{len(head)}" scope="colgroup" class="group-name">{escape(title)}</th>'])
        body += [[escape(name[1](row)), *(numeric(make(row)) for _, make in others)] for row in own]
    return table(head, body, caption=caption) + _left(rows)


def outcome_table(rows: pd.DataFrame, columns: Columns, caption: str) -> str:
    """Return one row per outcome."""
    head = ["Outcome", *(f'<th class="n" scope="col">{escape(title)}</th>' for title in columns)]
    several = rows["scope"].nunique() > 1 if "scope" in rows.columns else False
    body = []
    for row in rows.head(MOST_ROWS).to_dict("records"):
        where = f" · {scope_title(row['scope'])}" if several else ""
        body.append([escape(outcome_title(row) + where), *(numeric(make(row)) for make in columns.values())])
    return table(head, body, caption=caption) + _left(rows)


def effect(row: Row, ratio: tuple[str, str, str], difference: tuple[str, str, str]) -> str:
    """Return a ratio, or a difference in its shown unit, with its interval; `scale` says which."""
    if row["scale"] == "log":
        center, low, high = (finite(row[name]) for name in ratio)
        return interval(center, low, high)
    factor, unit = shown_unit(text(row["unit"]))
    center, low, high = (scaled(row[name], factor) for name in difference)
    return estimate(center, low, high, unit)


def scaled(value: Any, factor: float) -> float | None:
    """Return a value in its shown unit; None where it is missing."""
    known = finite(value)
    return None if known is None else factor * known


def _left(rows: pd.DataFrame) -> str:
    left = len(rows) - MOST_ROWS
    return f"<p>{left} more rows are in the file; see All numbers.</p>" if left > 0 else ""
