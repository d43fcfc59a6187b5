"""Whether MVIC and task were measured by the same electrodes: one placement, one channel, one chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.labels import without_unit
from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.model import ReferenceKey
    from emgpipe.normalization.base import Candidate

PLACEMENT = "placement"
"""The column of the trials table that says where the electrodes were in a trial."""


def refusals(key: ReferenceKey, mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> tuple[Finding, ...]:
    """Return why these MVIC trials can be no reference for these task trials; empty if they can.

    Parameters
    ----------
    key : ReferenceKey
        The muscle, side and placement they all share.
    mvics, tasks : sequence of Candidate
    """
    return (*_placements(key, mvics, tasks), *_chains(key, mvics, tasks))


def other_channel(key: ReferenceKey, mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> tuple[Finding, ...]:
    """Return a warning where an MVIC was recorded by a channel of another label than the task, and nobody says why."""
    used = {without_unit(one.signal.label): one.signal.label for one in tasks}
    odd = [one for one in mvics if used and not one.is_overridden and without_unit(one.signal.label) not in used]
    if not odd:
        return ()
    labels = " and ".join(f"'{label}'" for label in used.values())
    reason = (
        f"the MVIC of {_name(key)} comes from channel '{odd[0].signal.label}' ({_listed(odd)}), the task from {labels}"
        ": if these are two sensors, the reference is not that of the electrode it is used for"
    )
    remedy = "if it is one sensor, state the other label for these trials under `overrides`, with the reason"
    return (_finding("mvic_channel_differs", "warn", reason, remedy, key, odd[0]),)


def _placements(key: ReferenceKey, mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> Iterator[Finding]:
    """Yield a refusal where trials state different placements; those that state none agree with all."""
    for where, stated in (
        ("the trials table states", _by_column(mvics, tasks)),
        ("the recordings state", _by_recording(mvics, tasks)),
    ):
        if len(stated) > 1:
            named = "; ".join(f"{text} in {_listed(ones)}" for text, ones in stated.values())
            reason = (
                f"{where} more than one electrode placement for {_name(key)} in one session: {named}. An MVIC is valid "
                "for the placement it was recorded with, so that no reference is made"
            )
            remedy = (
                "give trials recorded after the electrodes were moved a session of their own, with their own MVIC; two "
                "pairs of electrodes at once are two channels with `placement` under `channels`; correct a misspelling"
            )
            yield _finding("placement_differs", "fail", reason, remedy, key, (*tasks, *mvics)[0])
            return


_Stated = dict[str, tuple[str, list["Candidate"]]]


def _by_column(mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> _Stated:
    stated = _grouped((one.trial.factors.get(PLACEMENT, ""), one) for one in (*mvics, *tasks))
    return {name: (f"'{text}'", ones) for name, (text, ones) in stated.items()}


def _by_recording(mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> _Stated:
    stated = _grouped((one.acquisition.electrode_placement, one) for one in (*mvics, *tasks))
    # headers are free text, which is not repeated in results
    return {name: (f"placement {number}", ones) for number, (name, (_, ones)) in enumerate(stated.items(), start=1)}


def _grouped(stated: Iterator[tuple[str, Candidate]]) -> _Stated:
    groups: _Stated = {}
    for text, candidate in stated:
        name = " ".join(text.casefold().split())
        if name:
            groups.setdefault(name, (text.strip(), []))[1].append(candidate)
    return groups


def _chains(key: ReferenceKey, mvics: Sequence[Candidate], tasks: Sequence[Candidate]) -> Iterator[Finding]:
    hashes = {one.signal.chain_hash for one in (*mvics, *tasks)}
    if len(hashes) > 1 and mvics:
        reason = (
            f"the MVIC and the task signals of {_name(key)} went through different chains: the reference is refused"
        )
        remedy = "use one chain for all trials of a muscle"
        yield _finding("reference_through_other_chain", "fail", reason, remedy, key, (*tasks, *mvics)[0])


def _finding(kind: str, level: str, reason: str, remedy: str, key: ReferenceKey, one: Candidate) -> Finding:
    muscle, side, placement = key
    return make_finding(
        kind,
        "fail" if level == "fail" else "warn",
        reason,
        remedy,
        participant=one.trial.participant,
        session=one.trial.session,
        muscle=muscle,
        side=side,
        placement=placement,
    )


def _listed(candidates: Sequence[Candidate], most: int = 3) -> str:
    names = list(dict.fromkeys(one.trial.id for one in candidates))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _name(key: ReferenceKey) -> str:
    muscle, side, placement = key
    return " ".join(part for part in (muscle, f"({side})" if side else "", placement) if part)
