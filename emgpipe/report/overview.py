"""The first screen of the report: what was found, how sure, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import bullets, escape, table
from emgpipe.report.panels import Panel, Verdict, by_muscle, by_scope, metric_names, ranking_panels
from emgpipe.report.words import MISSING, count, interval, lower_label, metric_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Comparison, Outcome, StudyResult

_VERDICTS: Final[dict[Verdict, str]] = {
    "clear": '<span class="level good">✔ clear</span>',
    "not shown": '<span class="level warn">▲ no difference shown</span>',
    "too few": '<span class="level note">● too few participants</span>',
    "tie": '<span class="level warn">▲ tied</span>',
    "alone": '<span class="level note">● nothing to compare</span>',
}
_CAUTION: Final = (
    "A higher EMG amplitude is not the same as more force or more muscle growth. The ratio is that of the second place "
    "to the first, inside each participant, so it does not depend on the MVIC; its interval is that of a single ratio, "
    "unadjusted. How sure the first place is rests on all levels judged together, at 5 % for one muscle and metric. "
    "<em>Clear</em>: every other level is shown not to be the highest. <em>No difference shown</em>: as many levels "
    "may be the highest as stated. <em>Too few participants</em>: below six, no test of this kind can separate "
    "anybody. Muscles and metrics are judged one by one; nothing is corrected for their number."
)


def summary(result: StudyResult) -> str:
    """Return the opening paragraph: how much was measured, what ranks first, how sure that is."""
    sentences = [_scale_of(result)]
    for comparison in result.comparisons:
        for panels in by_scope(ranking_panels(comparison)).values():
            sentences += _leaders(comparison, panels)
    return f'<p class="lead">{escape(" ".join(sentences))}</p>'


def first_places(result: StudyResult) -> str:
    """Return, per comparison, the table of first and second places."""
    tables = [_places(comparison) for comparison in result.comparisons if ranking_panels(comparison)]
    return "\n".join([*tables, f'<p class="small">{_CAUTION}</p>']) if tables else ""


def outcome(result: StudyResult) -> str:
    """Return the outcome line, then the failures and what was left out, in words."""
    states = [item.status for item in result.outcomes]
    levels = result.findings["level"].tolist() if "level" in result.findings.columns else []
    failed, warnings = states.count("failed"), levels.count("warn")
    words = (
        f"{states.count('processed')} of {count(len(states), 'recording and trial', 'recordings and trials')} "
        f"processed, {failed} failed, {states.count('left out')} left out; "
        f"{count(levels.count('fail'), 'failed check')}, {count(warnings, 'warning')}."
    )
    bad = failed or "fail" in levels
    kind, symbol = ("fail", "✖") if bad else ("warn", "▲") if warnings else ("good", "✔")
    line = f'<p class="outcome {kind}"><strong><span class="level {kind}">{symbol}</span> Outcome:</strong> {words}</p>'
    return line + _listed(result.outcomes, "failed", "Failed") + _listed(result.outcomes, "left out", "Left out")


def _listed(outcomes: Sequence[Outcome], status: str, heading: str) -> str:
    """List the outcomes of one status, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for item in outcomes:
        if item.status == status:
            reasons.setdefault(item.reason or "no reason was given", []).append(f"{item.what} {item.name}")
    if not reasons:
        return ""
    lines = (f"<strong>{escape(why)}</strong>: {'; '.join(map(escape, names))}" for why, names in reasons.items())
    return f"<h3>{heading}</h3>{bullets(lines)}"


def _scale_of(result: StudyResult) -> str:
    metrics = result.metrics
    if metrics.empty or "participant" not in metrics.columns:
        return "No repetition could be measured, so there is nothing to rank."
    task = metrics[metrics["role"] == "task"] if "role" in metrics.columns else metrics
    trials = task["trial"].nunique() if "trial" in task.columns else 0
    return f"{count(task['participant'].nunique(), 'participant')}, {count(trials, 'task trial')}."


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


def _places(comparison: Comparison) -> str:
    panels = ranking_panels(comparison)
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
            row = [escape(next(iter(found.values())).name)]
            for metric in metrics:
                row += _place(found.get(metric))
            rows.append(row)
    return table(head, rows, caption=comparison.title)


def _place(panel: Panel | None) -> list[str]:
    if panel is None:
        return [MISSING, MISSING, MISSING]
    leaders = escape(", ".join(row.name for row in panel.rows if row.first) or MISSING)
    second = panel.runner_up
    behind = MISSING if second is None else f"{second.name}, {interval(second.ratio, second.low, second.high)}"
    sure = _VERDICTS[panel.verdict]
    if panel.verdict == "not shown":
        sure += f" {len(panel.may_be_first)} may be first"
    return [f"<strong>{leaders}</strong>", escape(behind), sure]
