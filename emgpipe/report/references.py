"""The references: what counts as 100 % for every muscle, where it came from, and what is missing.

One row per muscle first; the account of every trial is folded below (`emgpipe.report.mvic_trials`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import breakable, bullets, code, details, escape, numeric, table
from emgpipe.report.mvic_trials import Flags, amplitude, trials_table
from emgpipe.report.words import MISSING, count, muscle_label, number, percent, plain, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.model import MvicAttempt, Reference, StudyResult

_HEAD: Final = (
    "Muscle", '<th class="n" scope="col">Reference</th>', "Best position",
    *(f'<th class="n" scope="col">{name}</th>' for name in (
        "Window (s)", "Trials (positions)", "Spread between trials", "Second best below",
    )),
    "Plateau", '<th class="n" scope="col">Above rest</th>', '<th class="n" scope="col">Best task, same rule</th>',
    "Look at",
)  # fmt: skip
_MOST: Final = 200
"""References in the table."""
_PLATEAU: Final = {
    True: '<span class="level good">✔ reached</span>',
    False: '<span class="level note">● not reached</span>',
    None: MISSING,
}
_REASONS: Final = (
    "placement_differs", "reference_through_other_chain", "no_mvic", "no_task_reference", "mvic_trial_unusable",
)  # fmt: skip


def references_part(result: StudyResult) -> str:
    """Return the references table, and before it what has no reference and why."""
    kind = plain(result.settings.get("normalization", {}).get("kind", "mvic"))
    if kind == "none":
        return "<p>The study file asks for no normalization: all amplitudes are in µV.</p>"
    missing = _missing(result)
    rules = sorted({f"{reference.rule} (100 {reference.unit})" for reference in result.references})
    said = f'<p class="small">Rule: {escape("; ".join(rules))}.</p>' if rules else ""
    return missing + said + references_tables(result.references, result.metrics, result.findings)


def references_tables(references: Sequence[Reference], metrics: pd.DataFrame, findings: pd.DataFrame) -> str:
    """Return what was decided about references, a row per reference, and folded a row per trial.

    Of very many only some are shown: those that carry a failed check, a warning or a decision go first.
    """
    if not references:
        return "<p>No reference could be made.</p>"
    units, flags = _units(metrics), Flags(findings)
    shown = _shown(references, flags)
    lead = _decided(references, units) + _cut(len(shown), len(references))
    return lead + table(_HEAD, _grouped(shown, units, flags)) + _account(shown, units, flags)


def _shown(references: Sequence[Reference], flags: Flags) -> list[Reference]:
    """Return the references that are shown, in the order of the study."""
    if len(references) <= _MOST:
        return list(references)
    marked = [bool(one.decision) or bool(flags.of(one, one.used, whole_session=True)) for one in references]
    order = sorted(range(len(references)), key=lambda place: (not marked[place], place))
    return [references[place] for place in sorted(order[:_MOST])]


def _cut(shown: int, all_of: int) -> str:
    if shown == all_of:
        return ""
    return (
        f'<p class="small">{shown} of {all_of} references are shown, those with a failed check, a warning or a '
        "decision first; all stand in <code>references.csv</code>, and on the pages of the sessions.</p>"
    )


def _account(references: Sequence[Reference], units: Mapping[str, str], flags: Flags) -> str:
    """Return the folded table of every trial."""
    number_of = sum(len(one.attempts) + len(one.left_out) for one in references)
    if not number_of:
        return ""
    words = f"Every trial that was tried ({number_of})"
    return details(words, trials_table(references, units, flags), name="mvic-trials")


def _decided(references: Iterable[Reference], units: Mapping[str, str]) -> str:
    """Return the references that somebody decided about, in words."""
    said = []
    for one in references:
        decision = one.decision
        if decision is None:
            continue
        source = f"from {one.used[0].trial}" if one.used else "stated as a value"
        unit = units.get(one.id, "V")
        rule = "no trial gives a value by the rule"
        if one.rule_value is not None:
            rule = f"the rule gives {amplitude(one.rule_value, unit)}"
        who = f"{decision.who or 'NOT RECORDED'}, {decision.when or 'NOT RECORDED'}"
        said.append(
            f"<strong>{escape(one.participant)}, {escape(muscle_label(one.muscle, one.side, one.placement))}</strong>: "
            f"{escape(amplitude(one.value, unit))}, {escape(source)}, by decision ({escape(who)}): "
            f"{escape(decision.reason)}. {escape(rule[0].upper() + rule[1:])}."
        )
    lead = '<p><span class="level warn">◆ Set by decision</span>, whatever the rule gives:</p>'
    return lead + bullets(said) if said else ""


def _grouped(references: Iterable[Reference], units: Mapping[str, str], flags: Flags) -> list[list[str]]:
    rows: list[list[str]] = []
    last: tuple[str, str] | None = None
    for reference in references:
        owner = (reference.participant, reference.session)
        if owner != last:
            name = escape(f"Participant {owner[0]}, session {owner[1]}")
            rows.append([f'<th class="group-name" colspan="{len(_HEAD)}" scope="colgroup">{name}</th>'])
        last = owner
        rows.append(_row(reference, units.get(reference.id, "V"), flags))
    return rows


def _row(reference: Reference, unit: str, flags: Flags) -> list[str]:
    best = reference.used[0] if reference.used else None
    positions = {one.position for one in reference.attempts if one.position}
    tried = f"{len(reference.attempts)}{f' ({len(positions)})' if positions else ''}"
    lost = f", {len(reference.left_out)} left out" if reference.left_out else ""
    mark = "◆ " if reference.decision else ""
    task = reference.task_best
    return [
        escape(muscle_label(reference.muscle, reference.side, reference.placement)),
        numeric(mark + amplitude(reference.value, unit)),
        _winners(reference),
        numeric(_window(best)),
        numeric(tried + lost),
        numeric("one trial only" if reference.spread is None else percent(reference.spread)),
        numeric(percent(reference.gap)),
        _PLATEAU[reference.plateau],
        numeric(MISSING if reference.snr is None else f"{reference.snr:.0f} dB"),
        numeric(MISSING if task is None else f"{number(100 * task.value / reference.value)} %"),
        flags.of(reference, reference.used, whole_session=True) or MISSING,
    ]


def _winners(reference: Reference) -> str:
    """Return the position that makes the value, or the trial where no position is stated."""
    if not reference.used:
        return "stated as a value" if reference.decision else MISSING
    best = reference.used[0]
    more = f" and {count(reference.n_used - 1, 'more trial')}" if reference.n_used > 1 else ""
    return (breakable(best.position) if best.position else code(best.trial)) + more


def _window(best: MvicAttempt | None) -> str:
    if best is None:
        return MISSING
    return f"{seconds(best.start)} to {seconds(best.stop)}{'' if best.is_contiguous else ' (samples from within)'}"


def _units(metrics: pd.DataFrame) -> dict[str, str]:
    """Return the unit of each reference before normalization; recordings whose unit is unknown are not in volts."""
    if not {"metric", "reference", "amplitude_unit"} <= set(metrics.columns):
        return {}
    means = metrics.loc[metrics["metric"] == "mean", ["reference", "amplitude_unit"]].drop_duplicates()
    return {plain(name): plain(unit) for name, unit in means.itertuples(index=False, name=None) if plain(unit)}


def _missing(result: StudyResult) -> str:
    wanted = _without_reference(result.metrics)
    if wanted.empty:
        return ""
    rows = [
        [*map(escape, (person, session, muscle_label(*site))), f'<td class="text">{escape(why)}</td>']
        for person, session, *site, why in (
            (*map(plain, row), _reason(result.findings, tuple(map(plain, row))))
            for row in wanted.itertuples(index=False, name=None)
        )
    ]
    lead = (
        '<p><span class="level fail">✖ Without a reference</span>: % values are empty for these; the amplitudes in µV '
        "and the ratios inside the participant are still there.</p>"
    )
    return lead + table(("Participant", "Session", "Muscle", "Why"), rows)


def _without_reference(metrics: pd.DataFrame) -> pd.DataFrame:
    columns = ["participant", "session", "muscle", "side", "placement"]
    if metrics.empty or not {*columns, "role", "kind", "reference", "amplitude_unit"} <= set(metrics.columns):
        return metrics.iloc[0:0]
    amplitudes = (metrics["role"] == "task") & (metrics["amplitude_unit"].map(plain) != "")  # a time has no reference
    chosen = amplitudes & (metrics["reference"].map(plain) == "")
    return metrics.loc[chosen, columns].drop_duplicates()


def _reason(findings: pd.DataFrame, where: tuple[str, ...]) -> str:
    """Return the reason of the finding that speaks of this missing reference."""
    if findings.empty or not {"kind", "reason", "participant", "muscle"} <= set(findings.columns):
        return "no reason was recorded"
    muscle = where[2]
    about = findings[findings["kind"].isin(_REASONS)]
    for column, value in zip(("participant", "session", "muscle", "side", "placement"), where, strict=True):
        if column in about.columns:
            about = about[about[column].map(plain).isin((value, ""))]
    exact = about[about["muscle"].map(plain) == muscle]
    reasons = (exact if len(exact) else about)["reason"].map(plain).tolist()
    return reasons[0] if reasons else "no usable MVIC trial is targeted at this muscle"
