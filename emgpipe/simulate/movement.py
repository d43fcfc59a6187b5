"""True movement of a set: when each repetition and phase happens, and the angles a sensor would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.model import Phase, Repetition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NECK_ANGLES: Final = {
    "hyperextension": -30.0,
    "neutral": 0.0,
    "slight_flexion": 18.0,
    "moderate_flexion": 32.0,
    "hyperflexion": 50.0,
}
"""Neck angle in degrees of flexion from the participant's own neutral."""

SENSORS: Final = ("hip", "head", "trunk", "lumbar", "pelvis")
"""The angle sensors of the demo study, in the order of their channels."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long the parts of one repetition take, in s.

    Attributes
    ----------
    starts_with : {"concentric", "eccentric"}
        A hip thrust starts flexed and rises; a squat starts extended and sinks.
    concentric, hold, eccentric : float
        The hold lies between the two: lock-out of a hip thrust, bottom of a squat.
    """

    starts_with: Literal["concentric", "eccentric"]
    concentric: float
    hold: float
    eccentric: float

    def parts(self) -> tuple[tuple[str, float], ...]:
        """Return (phase, duration) in the order they happen."""
        parts = (("concentric", self.concentric), ("hold", self.hold), ("eccentric", self.eccentric))
        return parts if self.starts_with == "concentric" else parts[::-1]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The repetitions of a set and its length.

    Attributes
    ----------
    repetitions : tuple of Repetition
        True times in s from the start of the recording, with phases.
    duration : float
        Length of the recording in whole seconds.
    """

    repetitions: tuple[Repetition, ...]
    duration: float


def schedule(tempo: Tempo, scales: Sequence[float], *, lead: float = 2.0, rest: float = 0.9) -> Schedule:
    """Lay out the repetitions of a set.

    Parameters
    ----------
    tempo : Tempo
        Of a repetition of scale 1.
    scales : sequence of float
        One number per repetition that stretches all its parts.
    lead, rest : float
        Quiet time before the first, after the last (at least `lead`) and between repetitions, in s.
    """
    repetitions = []
    now = lead
    for scale in scales:
        start, phases = now, []
        for name, duration in tempo.parts():
            phases.append(Phase(name, now, now + duration * scale))
            now += duration * scale
        repetitions.append(Repetition(start, now, tuple(phases)))
        now += rest
    return Schedule(tuple(repetitions), float(np.ceil(now - rest + lead)))


def ease(fraction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a cosine from 0 to 1, constant outside 0..1.

    Unlike a minimum-jerk course it has a plain beginning and end, so that the true times of a repetition are no
    matter of definition.
    """
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(fraction, 0.0, 1.0))


def progress(plan: Schedule, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far from the start position the body is at `times` (s): 0 start, 1 the other end."""
    away = np.zeros_like(times)
    for repetition in plan.repetitions:
        first, _, last = repetition.phases
        away += ease((times - first.start) / (first.stop - first.start))
        away -= ease((times - last.start) / (last.stop - last.start))
    return away


def flexion(plan: Schedule, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return hip flexion at `times` (s) as a fraction: 0 extended (lock-out), 1 flexed."""
    away = progress(plan, times)
    starts_flexed = bool(plan.repetitions) and plan.repetitions[0].phases[0].name == "concentric"
    return 1.0 - away if starts_flexed else away


@dataclass(frozen=True, slots=True)
class Posture:
    """Angles of one participant in one condition, in degrees from the participant's own neutral.

    Attributes
    ----------
    hip, trunk : (float, float)
        Flexion at the extended and at the flexed end.
    neck : float
        Flexion of the head against the trunk.
    neck_drift : float
        What the neck adds between the extended and the flexed end.
    lumbar, pelvis : (float, float)
        Flexion of the lumbar spine, and anterior tilt of the pelvis against the thigh, at the two ends.
    """

    hip: tuple[float, float]
    trunk: tuple[float, float]
    neck: float
    neck_drift: float = 0.0
    lumbar: tuple[float, float] = (0.0, 0.0)
    pelvis: tuple[float, float] = (0.0, 0.0)

    def angles(
        self, plan: Schedule, times: NDArray[np.float64], rng: np.random.Generator, *, noise: float = 0.3
    ) -> dict[str, NDArray[np.float64]]:
        """Return what well mounted sensors show at `times` (s), in degrees, in the order of `SENSORS`.

        Head and trunk are against gravity, so that neck = head - trunk. `noise` is the SD of each sensor.
        """
        flexed = flexion(plan, times)
        ends = {"hip": self.hip, "trunk": self.trunk, "lumbar": self.lumbar, "pelvis": self.pelvis}
        true = {name: extended + (bent - extended) * flexed for name, (extended, bent) in ends.items()}
        true["head"] = true["trunk"] + self.neck + self.neck_drift * flexed
        return {name: true[name] + noise * rng.standard_normal(times.size) for name in SENSORS}
