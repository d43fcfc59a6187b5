"""The ruler of `scaling`: what a plain script with pandas and scipy does to the same recordings, one after the other.

It reads, band-passes, rectifies, smooths, takes the best half second of each MVIC, finds repetitions in the angle, and
writes mean and peak of each in %MVIC. It checks nothing, remembers nothing, and stops at the first bad file.

    python -m benchmarks.plain_loop RAW_FOLDER OUT.csv
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.signal import butter, sosfiltfilt

RATE = 1000
MUSCLES = {"GMAX (uV)": "gluteus-maximus", "BF (uV)": "biceps-femoris"}
BANDPASS = butter(2, (20, 450), "bandpass", fs=RATE, output="sos")
LOWPASS = butter(2, 6, fs=RATE, output="sos")


def envelope(samples: np.ndarray) -> np.ndarray:
    """Return the moving RMS over 0.1 s of the band-passed signal."""
    filtered = np.abs(sosfiltfilt(BANDPASS, samples - samples.mean()))
    return np.sqrt(np.convolve(filtered**2, np.ones(101) / 101, "same"))


def repetitions(angle: np.ndarray) -> list[tuple[int, int]]:
    """Return where the angle is away from where it starts by more than a fifth of its range."""
    smooth = sosfiltfilt(LOWPASS, angle)
    away = np.abs(smooth - smooth[:200].mean()) > 0.2 * np.ptp(smooth)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], away, [False])).astype(int)))
    return [(start, stop) for start, stop in edges.reshape(-1, 2).tolist() if stop - start > RATE // 2]


def session_rows(files: list[Path]) -> list[dict[str, object]]:
    """Return mean and peak of every repetition of one participant, in %MVIC."""
    tables = {path.stem.partition("_")[2]: pd.read_csv(path) for path in files}
    envelopes = {name: {one: envelope(table[one].to_numpy()) for one in MUSCLES} for name, table in tables.items()}
    window = np.ones(RATE // 2) / (RATE // 2)
    mvic = {
        one: max(
            np.convolve(envelopes[name][one], window, "valid").max() for name in tables if f"mvic_{target}" in name
        )
        for one, target in MUSCLES.items()
    }
    rows: list[dict[str, object]] = []
    for name, table in tables.items():
        if "neutral" not in name:
            continue
        for number, (start, stop) in enumerate(repetitions(table["hip (deg)"].to_numpy()), start=1):
            for one in MUSCLES:
                part = 100 * envelopes[name][one][start:stop] / mvic[one]
                about = {"participant": files[0].stem[:5], "trial": name, "repetition": number, "muscle": one}
                rows.append({**about, "mean": part.mean(), "peak": part.max()})
    return rows


def main(raw: Path, out: Path) -> None:
    """Process a folder and write one table."""
    people = groupby(sorted(raw.glob("*.csv")), key=lambda path: path.stem.partition("_")[0])
    rows = [row for _, files in people for row in session_rows(list(files))]
    pd.DataFrame(rows).to_csv(out, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
