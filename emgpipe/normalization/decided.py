"""Decisions about references: which MVIC trial counts, which does not, or a value somebody states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.model import Decision, Finding, LeftOut, Reference, make_finding
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import ReferenceKey, Trial
    from emgpipe.normalization.base import Candidate, Normalization

OF_MVIC: Final = "%MVIC"
"""What decisions about references are about."""


def decision_words(decision: Decision) -> str:
    """Return who decided when, and why."""
    return f"decided by {decision.who or 'NOT RECORDED'} on {decision.when or 'NOT RECORDED'}: {decision.reason}"


def about_key(decisions: Sequence[Decision], key: ReferenceKey, trial: Trial) -> list[Decision]:
    """Return the decisions that concern one muscle of the session a trial is of; an empty place means all.

    One that names a trial is about that trial's session: its name begins with participant and session.
    """
    muscle, side, placement = key
    place = (trial.participant, trial.session, muscle, side, placement)
    return [
        one
        for one in decisions
        if (not one.trial or one.trial.startswith(f"{trial.participant}/{trial.session}/"))
        and all(
            stated in ("", here)
            for stated, here in zip(
                (one.participant, one.session, one.muscle, one.side, one.placement), place, strict=True
            )
        )
    ]


def without_excluded(
    normalization: Normalization, candidates: Sequence[Candidate], decisions: Sequence[Decision]
) -> tuple[list[Candidate], tuple[LeftOut, ...]]:
    """Take out the trials, and of task trials the repetitions, that somebody decided shall not count.

    Only decisions that name the trial: one about a whole muscle concerns its numbers, and leaves its reference as it
    is.
    """
    named = [one for one in decisions if one.action == "exclude" and one.trial]
    excluded = {one.trial: one for one in named if one.onset is None}
    kept = [_without_repetitions(one, named) for one in candidates if one.trial.id not in excluded]
    left_out = []
    for one in candidates:
        decision = excluded.get(one.trial.id)
        if decision is not None:
            attempt = normalization.attempt(one)
            value = attempt.value if attempt else None
            left_out.append(LeftOut(one.trial.id, one.trial.position, decision_words(decision), value, decision.id))
    return kept, tuple(left_out)


def is_left_out(candidate: Candidate, decisions: Sequence[Decision]) -> bool:
    """Tell whether somebody decided that the trial a signal is of shall not count."""
    mine = about_key(decisions, candidate.key, candidate.trial)
    return any(one.action == "exclude" and one.trial == candidate.trial.id and one.onset is None for one in mine)


def _without_repetitions(candidate: Candidate, decisions: Sequence[Decision]) -> Candidate:
    mine = [one for one in decisions if one.trial == candidate.trial.id]
    kept = tuple(rep for rep in candidate.repetitions if not any(one.is_at(rep.start) for one in mine))
    return candidate if len(kept) == len(candidate.repetitions) else replace(candidate, repetitions=kept)


def decided(
    reference: Reference | None, candidate: Candidate, unit: str, decisions: Sequence[Decision]
) -> tuple[Reference | None, tuple[Finding, ...]]:
    """Put what somebody decided in the place of what the rule gives.

    Parameters
    ----------
    reference : Reference or None
        By the rule; None where no trial gives a value.
    candidate : Candidate
        Any signal of the muscle in this session.
    decisions : sequence of Decision
        Those about this muscle and session; of several references, the last one counts. They are about MVICs: where
        the task is 100 %, none is followed.
    """
    wanted = [one for one in decisions if one.action == "reference"]
    if not wanted:
        return reference, ()
    last = wanted[-1]
    if unit != OF_MVIC:  # a maximum that somebody chose is none of a task's
        return reference, (_not_of_mvic(candidate, last, unit),)
    changed = _by_value(reference, candidate, unit, last) if last.value is not None else _by_trial(reference, last)
    if changed is None:
        return reference, (_not_applied(candidate, last),)
    findings = [_told(changed, candidate.signal.unit)]
    findings += [_replaced(candidate, one, last) for one in wanted[:-1]]
    return changed, tuple(findings)


def _by_trial(reference: Reference | None, decision: Decision) -> Reference | None:
    chosen = next((one for one in reference.attempts if one.trial == decision.trial), None) if reference else None
    if reference is None or chosen is None:
        return None
    others = tuple(one for one in reference.attempts if one is not chosen)
    return replace(
        reference,
        value=chosen.value,
        attempts=(chosen, *others),
        n_used=1,
        decision=decision,
        rule_value=reference.value,
    )


def _by_value(reference: Reference | None, candidate: Candidate, unit: str, decision: Decision) -> Reference | None:
    """Return a reference of the stated value; only where the decision names the muscle: no two share a value."""
    value = decision.value
    if value is None or not 0 < value < float("inf") or not decision.muscle:
        return None
    if reference is not None:
        return replace(reference, value=value, n_used=0, decision=decision, rule_value=reference.value)
    muscle, side, placement = candidate.key
    return Reference(
        participant=candidate.trial.participant,
        session=candidate.trial.session,
        muscle=muscle,
        side=side,
        placement=placement,
        value=value,
        unit=unit,
        rule="100 % = a value that somebody stated",
        attempts=(),
        spread=None,
        gap=None,
        chain_hash=candidate.signal.chain_hash,
        n_used=0,
        decision=decision,
    )


def _told(reference: Reference, unit: str) -> Finding:
    decision, value, by_rule = reference.decision, reference.value, reference.rule_value
    source = f"from {reference.used[0].trial}" if reference.used else "stated as a value"
    beside = "no MVIC trial gives a value by the rule"
    if by_rule is not None:
        change = 100 * (by_rule / value - 1)
        beside = (
            f"the rule gives {amplitude_words(by_rule, unit)}, so that every {reference.unit} value is "
            f"{abs(change):.1f} % {'higher' if change >= 0 else 'lower'} than by the rule"
        )
    return make_finding(
        "reference_decided",
        "note",
        f"the reference is {amplitude_words(value, unit)}, {source}, {decision_words(decision) if decision else ''}; "
        f"{beside}",
        value=value,
        unit=unit,
        **_place(reference.participant, reference.session, (reference.muscle, reference.side, reference.placement)),
    )


def _not_applied(candidate: Candidate, decision: Decision) -> Finding:
    if decision.value is not None:
        reason = f"the value {decision.value:g} V cannot be used: it must be above 0 and be stated for one muscle"
        remedy = "fill the columns muscle and value of this decision; the value is in volts"
    else:
        reason = f"the trial '{decision.trial}' is no MVIC trial that gives a value for this muscle"
        remedy = "name a trial that references.csv lists for this muscle, or take the decision out"
    return _without_effect(candidate, decision, reason, remedy)


def _not_of_mvic(candidate: Candidate, decision: Decision, unit: str) -> Finding:
    reason = f"it is about an MVIC, and here amplitudes are {unit}"
    return _without_effect(candidate, decision, reason, "normalize to the MVIC, or take the decision out")


def _without_effect(candidate: Candidate, decision: Decision, reason: str, remedy: str) -> Finding:
    return make_finding(
        "decision_not_applied",
        "warn",
        f"the decision about the reference ({decision_words(decision)}) has no effect: {reason}",
        remedy,
        **_place(candidate.trial.participant, candidate.trial.session, candidate.key),
    )


def _replaced(candidate: Candidate, older: Decision, last: Decision) -> Finding:
    return make_finding(
        "decision_not_applied",
        "warn",
        f"two decisions set this reference; the later one in the table counts ({decision_words(last)}), not the one "
        f"{decision_words(older)}",
        "keep one of them",
        **_place(candidate.trial.participant, candidate.trial.session, candidate.key),
    )


def _place(participant: str, session: str, key: ReferenceKey) -> dict[str, str]:
    muscle, side, placement = key
    return {"participant": participant, "session": session, "muscle": muscle, "side": side, "placement": placement}
