"""What is said about the neutral of a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, Level, make_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Signal, Trial
    from emgpipe.zeroing.stillest import Still


def found(still: Still, mean: float, count: int) -> Finding:
    """Note the neutral that a calibration trial gives; `mean` is that of all `count` of the session."""
    unit = still.signal.unit
    reason = (
        f"neutral of '{still.signal.name}': {still.value:.1f} {unit}, the median of the stillest stretch "
        f"({still.start:.2f} to {still.stop:.2f} s, range {still.extent:.1f} {unit})"
    )
    if count > 1:
        reason += f"; the mean of {count} calibration trials is {mean:.1f} {unit}"
    where = {"trial": still.trial, "start": still.start, "stop": still.stop, "value": still.value}
    return _finding("neutral_found", "note", reason, "", still.signal, **where)


def not_still(still: Still, limit: float) -> Finding:
    """Warn of a pose that was not kept."""
    unit, seconds = still.signal.unit, still.stop - still.start
    reason = (
        f"'{still.signal.name}' moves by {still.extent:.1f} {unit} even in the stillest {seconds:g} s of the "
        f"calibration trial {still.trial} (more than {limit:g} {unit}); its neutral is uncertain"
    )
    remedy = "look at the trace of this trial; give start and stop of the pose in the trials table"
    return _finding("neutral_not_still", "warn", reason, remedy, still.signal, value=still.extent)


def no_stretch(trial: str, signal: Signal, window: float) -> Finding:
    """Warn of a calibration trial that is too short, or full of gaps."""
    reason = f"the calibration trial has no {window:g} s of '{signal.name}' without a gap: no neutral is taken from it"
    remedy = "shorten `window` under `zeroing`, or correct start and stop of the trial"
    return _finding("neutral_not_found", "warn", reason, remedy, signal, trial=trial)


def spread(stills: Sequence[Still], mean: float, apart: float) -> Finding:
    """Warn of calibration trials of one session that disagree."""
    signal = stills[0].signal
    each = ", ".join(f"{still.value:.1f} {signal.unit} in {still.trial}" for still in stills)
    reason = (
        f"the calibration trials disagree about the neutral of '{signal.name}' by {apart:.1f} {signal.unit} "
        f"({each}); their mean, {mean:.1f} {signal.unit}, is used"
    )
    remedy = "look which of them is not the neutral pose, or after which a sensor slipped, and leave it out"
    return _finding("neutral_spread", "warn", reason, remedy, signal, value=apart)


def missing(signal: Signal, calibrations: Sequence[Trial], position: str | None) -> Finding:
    """Warn of a channel that nothing zeroes; `calibrations` are the session's calibration trials, used or not."""
    pose = f" in position '{position}'" if position else ""
    named = [f"{one.id} (position '{one.position}')" if position else one.id for one in calibrations]
    there = f"none of {', '.join(named)} gives it" if named else "the session has none"
    reason = (
        f"'{signal.name}' is to be counted from the participant's own neutral, which takes a calibration trial of "
        f"the same session{pose} with this channel, in {signal.unit}: {there}; the channel stays empty"
    )
    remedy = (
        "state the recording of the neutral pose with role calibration in the trials table; if there is none, leave "
        f"the participant out of '{signal.name}', or take it out of `zeroing` and compare differences only"
    )
    return _finding("neutral_missing", "warn", reason, remedy, signal)


def _finding(kind: str, level: Level, reason: str, remedy: str, signal: Signal, **where: object) -> Finding:
    about = {"channel": signal.label, "muscle": signal.name, "side": signal.side, "unit": signal.unit}
    return make_finding(kind, level, reason, remedy, **(about | where))
