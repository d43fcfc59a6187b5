"""The neutral of each channel in a session, and the channels counted from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from emgpipe.settings import Settings
from emgpipe.zeroing import findings as noticed
from emgpipe.zeroing.stillest import Still, find_still, short_way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding, Signal, Trial

Key = tuple[str, str, str, str]
"""Name, side, placement and unit: what has a neutral of its own."""


class Zeroing(Settings):
    """Channels that are counted from the participant's own neutral.

    The neutral is the median over the stillest `window` of each calibration trial (the one with the smallest range),
    averaged over the calibration trials of the session. It is subtracted from the channel in all trials of the
    session. Sensors are put on anew in every session, so every session needs a calibration trial of its own; without
    one the channel stays empty and a warning says so.
    """

    channels: tuple[str, ...] = Field(min_length=1)
    """Names of the channels, measured or derived; a derived one is computed first and zeroed afterwards."""
    position: str | None = None
    """Only calibration trials in this pose, as in the column `position`; leave out for all of them."""
    window: float = Field(default=1.0, gt=0)
    """Length of the stillest stretch in seconds."""
    still: float = Field(default=5.0, gt=0)
    """Largest range within that stretch that passes without a warning, in the unit of the channel."""
    spread: float = Field(default=3.0, gt=0)
    """Largest difference between calibration trials of a session that passes without a warning, in that unit."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A trial with its signals and the span that counts (s, trial clock); a trial that failed has no signals."""

    trial: Trial
    signals: tuple[Signal, ...] = ()
    start: float = 0.0
    stop: float = 0.0


@dataclass(frozen=True, slots=True)
class Neutral:
    """What a channel shows in the neutral pose, in its unit, and the calibration trials that say so."""

    value: float
    trials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neutrals:
    """The neutrals of one session, and what was noticed while they were sought."""

    by_channel: Mapping[Key, Neutral] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def find_neutrals(settings: Zeroing, trials: Sequence[Posed]) -> Neutrals:
    """Find the neutral of each channel in the calibration trials of one session.

    Parameters
    ----------
    settings : Zeroing
    trials : sequence of Posed
        All trials of the session.

    Returns
    -------
    Neutrals
        A channel without a usable stretch has none. Findings: ``neutral_found`` (note) per channel and calibration
        trial; ``neutral_not_still``, ``neutral_not_found`` and ``neutral_spread`` (warn); ``neutral_missing`` (warn),
        once per channel of task and rest trials that has none.
    """
    stills: dict[Key, list[Still]] = {}
    findings: list[Finding] = []
    for posed in trials:
        for signal in posed.signals if _counts(settings, posed.trial) else ():
            if signal.name not in settings.channels:
                continue
            still = find_still(posed.trial.id, signal, signal.span(posed.start, posed.stop), settings.window)
            if still is None:
                findings.append(noticed.no_stretch(posed.trial.id, signal, settings.window))
            else:
                stills.setdefault(_key(signal), []).append(still)
    neutrals: dict[Key, Neutral] = {}
    for key, each in stills.items():
        own = _on_one_turn(each)
        neutrals[key] = Neutral(float(np.mean([one.value for one in own])), tuple(one.trial for one in own))
        findings.extend(_judged(settings, own, neutrals[key].value))
    return Neutrals(neutrals, (*findings, *_missing(settings, trials, neutrals)))


def zeroed(settings: Zeroing, signals: Sequence[Signal], neutrals: Neutrals) -> tuple[Signal, ...]:
    """Return the signals with the channels of `settings` counted from their neutral; empty (NaN) without one."""
    return tuple(
        _from_neutral(signal, neutrals.by_channel.get(_key(signal))) if signal.name in settings.channels else signal
        for signal in signals
    )


def _counts(settings: Zeroing, trial: Trial) -> bool:
    if trial.role != "calibration":
        return False
    return settings.position is None or _plain(trial.position) == _plain(settings.position)


def _plain(text: str) -> str:
    """Spell a pose in one way: upright_gaze-level, Upright gaze level."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


def _judged(settings: Zeroing, stills: Sequence[Still], mean: float) -> list[Finding]:
    findings = [noticed.found(one, mean, len(stills)) for one in stills]
    findings += [noticed.not_still(one, settings.still) for one in stills if one.extent > settings.still]
    apart = float(np.ptp([one.value for one in stills]))
    return [*findings, noticed.spread(stills, mean, apart)] if apart > settings.spread else findings


def _on_one_turn(stills: Sequence[Still]) -> list[Still]:
    """Bring values on the other side of 180 degrees to that of the first: 179 and -179 are 2 degrees apart."""
    first = stills[0]
    steps = short_way(first.signal, np.array([one.value for one in stills]) - first.value)
    return [replace(one, value=first.value + float(step)) for one, step in zip(stills, steps, strict=True)]


def _missing(settings: Zeroing, trials: Sequence[Posed], neutrals: Mapping[Key, Neutral]) -> list[Finding]:
    lost = {
        _key(signal): signal
        for posed in trials
        if posed.trial.role in ("task", "rest")
        for signal in posed.signals
        if signal.name in settings.channels and _key(signal) not in neutrals
    }
    calibrations = [posed.trial for posed in trials if posed.trial.role == "calibration"]
    return [noticed.missing(signal, calibrations, settings.position) for signal in lost.values()]


def _from_neutral(signal: Signal, neutral: Neutral | None) -> Signal:
    if neutral is None:
        empty = np.full_like(signal.raw, np.nan)
        return replace(signal, raw=empty, history=(*signal.history, "left empty: there is no neutral to zero it by"))
    several = "calibration trial " if len(neutral.trials) == 1 else "mean of the calibration trials "
    done = f"zeroed by {-neutral.value:+.1f} {signal.unit} ({several}{', '.join(neutral.trials)})"
    return replace(signal, raw=short_way(signal, signal.raw - neutral.value), history=(*signal.history, done))


def _key(signal: Signal) -> Key:
    return signal.name, signal.side, signal.placement, signal.unit
