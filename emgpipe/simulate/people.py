"""The participants of the demo study: what each of them does and how strong their EMG is, fixed by the seed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.simulate import stories
from emgpipe.simulate.movement import NECK_ANGLES, Posture, Schedule, ease, schedule
from emgpipe.simulate.tables import (
    CONDITIONS,
    EXERCISES,
    HIP_THRUST,
    HOLD_FACTOR,
    LUMBAR_SHIFT,
    MUSCLES,
    MVIC_POSITIONS,
    NEUTRAL_READING,
    PELVIS_SHIFT,
    QUIET,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the random stream of one named thing: the same for the same names, whatever else is simulated."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


@dataclass(frozen=True, slots=True)
class TaskTruth:
    """One set: its true repetitions, posture and activation.

    Attributes
    ----------
    exercise, head_position : str
    plan : Schedule
    posture : Posture
    peaks : dict of str to tuple of float
        Highest activation (V RMS) of each muscle in each repetition.
    """

    exercise: str
    head_position: str
    plan: Schedule
    posture: Posture
    peaks: dict[str, tuple[float, ...]]

    def activation(self, muscle: str, sampling_rate: float) -> NDArray[np.float64]:
        """Return the true amplitude of a muscle in V RMS, one value per sample of the whole recording."""
        peaks = self.peaks[muscle]
        quiet = QUIET * float(np.mean(peaks))
        times, values = [0.0], [quiet]
        for repetition, peak in zip(self.plan.repetitions, peaks, strict=True):
            first, hold, last = repetition.phases
            knots = (
                first.start, (first.start + first.stop) / 2, hold.start,
                hold.stop, (last.start + last.stop) / 2, last.stop,
            )  # fmt: skip
            times.extend(knots)
            values.extend((quiet, *(peak * height for height in EXERCISES[self.exercise].shape), quiet))
        return smooth_course(times, values, round(self.plan.duration * sampling_rate), sampling_rate)


def smooth_course(times: list[float], values: list[float], n_samples: int, sampling_rate: float) -> NDArray[np.float64]:
    """Join knots at `times` (s, increasing) by half cosines; constant before the first and after the last."""
    now = np.arange(n_samples) / sampling_rate
    knots, heights = np.asarray(times), np.asarray(values)
    before = np.clip(np.searchsorted(knots, now, side="right") - 1, 0, knots.size - 2)
    share = ease((now - knots[before]) / (knots[before + 1] - knots[before]))
    course: NDArray[np.float64] = heights[before] + (heights[before + 1] - heights[before]) * share
    return course


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant of the demo study.

    Attributes
    ----------
    id : str
        ``P01`` to ``P08``.
    maxima : dict of str to float
        True amplitude of a maximal contraction of each muscle, V RMS.
    baseline : dict of str to float
        Baseline noise of each channel, V RMS.
    position_factor : dict of (str, str) to float
        What a muscle reaches in an MVIC position relative to its maximum; 1 in its better one.
    tasks : tuple of TaskTruth
        In the order of `emgpipe.simulate.tables.CONDITIONS`.
    neutral_reading : dict of str to float
        What angle sensors show in the neutral pose, in degrees; a sensor that is not here shows 0.
    """

    id: str
    maxima: dict[str, float]
    baseline: dict[str, float]
    position_factor: dict[tuple[str, str], float]
    tasks: tuple[TaskTruth, ...]
    neutral_reading: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Habits:
    """What a participant does alike in all sets: pace (factor) and posture (degrees beside the typical one)."""

    pace: float
    neck: float
    lumbar: float
    pelvis: float


@cache
def participant(number: int, repetitions: int, seed: int) -> Participant:
    """Draw participant `number` (1, 2, ...) with `repetitions` per set; depends on nothing but the arguments."""
    rng = stream(seed, number, "participant")
    maxima = {name: muscle.maximum * float(np.exp(0.3 * rng.standard_normal())) for name, muscle in MUSCLES.items()}
    baseline = {name: float(rng.uniform(1.5e-6, 2.5e-6)) for name in MUSCLES}
    pace = float(np.exp(0.07 * rng.standard_normal()))
    neck = float(2.0 * rng.standard_normal())
    build = stream(seed, number, "posture")
    habits = _Habits(pace, neck, lumbar=2.5 * build.standard_normal(), pelvis=2.0 * build.standard_normal())
    reading = {name: mean + spread * build.standard_normal() for name, (mean, spread) in NEUTRAL_READING.items()}
    tasks = tuple(
        _task(condition, maxima, habits, repetitions, stream(seed, number, *condition)) for condition in CONDITIONS
    )
    name = f"P{number:02d}"
    held = tuple(_as_held(name, task) for task in tasks)
    return Participant(name, maxima, baseline, _position_factors(number, rng), held, reading)


def _as_held(name: str, task: TaskTruth) -> TaskTruth:
    """Turn the head to where it really was, if this participant missed this position; the EMG stays what it is."""
    missed, head_position, neck = stories.MISSED_POSITION
    if (name, task.head_position) != (missed, head_position):
        return task
    return replace(task, posture=replace(task.posture, neck=neck))


def _task(
    condition: tuple[str, str],
    maxima: dict[str, float],
    habits: _Habits,
    repetitions: int,
    rng: np.random.Generator,
) -> TaskTruth:
    """Draw one set."""
    exercise, head_position = condition
    truth = EXERCISES[exercise]
    hold = truth.tempo.hold * HOLD_FACTOR[head_position]
    tempo = replace(truth.tempo, hold=hold)
    plan = schedule(tempo, (habits.pace * np.exp(0.04 * rng.standard_normal(repetitions))).tolist())
    hip = (truth.hip[0], truth.hip[1] + 3.0 * float(rng.standard_normal()))
    posture = Posture(
        hip, truth.trunk, NECK_ANGLES[head_position] + habits.neck, neck_drift=float(rng.uniform(-3.0, 3.0))
    )
    fatigue = 1.0 + 0.012 * np.arange(repetitions)
    peaks = {}
    for name, muscle in MUSCLES.items():
        head = muscle.head[head_position] if exercise == HIP_THRUST else 1.0
        level = maxima[name] * muscle.level[exercise] * head * np.exp(0.06 * rng.standard_normal())
        each = level * fatigue * np.exp(0.03 * rng.standard_normal(repetitions))
        peaks[name] = tuple(float(peak) for peak in each)
    return TaskTruth(exercise, head_position, plan, _with_spine(posture, condition, habits, rng), peaks)


def _with_spine(posture: Posture, condition: tuple[str, str], habits: _Habits, rng: np.random.Generator) -> Posture:
    """Add lumbar spine and pelvis; the head position moves them at lock-out, and in the hip thrust only."""
    exercise, head_position = condition
    truth, loaded = EXERCISES[exercise], exercise == HIP_THRUST
    lumbar = habits.lumbar + 0.8 * rng.standard_normal() + (LUMBAR_SHIFT[head_position] if loaded else 0.0)
    pelvis = habits.pelvis + 0.8 * rng.standard_normal() + (PELVIS_SHIFT[head_position] if loaded else 0.0)
    return replace(
        posture,
        lumbar=(truth.lumbar[0] + lumbar, truth.lumbar[1] + habits.lumbar),
        pelvis=(truth.pelvis[0] + pelvis, truth.pelvis[1] + habits.pelvis),
    )


def _position_factors(number: int, rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """Neither position is best for everyone (Contreras et al. 2015, PeerJ 3:e1261)."""
    factors = {}
    for index, (name, muscle) in enumerate(MUSCLES.items()):
        positions = MVIC_POSITIONS[muscle.target]
        best = positions[(number + index) % len(positions)]
        for position in positions:
            factors[name, position] = 1.0 if position == best else float(rng.uniform(0.80, 0.92))
    return factors
