"""Count what is found, and what is said where nothing is wrong."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.detection.signals import MUSCLES, dynamic, mvic, person, rest, session, views
from emgpipe.quality import DEFAULT_CHECKS, look_at_session

if TYPE_CHECKING:
    from benchmarks.detection.faults import Fault
    from benchmarks.detection.signals import Person, Take
    from emgpipe.model import Finding

ALARMS: Final = ("warn", "fail")
ROLES: Final = ("rest", "mvic", "task")


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.hits / self.of if self.of else float("nan")


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What is said about clean sessions.

    Attributes
    ----------
    by_role : dict of str to Rate
        Channels of trials of a role with any warning or failure of a channel or trial check.
    by_session : Rate
        Channels of sessions with any warning or failure of a session check.
    kinds : Counter
        Findings by kind and role.
    """

    by_role: dict[str, Rate]
    by_session: Rate
    kinds: Counter[tuple[str, str]]


def stream(*names: object) -> np.random.Generator:
    """Return the random stream of one named thing."""
    return np.random.default_rng([zlib.crc32(str(name).encode()) for name in names])


def takes_for(fault: Fault, who: Person, rng: np.random.Generator) -> list[Take]:
    """Return the clean trials a fault is put into."""
    if fault.where == "session":
        return session(who, rng)
    return [{"rest": rest, "task": dynamic}[fault.where](who, rng) if fault.where != "mvic" else mvic(who, 0, rng)]


def detection(fault: Fault, dose: float, signals: int) -> Rate:
    """Return how many of so many signals with a fault are found by its check, as warning or failure."""
    finds = next(check.finds for check in DEFAULT_CHECKS if check.name == fault.check)
    hits = 0
    for number in range(signals):
        rng = stream("detection", fault.key, dose, number)
        who = person(rng)
        spoiled = fault.spoil(who, takes_for(fault, who, rng), dose, rng)
        findings = look_at_session(DEFAULT_CHECKS, views(spoiled))
        hits += any(one.kind in finds and one.level in ALARMS and one.muscle in (MUSCLES[0], "") for one in findings)
    return Rate(hits, signals)


def false_alarms(sessions: int) -> FalseAlarms:
    """Return what all checks together say about clean sessions."""
    alarmed: dict[str, set[tuple[int, str, str]]] = {role: set() for role in ROLES}
    seen: Counter[str] = Counter()
    in_session: set[tuple[int, str]] = set()
    kinds: Counter[tuple[str, str]] = Counter()
    for number in range(sessions):
        rng = stream("clean", number)
        view = views(session(person(rng), rng))
        roles = {trial.id: trial.role for trial in view.trials}
        for trial in view.trials:
            seen[trial.role] += len(trial.targets)
        for one in look_at_session(DEFAULT_CHECKS, view):
            if one.level not in ALARMS:
                continue
            kinds[one.kind, roles.get(one.trial, "session")] += 1
            _count(one, number, roles, alarmed, in_session)
    by_role = {role: Rate(len(alarmed[role]), seen[role]) for role in ROLES}
    return FalseAlarms(by_role, Rate(len(in_session), sessions * len(MUSCLES)), kinds)


def _count(
    finding: Finding,
    number: int,
    roles: dict[str, str],
    alarmed: dict[str, set[tuple[int, str, str]]],
    in_session: set[tuple[int, str]],
) -> None:
    """Count a finding for its channel, or for all where it names none; those of a trial for the trial's role."""
    for muscle in [finding.muscle] if finding.muscle else MUSCLES:
        if finding.trial in roles:
            alarmed[roles[finding.trial]].add((number, finding.trial, muscle))
        else:
            in_session.add((number, muscle))
