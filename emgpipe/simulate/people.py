"""The participants of the demo study: what each of them does and how strong their EMG is, fixed by the seed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.simulate.movement import NECK_ANGLES, Posture, Schedule, ease, schedule
from emgpipe.simulate.tables import (
    CONDITIONS,
    EXERCISES,
    HIP_THRUST,
    HOLD_FACTOR,
    MUSCLES,
    MVIC_POSITIONS,
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
    """

    id: str
    maxima: dict[str, float]
    baseline: dict[str, float]
    position_factor: dict[tuple[str, str], float]
    tasks: tuple[TaskTruth, ...]


@cache
def participant(number: int, repetitions: int, seed: int) -> Participant:
    """Draw participant `number` (1, 2, ...) with `repetitions` per set; depends on nothing but the arguments."""
    rng = stream(seed, number, "participant")
    maxima = {name: muscle.maximum * float(np.exp(0.3 * rng.standard_normal())) for name, muscle in MUSCLES.items()}
    baseline = {name: float(rng.uniform(1.5e-6, 2.5e-6)) for name in MUSCLES}
    pace = float(np.exp(0.07 * rng.standard_normal()))
    neck = float(2.0 * rng.standard_normal())
    tasks = tuple(
        _task(condition, maxima, (pace, neck), repetitions, stream(seed, number, *condition))
        for condition in CONDITIONS
    )
    return Participant(f"P{number:02d}", maxima, baseline, _position_factors(number, rng), tasks)


def _task(
    condition: tuple[str, str],
    maxima: dict[str, float],
    habits: tuple[float, float],
    repetitions: int,
    rng: np.random.Generator,
) -> TaskTruth:
    """Draw one set; `habits` are the participant's pace (factor) and neck angle (offset in degrees)."""
    exercise, head_position = condition
    pace, neck = habits
    truth = EXERCISES[exercise]
    hold = truth.tempo.hold * HOLD_FACTOR[head_position]
    tempo = replace(truth.tempo, hold=hold)
    plan = schedule(tempo, (pace * np.exp(0.04 * rng.standard_normal(repetitions))).tolist())
    hip = (truth.hip[0], truth.hip[1] + 3.0 * float(rng.standard_normal()))
    posture = Posture(hip, truth.trunk, NECK_ANGLES[head_position] + neck, neck_drift=float(rng.uniform(-3.0, 3.0)))
    fatigue = 1.0 + 0.012 * np.arange(repetitions)
    peaks = {}
    for name, muscle in MUSCLES.items():
        head = muscle.head[head_position] if exercise == HIP_THRUST else 1.0
        level = maxima[name] * muscle.level[exercise] * head * np.exp(0.06 * rng.standard_normal())
        each = level * fatigue * np.exp(0.03 * rng.standard_normal(repetitions))
        peaks[name] = tuple(float(peak) for peak in each)
    return TaskTruth(exercise, head_position, plan, posture, peaks)


def _position_factors(number: int, rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """Neither position is best for everyone (Contreras et al. 2015, PeerJ 3:e1261)."""
    factors = {}
    for index, (name, muscle) in enumerate(MUSCLES.items()):
        positions = MVIC_POSITIONS[muscle.target]
        best = positions[(number + index) % len(positions)]
        for position in positions:
            factors[name, position] = 1.0 if position == best else float(rng.uniform(0.80, 0.92))
    return factors
