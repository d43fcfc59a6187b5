"""What each session should hold: as the study file states it, or as at least half of the participants have it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emgpipe.checking.planned import Planned
from emgpipe.config.spelling import same_name
from emgpipe.loading.channel_map import settings_for
from emgpipe.loading.mapping import concerns, targeted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.model import Role, Trial
    from emgpipe.vocabulary import Vocabulary

Session = tuple[str, str]
"""Participant and session."""


@dataclass(frozen=True, slots=True)
class _Habits:
    """What sessions of one kind usually hold: the roles that any has, and how many trials of each kind half of them."""

    roles: frozenset[str]
    mvic: tuple[tuple[Any, int], ...]
    tasks: tuple[tuple[Any, int], ...]


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
    _habits: dict[str | None, _Habits] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By the name of sessions, found once: every session is compared with all others of its name."""

    def missing_sessions(self) -> Iterator[tuple[Session, bool]]:
        """Yield sessions that a participant lacks altogether, and whether the study file states them."""
        people: dict[str, list[str]] = {}
        for participant, session in self.sessions:
            people.setdefault(participant, []).append(session)
        stated = self.study.protocol.sessions
        held: Counter[str] = Counter(session for _, session in self.sessions)
        names = stated or [name for name, n in held.items() if 2 * n >= len(people)]
        for person, own in people.items():
            for name in names:
                if not any(same_name(name, session) for session in own):
                    yield (person, name), bool(stated)

    def of(self, session: Session) -> tuple[Planned, ...]:
        """Return what a session should hold."""
        habits = self._habits_of(session[1])
        return (*self._still(session, habits), *self._mvic(session, habits), *self._tasks(session, habits))

    def _habits_of(self, name: str) -> _Habits:
        """Return what sessions of a name hold, or all where sessions have names of their own."""
        if name not in self._habits:
            same = [trials for (_, other), trials in self.sessions.items() if other == name]
            if len(same) > 1:
                self._habits[name] = _habits(same)
            else:
                if None not in self._habits:
                    self._habits[None] = _habits(list(self.sessions.values()))
                self._habits[name] = self._habits[None]
        return self._habits[name]

    def _still(self, session: Session, habits: _Habits) -> Iterator[Planned]:
        protocol = self.study.protocol
        needs: Mapping[Role, tuple[int | None, bool]] = {
            "rest": (protocol.rest, "rest" in habits.roles),
            "calibration": (protocol.calibration, self.study.zeroing is not None),
        }
        for role, (stated, is_needed) in needs.items():
            number = int(is_needed) if stated is None else stated
            if number and session in self.sessions:
                yield Planned(role, number, is_stated=stated is not None)

    def _mvic(self, session: Session, habits: _Habits) -> Iterator[Planned]:
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
            for (muscles, side, position), number in habits.mvic:
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

    def _tasks(self, session: Session, habits: _Habits) -> Iterator[Planned]:
        stated = self.study.protocol.tasks
        if stated is None:
            for (exercise, head_position), number in habits.tasks:
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


def _habits(sessions: Sequence[Sequence[Trial]]) -> _Habits:
    roles = frozenset(trial.role for trials in sessions for trial in trials)
    return _Habits(roles, tuple(_usual(sessions, "mvic", _mvic_kind)), tuple(_usual(sessions, "task", _task_kind)))


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
