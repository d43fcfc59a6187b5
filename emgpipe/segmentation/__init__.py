"""From a trial's signals to its repetitions: the list of detectors and the one verb."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from emgpipe.errors import SegmentationError
from emgpipe.segmentation.angle import Angle
from emgpipe.segmentation.base import Detector, Found, StartPhase, TrialSignals
from emgpipe.segmentation.emg_activation import EmgActivation
from emgpipe.segmentation.envelope import Envelope
from emgpipe.segmentation.events import Events
from emgpipe.segmentation.table import Table
from emgpipe.segmentation.whole import Whole
from emgpipe.segmentation.windows import Windows
from emgpipe.settings import one_of

if TYPE_CHECKING:
    from emgpipe.model import Finding, Repetition

__all__ = [
    "DETECTORS",
    "Angle",
    "AnyDetector",
    "Detector",
    "EmgActivation",
    "Envelope",
    "Events",
    "Found",
    "StartPhase",
    "Table",
    "TrialSignals",
    "Whole",
    "Windows",
    "find_repetitions",
]

DETECTORS: tuple[type[Detector], ...] = (Whole, Windows, Events, Table, Angle, Envelope, EmgActivation)
"""Every way to find repetitions; add a line to add one."""

if TYPE_CHECKING:
    AnyDetector = Detector
else:
    AnyDetector = one_of(DETECTORS)

TOLERANCE = 1e-9
"""Seconds; rounding when clocks are shifted."""


def find_repetitions(detector: Detector, trial: TrialSignals) -> Found:
    """Find the repetitions of a trial, check them, and compare their number with the expected one.

    Parameters
    ----------
    detector : Detector
        One member of `DETECTORS`.
    trial : TrialSignals
        The trial's signals, events and span on its clock.

    Returns
    -------
    Found
        Repetitions in time order; findings of the detector, plus ``no_repetition`` (fail) and
        ``repetition_count`` (warn) where they apply.

    Raises
    ------
    SegmentationError
        What the detector needs is not there, or its repetitions overlap or leave the trial's span.
    """
    found = detector.find(trial)
    _check(trial, found.repetitions)
    return Found(found.repetitions, (*found.findings, *_count_findings(detector, trial, len(found.repetitions))))


def _count_findings(detector: Detector, trial: TrialSignals, count: int) -> list[Finding]:
    expected = trial.trial.repetitions if trial.trial.repetitions is not None else detector.expected
    kind = getattr(detector, "kind", type(detector).__name__)
    findings = []
    if count == 0:
        findings.append(
            trial.finding(
                "no_repetition", "fail", f"no repetition was found ({kind})",
                "look at the trace of this trial and adjust the detector, or give the repetitions in a table",
            )
        )  # fmt: skip
    if expected is not None and count != expected:
        findings.append(
            trial.finding(
                "repetition_count", "warn", f"{count} repetitions were found ({kind}), {expected} were expected",
                "compare the marked repetitions with the trace; correct the detector or the expected number",
                value=float(count),
            )
        )  # fmt: skip
    return findings


def _check(trial: TrialSignals, repetitions: tuple[Repetition, ...]) -> None:
    for number, repetition in enumerate(repetitions, start=1):
        where = f"trial {trial.trial.id}: repetition {number} ({repetition.start:.3f} to {repetition.stop:.3f} s)"
        if not repetition.start < repetition.stop:
            raise SegmentationError(f"{where} does not end after it starts")
        if repetition.start < trial.start - TOLERANCE or repetition.stop > trial.stop + TOLERANCE:
            raise SegmentationError(f"{where} leaves the trial's span, {trial.start:.3f} to {trial.stop:.3f} s")
        marks = [time for phase in repetition.phases for time in (phase.start, phase.stop)]
        if sorted([repetition.start, *marks, repetition.stop]) != [repetition.start, *marks, repetition.stop]:
            raise SegmentationError(f"{where} has phases that overlap or lie outside it")
    for number, (before, after) in enumerate(pairwise(repetitions), start=1):
        if after.start < before.stop - TOLERANCE:
            raise SegmentationError(
                f"trial {trial.trial.id}: repetition {number} ends at {before.stop:.3f} s, after repetition "
                f"{number + 1} starts at {after.start:.3f} s; correct the times so that they do not overlap"
            )
