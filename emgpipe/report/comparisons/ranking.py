"""Rankings: ratios to the first, every participant's own line, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.comparisons.plain import numbers_part, p_value
from emgpipe.report.doubts import doubtful_count, doubtful_people
from emgpipe.report.marks import CAPTION, has_marks
from emgpipe.report.markup import escape, numeric, table
from emgpipe.report.panels import OwnValues, Panel, Row, by_scope, metric_names, ranking_panels
from emgpipe.report.ranking_pictures import lines_picture, ratio_picture
from emgpipe.report.words import MISSING, interval, label, metric_label, number, percent, plain, with_spread

if TYPE_CHECKING:
    from emgpipe.model import Comparison

_RATIO_CAPTION: Final = (
    "Levels in rank order from the top, the rank beside the name; ◆ first. ● shown not to be the highest, all levels "
    "judged together; ○ not distinguishable from the first: no difference shown. Lines are 95 % intervals of the "
    "paired ratio to the first, each for one ratio, unadjusted. Logarithmic axis."
)
_LINES_CAPTION: Final = (
    "Every participant's own line. Logarithmic axis, so equal ratios are equally steep. A dashed line is a participant "
    "without a reference: its shape is the participant's own, its height is set to the mean of the others."
)
_TABLE_NOTE: Final = (
    "May be the highest: not shown to be below another level; p is adjusted for all levels of the muscle and metric. "
    "Bootstrap: how often a level came first, and its ranks, when whole participants were drawn again; a bootstrap "
    "frequency, not a probability that it is first. ✖ and ▲: so many values of the n carry a failed check or a warning."
)


def part(comparison: Comparison) -> str:
    """Return the figures and tables of a ranking, scope by scope, then its further tables."""
    scopes = by_scope(ranking_panels(comparison))
    own = OwnValues(comparison)
    parts = [_scope(comparison, panels, own) for panels in scopes.values()]
    parts = parts or ["<p>There is nothing to rank.</p>"]
    parts.append(numbers_part(comparison))
    return "\n".join(parts)


def _scope(comparison: Comparison, panels: list[Panel], own: OwnValues) -> str:
    name = panels[0].scope_words
    about = f"{comparison.title}{f' ({name})' if name else ''}"
    ratios = ratio_picture(panels, f"{about}: ratio to the first per muscle; numbers in the table")
    lines = lines_picture(panels, own, f"{about}: every participant's own line per muscle")
    marks = CAPTION if has_marks(comparison) else ""
    tables = (_table([panel for panel in panels if panel.metric == metric], own) for metric in metric_names(panels))
    return "\n".join(
        (
            f"<h4>{escape(label(name))}</h4>" if name else "",
            f'<figure class="panning">{ratios}<p class="caption">{_RATIO_CAPTION}</p></figure>',
            *tables,
            f'<p class="caption">{_TABLE_NOTE}</p>',
            f'<figure class="panning">{lines}<p class="caption">{_LINES_CAPTION}{marks}</p></figure>',
        )
    )


def _table(panels: list[Panel], own: OwnValues) -> str:
    head = ["Level", *(f'<th class="n" scope="col">{name}</th>' for name in (
        "Rank", "n", "Mean ± SD", "Geometric mean", "Adjusted geometric mean", "Ratio to first (95 % interval)",
        "May be the highest", "First in", "Bootstrap: first", "Bootstrap: mean rank (95 %)",
    ))]  # fmt: skip
    rows: list[list[str]] = []
    for panel in panels:
        values = own.of(panel)
        worst = values.groupby("level")["worst"].agg(list).to_dict()
        people = doubtful_people(list(zip(values["participant"], values["worst"], strict=True)))
        title = f"{panel.name} ({panel.unit or 'unit not stated'})"
        rows.append([f'<th colspan="{len(head)}" scope="colgroup" class="group-name">{escape(title)} {people}</th>'])
        rows.extend(_cells(row, doubtful_count(worst.get(row.level, []))) for row in panel.rows)
    return table(head, rows, caption=f"By {metric_label(panels[0].metric)} amplitude")


def _people(row: Row) -> str:
    if row.n_normalized is None or row.n is None or row.n_normalized == row.n:
        return plain(row.n) or MISSING
    return f"{row.n} ({row.n_normalized} with a reference)"


def _may_be_highest(row: Row) -> str:
    if row.in_best_set is None:
        return MISSING
    return f"{'yes' if row.in_best_set else 'no'} (p {p_value(row.p_best)})"


def _redrawn_ranks(row: Row) -> str:
    if row.mean_rank is None:
        return MISSING
    return f"{row.mean_rank:.1f} ({number(row.rank_low, digits=1)} to {number(row.rank_high, digits=1)})"


def _cells(row: Row, marks: str) -> list[str]:
    absent = "no reference" if row.n_normalized == 0 else MISSING
    spread = with_spread(row.mean, row.sd) if row.mean is not None else absent
    first_in = f"{row.first_count} of {row.first_of}" if row.first_of else MISSING
    ratio = "1" if row.first and row.low is None else interval(row.ratio, row.low, row.high)
    name = f"<strong>{escape(row.name)}</strong>" if row.first else escape(row.name)
    note = f'<br><span class="small">{escape(row.note)}</span>' if row.note else ""
    return [
        name + note,
        numeric(f"{plain(row.rank) or MISSING}{' tied' if row.tie else ''}"),
        f'<td class="n">{escape(_people(row))}{f"<br>{marks}" if marks else ""}</td>',
        numeric(spread),
        numeric(number(row.geometric_mean)),
        numeric(number(row.adjusted)),
        numeric(ratio),
        numeric(_may_be_highest(row)),
        numeric(first_in),
        numeric(percent(row.frequency_first)),
        numeric(_redrawn_ranks(row)),
    ]
