"""The numbers behind the demo study. All of them are invented.

They were chosen to be plausible beside published means (Contreras et al. 2015, J Appl Biomech 31:452; Krause Neto
et al. 2020, J Sports Sci Med 19:195). The effects of head position follow a hypothesis, not a measurement: no
published study of head position and EMG in the hip thrust is known. The demo study shows how the package
works; it is no evidence about training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emgpipe.simulate.emg import Spectrum
from emgpipe.simulate.movement import NECK_ANGLES, Tempo

HIP_THRUST: Final = "barbell_hip_thrust"


@dataclass(frozen=True, slots=True)
class MuscleTruth:
    """What is true of a muscle in everyone.

    Attributes
    ----------
    maximum : float
        Typical amplitude during a maximal contraction, V RMS.
    spectrum : Spectrum
        Median frequency between 60 and 110 Hz.
    target : str
        What an MVIC trial for this muscle is aimed at.
    level : dict of str to float
        Highest activation in each exercise at neutral, as a fraction of `maximum`.
    head : dict of str to float
        Factor on it in each head position of the hip thrust.
    """

    maximum: float
    spectrum: Spectrum
    target: str
    level: dict[str, float]
    head: dict[str, float]


@dataclass(frozen=True, slots=True)
class ExerciseTruth:
    """How an exercise is done.

    Attributes
    ----------
    tempo : Tempo
        Of a typical repetition.
    shape : tuple of 4 float
        Relative activation at the middle of the first movement, at the beginning and the end of the hold, and at
        the middle of the last movement.
    hip, trunk : (float, float)
        Flexion in degrees at the extended and at the flexed end.
    lumbar, pelvis : (float, float)
        Lumbar flexion and anterior pelvic tilt in degrees from standing at the two ends, with the head in neutral.
    """

    tempo: Tempo
    shape: tuple[float, float, float, float]
    hip: tuple[float, float]
    trunk: tuple[float, float]
    lumbar: tuple[float, float]
    pelvis: tuple[float, float]


def _levels(hip_thrust: float, bridge: float, squat: float, deadlift: float, split_squat: float) -> dict[str, float]:
    return {
        HIP_THRUST: hip_thrust,
        "barbell_glute_bridge": bridge,
        "back_squat": squat,
        "romanian_deadlift": deadlift,
        "split_squat": split_squat,
    }


def _heads(*factors: float) -> dict[str, float]:
    return dict(zip(NECK_ANGLES, factors, strict=True))


MUSCLES: Final = {
    "gluteus_maximus_upper": MuscleTruth(
        180e-6,
        Spectrum(44.0, 92.0),
        "gluteus_maximus",
        _levels(1.10, 0.92, 0.50, 0.60, 0.74),
        _heads(0.80, 1.00, 1.12, 1.25, 0.90),
    ),
    "gluteus_maximus_lower": MuscleTruth(
        220e-6,
        Spectrum(46.0, 96.0),
        "gluteus_maximus",
        _levels(1.30, 1.04, 0.70, 0.86, 0.98),
        _heads(0.82, 1.00, 1.10, 1.22, 0.91),
    ),
    "biceps_femoris": MuscleTruth(
        300e-6,
        Spectrum(58.0, 118.0),
        "biceps_femoris",
        _levels(0.66, 0.52, 0.25, 0.85, 0.36),
        _heads(1.02, 1.00, 1.01, 0.99, 1.00),
    ),
    "erector_spinae": MuscleTruth(
        150e-6,
        Spectrum(50.0, 103.0),
        "erector_spinae",
        _levels(0.60, 0.47, 0.76, 0.95, 0.36),
        _heads(1.30, 1.00, 0.88, 0.77, 0.67),
    ),
    "vastus_lateralis": MuscleTruth(
        350e-6,
        Spectrum(64.0, 132.0),
        "vastus_lateralis",
        _levels(0.90, 0.60, 1.50, 0.32, 1.22),
        _heads(1.00, 1.00, 1.00, 1.00, 1.00),
    ),
}

EXERCISES: Final = {
    HIP_THRUST: ExerciseTruth(
        Tempo("concentric", 1.0, 0.8, 1.3),
        (0.60, 1.00, 0.95, 0.48),
        hip=(2.0, 75.0),
        trunk=(3.0, 48.0),
        lumbar=(-6.0, 14.0),
        pelvis=(-2.0, 9.0),
    ),
    "barbell_glute_bridge": ExerciseTruth(
        Tempo("concentric", 0.8, 0.6, 1.0),
        (0.65, 1.00, 0.85, 0.40),
        hip=(0.0, 45.0),
        trunk=(0.0, 22.0),
        lumbar=(-5.0, 7.0),
        pelvis=(-4.0, 5.0),
    ),
    "back_squat": ExerciseTruth(
        Tempo("eccentric", 1.1, 0.3, 1.6),
        (0.42, 0.75, 0.90, 1.00),
        hip=(6.0, 105.0),
        trunk=(8.0, 42.0),
        lumbar=(0.0, 16.0),
        pelvis=(1.0, -7.0),
    ),
    "romanian_deadlift": ExerciseTruth(
        Tempo("eccentric", 1.2, 0.3, 1.9),
        (0.55, 0.88, 1.00, 0.78),
        hip=(5.0, 88.0),
        trunk=(4.0, 72.0),
        lumbar=(-1.0, 11.0),
        pelvis=(1.0, 15.0),
    ),
    "split_squat": ExerciseTruth(
        Tempo("eccentric", 1.0, 0.4, 1.4),
        (0.45, 0.80, 0.92, 1.00),
        hip=(8.0, 92.0),
        trunk=(5.0, 24.0),
        lumbar=(-2.0, 6.0),
        pelvis=(2.0, 6.0),
    ),
}

HOLD_FACTOR: Final = {
    "hyperextension": 0.9,
    "neutral": 1.0,
    "slight_flexion": 1.0,
    "moderate_flexion": 1.15,
    "hyperflexion": 0.85,
}
"""Factor on the hold in each head position of the hip thrust: conditions differ in tempo, too."""

LUMBAR_SHIFT: Final = {
    "hyperextension": -8.0,
    "neutral": 0.0,
    "slight_flexion": 3.0,
    "moderate_flexion": 6.0,
    "hyperflexion": 7.0,
}
PELVIS_SHIFT: Final = {
    "hyperextension": 7.0,
    "neutral": 0.0,
    "slight_flexion": -4.0,
    "moderate_flexion": -8.0,
    "hyperflexion": -6.0,
}
"""What each head position adds at the lock-out of the hip thrust, in degrees of lumbar flexion and anterior tilt."""

NEUTRAL_READING: Final = {"head": (4.0, 6.0), "trunk": (16.0, 5.0), "lumbar": (-36.0, 7.0), "pelvis": (11.0, 4.0)}
"""What a sensor shows in the neutral pose, mean and SD over participants in degrees: bodies and straps differ."""

CONDITIONS: Final = (
    *((exercise, "neutral") for exercise in EXERCISES),
    *((HIP_THRUST, position) for position in NECK_ANGLES if position != "neutral"),
)
"""(exercise, head position) of the nine task trials."""

MVIC_POSITIONS: Final = {
    "gluteus_maximus": ("prone_bent_knee", "standing_squeeze"),
    "biceps_femoris": ("prone_knee_45", "prone_knee_90"),
    "erector_spinae": ("prone_trunk_extension", "back_extension_bench"),
    "vastus_lateralis": ("seated_knee_60", "seated_knee_90"),
}
MVIC_TRIALS: Final = {"gluteus_maximus": 2, "biceps_femoris": 1, "erector_spinae": 1, "vastus_lateralis": 1}
"""Trials in each position."""

QUIET: Final = 0.05
"""Activation between repetitions, as a fraction of the highest in the set."""
