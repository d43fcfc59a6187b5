"""Ids of trials: participant, session, condition and number; the same in every run."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.config.listing import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Trial


@dataclass(frozen=True, slots=True)
class Stated:
    """A trial without an id yet, and the number it was given, or an empty text."""

    trial: Trial
    number: str


def with_ids(stated: Sequence[Stated]) -> tuple[list[Trial], list[Problem]]:
    """Give every trial its id; trials that share one are problems, all of them.

    Parameters
    ----------
    stated : sequence of Stated
        In order of appearance: trials without a number are numbered in this order within their condition.
    """
    numbers = _numbered(stated)
    groups: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(stated):
        groups[f"{_condition(one)}.{numbers[index]}"].append(index)
    ids = {index: name for name, group in groups.items() for index in group}
    for name, group in groups.items():
        if len(group) > 1:
            ids.update(_told_apart(name, [(index, stated[index].trial) for index in group]))
    return _sorted_out(stated, ids)


def _condition(stated: Stated) -> str:
    """Return the id without its number."""
    trial = stated.trial
    if trial.role == "mvic":
        parts = ["mvic", "+".join(trial.targets), trial.position]
    elif trial.role == "task":
        parts = [trial.exercise, trial.head_position]
    else:
        parts = [trial.role]
    return "/".join((trial.participant, trial.session, ".".join(_plain(part) for part in parts if part)))


def _plain(text: str) -> str:
    """Return a text without what has a meaning in ids and in file names."""
    return re.sub(r"[^\w+\-]+", "_", text).strip("_") or "_"


def _numbered(stated: Sequence[Stated]) -> list[str]:
    """Return the number of each trial: as given, else the next free one of its condition."""
    taken: dict[str, set[str]] = defaultdict(set)
    for one in stated:
        taken[_condition(one)].add(one.number)
    numbers = []
    for one in stated:
        number, used = one.number, taken[_condition(one)]
        if not number:
            number = next(str(count) for count in range(1, len(used) + 2) if str(count) not in used)
            used.add(number)
        numbers.append(_plain(number))
    return numbers


def _told_apart(name: str, same: Sequence[tuple[int, Trial]]) -> dict[int, str]:
    """Add the pose and the further factors in which trials of one name differ."""
    stated = {index: {"position": trial.position, **trial.factors} for index, trial in same}
    factors = dict.fromkeys(factor for own in stated.values() for factor in own if factor != "order")
    differing = [factor for factor in factors if len({own.get(factor, "") for own in stated.values()}) > 1]
    condition, _, number = name.rpartition(".")
    names = {}
    for index, own in stated.items():
        levels = [_plain(own[factor]) for factor in differing if own.get(factor)]
        names[index] = ".".join([condition, *levels, number])
    return names


def _sorted_out(stated: Sequence[Stated], ids: dict[int, str]) -> tuple[list[Trial], list[Problem]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for index in range(len(stated)):
        groups[ids[index]].append(index)
    trials: list[Trial] = []
    problems: list[Problem] = []
    for index, one in enumerate(stated):
        group = groups[ids[index]]
        if len(group) == 1:
            trials.append(replace(one.trial, id=ids[index]))
        else:
            others = " and ".join(stated[other].trial.origin for other in group if other != index)
            message = f"the trial has the same name as {others}; tell them apart by the number in `trial`"
            whose = one.trial.participant
            problems.append(Problem("trial", ids[index], one.trial.origin, message, participant=whose))
    return trials, problems
