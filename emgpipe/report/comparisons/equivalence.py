"""Equivalence: intervals against the margin as forest plots, and the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import effect, grouped_table
from emgpipe.report.comparisons.forest import (
    MOST_ROWS,
    ForestPanel,
    ForestRow,
    axis_words,
    by_outcome,
    ends,
    forest_figure,
    pair_name,
)
from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.markup import escape, image
from emgpipe.report.words import finite, label, lower_label, number, plain, shown_unit, span

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_MARKERS: Final = {
    "equivalent": ("s", True),
    "different but negligible": ("D", False),
    "different": ("D", True),
    "undecided": ("o", False),
}
_CAPTION: Final = (
    "Shaded: the margin. Equivalence is shown where the thick interval lies inside it, a difference where the thin one "
    "leaves out the dotted line, before adjustment for the number of tests; the verdict printed beside is after it. "
    "■ equivalent, ◆ different, ◇ different but negligible, ○ undecided."
)


def part(comparison: Comparison) -> str:
    """Return the forest plot and the table of an equivalence comparison."""
    numbers = _summary(comparison.table) + numbers_part(comparison)
    figure = equivalence_figure(comparison)
    if figure is None:
        return numbers
    about = escape(f"{comparison.title}: intervals against the margin; numbers in the table")
    drawn = f'<figure class="panning">{image(figure, about)}<p class="caption">{_CAPTION}</p></figure>'
    return f"{drawn}\n{numbers}"


def _summary(rows: pd.DataFrame) -> str:
    narrow = ("equivalence_low", "equivalence_high")
    share = f"{100 * (2 * rows['confidence'].iloc[0] - 1):.3g} %"
    columns = {
        "Compared": lambda row: f"{label(row['level'])} / {lower_label(row['other'])}",
        "n": lambda row: plain(row["n"]),
        f"Ratio or difference ({share} interval)": lambda row: effect(row, ("ratio", *narrow), ("difference", *narrow)),
        "Margin": _margin,
        "p of equivalence, adjusted": lambda row: p_value(row["p_equivalence_adjusted"]),
        "p of difference, adjusted": lambda row: p_value(row["p_adjusted"]),
        "Verdict": lambda row: plain(row["verdict"]),
    }
    return grouped_table(rows, "Compared", columns, "Within the margin, or not: two one-sided tests")


def _margin(row: Any) -> str:
    if row["scale"] == "log":
        return f"{row['margin_low']:.2f} to {row['margin_high']:.2f}"
    return span(row["margin_low"], row["margin_high"], plain(row["unit"]))


def equivalence_figure(comparison: Comparison) -> Figure | None:
    """Draw the intervals against the margin; None where pairs are too many to draw."""
    drawn = [outcome for outcome in by_outcome(comparison.table) if len(outcome[2]) <= MOST_ROWS]
    if not drawn:
        return None
    panels = [_panel(site, metric, rows) for site, metric, rows in drawn]
    confidence = drawn[0][2][0]["confidence"]
    wide, narrow = (f"{100 * share:g} %" for share in (confidence, round(2 * confidence - 1, 12)))
    rows = [row for _, _, own in drawn for row in own]
    axis = axis_words("ratio" if panels[0].log else "difference", rows, f"{narrow} and {wide}")
    return forest_figure(panels, axis)


def _panel(site: tuple[str, str, str], metric: str, rows: list[dict[str, Any]]) -> ForestPanel:
    first = rows[0]
    unit = "" if first["scale"] == "log" else shown_unit(plain(first["unit"]))[1] or "unit not stated"
    others = [row["other"] for row in rows]
    made = tuple(_row(row, pair_name(row["level"], row["other"], others)) for row in rows)
    return ForestPanel(site, metric, unit, made, ends(first["margin_low"], first["margin_high"]))


def _row(row: dict[str, Any], name: str) -> ForestRow:
    columns = ("ratio", "ci_low", "ci_high")
    if row["scale"] == "raw":
        columns = ("difference", "difference_low", "difference_high")
    center, low, high = (row[column] for column in columns)
    marker, filled = _MARKERS[row["verdict"]]
    known = finite(center)
    size = number(known) if row["scale"] == "raw" or known is None else f"{known:.2f}"
    text = f"{size}  {row['verdict']}"
    thick = ends(row["equivalence_low"], row["equivalence_high"])
    return ForestRow(name, known, ends(low, high), thick, marker, filled, text)
