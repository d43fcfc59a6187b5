"""Was the MVIC a maximum? What speaks against it, and what the tasks reach by its own rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.chain.moving import highest_mean, odd_window, window_sums
from emgpipe.quality.session.places import used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Reference, ReferenceKey
    from emgpipe.quality.views import ChannelView, SessionView

WIDE_GAP: Final = 0.10
"""Between the best two trials; domain practice asks for another trial beyond it."""
HELD: Final = 0.85
"""Mean of the second around the best half second over it; steady EMG has about 0.96."""
MORE: Final = 1.10
"""What another MVIC must give more of to speak against this one."""
USUAL_WINDOW: Final = 0.5
"""In s, where the rule of the reference is not a window."""


@dataclass(frozen=True, slots=True)
class Sustained:
    """What the rule of the MVIC gives in one task trial, as a multiple of the reference."""

    trial: str
    exercise: str
    ratio: float


def sustained(session: SessionView, key: ReferenceKey, reference: Reference) -> tuple[Sustained, ...]:
    """Return what the rule of the MVIC gives in each task trial, from the first repetition to the last."""
    window = rule_window(session)
    found = []
    for trial, channel in used(session, key, "task"):
        if channel.envelope is None or not trial.repetitions:
            continue
        times = channel.start + np.arange(channel.envelope.size) / channel.sampling_rate
        first, last = trial.repetitions[0].start, trial.repetitions[-1].stop
        picked = highest_mean(channel.envelope[(times >= first) & (times < last)], window, channel.sampling_rate)
        if picked is not None:
            exercise = trial.trial.exercise if trial.trial else ""
            found.append(Sustained(trial.id, exercise, picked[0] / reference.value))
    return tuple(found)


def rule_window(session: SessionView) -> float:
    """Return the window (s) of the MVIC's mean, 0.5 s where its rule has none."""
    window = session.windows.reference
    return window if math.isfinite(window) else USUAL_WINDOW


def doubts(session: SessionView, key: ReferenceKey, reference: Reference, by_trial: tuple[Sustained, ...]) -> list[str]:
    """Return what speaks against the MVIC being a maximum, in words; nothing where it looks like one."""
    return [*_of_trials(reference), *_of_other_mvic(session, key, reference), *_of_exercises(by_trial)]


def looks_maximal(reference: Reference) -> str:
    """Say what speaks for it."""
    n = len(reference.attempts)
    best = f", the best two within {100 * reference.gap:.0f} %" if reference.gap is not None else ""
    return f"nothing else speaks against the MVIC ({n} trial{'s' if n != 1 else ''}{best})"


def _of_trials(reference: Reference) -> Iterator[str]:
    if len(reference.attempts) == 1:
        yield "only one MVIC trial counts for it"
    elif reference.gap is not None and reference.gap > WIDE_GAP:
        yield f"the second best MVIC trial lies {100 * reference.gap:.0f} % below the best"
    held = reference.attempts[0].held
    if held is not None and held < HELD:
        yield f"the best effort was not held: the second around it reads {100 * held:.0f} % of it"


def _of_other_mvic(session: SessionView, key: ReferenceKey, reference: Reference) -> Iterator[str]:
    """Compare raw with raw: the channel in MVIC trials meant for other muscles is not filtered."""
    window, own, other, name = rule_window(session), 0.0, 0.0, ""
    counted = {attempt.trial for attempt in reference.attempts}
    for trial in session.of_role("mvic"):
        channel = trial.channel(key)
        if channel is None or channel.is_dead or not channel.is_raw_emg:
            continue
        level = _loudest(channel, window)
        if trial.id in counted:
            own = max(own, level)
        elif not channel.is_target and level > other:
            other, name = level, trial.id
    if own > 0 and other > MORE * own:
        more = 100 * (other / own - 1)
        yield f"the muscle reads {more:.0f} % more (unfiltered) in an MVIC meant for another ({name})"


def _loudest(channel: ChannelView, window: float) -> float:
    samples: NDArray[np.float64] = channel.finite - np.median(channel.finite)
    width = min(odd_window(window, channel.sampling_rate), samples.size)
    return math.sqrt(max(float(np.max(window_sums(np.square(samples), width))), 0.0) / width) if width else 0.0


def _of_exercises(by_trial: tuple[Sustained, ...]) -> Iterator[str]:
    """Count the exercises above: a strong contraction belongs to one exercise, a weak MVIC lifts them all."""
    exercises = {one.exercise for one in by_trial}
    above = {one.exercise for one in by_trial if one.ratio > MORE}
    if len(above) >= 2 and 2 * len(above) > len(exercises):
        yield f"{len(above)} of {len(exercises)} exercises exceed it by its own rule"
