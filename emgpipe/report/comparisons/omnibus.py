"""Analyses of variance: do levels differ, by F and by ranks, and do values follow their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import effect, outcome_table
from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.words import lower_label, number, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from emgpipe.model import Comparison

    Columns = dict[str, Callable[[Any], str]]

_OUTCOME: Final = ["scope", "muscle", "side", "placement", "metric"]
_CAPTION: Final = "Do the levels differ? F and p after Greenhouse and Geisser"
_TREND: Final = "Do values follow the order of the levels? Change per level; p of bend: quadratic contrast"


def part(comparison: Comparison) -> str:
    """Return the two tables that answer the question, then all numbers."""
    rows = comparison.table
    several = rows["effect"].nunique() > 1
    columns: Columns = {"Effect": lambda row: lower_label(row["effect"])} if several else {}
    columns |= {
        "n": lambda row: plain(row["n"]),
        "F (df)": lambda row: f"{number(row['f'])} ({number(row['df1_gg'])}, {number(row['df2_gg'])})",
        "p": lambda row: p_value(row["p_gg"]),
        "p Huynh-Feldt": lambda row: p_value(row["p_hf"]),
        "Generalized eta²": lambda row: number(row["eta2_generalized"]),
        "Partial eta²": lambda row: number(row["eta2_partial"]),
        "p sphericity": lambda row: p_value(row["p_sphericity"]),
    }
    ranks = _by_outcome(comparison.tables.get("friedman"))
    if ranks:
        columns["Friedman p"] = lambda row: p_value(ranks.get(_key(row), {}).get("p_permutation"))
        columns["Kendall's W"] = lambda row: number(ranks.get(_key(row), {}).get("kendall_w"))
    return outcome_table(rows, columns, _CAPTION) + _trend(comparison) + numbers_part(comparison)


def _trend(comparison: Comparison) -> str:
    rows = comparison.tables.get("trend")
    if rows is None or rows.empty:
        return ""
    several = rows["effect"].nunique() > 1
    bends = {(*_key(row), row["effect"]): row for row in rows[rows["contrast"] == "quadratic"].to_dict("records")}
    pages = _by_outcome(comparison.tables.get("page"))
    columns: Columns = {"Over": lambda row: lower_label(row["effect"])} if several else {}
    columns |= {
        "n": lambda row: plain(row["n"]),
        "Per level (95 % interval)": lambda row: effect(
            row, ("ratio", "ratio_low", "ratio_high"), ("slope", "slope_low", "slope_high")
        ),
        "p": lambda row: p_value(row["p"]),
        "p sign-flip": lambda row: p_value(row["p_sign_flip"]),
        "p of bend": lambda row: p_value(bends.get((*_key(row), row["effect"]), {}).get("p")),
    }
    if pages:
        columns["Page p"] = lambda row: p_value(pages.get(_key(row), {}).get("p_permutation"))
    return outcome_table(rows[rows["contrast"] == "linear"], columns, _TREND)


def _key(row: Any) -> tuple[str, ...]:
    return tuple(plain(row[name]) for name in _OUTCOME)


def _by_outcome(rows: pd.DataFrame | None) -> dict[tuple[str, ...], Any]:
    return {} if rows is None else {_key(row): row for row in rows.to_dict("records")}
