"""A study small enough to run in a second, written as plain CSV; tests spoil one thing in it and look what happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np

RATE = 1000.0
MUSCLES = {"GMAX": "gluteus_maximus_lower", "BF": "biceps_femoris"}
LEVELS = {"mvic": 1.0, "barbell_hip_thrust": 0.8, "back_squat": 0.4}
STUDY = """
name: small
recordings:
  folder: raw
  files:
    - {{pattern: "{{participant}}_mvic_{{target}}_{{position}}_{{trial}}.*", role: mvic}}
    - {{pattern: "{{participant}}_{{exercise}}_{{head_position}}_{{trial}}.*"}}
channels:
  - {{label: GMAX, muscle: gluteus_maximus_lower, side: right}}
  - {{label: BF, muscle: biceps_femoris, side: right}}
  - {{label: hip, kind: angle, name: hip_angle}}
repetitions: {{kind: angle, channel: hip_angle, expected: 3}}
comparisons:
  - {{kind: ranking, factor: exercise, at: {{head_position: neutral}}}}
output: {{folder: processed}}
{more}
"""


def activation(level: float, seconds: float) -> np.ndarray:
    """Amplitude in V: quiet, then three bumps of 2 s with pauses of 1 s."""
    time = np.arange(round(seconds * RATE)) / RATE
    inside = (time >= 1) & (time < 10) & ((time - 1) % 3 < 2)
    return 2e-6 + 2e-4 * level * np.where(inside, np.sin(np.pi * ((time - 1) % 3) / 2), 0.0)


def write_recording(path: Path, level: float, *, seconds: float = 11.0, seed: int = 0) -> None:
    """Write one CSV with two EMG channels in uV and a hip angle in degrees."""
    from emgpipe.simulate import simulate_emg

    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    wave = activation(level, seconds)
    columns = [1e6 * simulate_emg(share * wave, RATE, rng) for share in (1.0, 0.5)]
    inside = (time >= 1) & (time < 10) & ((time - 1) % 3 < 2)
    angle = 80 - 80 * np.where(inside, np.sin(np.pi * ((time - 1) % 3) / 2) ** 2, 0.0)
    if "squat" in path.name:  # stands, sinks, stands again
        angle = 80 - angle
    table = np.column_stack([time, *columns, angle])
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header="time (s),GMAX (uV),BF (uV),hip (deg)", comments="")


def write_small_study(folder: Path, *, participants: int = 2, more: str = "") -> Path:
    """Write recordings and study file; return the study file."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for number in range(1, participants + 1):
        person = f"P{number:02d}"
        for target in ("gluteus-maximus", "biceps-femoris"):
            write_recording(raw / f"{person}_mvic_{target}_prone_1.csv", LEVELS["mvic"] * number, seed=number)
        for exercise in ("barbell-hip-thrust", "back-squat"):
            level = LEVELS[exercise.replace("-", "_")] * number
            write_recording(raw / f"{person}_{exercise}_neutral_1.csv", level, seed=10 * number + len(exercise))
    study = folder / "study.yaml"
    study.write_text(STUDY.format(more=more), "utf-8")
    return study
