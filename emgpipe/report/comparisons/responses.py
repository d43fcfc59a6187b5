"""Individual responses as a table: who changed in which direction, and how far responses spread beyond error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import grouped_table, scaled
from emgpipe.report.words import MISSING, estimate, finite, interval, label, number, plain, shown_unit

if TYPE_CHECKING:
    import pandas as pd

_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_CAPTION: Final = (
    "How participants respond, and how far beyond the error of repetitions (\N{MULTIPLICATION SIGN}: a factor)"
)


def responses_table(rows: pd.DataFrame) -> str:
    """Return one row per outcome and level."""
    columns = {
        "Compared": lambda row: f"{label(row['level'])} / {label(row['against']).lower()}",
        "n": lambda row: plain(row["n"]),
        "Higher (beyond own error)": lambda row: f"{row['n_above']} ({row['n_higher']})",
        "Lower (beyond own error)": lambda row: f"{row['n_below']} ({row['n_lower']})",
        "SD of responses (95 % interval)": _spread,
        "Smallest own change": _smallest,
    }
    return grouped_table(rows, "Compared", columns, _CAPTION)


def _spread(row: Any) -> str:
    ends = ("", "_low", "_high")
    if row["scale"] == "log":
        center, low, high = (finite(row[f"response_factor{end}"]) for end in ends)
        return MISSING if center is None else f"{_TIMES} {interval(center, low, high)}"
    factor, unit = shown_unit(plain(row["unit"]))
    center, low, high = (scaled(row[f"sd_response{end}"], factor) for end in ends)
    return estimate(center, low, high, unit)


def _smallest(row: Any) -> str:
    if row["scale"] == "log":
        known = finite(row["smallest_ratio"])
        return MISSING if known is None else f"{_TIMES} {known:.2f}"
    factor, unit = shown_unit(plain(row["unit"]))
    change = finite(row["smallest_difference"])
    return MISSING if change is None else f"{number(factor * change)} {unit}".replace(" °", "°")
