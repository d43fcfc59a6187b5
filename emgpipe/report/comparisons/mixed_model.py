"""Mixed models: one row per term, the effect on the scale it is read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import effect, grouped_table
from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.words import label, lower_label, plain

if TYPE_CHECKING:
    from emgpipe.model import Comparison

_CAPTION: Final = (
    "Terms of the model, beside the paired comparison and not in its place. Wald z: liberal with few participants"
)


def part(comparison: Comparison) -> str:
    """Return the terms by outcome, then all numbers."""
    ends = ("ci_low", "ci_high")
    columns = {
        "Term": _term,
        "n": lambda row: plain(row["n"]),
        "Values": lambda row: plain(row["n_rows"]),
        "Ratio or difference (95 % interval)": lambda row: effect(row, ("ratio", *ends), ("estimate", *ends)),
        "p": lambda row: p_value(row["p"]),
        "p Wald z": lambda row: p_value(row["p_wald"]),
    }
    return grouped_table(comparison.table, "Term", columns, _CAPTION) + numbers_part(comparison)


def _term(row: Any) -> str:
    if not plain(row["level"]):
        return f"{label(row['term'])}, per unit"
    return f"{label(row['level'])} / {lower_label(row['against'])}"
