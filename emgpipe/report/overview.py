"""The first screen of the report: what was found, how sure, and what went wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from emgpipe.report.comparisons import comparison_anchor
from emgpipe.report.comparisons.brief import is_primary, primary_sentences, sentence_list
from emgpipe.report.decisions import marks_sentence
from emgpipe.report.doubts import doubts_part
from emgpipe.report.leaders import leader_sentences, places_table
from emgpipe.report.markup import bullets, escape
from emgpipe.report.panels import ranking_panels
from emgpipe.report.paper import families_in_short, primary_sentence
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.model import Comparison, Outcome, StudyResult

_WHAT: Final = {"recording": "file", "table": "table", "trial": "trial"}
_ROLES: Final = {
    "task": "task",
    "mvic": "MVIC",
    "rest": "rest",
    "calibration": "calibration",
    "": "not read",
}
_MOST_REASONS: Final = 50
_MOST_NAMES: Final = 50
"""Files and trials that share a reason."""
_MOST_SAID: Final = 8
"""Sentences about the primary outcome per comparison on the first screen."""
_CAUTION: Final = (
    "A higher EMG amplitude is not the same as more force or more muscle growth. The ratio is that of the second place "
    "to the first, inside each participant, so it does not depend on the MVIC; its interval is that of a single ratio, "
    "unadjusted. How sure the first place is rests on all levels judged together, at 5 % for one muscle and metric. "
    "<em>Clear</em>: every other level is shown not to be the highest. <em>May be first</em>: so many levels cannot be "
    "told apart, the first among them; no difference is shown. <em>Too few participants</em>: below six, no test of "
    "this kind can separate anybody. Muscles and metrics are judged one by one; nothing is corrected for their number. "
    "✖ and ▲ under a muscle: a value of these participants carries a failed check or a warning; ○: not "
    "measured in every level."
)


def summary(result: StudyResult) -> str:
    """Return the opening paragraph: how much was measured, what ranks first, how sure that is."""
    sentences = [_scale_of(result)]
    sentences += [sentence for comparison in result.comparisons for sentence in leader_sentences(comparison)]
    return f'<p class="lead">{escape(" ".join(sentences))}</p>'


def primary_part(result: StudyResult) -> str:
    """Return the primary outcome and what was found about it; nothing where none was named."""
    if not result.settings.get("primary_outcome"):
        return ""
    mine = [comparison for comparison in result.comparisons if is_primary(comparison)]
    found = "".join(map(_primary_result, mine)) or "<p>No comparison is about it.</p>"
    return f'<section class="primary"><p class="lead">{escape(primary_sentence(result.settings))}</p>{found}</section>'


def _primary_result(comparison: Comparison) -> str:
    link = f'<a href="#{comparison_anchor(comparison)}">{escape(comparison.title)}</a>'
    said = primary_sentences(comparison)
    body = sentence_list(said[:_MOST_SAID])
    left = len(said) - _MOST_SAID
    more = f'<p class="small">{count(left, "more sentence")} below.</p>' if left > 0 else ""
    return f"<p>{link}:</p>{body}{more}"


def families_part(result: StudyResult) -> str:
    """Return how many families of tests there are, that they are not controlled jointly, and what is exploratory."""
    families = [family for comparison in result.comparisons for family in comparison.families]
    said = [families_in_short(families)]
    if result.comparisons and not result.settings.get("primary_outcome"):
        said.append(primary_sentence(result.settings))
    sentence = " ".join(filter(None, said))
    return f'<p class="small">{escape(sentence)}</p>' if sentence else ""


def first_places(result: StudyResult) -> str:
    """Return, per comparison, the table of first and second places."""
    tables = [places_table(comparison) for comparison in result.comparisons if ranking_panels(comparison)]
    return "\n".join([*tables, f'<p class="small">{_CAUTION}</p>']) if tables else ""


def outcome(result: StudyResult, roles: Mapping[str, str]) -> str:
    """Return the outcome line, then the failures and what was left out, in words.

    Parameters
    ----------
    roles : mapping
        Role of every trial that was read, by its id.
    """
    levels = result.findings["level"].tolist() if "level" in result.findings.columns else []
    failed, warnings = any(item.status == "failed" for item in result.outcomes), levels.count("warn")
    words = (
        f"{_counted(result.outcomes, roles)}: {_became(result.outcomes)}; "
        f"{count(levels.count('fail'), 'failed check')}, {count(warnings, 'warning')}."
    )
    bad = failed or "fail" in levels
    kind, symbol = ("fail", "✖") if bad else ("warn", "▲") if warnings else ("good", "✔")
    line = f'<p class="outcome {kind}"><strong><span class="level {kind}">{symbol}</span> Outcome:</strong> {words}</p>'
    marks = marks_sentence(result.metrics)
    line += (
        f'<p class="marked">{escape(marks)} See <a href="#findings">Findings</a> and <a href="#decisions">'
        "Decisions</a>.</p>"
        if marks
        else ""
    )
    line += doubts_part(result.findings, result.metrics)
    return line + _listed(result.outcomes, "failed", "Failed") + _listed(result.outcomes, "left out", "Left out")


def _counted(outcomes: Sequence[Outcome], roles: Mapping[str, str]) -> str:
    """Count files, tables and trials, the trials by their role."""
    trials = [item.name for item in outcomes if item.what == "trial"]
    found = Counter(roles.get(name, "") for name in trials)
    parts = [f"{found[role]} {word}" for role, word in _ROLES.items() if found[role]]
    inside = f" ({', '.join(parts)})" if found.total() > found[""] else ""
    return f"{_things(outcomes)}{inside}" if trials else _things(outcomes) or "nothing to process"


def _things(outcomes: Sequence[Outcome]) -> str:
    number: Counter[str] = Counter(item.what for item in outcomes)
    return ", ".join(count(number[what], word) for what, word in _WHAT.items() if number[what])


def _became(outcomes: Sequence[Outcome]) -> str:
    """Say what became of them: one word where it is the same for all."""
    by_status = {
        status: [item for item in outcomes if item.status == status] for status in ("processed", "failed", "left out")
    }
    found = {status: items for status, items in by_status.items() if items}
    if list(found) == ["processed"]:
        return "all processed"
    return "; ".join(f"{_things(items)} {status}" for status, items in found.items()) or "nothing processed"


def _listed(outcomes: Sequence[Outcome], status: str, heading: str) -> str:
    """List the outcomes of one status, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for item in outcomes:
        if item.status == status:
            reasons.setdefault(item.reason or "no reason was given", []).append(f"{item.what} {item.name}")
    if not reasons:
        return ""
    shown = list(reasons.items())[:_MOST_REASONS]
    lines = [f"<strong>{escape(why)}</strong>: {_some(names)}" for why, names in shown]
    rest = sum(map(len, reasons.values())) - sum(len(names) for _, names in shown)
    if rest:
        lines.append(f"{rest} more for other reasons; all of them stand in <code>run.json</code>")
    return f"<h3>{heading}</h3>{bullets(lines)}"


def _some(names: Sequence[str]) -> str:
    named = "; ".join(map(escape, names[:_MOST_NAMES]))
    rest = len(names) - _MOST_NAMES
    return f"{named}; and {rest} more, see <code>run.json</code>" if rest > 0 else named


def _scale_of(result: StudyResult) -> str:
    metrics = result.metrics
    if metrics.empty or "participant" not in metrics.columns:
        return "No repetition could be measured, so there is nothing to rank."
    task = metrics[metrics["role"] == "task"] if "role" in metrics.columns else metrics
    return f"{count(task['participant'].nunique(), 'participant')}."
