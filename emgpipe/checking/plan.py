"""What each session should hold: as the study file states it, or as at least half of the participants have it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.channel_map import settings_for
from emgpipe.checking.planned import Planned
from emgpipe.config.spelling import same_name
from emgpipe.mapping import concerns, targeted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.model import Role, Trial
    from emgpipe.vocabulary import Vocabulary

Session = tuple[str, str]
"""Participant and session."""


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """The planned design of a study beside what was listed so far.

    Attributes
    ----------
    sessions : mapping
        Participant and session -> its trials, in the order of the list.
    """

    study: Study
    vocabulary: Vocabulary
    sessions: Mapping[Session, Sequence[Trial]]

    def missing_sessions(self) -> Iterator[tuple[Session, bool]]:
        """Yield sessions that a participant lacks altogether, and whether the study file states them."""
        people = dict.fromkeys(participant for participant, _ in self.sessions)
        stated = self.study.protocol.sessions
        held: Counter[str] = Counter(session for _, session in self.sessions)
        names = stated or [name for name, n in held.items() if 2 * n >= len(people)]
        for person in people:
            own = [session for participant, session in self.sessions if participant == person]
            for name in names:
                if not any(same_name(name, session) for session in own):
                    yield (person, name), bool(stated)

    def of(self, session: Session) -> tuple[Planned, ...]:
        """Return what a session should hold."""
        alike = [self.sessions[one] for one in self._alike(session)]
        return (*self._still(session, alike), *self._mvic(session, alike), *self._tasks(session, alike))

    def _alike(self, session: Session) -> list[Session]:
        """Return the sessions to compare with: of the same name, or all where sessions have names of their own."""
        same = [one for one in self.sessions if one[1] == session[1]]
        return same if len(same) > 1 else list(self.sessions)

    def _still(self, session: Session, alike: Sequence[Sequence[Trial]]) -> Iterator[Planned]:
        protocol = self.study.protocol
        needs: Mapping[Role, tuple[int | None, bool]] = {
            "rest": (protocol.rest, any(trial.role == "rest" for one in alike for trial in one)),
            "calibration": (protocol.calibration, self.study.zeroing is not None),
        }
        for role, (stated, is_needed) in needs.items():
            number = int(is_needed) if stated is None else stated
            if number and session in self.sessions:
                yield Planned(role, number, is_stated=stated is not None)

    def _mvic(self, session: Session, alike: Sequence[Sequence[Trial]]) -> Iterator[Planned]:
        stated = self.study.protocol.mvic
        if stated is not None:
            for one in stated:
                if _is_in(one.sessions, session):
                    yield from (
                        Planned("mvic", one.trials, (muscle,), side, position, is_stated=True)
                        for muscle in one.muscles
                        for side in one.sides or ("",)
                        for position in one.positions or ("",)
                    )
        elif self.study.normalization.role == "mvic":
            for (muscles, side, position), number in _usual(alike, "mvic", _mvic_kind):
                yield Planned("mvic", number, muscles, side, position)
            yield from self._untested(session)

    def _untested(self, session: Session) -> Iterator[Planned]:
        """Yield an MVIC for each muscle in use that none of the session's is meant for."""
        trials = self.sessions.get(session, ())
        used = {
            (setting.muscle, setting.side): setting
            for trial in trials
            for setting, _ in settings_for(self.study, trial)
            if setting.muscle and setting.use and trial.role != "calibration"
        }
        both = Counter(muscle for muscle, _ in used)
        mvic = [(trial, targeted(trial, self.vocabulary)) for trial in trials if trial.role == "mvic"]
        for (muscle, side), setting in used.items():
            if muscle and not any(concerns(setting, trial, targets) for trial, targets in mvic):
                yield Planned("mvic", 1, (muscle,), side if both[muscle] > 1 else "")

    def _tasks(self, session: Session, alike: Sequence[Sequence[Trial]]) -> Iterator[Planned]:
        stated = self.study.protocol.tasks
        if stated is None:
            for (exercise, head_position), number in _usual(alike, "task", _task_kind):
                yield Planned("task", number, exercise=exercise, head_position=head_position)
            return
        for one in stated:
            if _is_in(one.sessions, session):
                yield from (
                    Planned(
                        "task",
                        one.trials,
                        exercise=exercise,
                        head_position=head_position,
                        factors=one.factors,
                        repetitions=one.repetitions,
                        is_stated=True,
                    )
                    for exercise in one.exercises
                    for head_position in one.head_positions or ("",)
                )


def _usual(
    sessions: Sequence[Sequence[Trial]], role: Role, kind: Callable[[Trial], Hashable]
) -> Iterator[tuple[Any, int]]:
    """Yield each kind of trial that at least half of the sessions have, and how many of it half of them have."""
    numbers: dict[Hashable, list[int]] = defaultdict(list)
    for trials in sessions:
        for what, number in Counter(kind(trial) for trial in trials if trial.role == role).items():
            numbers[what].append(number)
    half = (len(sessions) + 1) // 2
    for what, each in numbers.items():
        if len(each) >= half:
            yield what, sorted(each, reverse=True)[half - 1]


def _mvic_kind(trial: Trial) -> Hashable:
    side = trial.factors.get("working_side", "")
    return trial.targets, side if side in ("left", "right") else "", trial.position


def _task_kind(trial: Trial) -> Hashable:
    return trial.exercise, trial.head_position


def _is_in(sessions: Sequence[str], session: Session) -> bool:
    return not sessions or any(same_name(name, session[1]) for name in sessions)
