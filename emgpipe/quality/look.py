"""Make the checks of a list on a channel, a trial or a session, and say where each finding belongs."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.memory import holds_aside, release_memory
from emgpipe.quality.base import ChannelCheck, SessionCheck, TrialCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from emgpipe.model import Finding
    from emgpipe.quality.base import Check
    from emgpipe.quality.views import ChannelView, SessionView, TrialView


MOST_THREADS: Final = 4
"""Trials looked at side by side: numpy lets go of Python's lock, so that two cores save a fifth of a session's time."""


@np.errstate(all="ignore")  # damaged samples (1e300) overflow; what comes of it is above every limit, or no number
def look_at_channel(checks: Sequence[Check], channel: ChannelView) -> tuple[Finding, ...]:
    """Make the checks of single channels; nothing for other kinds than EMG, and for dead channels.

    Dead channels are `check_samples`' task: nothing else can be said about them.
    """
    if channel.kind != "emg" or channel.is_dead:
        return ()
    return tuple(
        replace(finding, channel=channel.label, stage=finding.stage or check.stage)
        for check in checks
        if check.use and isinstance(check, ChannelCheck)
        for finding in check.look(channel)
    )


@np.errstate(all="ignore")
def look_at_trial(checks: Sequence[Check], trial: TrialView) -> tuple[Finding, ...]:
    """Make the checks of single channels and of channels beside each other."""
    found: list[Finding] = []
    for channel in trial.targets:
        muscle, side, placement = channel.key
        found.extend(
            replace(one, trial=trial.id, muscle=muscle, side=side, placement=placement)
            for one in look_at_channel(checks, channel)
        )
        release_memory()
    for check in checks:
        if check.use and isinstance(check, TrialCheck):
            found.extend(replace(one, trial=trial.id, stage=one.stage or check.stage) for one in check.look(trial))
            release_memory()
    for channel in trial.channels:
        channel.forget()
    return tuple(found)


@np.errstate(all="ignore")
def look_at_session(
    checks: Sequence[Check], session: SessionView, look: Callable[[TrialView], tuple[Finding, ...]] | None = None
) -> tuple[Finding, ...]:
    """Make all checks: of channels, of trials, and of the session as a whole.

    Parameters
    ----------
    look : callable, optional
        What looks at single trials in the place of `look_at_trial`, and may remember what it found.
    """
    found = [one for findings in _by_trial(look or partial(look_at_trial, checks), session.trials) for one in findings]
    for check in checks:
        if check.use and isinstance(check, SessionCheck):
            known = replace(session, findings=tuple(found))
            found.extend(replace(one, stage=one.stage or check.stage) for one in check.look(known))
            release_memory()
    return tuple(_in_session(found, session))


def _by_trial(
    look: Callable[[TrialView], tuple[Finding, ...]], trials: Sequence[TrialView]
) -> list[tuple[Finding, ...]]:
    if (threads := _threads()) == 1:
        return list(map(look, trials))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(look, trials))


def _threads() -> int:
    """Return how many trials are looked at at once; a process that works beside others has one processor."""
    if holds_aside() or parent_process() is not None:
        return 1
    return min(os.cpu_count() or 1, MOST_THREADS)


def _in_session(findings: Iterable[Finding], session: SessionView) -> Iterator[Finding]:
    return (replace(one, participant=session.participant, session=session.session) for one in findings)
