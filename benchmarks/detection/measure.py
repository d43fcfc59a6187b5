"""Count what is found, and what is said where nothing is wrong."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.detection.faults import FAULTS
from benchmarks.detection.signals import (
    MUSCLES,
    SIDES,
    dynamic,
    mvic,
    person,
    rest,
    session,
    two_sided_session,
    varied_session,
    views,
)
from emgpipe.quality import DEFAULT_CHECKS, look_at_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.detection.faults import Fault, Where
    from benchmarks.detection.signals import Known, Person, Take
    from emgpipe.model import Finding

ALARMS: Final = ("warn", "fail")
ROLES: Final = ("rest", "mvic", "task")
WEAKEST: Final = 50e-6
"""V: the least maximum among the clean sessions."""
Place = tuple[str, float]
"""Key of a fault and dose."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.hits / self.of if self.of else float("nan")

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.hits + other.hits, self.of + other.of)


NONE: Final = Rate(0, 0)


def stream(*names: object) -> np.random.Generator:
    """Return the random stream of one named thing."""
    return np.random.default_rng([zlib.crc32(str(name).encode()) for name in names])


def material(where: Where, number: int) -> tuple[Person, list[Take]]:
    """Return clean trials, the same for all faults that are put into this kind of trial or session."""
    rng = stream("material", where, number)
    if where == "sides":
        who = person(rng, SIDES)
        return who, two_sided_session(who, rng)
    who = person(rng, MUSCLES[:2] if where == "session" else MUSCLES)
    if where == "session":
        return who, session(who, rng)
    take = rest(who, rng) if where == "rest" else mvic(who, 0, rng) if where == "mvic" else dynamic(who, rng)
    return who, [take]


def detections(
    where: Where, numbers: Sequence[int], keys: Sequence[str], *, only_gross: bool = False
) -> Counter[Place]:
    """Count in how many of these recordings each fault is found by its check, at each dose or the gross one alone."""
    hits: Counter[Place] = Counter()
    wanted = [fault for fault in FAULTS if fault.where == where and fault.key in keys]
    for number in numbers:
        who, takes = material(where, number)
        known: dict[int, Known] = {}
        for fault in wanted:
            count = fault.channels if where not in ("session", "sides") else len(who.channels)
            clean = [replace(one, channels=one.channels[:count], samples=one.samples[:count]) for one in takes]
            for dose in (fault.gross,) if only_gross else fault.doses:
                rng = stream("fault", fault.key, number)
                spoiled = fault.spoil(who, clean, dose, rng)
                hits[fault.key, dose] += is_found(fault, spoiled, known.setdefault(count, {}), clean)
    return hits


def is_found(fault: Fault, spoiled: list[Take], known: Known, clean: list[Take]) -> bool:
    """Say whether the fault's check tells of it, in the first channel or without naming one."""
    if not known:
        views(clean, known)
    checks = [check for check in DEFAULT_CHECKS if check.name in (fault.check, *fault.or_by)]
    levels = ("note", *ALARMS) if fault.is_note else ALARMS
    first = spoiled[0].channels[0]
    return any(
        one.level in levels and (one.muscle == "" or (one.muscle, one.side) == first)
        for one in look_at_session(checks, views(spoiled, known))
    )


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What is said about clean sessions.

    Attributes
    ----------
    by_role : dict of str to Rate
        Channels of trials of a role with any warning or failure; "session": channels of sessions with any that is
        about no single trial.
    kinds : Counter
        Findings by kind and role.
    """

    by_role: dict[str, Rate]
    kinds: Counter[tuple[str, str]]

    def __add__(self, other: FalseAlarms) -> FalseAlarms:
        roles = {role: self.by_role.get(role, NONE) + other.by_role.get(role, NONE) for role in (*ROLES, "session")}
        return FalseAlarms(roles, self.kinds + other.kinds)


NO_ALARMS: Final = FalseAlarms({}, Counter())


def false_alarms(numbers: Sequence[int]) -> FalseAlarms:
    """Return what all checks together say about these clean sessions; every fifth is one of both sides."""
    total = NO_ALARMS
    for number in numbers:
        rng = stream("clean", number)
        sided = number % 5 == 4
        who = person(rng, SIDES if sided else MUSCLES, WEAKEST)
        total += alarms_in(two_sided_session(who, rng) if sided else varied_session(who, rng))
    return total


def alarms_in(takes: Sequence[Take]) -> FalseAlarms:
    """Return what all checks together say about one session."""
    view = views(takes)
    channels = takes[0].channels
    roles = {trial.id: trial.role for trial in view.trials}
    seen = Counter({role: sum(len(one.targets) for one in view.of_role(role)) for role in ROLES})
    seen["session"] = len(channels)
    alarmed: dict[str, set[tuple[str, str, str]]] = {role: set() for role in seen}
    kinds: Counter[tuple[str, str]] = Counter()
    for one in look_at_session(DEFAULT_CHECKS, view):
        if one.level in ALARMS:
            role = roles.get(one.trial, "session")
            kinds[one.kind, role] += 1
            alarmed[role] |= {(one.trial, *channel) for channel in _channels(one, channels)}
    return FalseAlarms({role: Rate(len(alarmed[role]), count) for role, count in seen.items()}, kinds)


def _channels(finding: Finding, channels: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Return the channel of a finding, or all where it names none."""
    return [(finding.muscle, finding.side)] if finding.muscle else channels
