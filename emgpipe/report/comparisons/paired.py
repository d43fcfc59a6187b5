"""Paired comparisons: ratios and differences with their intervals as forest plots, and the numbers."""

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
from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.doubts import doubtful_people
from emgpipe.report.marks import worst_of
from emgpipe.report.markup import escape, image, numeric, table
from emgpipe.report.words import MISSING, finite, interval, label, metric_label, muscle_label, number, plain, shown_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_CAPTION: Final = (
    "● a difference is shown: the p value of the t test, adjusted in its family, is small enough; ○ none is shown. "
    "The line is the unadjusted interval; an arrow means that it goes on. Beside it the effect with its interval, and "
    "the adjusted p."
)


def part(comparison: Comparison) -> str:
    """Return the forest plots and tables of a paired comparison."""
    figures = "".join(
        f'<figure class="panning">{image(figure, f"{comparison.title}: intervals; numbers in the table")}'
        f'<p class="caption">{_CAPTION}</p></figure>'
        for figure in paired_figures(comparison)
    )
    return "\n".join((figures, _summary(comparison), numbers_part(comparison)))


def paired_figures(comparison: Comparison) -> list[Figure]:
    """Draw the outcomes compared by ratios, then those compared by differences; none where pairs are too many."""
    drawn = [outcome for outcome in by_outcome(comparison.table) if len(outcome[2]) <= MOST_ROWS]
    figures = []
    for scale, what in (("log", "ratio"), ("raw", "difference")):
        mine = [(site, metric, rows) for site, metric, rows in drawn if rows[0]["scale"] == scale]
        rows = [row for _, _, own in mine for row in own]
        if rows:
            axis = axis_words(what, rows, f"{100 * rows[0]['confidence']:g} %")
            figures.append(forest_figure([_panel(*outcome) for outcome in mine], axis))
    return figures


def _panel(site: tuple[str, str, str], metric: str, rows: list[dict[str, Any]]) -> ForestPanel:
    log = rows[0]["scale"] == "log"
    unit = "" if log else shown_unit(plain(rows[0]["unit"]))[1] or "unit not stated"
    others = [row["other"] for row in rows]
    return ForestPanel(
        site, metric, unit, tuple(_row(row, pair_name(row["level"], row["other"], others)) for row in rows)
    )


def _row(row: dict[str, Any], name: str) -> ForestRow:
    columns = ("ratio", "ci_low", "ci_high") if row["scale"] == "log" else _DIFFERENCE
    center, low, high = (row[column] for column in columns)
    tested = finite(row["p_adjusted"]) is not None
    beside = f"{effect(row)}  p {p_value(row['p_adjusted'])}" if tested else f"{effect(row)}  not tested"
    thin = ends(low, high)
    return ForestRow(name, finite(center), thin, None, "o", bool(row["shown"]), beside)


_DIFFERENCE: Final = ("difference", "difference_low", "difference_high")


def effect(row: dict[str, Any]) -> str:
    """Return the ratio or the difference of a pair with its interval."""
    if row["scale"] == "log":
        return interval(*(finite(row[name]) for name in ("ratio", "ci_low", "ci_high")))
    return difference(row)


def difference(row: dict[str, Any]) -> str:
    """Return the difference of a pair with its interval, in the shown unit."""
    scale, _ = shown_unit(plain(row["unit"]))
    center, low, high = (None if (known := finite(row[name])) is None else scale * known for name in _DIFFERENCE)
    if center is None:
        return MISSING
    return (
        f"{number(center)} ({number(low)} to {number(high)})" if low is not None else f"{number(center)} (no interval)"
    )


def _summary(comparison: Comparison) -> str:
    rows = comparison.table
    share = f"{100 * rows['confidence'].iloc[0]:g} % interval"
    head = ["Compared", *(f'<th class="n" scope="col">{name}</th>' for name in (
        "n", "Higher in", f"Ratio ({share})", f"Difference ({share})", "p", "p, adjusted", "p sign-flip, adjusted",
        "dz",
    ))]  # fmt: skip
    body: list[list[str]] = []
    for site, metric, own in by_outcome(rows):
        _, unit = shown_unit(plain(own[0]["unit"]))
        title = f"{muscle_label(*site)} · {metric_label(metric)} ({unit or 'unit not stated'})"
        name = f"{escape(title)} {_marks(comparison, site, metric)}"
        body.append([f'<th colspan="{len(head)}" scope="colgroup" class="group-name">{name}</th>'])
        body += [_cells(row) for row in own[:MOST_ROWS]]
        if len(own) > MOST_ROWS:
            body.append([f'<td colspan="{len(head)}">{len(own) - MOST_ROWS} more pairs below</td>'])
    return table(head, body, caption="Level against other, inside participants")


def _marks(comparison: Comparison, site: tuple[str, str, str], metric: str) -> str:
    """Return whose values of an outcome carry a mark."""
    cells = comparison.cells
    for column, value in zip(("muscle", "side", "placement", "metric"), (*site, metric), strict=True):
        if column not in cells.columns:
            return ""
        cells = cells[cells[column].map(plain) == value]
    return doubtful_people(list(zip(cells["participant"].map(plain), worst_of(cells), strict=True)))


def _cells(row: dict[str, Any]) -> list[str]:
    name = escape(f"{label(row['level'])} / {label(row['other'])}")
    return [
        f"<strong>{name}</strong>" if row["shown"] else name,
        numeric(plain(row["n"])),
        numeric(f"{row['n_higher']} of {row['n']}"),
        numeric(effect(row) if row["scale"] == "log" else MISSING),
        numeric(difference(row)),
        numeric(p_value(row["p"])),
        numeric(p_value(row["p_adjusted"])),
        numeric(p_value(row["p_sign_flip_adjusted"])),
        numeric(number(row["dz"])),
    ]
