"""The time of a trial that counts, and its signals inside that time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emgpipe.errors import SignalError
from emgpipe.model import Finding, make_finding
from emgpipe.quality import check_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Channel, Signal, Trial

MOST_UNEVEN: Final = 0.1
"""Seconds that the ends of the EMG channels of a trial may lie apart before it is said."""


def span_of_trial(trial: Trial, timed: Sequence[Channel]) -> tuple[float, float, list[Finding]]:
    """Return the span that counts: the stated one, as far as all these channels have samples."""
    first, last = max(one.start for one in timed), min(one.stop for one in timed)
    start = first if trial.start is None else max(trial.start, first)
    stop = last if trial.stop is None else min(trial.stop, last)
    cut = _uneven(trial, timed, start, stop)
    if start >= stop:
        raise SignalError(
            f"the span {trial.start} to {trial.stop} s lies outside the recording, which runs from {first:.6g} "
            f"to {last:.6g} s; correct start and stop in the trials table"
        )
    slack = 1.5 / min(one.sampling_rate for one in timed)
    stated = (start if trial.start is None else trial.start, stop if trial.stop is None else trial.stop)
    if not cut and (stated[0] < start - slack or stated[1] > stop + slack):
        reason = (
            f"the stated span {trial.start} to {trial.stop} s reaches beyond the recording "
            f"({first:.6g} to {last:.6g} s); what is there is used"
        )
        return start, stop, [make_finding("span_cut", "warn", reason, "correct start and stop in the trials table")]
    return start, stop, cut


def within(signals: Sequence[Signal], start: float, stop: float) -> tuple[list[Signal], list[Finding]]:
    """Check the signals inside the span that counts: one long file holds many trials, and may fail in one of them."""
    kept: list[Signal] = []
    findings: list[Finding] = []
    for signal in signals:
        checked = check_samples(signal.raw[signal.span(start, stop)], signal.label)
        dead = signal.kind == "emg" and any(finding.level == "fail" for finding in checked)
        findings.extend(finding for finding in checked if dead or finding.level != "fail")
        if not dead:
            kept.append(signal)
    return kept, findings


def _uneven(trial: Trial, timed: Sequence[Channel], start: float, stop: float) -> list[Finding]:
    """Say so where the channels do not last equally long, so that the shortest one cuts the time of all."""
    earliest, latest = min(one.start for one in timed), max(one.stop for one in timed)
    wanted = earliest if trial.start is None else max(trial.start, earliest)
    until = latest if trial.stop is None else min(trial.stop, latest)
    lost = max(start - wanted, 0.0) + max(until - stop, 0.0)
    if lost <= MOST_UNEVEN or trial.role == "calibration":
        return []
    late, early = max(timed, key=lambda one: one.start), min(timed, key=lambda one: one.stop)
    limits = [one for one, cuts in ((late, start > wanted), (early, until > stop)) if cuts]
    which = " and ".join(dict.fromkeys(f"'{one.label}' ({one.start:.6g} to {one.stop:.6g} s)" for one in limits))
    reason = (
        f"the EMG channels do not cover the same time: because of {which} only {start:.6g} to {stop:.6g} s of "
        f"{wanted:.6g} to {until:.6g} s count, for all channels"
    )
    remedy = "check the offset of the second file; leave out the short channel by an override if it broke off"
    return [make_finding("channels_uneven", "warn", reason, remedy, value=lost, unit="s")]
