"""Repetitions from a joint angle: what the body did, without looking at the EMG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from emgpipe.chain.smoothing import low_pass
from emgpipe.chain.stretches import finite_runs, runs
from emgpipe.errors import SegmentationError
from emgpipe.model import Phase, Repetition
from emgpipe.segmentation.base import Detector, Found, StartPhase, TrialSignals
from emgpipe.segmentation.phases import movement_bounds
from emgpipe.segmentation.smoothing import Series, fill_short_gaps
from emgpipe.segmentation.turning_points import Cycle, find_cycles
from emgpipe.units import BY_NAME, UNKNOWN, conversion_factor

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Signal

DETECTION_RATE = 100.0
"""Hz; a movement below the low-pass needs no more, and 2000 Hz would only be slower."""


class Angle(Detector):
    """Find repetitions in the angle of a goniometer or an IMU.

    The angle is smoothed, and its turning points are taken where it has moved by more than `minimum_range` and by
    more than `hysteresis` times its usual range. A repetition leaves its start end, reaches the other and comes
    back. Each of the two movements lasts while its speed is above `speed_fraction` of its peak; the time between
    them is the hold, and pauses at the start end belong to no repetition. Smaller movements are part of the
    repetition they occur in.
    """

    kind: Literal["angle"] = "angle"
    channel: str
    """Name of the angle channel."""
    extended: Literal["low", "high"] = "low"
    """Which end of the angle is lock-out (joint extended): ``low`` when flexion counts positive."""
    starts_with: StartPhase | None = None
    """How a repetition begins; leave out to take it from the exercise."""
    low_pass: float = Field(default=6.0, gt=0)
    """Cut-off in Hz of the zero-phase Butterworth low-pass before detection."""
    hysteresis: float = Field(default=0.35, gt=0, lt=1)
    """A movement counts from this fraction of the range between the 5th and the 95th percentile of the angle."""
    minimum_range: float = Field(default=15.0, gt=0)
    """The least range of a repetition in degrees."""
    minimum_duration: float = Field(default=0.5, ge=0)
    """The shortest repetition in seconds."""
    maximum_duration: float | None = Field(default=None, gt=0)
    """The longest repetition in seconds; leave out for no limit."""
    speed_fraction: float = Field(default=0.05, gt=0, lt=0.5)
    """A movement begins and ends where its speed crosses this fraction of its peak."""
    minimum_hold: float = Field(default=0.1, ge=0)
    """A stop shorter than this (s) between the two movements is a turn, not a hold."""
    maximum_gap: float = Field(default=0.25, ge=0)
    """Gaps in the angle up to this long (s) are bridged by a straight line, for detection only."""

    @model_validator(mode="after")
    def _durations_in_order(self) -> Self:
        if self.maximum_duration is not None and self.maximum_duration <= self.minimum_duration:
            raise ValueError(
                f"maximum_duration ({self.maximum_duration:g} s) must be longer than "
                f"minimum_duration ({self.minimum_duration:g} s)"
            )
        return self

    def find(self, trial: TrialSignals) -> Found:
        """Return the repetitions with their phases concentric, hold (if there is one) and eccentric."""
        signal = trial.require(self.channel)[0]
        series = self._prepare(trial, signal)
        findings = [*_unit_findings(trial, signal), *_gap_findings(trial, signal, series)]
        repetitions: list[Repetition] = []
        for run in finite_runs(series.values):
            piece = Series(series.time(run.start), series.sampling_rate, series.values[run])
            cycles = find_cycles(piece.values, self._threshold(series.values))
            repetitions += [self._repetition(trial, piece, cycle) for cycle in cycles.whole]
            findings += [_incomplete(trial, piece, first, last) for first, last in cycles.cut_off]
        kept = tuple(repetition for repetition in repetitions if self._right_length(repetition))
        findings += [self._wrong_length(trial, rep) for rep in repetitions if rep not in kept]
        return Found(kept, tuple(findings))

    def _starts_with(self, trial: TrialSignals) -> StartPhase:
        return self.starts_with or trial.start_phase

    def _prepare(self, trial: TrialSignals, signal: Signal) -> Series:
        """Smooth the whole channel, cut the span, and turn it so that a repetition starts at the low end."""
        rate = signal.sampling_rate
        filled = fill_short_gaps(signal.raw, round(self.maximum_gap * rate))
        smooth = low_pass(filled, rate, self.low_pass) * _degrees(trial, signal)
        extends_upwards = self.extended == "high"
        starts_flexed = self._starts_with(trial) == "concentric"
        span = signal.span(trial.start, trial.stop)
        every = max(1, int(rate // max(DETECTION_RATE, 10 * self.low_pass)))
        values = smooth[span.start : span.stop : every]
        return Series(
            signal.start + span.start / rate, rate / every, values if extends_upwards == starts_flexed else -values
        )

    def _threshold(self, values: NDArray[np.float64]) -> float:
        low, high = np.nanpercentile(values, (5, 95))
        return max(self.minimum_range, self.hysteresis * float(high - low))

    def _repetition(self, trial: TrialSignals, piece: Series, cycle: Cycle) -> Repetition:
        out, back = piece.values[cycle.first : cycle.top + 1], piece.values[cycle.top : cycle.last + 1]
        begin, arrive = movement_bounds(out, piece.sampling_rate, self.speed_fraction)
        leave, end = movement_bounds(-back, piece.sampling_rate, self.speed_fraction)
        marks = (begin + cycle.first, arrive + cycle.first, leave + cycle.top, end + cycle.top)
        times = tuple(min(max(piece.time(mark), trial.start), trial.stop) for mark in marks)
        return Repetition(times[0], times[3], self._phases(times, self._starts_with(trial)))

    def _phases(self, times: tuple[float, ...], first: StartPhase) -> tuple[Phase, ...]:
        begin, arrive, leave, end = times
        second: StartPhase = "eccentric" if first == "concentric" else "concentric"
        if leave - arrive < self.minimum_hold:
            turn = (arrive + leave) / 2
            return (Phase(first, begin, turn), Phase(second, turn, end))
        return (Phase(first, begin, arrive), Phase("hold", arrive, leave), Phase(second, leave, end))

    def _right_length(self, repetition: Repetition) -> bool:
        longest = float("inf") if self.maximum_duration is None else self.maximum_duration
        return self.minimum_duration <= repetition.duration <= longest

    def _wrong_length(self, trial: TrialSignals, repetition: Repetition) -> Finding:
        limits = f"at least {self.minimum_duration:g} s"
        if self.maximum_duration is not None:
            limits += f" and at most {self.maximum_duration:g} s"
        return trial.finding(
            "repetition_duration", "warn",
            f"a movement of {repetition.duration:.2f} s at {repetition.start:.2f} s is not counted as a repetition "
            f"({limits} allowed)",
            "change minimum_duration or maximum_duration if it is one",
            start=repetition.start, stop=repetition.stop, value=repetition.duration, unit="s",
        )  # fmt: skip


def _degrees(trial: TrialSignals, signal: Signal) -> float:
    """Return the factor that turns the channel into degrees; an unstated unit is taken as degrees."""
    if signal.unit == UNKNOWN:
        return 1.0
    unit = BY_NAME.get(signal.unit)
    if unit is None or unit.quantity != "angle":
        raise SegmentationError(
            f"trial {trial.trial.id}: angle: channel '{signal.name}' is in {signal.unit}, not in degrees; "
            "name an angle channel, or derive one from the acceleration (inclination)"
        )
    return conversion_factor(signal.unit, "deg")


def _unit_findings(trial: TrialSignals, signal: Signal) -> list[Finding]:
    if signal.unit != UNKNOWN:
        return []
    reason = f"the unit of '{signal.name}' is not stated; it was taken as degrees"
    return [trial.finding("angle_unit", "note", reason, "state the unit in the study file")]


def _gap_findings(trial: TrialSignals, signal: Signal, series: Series) -> list[Finding]:
    return [
        trial.finding(
            "angle_gap", "warn",
            f"'{signal.name}' is missing for {(gap.stop - gap.start) / series.sampling_rate:.2f} s from "
            f"{series.time(gap.start):.2f} s; repetitions that reach into the gap are not counted",
            "raise maximum_gap, or give the repetitions by events or a table",
            start=series.time(gap.start), stop=series.time(gap.stop),
        )
        for gap in runs(np.isnan(series.values))
    ]  # fmt: skip


def _incomplete(trial: TrialSignals, piece: Series, first: int, last: int) -> Finding:
    start, stop = piece.time(first), piece.time(last)
    reason = f"the movement from {start:.2f} to {stop:.2f} s is not a whole repetition and is not counted"
    return trial.finding("incomplete_repetition", "note", reason, start=start, stop=stop)
