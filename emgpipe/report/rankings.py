"""The comparisons: plots, tables, sentences, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.figures import participants_figure, ranking_figure
from emgpipe.report.markup import anchor, bullets, details, escape, image, numeric, table
from emgpipe.report.panels import Panel, Row, by_scope, metric_names, ranking_panels
from emgpipe.report.words import MISSING, interval, label, metric_label, number, plain, with_spread

if TYPE_CHECKING:
    from emgpipe.model import Comparison

_MANY_SENTENCES: Final = 4
_RATIO_CAPTION: Final = (
    "Levels in rank order from the top, the rank beside the name; ◆ first. ● the 95 % interval of the paired ratio "
    "to the first leaves out 1; ○ it contains 1 or there is none: no difference shown. Logarithmic axis."
)
_LINES_CAPTION: Final = (
    "Every participant's own line. Logarithmic axis, so equal ratios are equally steep. A dashed line is a participant "
    "without a reference: its shape is the participant's own, its height is set to the mean of the others."
)


def comparison_anchor(comparison: Comparison) -> str:
    """Return the id of a comparison's part of the page."""
    return anchor("ranking", comparison.kind, comparison.title)


def comparison_part(comparison: Comparison) -> str:
    """Return one comparison as HTML."""
    parts = [f'<h3 id="{comparison_anchor(comparison)}">{escape(comparison.title)}</h3>']
    scopes = by_scope(ranking_panels(comparison))
    if not scopes:
        parts.append("<p>There is nothing to rank.</p>")
    parts.append(_sentences(comparison))
    for scope, panels in scopes.items():
        parts.append(_scope(comparison, scope, panels))
    if comparison.basis:
        items = (f"<dt>{escape(label(key))}</dt><dd>{escape(text)}</dd>" for key, text in comparison.basis.items())
        parts.append(f"<h4>What this rests on</h4><dl>{''.join(items)}</dl>")
    return "\n".join(parts)


def _sentences(comparison: Comparison) -> str:
    items = bullets(escape(sentence) for sentence in comparison.sentences)
    if len(comparison.sentences) <= _MANY_SENTENCES:
        return items
    return details(f"The result in {len(comparison.sentences)} sentences", items)


def _scope(comparison: Comparison, scope: str, panels: list[Panel]) -> str:
    name = panels[0].scope_words
    about = f"{comparison.title}{f' ({name})' if name else ''}"
    ratios = image(ranking_figure(comparison, scope), f"{about}: ratio to the first per muscle; numbers in the table")
    lines = image(participants_figure(comparison, scope), f"{about}: every participant's own line per muscle")
    tables = (_table([panel for panel in panels if panel.metric == metric]) for metric in metric_names(panels))
    return "\n".join(
        (
            f"<h4>{escape(label(name))}</h4>" if name else "",
            f'<figure class="panning">{ratios}<p class="caption">{_RATIO_CAPTION}</p></figure>',
            *tables,
            f'<figure class="panning">{lines}<p class="caption">{_LINES_CAPTION}</p></figure>',
        )
    )


def _table(panels: list[Panel]) -> str:
    notes = any(row.note for panel in panels for row in panel.rows)
    head = ["Level", *(f'<th class="n" scope="col">{name}</th>' for name in (
        "Rank", "n", "Mean ± SD", "Geometric mean", "Adjusted geometric mean", "Ratio to first (95 % interval)",
        "First in",
    ))]  # fmt: skip
    head += ["Note"] * notes
    rows: list[list[str]] = []
    for panel in panels:
        title = f"{panel.name} ({panel.unit or 'unit not stated'})"
        rows.append([f'<th colspan="{len(head)}" scope="colgroup" class="group-name">{escape(title)}</th>'])
        rows.extend(_cells(row, notes=notes) for row in panel.rows)
    return table(head, rows, caption=f"By {metric_label(panels[0].metric)} amplitude")


def _people(row: Row) -> str:
    if row.n_normalized is None or row.n is None or row.n_normalized == row.n:
        return plain(row.n) or MISSING
    return f"{row.n} ({row.n_normalized} with a reference)"


def _cells(row: Row, *, notes: bool) -> list[str]:
    absent = "no reference" if row.n_normalized == 0 else MISSING
    spread = with_spread(row.mean, row.sd) if row.mean is not None else absent
    first_in = f"{row.first_count} of {row.first_of}" if row.first_of else MISSING
    ratio = "1" if row.first and row.low is None else interval(row.ratio, row.low, row.high)
    name = f"<strong>{escape(row.name)}</strong>" if row.first else escape(row.name)
    cells = [
        name,
        numeric(f"{plain(row.rank) or MISSING}{' tied' if row.tie else ''}"),
        numeric(_people(row)),
        numeric(spread),
        numeric(number(row.geometric_mean)),
        numeric(number(row.adjusted)),
        numeric(ratio),
        numeric(first_in),
    ]
    return cells + [f'<td class="text">{escape(row.note)}</td>'] * notes
