"""Equivalence: intervals against the margin as forest plots, and the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
from emgpipe.report.comparisons.plain import part as numbers_part
from emgpipe.report.markup import escape, image
from emgpipe.report.words import finite, number, plain, shown_unit

if TYPE_CHECKING:
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
    figure = equivalence_figure(comparison)
    if figure is None:
        return numbers_part(comparison)
    about = escape(f"{comparison.title}: intervals against the margin; numbers in the table")
    drawn = f'<figure class="panning">{image(figure, about)}<p class="caption">{_CAPTION}</p></figure>'
    return f"{drawn}\n{numbers_part(comparison)}"


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
    effect = number(known) if row["scale"] == "raw" or known is None else f"{known:.2f}"
    text = f"{effect}  {row['verdict']}"
    thick = ends(row["equivalence_low"], row["equivalence_high"])
    return ForestRow(name, known, ends(low, high), thick, marker, filled, text)
