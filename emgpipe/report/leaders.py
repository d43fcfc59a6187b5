"""Rankings in few words and one table: who is first for which muscle, who second, how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.doubts import doubtful_people, incomplete_people
from emgpipe.report.markup import escape, table
from emgpipe.report.panels import (
    OwnValues,
    Panel,
    Verdict,
    by_muscle,
    by_scope,
    metric_names,
    ranking_panels,
)
from emgpipe.report.words import MISSING, interval, lower_label, metric_label

if TYPE_CHECKING:
    from emgpipe.model import Comparison

_VERDICTS: Final[dict[Verdict, str]] = {
    "clear": '<span class="level good">✔ clear</span>',
    "not shown": '<span class="level warn">▲ {} may be first</span>',
    "too few": '<span class="level note">● too few participants</span>',
    "tie": '<span class="level warn">▲ tied</span>',
    "alone": '<span class="level note">● nothing to compare</span>',
}


def leader_sentences(comparison: Comparison) -> list[str]:
    """Say per scope which level leads for which muscles, and how often that is clear; nothing for other kinds."""
    scopes = by_scope(ranking_panels(comparison)).values()
    return [sentence for panels in scopes for sentence in _leaders(comparison, panels)]


def _leaders(comparison: Comparison, panels: list[Panel]) -> list[str]:
    """Say which level leads for which muscles; metrics with the same leaders share a sentence."""
    same: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for metric in metric_names(panels):
        chosen = [panel for panel in panels if panel.metric == metric]
        same.setdefault(tuple((panel.name, _leader(panel)) for panel in chosen), []).append(metric)
    return [
        _leader_sentence(comparison, [panel for panel in panels if panel.metric in metrics], metrics)
        for metrics in same.values()
    ]


def _leader(panel: Panel) -> str:
    return " and ".join(lower_label(row.level) for row in panel.rows if row.first) or "no level"


def _leader_sentence(comparison: Comparison, panels: list[Panel], metrics: list[str]) -> str:
    muscles: dict[str, dict[str, None]] = {}
    for panel in panels:
        muscles.setdefault(_leader(panel), {})[panel.name[:1].lower() + panel.name[1:].replace(", ", " ")] = None
    firsts = "; ".join(f"{leader} for {enumerated(list(names))}" for leader, names in muscles.items())
    by = " and by ".join(map(metric_label, metrics))
    return f"{_titled(comparison, panels[0])}: highest by {by} amplitude is {firsts} ({_sure(panels, metrics)})."


def _sure(panels: list[Panel], metrics: list[str]) -> str:
    """Say for how many of the rankings the first place is clear."""
    parts = []
    for metric in metrics:
        verdicts = [panel.verdict for panel in panels if panel.metric == metric]
        clear = verdicts.count("clear")
        who = "all" if clear == len(verdicts) else f"{clear} of {len(verdicts)}"
        parts.append(f"in {who} by {metric_label(metric)}" if len(metrics) > 1 else f"in {who}")
    return f"first place clear {', '.join(parts)}"


def _titled(comparison: Comparison, panel: Panel) -> str:
    """Return the title, with the scope where the title does not say it already."""
    values = [part.rpartition("=")[2].strip().casefold() for part in panel.scope_words.split("·")]
    if all(value in comparison.title.replace("_", " ").casefold() for value in values):
        return comparison.title
    return f"{comparison.title} ({panel.scope_words})"


def enumerated(names: list[str]) -> str:
    """Return ``a, b and c``."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def places_table(comparison: Comparison) -> str:
    """Return first and second places of a ranking, a row per muscle."""
    panels = ranking_panels(comparison)
    own = OwnValues(comparison)
    metrics = metric_names(panels)
    head = ["Muscle"]
    for metric in metrics:
        head += [f"First by {escape(metric_label(metric))}", "Second, ratio (95 % interval)", "How sure"]
    rows: list[list[str]] = []
    for scope in by_scope(panels).values():
        if scope[0].scope_words:
            name = escape(scope[0].scope_words)
            rows.append([f'<th class="group-name" colspan="{len(head)}" scope="colgroup">{name}</th>'])
        for found in by_muscle(scope).values():
            row = [_muscle(own, list(found.values()))]
            for metric in metrics:
                row += _place(found.get(metric))
            rows.append(row)
    return table(head, rows, caption=comparison.title)


def _muscle(own: OwnValues, panels: list[Panel]) -> str:
    """Return the muscle, and below it whose values carry a mark in any of the metrics, or are not all there."""
    values = [own.of(panel) for panel in panels]
    marked = sorted(pair for one in values for pair in zip(one["participant"], one["worst"], strict=True))
    missing = {
        str(person)
        for panel, one in zip(panels, values, strict=True)
        for person, levels in one.groupby("participant")["level"]
        if levels.nunique() < len(panel.rows)
    }
    marks = f"{doubtful_people(marked)} {incomplete_people(sorted(missing))}".strip()
    return escape(panels[0].name) + (f"<br>{marks}" if marks else "")


def _place(panel: Panel | None) -> list[str]:
    if panel is None:
        return [MISSING, MISSING, MISSING]
    leaders = escape(", ".join(row.name for row in panel.rows if row.first) or MISSING)
    second = panel.runner_up
    behind = MISSING if second is None else f"{second.name}, {interval(second.ratio, second.low, second.high)}"
    sure = _VERDICTS[panel.verdict].format(len(panel.may_be_first))
    return [f"<strong>{leaders}</strong>", escape(behind), sure]
