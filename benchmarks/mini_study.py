"""Studies of many small sessions for `scaling`: two muscles and an angle, 1000 Hz, six trials, under a megabyte each.

Thirty different sessions are simulated; a study of more repeats them under other names, since simulating a thousand
would take longer than processing them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from emgpipe.simulate import simulate_emg

RATE = 1000.0
DIFFERENT = 30
TRIALS = {
    "mvic_gluteus-maximus_prone_1": 1.0,
    "mvic_biceps-femoris_prone_1": 1.0,
    "barbell-hip-thrust_neutral_1": 0.8,
    "back-squat_neutral_1": 0.45,
    "barbell-glute-bridge_neutral_1": 0.7,
}
STUDY = """
name: mini
recordings:
  folder: raw
  files:
    - {pattern: "{participant}_mvic_{target}_{position}_{trial}.csv", role: mvic}
    - {pattern: "{participant}_rest_{trial}.csv", role: rest}
    - {pattern: "{participant}_{exercise}_{head_position}_{trial}.csv"}
channels:
  - {label: GMAX, muscle: gluteus_maximus_lower, side: right}
  - {label: BF, muscle: biceps_femoris, side: right}
  - {label: hip, kind: angle, name: hip_angle}
repetitions: {kind: angle, channel: hip_angle, expected: 3}
metrics: [{kind: mean}, {kind: peak}]
comparisons:
  - {kind: ranking, factor: exercise, at: {head_position: neutral}}
output: {folder: processed}
"""


def write_mini_study(folder: Path, sessions: int) -> Path:
    """Write recordings and study file of so many participants with one session each; return the study file."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    for number in range(sessions):
        for trial in (*TRIALS, "rest_1"):
            path = raw / f"P{number + 1:04d}_{trial}.csv"
            if number < DIFFERENT:
                _write_trial(path, trial, number)
            else:
                shutil.copyfile(raw / f"P{number % DIFFERENT + 1:04d}_{trial}.csv", path)
    file = folder / "study.yaml"
    file.write_text(STUDY, "utf-8")
    return file


def _write_trial(path: Path, trial: str, number: int) -> None:
    rng = np.random.default_rng([number, sum(map(ord, trial))])
    time = np.arange(round((8.0 if "neutral" in trial else 5.0) * RATE)) / RATE
    is_task = "neutral" in trial
    moving = (time >= 0.5) & (time < 8.0) & ((time - 0.5) % 2.5 < 2.0) if is_task else (time >= 1) & (time < 4)
    bump = np.where(moving, np.sin(np.pi * ((time - 0.5) % 2.5) / 2.0), 0.0) if is_task else moving.astype(float)
    level = TRIALS.get(trial, 0.0) * rng.lognormal(0, 0.15)
    emg = [1e6 * simulate_emg(2e-6 + share * level * 2e-4 * bump, RATE, rng) for share in (1.0, 0.5)]
    angle = 80 - 80 * bump**2 if is_task else 10 + rng.normal(0, 0.3, time.size)
    angle = 80 - angle if "squat" in trial else angle  # stands, sinks, stands again
    table = np.column_stack([time, *emg, angle])
    head = "time (s),GMAX (uV),BF (uV),hip (deg)"
    np.savetxt(path, table, delimiter=",", fmt=("%.3f", "%.1f", "%.1f", "%.1f"), header=head, comments="")
