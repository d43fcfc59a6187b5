"""What the checks of a session share: the order in which trials were recorded, and words for a muscle."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from emgpipe.memory import release_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.model import ReferenceKey
    from emgpipe.quality.views import ChannelView, SessionView, TrialView


def named(key: ReferenceKey) -> str:
    """Return muscle, side and placement in words."""
    muscle, side, placement = key
    return f"{muscle}{f' ({side})' if side else ''}{f', {placement}' if placement else ''}"


def whole_session(key: ReferenceKey) -> dict[str, str]:
    """Return the place of a finding about a muscle in all trials, as keywords for `make_finding`."""
    muscle, side, placement = key
    return {"muscle": muscle, "side": side, "placement": placement}


def used(session: SessionView, key: ReferenceKey, *roles: str) -> Iterator[tuple[TrialView, ChannelView]]:
    """Yield trial and channel wherever a muscle is used and gives a signal, in the order of recording."""
    for trial in in_order(session):
        if roles and trial.role not in roles:
            continue
        channel = trial.channel(key)
        if channel is not None and channel.is_target and not channel.is_dead and channel.has_signal:
            yield trial, channel
            release_memory()


def in_order(session: SessionView) -> tuple[TrialView, ...]:
    """Return the trials in the order of recording, as far as it is known.

    By the start times of the recordings where all of them state one; else in the order of the trials table, in which
    the tasks are sorted by the factor `order` where all of them have it.
    """
    times = [_start(trial) for trial in session.trials]
    known = [time for time in times if time is not None]
    if known and len(known) == len(times) and len({time.tzinfo is None for time, _ in known}) == 1:
        ranked = sorted(zip(known, session.trials, strict=True), key=lambda pair: pair[0])
        return tuple(trial for _, trial in ranked)
    return _by_factor(session.trials)


def _start(trial: TrialView) -> tuple[datetime, float] | None:
    stated = next((one.acquisition.start_time for one in trial.channels if one.acquisition.start_time), "")
    try:
        return datetime.fromisoformat(stated), trial.start
    except ValueError:
        return None  # a time of day alone, or nothing


def _by_factor(trials: tuple[TrialView, ...]) -> tuple[TrialView, ...]:
    places = [index for index, trial in enumerate(trials) if trial.role == "task"]
    numbers = [_number(trials[index]) for index in places]
    if not all(number is not None for number in numbers):
        return trials
    ranked = [index for _, index in sorted(zip(numbers, places, strict=True), key=lambda pair: pair[0] or 0.0)]
    result = list(trials)
    for place, index in zip(places, ranked, strict=True):
        result[place] = trials[index]
    return tuple(result)


def _number(trial: TrialView) -> float | None:
    try:
        return float(trial.trial.factors.get("order", "")) if trial.trial else None
    except ValueError:
        return None
