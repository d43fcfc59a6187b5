"""From the trials of a session to the reference of every muscle, with the account of what was tried."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.memory import release_memory
from emgpipe.model import Finding, LeftOut, MvicAttempt, Reference, ReferenceKey, make_finding
from emgpipe.normalization.base import Beside
from emgpipe.normalization.decided import about_key, decided, without_excluded
from emgpipe.normalization.noise import CORRECTED, rest_noise
from emgpipe.normalization.sameness import other_channel, refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Decision
    from emgpipe.normalization.base import Candidate, Normalization

_WITHOUT: Final = {
    "mvic": ("no_mvic", "MVIC", "record an MVIC of this muscle, or state its trial (`target` in the trials table)"),
    "task": ("no_task_reference", "task", "look why no repetition of its task trials has an amplitude"),
}
"""Kind of the finding, what is missing, and what to do, by the trials a reference is made of."""


def find_references(
    normalization: Normalization,
    candidates: Sequence[Candidate],
    tasks: Sequence[Candidate],
    *,
    beside: Beside | None = None,
    decisions: Sequence[Decision] = (),
) -> tuple[dict[ReferenceKey, Reference], tuple[Finding, ...]]:
    """Return the reference of each muscle that is measured in a task, and what was noticed.

    Parameters
    ----------
    candidates : sequence of Candidate
        The muscle signals of the trials that count, already limited to trials targeted at the muscle; like all others,
        of one participant and session.
    tasks : sequence of Candidate
        The signals of the task trials; which muscles need a reference, and through which chain.
    beside : Beside or None
        Rest trials, lost MVIC trials and subtracted noise.
    decisions : sequence of Decision
        What was decided by hand; only those about references and MVIC trials matter here.
    """
    if not normalization.role:
        return {}, ()
    around = beside or Beside()
    references: dict[ReferenceKey, Reference] = {}
    findings: list[Finding] = []
    there = {one.trial.id for one in candidates}
    for key in dict.fromkeys(one.key for one in tasks):
        mine = [one for one in candidates if one.key == key]
        others = there - {one.trial.id for one in mine}
        reference, noticed = _of_one(
            normalization,
            mine,
            [one for one in tasks if one.key == key],
            around,
            [one for one in about_key(decisions, key, tasks[0].trial) if one.muscle or one.trial not in others],
        )
        release_memory()
        findings.extend(noticed)
        if reference is not None:
            references[key] = reference
    return references, tuple(findings)


def _of_one(
    normalization: Normalization,
    mine: Sequence[Candidate],
    tasks: Sequence[Candidate],
    beside: Beside,
    decisions: Sequence[Decision],
) -> tuple[Reference | None, tuple[Finding, ...]]:
    """Return the reference of one muscle, side and placement."""
    key = tasks[0].key
    kept, excluded = without_excluded(normalization, mine, decisions)
    refused = refusals(key, kept, tasks)
    if refused:
        return None, refused
    by_rule, noticed = normalization.reference(kept) if kept else (None, ())
    reference, told = decided(by_rule, tasks[0], normalization.unit, decisions)
    lost = (*beside.lost.get(key, ()), *excluded, *_gave_nothing(noticed, kept))
    if reference is None:
        return None, (*noticed, *told, _missing(tasks[0], normalization.unit, lost))
    noise, rests = rest_noise(beside.rests, key, _as_recorded(reference.chain_hash))
    reference = replace(
        reference,
        rest_noise=noise,
        rest_trials=rests,
        noise_removed=beside.removed.get(key),
        task_best=_highest(normalization, tasks),
        left_out=lost,
    )
    return reference, (*noticed, *told, *other_channel(key, kept, tasks))


def _highest(normalization: Normalization, tasks: Sequence[Candidate]) -> MvicAttempt | None:
    """Return what the rule of the MVIC gives in the task trial where it gives most, from first to last repetition."""
    best: MvicAttempt | None = None
    for one in tasks:
        if not one.repetitions:
            continue
        release_memory()
        start, stop = min(rep.start for rep in one.repetitions), max(rep.stop for rep in one.repetitions)
        attempt = normalization.attempt(replace(one, start=start, stop=stop))
        if attempt is not None and (best is None or attempt.value > best.value):
            best = attempt
    return best


def _as_recorded(chain_hash: str) -> str:
    return chain_hash.removesuffix(CORRECTED)


def _gave_nothing(findings: Sequence[Finding], kept: Sequence[Candidate]) -> tuple[LeftOut, ...]:
    position = {one.trial.id: one.trial.position for one in kept}
    return tuple(
        LeftOut(one.trial, position.get(one.trial, ""), "gives no value: too short, with gaps, or all zero")
        for one in findings
        if one.kind == "mvic_trial_unusable"
    )


def _missing(one: Candidate, unit: str, lost: Sequence[LeftOut]) -> Finding:
    muscle, side, placement = one.key
    name = " ".join(part for part in (muscle, f"({side})" if side else "", placement) if part)
    tried = "".join(f"; {left.trial}: {left.reason}" for left in lost)
    kind, what, remedy = _WITHOUT["mvic" if unit == "%MVIC" else "task"]
    return make_finding(
        kind,
        "warn",
        f"participant {one.trial.participant} has no usable {what} reference for "
        f"{name}: its {unit} values stay empty; amplitudes in volts and ratios within the participant are "
        f"unaffected{tried}",
        f"{remedy}, or accept that only ratios can be compared",
        participant=one.trial.participant,
        session=one.trial.session,
        muscle=muscle,
        side=side,
        placement=placement,
    )
