"""From the trials of a session to the reference of every muscle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, Reference, ReferenceKey, make_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.normalization.base import Candidate, Normalization


def find_references(
    normalization: Normalization,
    candidates: Sequence[Candidate],
    wanted: Mapping[ReferenceKey, str],
    *,
    participant: str,
    session: str,
) -> tuple[dict[ReferenceKey, Reference], tuple[Finding, ...]]:
    """Return the reference of each wanted muscle of one session, and what was noticed.

    Parameters
    ----------
    candidates : sequence of Candidate
        The muscle signals of the trials that count, already limited to trials targeted at the muscle.
    wanted : mapping
        Muscle, side and placement -> chain hash of its task signals.
    """
    references: dict[ReferenceKey, Reference] = {}
    findings: list[Finding] = []
    if not normalization.role:
        return references, ()
    for key, task_hash in wanted.items():
        mine = [one for one in candidates if (one.signal.muscle, one.signal.side, one.signal.placement) == key]
        reference, noticed = normalization.reference(mine) if mine else (None, ())
        findings.extend(noticed)
        if reference is None:
            findings.append(_missing(key, participant, session, normalization.unit))
        elif reference.chain_hash != task_hash:
            findings.append(_other_chain(key, participant, session))
        else:
            references[key] = reference
    return references, tuple(findings)


def _missing(key: ReferenceKey, participant: str, session: str, unit: str) -> Finding:
    muscle, side, _ = key
    name = f"{muscle}{f' ({side})' if side else ''}"
    return make_finding(
        "no_mvic" if unit == "%MVIC" else "no_task_reference",
        "warn",
        f"participant {participant} has no usable {'MVIC' if unit == '%MVIC' else 'task'} reference for {name}: "
        f"its {unit} values stay empty; amplitudes in volts and ratios within the participant are unaffected",
        "state an MVIC trial with this muscle as its target, or accept that only ratios can be compared",
        participant=participant,
        session=session,
        muscle=muscle,
        side=side,
    )


def _other_chain(key: ReferenceKey, participant: str, session: str) -> Finding:
    muscle, side, _ = key
    return make_finding(
        "reference_through_other_chain",
        "fail",
        f"the MVIC and the task signals of {muscle} went through different chains: the reference is refused",
        "use one chain for all trials of a muscle",
        participant=participant,
        session=session,
        muscle=muscle,
        side=side,
    )
