"""Studies of very many trials: spans of a few recordings, stated in a trials table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

RATE = 100
SECONDS = 0.5
STUDY = """
name: crowded
recordings: {folder: raw, trials: trials.csv}
channels: [{label: GMAX, muscle: gluteus_maximus_lower, side: right}]
chain: [{kind: rectify}, {kind: rms, window: 0.1}]
normalization: {kind: none}
repetitions: {kind: whole}
metrics: [mean]
comparisons: []
output: {folder: processed}
"""


def write_crowded(folder: Path, *, sessions: int, trials: int) -> Path:
    """Write a study of so many sessions, each one recording with so many trials in it; return the study file."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    rows = ["participant,file,exercise,head_position,trial,start,stop"]
    for number in range(sessions):
        person = f"P{number:03d}"
        samples = 100 * rng.standard_normal(round(trials * SECONDS * RATE))
        time = np.arange(len(samples)) / RATE
        lines = (f"{second:.2f},{value:.2f}" for second, value in zip(time, samples, strict=True))
        (raw / f"{person}.csv").write_text("time (s),GMAX (uV)\n" + "\n".join(lines) + "\n", "utf-8")
        rows += (
            f"{person},{person}.csv,back_squat,neutral,{trial + 1},{trial * SECONDS},{(trial + 1) * SECONDS}"
            for trial in range(trials)
        )
    (raw / "trials.csv").write_text("\n".join(rows) + "\n", "utf-8")
    study = folder / "study.yaml"
    study.write_text(STUDY, "utf-8")
    return study
