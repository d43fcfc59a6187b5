"""What is still missing: the planned design against the trials that were listed and can be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.checking.plan import StudyPlan
from emgpipe.model import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emgpipe.checking.plan import Session
    from emgpipe.checking.planned import Planned
    from emgpipe.config import Study
    from emgpipe.config.protocol import AcceptedGap
    from emgpipe.model import Finding, SessionResult, Trial
    from emgpipe.vocabulary import Vocabulary

KIND: Final = "protocol_missing"
"""Kind of the findings made here; they concern what was not recorded, hence no number that was."""
ACCEPTED: Final = "protocol_accepted"


@dataclass(frozen=True, slots=True)
class Usable:
    """What became of the trials, as far as it is known.

    Attributes
    ----------
    failed : mapping
        Trial -> why it cannot be used.
    repetitions : mapping
        Trial -> how many repetitions were found.
    """

    failed: Mapping[str, str] = field(default_factory=dict)
    repetitions: Mapping[str, int] = field(default_factory=dict)


def findings_of_protocol(
    study: Study, vocabulary: Vocabulary, trials: Sequence[Trial], usable: Usable | None = None
) -> tuple[Finding, ...]:
    """Say what each participant's sessions lack of the planned design.

    Parameters
    ----------
    trials : sequence of Trial
        All trials of the study: what is not stated is taken from what the participants have.
    usable : Usable, optional
        A trial that failed counts as missing.

    Returns
    -------
    tuple of Finding
        Kind ``protocol_missing``, one per thing; fail where the study file states it, warn where it is inferred.
        ``protocol_accepted`` (note) where the study file says that it is missing for good.
    """
    sessions: dict[Session, list[Trial]] = {}
    for trial in trials:
        sessions.setdefault((trial.participant, trial.session), []).append(trial)
    plan = StudyPlan(study, vocabulary, sessions)
    accepted = study.protocol.accepted
    found = [_no_session(session, accepted, is_stated=stated) for session, stated in plan.missing_sessions()]
    for session in sessions:
        found.extend(_of_session(plan, session, usable or Usable()))
    return tuple(found)


def missing_words(finding: Finding) -> str:
    """Return what is missing in a few words, from a finding made here."""
    return finding.reason.partition(": ")[2]


def usable_of(results: Iterable[SessionResult]) -> Usable:
    """Return how many repetitions a run found; a trial that failed is a finding of its own there, told once."""
    trials = [one for result in results for one in result.trials]
    return Usable(
        repetitions={
            one.trial.id: len(one.repetitions)
            for one in trials
            if one.trial.role == "task" and one.status == "processed"
        }
    )


def _of_session(plan: StudyPlan, session: Session, usable: Usable) -> Iterator[Finding]:
    lacks: dict[tuple[str, bool], list[tuple[Planned, str]]] = {}
    for one, text in _lacks(plan, session, usable):
        what = text.partition(" (")[0] if one.position and text.endswith(")") else text
        lacks.setdefault((what, one.is_stated), []).append((one, text))
    for (what, _), each in lacks.items():
        first, text = each[0]
        if len(each) > 1:  # positions of one muscle, none of which is there
            text = f"{what} ({', '.join(words[len(what) + 2 : -1] for _, words in each)})"
        yield _finding(plan, session, first, text)


def _lacks(plan: StudyPlan, session: Session, usable: Usable) -> Iterator[tuple[Planned, str]]:
    """Yield what is planned and not there, with words for it."""
    trials = plan.sessions[session]
    told: set[str] = set()
    for one in plan.of(session):
        fitting = [trial for trial in trials if one.fits(trial, plan.vocabulary)]
        good = [trial for trial in fitting if trial.id not in usable.failed]
        few = [trial for trial in good if usable.repetitions.get(trial.id, 10**6) < (one.repetitions or 0)]
        if one.role == "mvic" and not one.position and _is_told(one, told):
            continue
        if not good:
            told.update(part for muscle in one.muscles for part in plan.vocabulary.parts(muscle))
        words = one.words(plan.vocabulary)
        broken = [usable.failed[trial.id] for trial in fitting if trial.id in usable.failed]
        for text in (*_too_few(one, words, len(good), broken), *_incomplete(few, words, one.repetitions, usable)):
            yield one, text


def _is_told(one: Planned, told: set[str]) -> bool:
    """Tell whether positions of this muscle's MVIC were named as missing before."""
    return not one.is_stated and all(muscle in told for muscle in one.muscles)


def _too_few(one: Planned, words: str, there: int, broken: Sequence[str]) -> Iterator[str]:
    if there >= one.trials:
        return
    number = f", {there} of {one.trials} trials there" if one.trials > 1 and there else ""
    number = number or (f", {one.trials} trials" if one.trials > 1 else "")
    why = f"; recorded, but it cannot be used: {broken[0]}" if broken else ""
    yield f"{words}{number}{why}"


def _incomplete(few: Sequence[Trial], words: str, wanted: int | None, usable: Usable) -> Iterator[str]:
    for trial in few:
        yield f"{words}: {usable.repetitions[trial.id]} of {wanted} repetitions in {trial.id}"


def _finding(plan: StudyPlan, session: Session, one: Planned, words: str) -> Finding:
    where = {"participant": session[0], "session": session[1]}
    for gap in plan.study.protocol.accepted:
        if gap.concerns(*session) and _is_accepted(gap, one, plan):
            return _accepted(gap, words, session)
    if one.is_stated:
        return make_finding(KIND, "fail", f"the protocol of the study file asks for this: {words}", _RECORD, **where)
    reason = f"{_why(one)}: {words}"
    return make_finding(KIND, "warn", reason, _RECORD, **where)


def _why(one: Planned) -> str:
    if one.role == "calibration":
        return "angles are counted from a neutral pose, and it is missing"
    if one.role == "mvic" and not one.position:
        return "a muscle without its MVIC has no %MVIC"
    return "other participants have it, this one does not"


_RECORD: Final = (
    "record it while the participant is there; if it will stay missing, say so with a reason under `protocol: accepted`"
)


def _is_accepted(gap: AcceptedGap, one: Planned, plan: StudyPlan) -> bool:
    meant = plan.vocabulary.parts(gap.muscle) if gap.muscle else ()
    return (
        (gap.role is None or gap.role == one.role)
        and (gap.muscle is None or any(muscle in meant for muscle in one.muscles))
        and (gap.exercise is None or gap.exercise == one.exercise)
        and (gap.head_position is None or gap.head_position == one.head_position)
    )


def _accepted(gap: AcceptedGap, words: str, session: Session) -> Finding:
    said = f"missing, as the study file says ({gap.reason}): {words}"
    return make_finding(ACCEPTED, "note", said, participant=session[0], session=session[1])


def _no_session(session: Session, accepted: Sequence[AcceptedGap], *, is_stated: bool) -> Finding:
    for gap in accepted:
        if gap.concerns(*session) and gap.is_whole_session:
            return _accepted(gap, f"all of session {session[1]}", session)
    why = "the protocol of the study file asks for this" if is_stated else "other participants have it"
    return make_finding(
        KIND, "fail" if is_stated else "warn", f"{why}: all of session {session[1]}", _RECORD,
        participant=session[0], session=session[1],
    )  # fmt: skip
