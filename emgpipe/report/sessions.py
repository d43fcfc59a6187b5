"""One part per session: what became of each trial, its traces, what was applied, what was noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.model import LEVEL_ORDER
from emgpipe.report.findings import as_records, findings_table, level_counts, level_mark
from emgpipe.report.markup import anchor, bullets, code, details, escape, numeric, table
from emgpipe.report.traces import phase_key, trial_svg
from emgpipe.report.words import MISSING, count, label, lower_label, muscle_label, seconds, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emgpipe.model import Finding, SessionResult, TrialResult

_REASONS: Final = 240
"""Letters of the reasons in a row of the list of sessions."""
_STATUS: Final = {"processed": ("good", "✔"), "failed": ("fail", "✖"), "left out": ("warn", "▲")}


def session_anchor(session: SessionResult) -> str:
    """Return the id of a session's part of the page."""
    return anchor("session", session.participant, session.session)


def session_name(session: SessionResult) -> str:
    """Return what a session is called on the page."""
    return f"Participant {session.participant}, session {session.session}"


def session_part(session: SessionResult) -> str:
    """Return a session as a folded part of the page."""
    summary = f'{escape(session_name(session))}<span class="small">{_summary(session)}</span>'
    return details(summary, session_body(session), name=session_anchor(session), kind="session")


def sessions_table(sessions: Iterable[SessionResult], pages: Mapping[str, str]) -> str:
    """Return one row per session, with a link to its page where it has one."""
    rows = []
    for session in sessions:
        page = pages.get(f"{session.participant}/{session.session}")
        name = escape(session_name(session))
        reasons = dict.fromkeys(one.reason for one in session.trials if one.status != "processed" and one.reason)
        rows.append([
            f'<a href="{escape(page)}">{name}</a>' if page else name,
            f'<td class="text">{_summary(session)}</td>',
            f'<td class="text">{escape(shortened("; ".join(reasons), _REASONS))}</td>',
        ])  # fmt: skip
    lead = "<p>Each session has a page of its own, with the traces of its trials and all that was found in it.</p>"
    return lead + table(("Session", "Trials and findings", "Failed or left out because"), rows)


def _summary(session: SessionResult) -> str:
    """Return in few words how many trials there are and what was found."""
    levels = level_counts([finding.level for finding in session.findings])
    failed = sum(trial.status == "failed" for trial in session.trials)
    words = count(len(session.trials), "trial") + (f", {failed} failed" if failed else "")
    return f"{words} {levels}"


def session_body(session: SessionResult) -> str:
    """Return what became of the trials of a session, what was found, what was applied, and the traces."""
    parts = [_trials_table(session)]
    if session.findings:
        parts.append(f"<h4>Findings</h4>{findings_table(as_records(session.findings))}")
    parts.append(f"<h4>What was applied</h4>{_histories(session)}")
    parts.append(f"<h4>Traces</h4>{phase_key()}")
    parts.extend(_trial(session, trial) for trial in session.trials)
    return "\n".join(parts)


def trial_words(result: TrialResult) -> str:
    """Say in words what was done in a trial."""
    trial = result.trial
    if trial.role == "task":
        parts = [label(trial.exercise), lower_label(trial.head_position)]
    elif trial.role == "mvic":
        muscles = " and ".join(lower_label(target) for target in trial.targets)
        parts = ["MVIC" + (f" of {muscles}" if muscles else ""), lower_label(trial.position)]
    else:
        parts = [label(trial.role)]
    return ", ".join(part for part in parts if part) or label(trial.role)


def _trial_anchor(session: SessionResult, result: TrialResult) -> str:
    return anchor("trial", session.participant, session.session, result.trial.id)


def _trials_table(session: SessionResult) -> str:
    rows = []
    for result in session.trials:
        kind, symbol = _STATUS[result.status]
        reason = f": {escape(result.reason)}" if result.reason else ""
        repetitions = str(len(result.repetitions)) if result.trial.role == "task" else MISSING
        rows.append([
            f'<a href="#{_trial_anchor(session, result)}">{escape(trial_words(result))}</a>',
            code(result.trial.id),
            numeric(repetitions),
            f'<td class="text"><span class="level {kind}">{symbol} {result.status}</span>{reason}</td>',
            ", ".join(code(file.path.name) for file in result.trial.files),
        ])  # fmt: skip
    head = ("Trial", "Id", '<th class="n" scope="col">Repetitions</th>', "Outcome", "Files")
    return table(head, rows) if rows else "<p>No trials.</p>"


def _trial(session: SessionResult, result: TrialResult) -> str:
    trial = result.trial
    extra = {key: value for key, value in trial.factors.items() if key not in {"exercise", "head_position"}}
    about = [f"{lower_label(key)} {value}" for key, value in extra.items() if value]
    if result.repetitions:
        about.insert(0, count(len(result.repetitions), "repetition"))
    if trial.comment:
        about.append(f"comment: {trial.comment}")
    if result.status != "processed":
        about.insert(0, f"{result.status}: {result.reason or 'no reason was given'}")
    note = f' <span class="small">{escape("; ".join(about))}</span>' if about else ""
    said = "".join(bullets(_finding_words(one) for one in _about(session, result)))
    return (
        f'<figure id="{_trial_anchor(session, result)}"><figcaption>{escape(trial_words(result))}{note}</figcaption>'
        f"{f'<div class=small>{said}</div>' if said else ''}{trial_svg(result)}</figure>"
    )


def _about(session: SessionResult, result: TrialResult) -> list[Finding]:
    """Return the failures and warnings about a trial, the failures first."""
    mine = [one for one in session.findings if one.trial == result.trial.id and one.level != "note"]
    return sorted(mine, key=lambda one: LEVEL_ORDER.index(one.level))


def _finding_words(finding: Finding) -> str:
    muscle = muscle_label(finding.muscle, finding.side, finding.placement) or finding.channel
    when = f", repetition at {seconds(finding.onset)} s" if finding.onset is not None else ""
    where = f"{muscle}{when}: " if muscle else ""
    return f"{level_mark(finding.level)} {escape(where)}{escape(finding.reason)}"


def _histories(session: SessionResult) -> str:
    """Return each distinct history once, with the channels and trials it was applied to."""
    groups: dict[tuple[str, ...], tuple[dict[str, None], set[str]]] = {}
    for result in session.trials:
        for name, history in result.history.items():
            names, trials = groups.setdefault(tuple(history), ({}, set()))
            names[name] = None
            trials.add(result.trial.id)
    everything = {result.trial.id for result in session.trials if result.history}
    items = []
    for history, (names, trials) in groups.items():
        where = "all trials" if trials == everything else count(len(trials), "trial")
        steps = " → ".join(escape(step) for step in history) or "nothing"
        items.append(f"{escape('; '.join(names))} ({where}): {steps}")
    return bullets(items) or "<p>No chain was run.</p>"
