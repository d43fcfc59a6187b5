"""The references: what counts as 100 % for every muscle, where it came from, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import code, details, escape, numeric, table
from emgpipe.report.words import MISSING, count, muscle_label, number, percent, plain, seconds, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from emgpipe.model import Reference, StudyResult

_HEAD: Final = (
    "Muscle", '<th class="n" scope="col">Reference</th>', "Position", "Trial",
    '<th class="n" scope="col">Window (s)</th>', '<th class="n" scope="col">Spread between trials</th>',
    '<th class="n" scope="col">Second best below</th>', "All trials tried",
)  # fmt: skip


_REASONS: Final = ("no_mvic", "no_task_reference", "reference_through_other_chain", "mvic_trial_unusable")


def references_part(result: StudyResult) -> str:
    """Return the references table, and before it what has no reference and why."""
    kind = plain(result.settings.get("normalization", {}).get("kind", "mvic"))
    if kind == "none":
        return "<p>The study file asks for no normalization: all amplitudes are in µV.</p>"
    missing = _missing(result)
    rows = _grouped(result.references, _units(result.metrics))
    rules = sorted({f"{reference.rule} (100 {reference.unit})" for reference in result.references})
    said = f'<p class="small">Rule: {escape("; ".join(rules))}.</p>' if rules else ""
    body = table(_HEAD, rows) if rows else "<p>No reference could be made.</p>"
    return missing + said + body


def _grouped(references: Iterable[Reference], units: Mapping[str, str]) -> list[list[str]]:
    rows: list[list[str]] = []
    last: tuple[str, str] | None = None
    for reference in references:
        owner = (reference.participant, reference.session)
        if owner != last:
            name = escape(f"Participant {owner[0]}, session {owner[1]}")
            rows.append([f'<th class="group-name" colspan="{len(_HEAD)}" scope="colgroup">{name}</th>'])
        last = owner
        rows.append(_row(reference, units.get(reference.id, "V")))
    return rows


def _row(reference: Reference, unit: str) -> list[str]:
    best = reference.attempts[0] if reference.attempts else None
    window = f"{seconds(best.start)} to {seconds(best.stop)}" if best else MISSING
    tried = "; ".join(f"{a.position or a.trial}: {_amplitude(a.value, unit)}" for a in reference.attempts)
    return [
        escape(muscle_label(reference.muscle, reference.side, reference.placement)),
        numeric(_amplitude(reference.value, unit)),
        escape((best.position if best else "") or MISSING),
        code(best.trial) if best else MISSING,
        numeric(window),
        numeric("one trial only" if reference.spread is None else percent(reference.spread)),
        numeric(percent(reference.gap)),
        details(count(len(reference.attempts), "trial"), f'<p class="small">{escape(tried)}</p>', kind="bare"),
    ]


def _amplitude(value: float, unit: str) -> str:
    scale, shown = shown_unit(unit)
    return f"{number(value * scale)} {shown}"


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
        [escape(person), escape(session), escape(muscle_label(muscle, side)), f'<td class="text">{escape(why)}</td>']
        for person, session, muscle, side, why in (
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
    columns = ["participant", "session", "muscle", "side"]
    if metrics.empty or not {*columns, "role", "kind", "reference", "amplitude_unit"} <= set(metrics.columns):
        return metrics.iloc[0:0]
    amplitudes = (metrics["role"] == "task") & (metrics["amplitude_unit"].map(plain) != "")  # a time has no reference
    chosen = amplitudes & (metrics["reference"].map(plain) == "")
    return metrics.loc[chosen, columns].drop_duplicates()


def _reason(findings: pd.DataFrame, where: tuple[str, ...]) -> str:
    """Return the reason of the finding that speaks of this missing reference."""
    if findings.empty or not {"kind", "reason", "participant", "muscle"} <= set(findings.columns):
        return "no reason was recorded"
    person, session, muscle, side = where
    about = findings[findings["kind"].isin(_REASONS)]
    for column, value in (("participant", person), ("session", session), ("muscle", muscle), ("side", side)):
        if column in about.columns:
            about = about[about[column].map(plain).isin((value, ""))]
    exact = about[about["muscle"].map(plain) == muscle]
    reasons = (exact if len(exact) else about)["reason"].map(plain).tolist()
    return reasons[0] if reasons else "no usable MVIC trial is targeted at this muscle"
