"""Where curves differ, as a table: one row per pair of levels and test, its stretches side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import grouped_table
from emgpipe.report.comparisons.plain import p_value
from emgpipe.report.words import finite, label, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

FORM_WORDS: Final = {"max_t": "max-t", "cluster": "cluster"}
_PAIR: Final = ["scope", "muscle", "side", "placement", "metric", "level", "other", "form"]
_MOST: Final = 4
"""Stretches named of a pair."""


def stretches_table(rows: pd.DataFrame) -> str:
    """Return one row per outcome, pair and form of the test."""
    stretches: dict[tuple[str, ...], list[Any]] = {}
    for row in rows[rows["from_percent"].notna()].to_dict("records"):
        stretches.setdefault(_key(row), []).append(row)
    columns = {
        "Compared": lambda row: f"{label(row['level'])} / {label(row['other']).lower()}",
        "n": lambda row: plain(row["n"]),
        "Test": lambda row: FORM_WORDS[row["form"]],
        "p, adjusted": lambda row: p_value(min([row, *stretches.get(_key(row), ())], key=_p)["p_adjusted"]),
        "Differs at (% of the repetition)": lambda row: "; ".join(_places(stretches.get(_key(row), ()))) or "not shown",
    }
    first = rows.drop_duplicates(_PAIR)
    return grouped_table(first, "Compared", columns, "Where in the movement levels differ")


def _key(row: Any) -> tuple[str, ...]:
    return tuple(plain(row[name]) for name in _PAIR)


def _p(row: Any) -> float:
    known = finite(row["p_adjusted"])
    return math.inf if known is None else known


def _places(found: Sequence[Any]) -> Iterator[str]:
    """Yield stretches by direction, such as ``lower 3 to 20, 80 to 94``, the first few of many."""
    parts: dict[str, list[str]] = {}
    for row in found:
        first, last = (f"{row[name]:.0f}" for name in ("from_percent", "to_percent"))
        parts.setdefault(plain(row["direction"]), []).append(first if first == last else f"{first} to {last}")
    for direction, places in parts.items():
        more = f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
        yield f"{direction} {', '.join(places[:_MOST])}{more}"
