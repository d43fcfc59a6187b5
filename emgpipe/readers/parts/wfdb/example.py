"""A small WFDB record written byte by byte from the published layout, for the contract tests and the docs."""

from __future__ import annotations

import numpy as np

N_FRAMES = 500


def wfdb_example() -> dict[str, bytes]:
    """Return header, signal file and annotations: EMG at 1000 Hz in mV, an angle at 500 Hz in deg, one event."""
    time = np.arange(2 * N_FRAMES) / 1000.0
    emg = np.round(8000 * np.sin(2 * np.pi * 80 * time)).astype("<i2").reshape(N_FRAMES, 2)
    angle = np.round(5000 * np.cos(2 * np.pi * 0.5 * time[::2])).astype("<i2").reshape(N_FRAMES, 1)
    header = (
        f"example 2 500 {N_FRAMES} 10:00:00 01/01/2025\n"
        f"example.dat 16x2 10000(0)/mV 16 0 {emg[0, 0]} 0 0 EMG GMAX RT\n"
        f"example.dat 16 100(0)/deg 16 0 {angle[0, 0]} 0 0 hip flexion\n"
    )
    # A note (22) at frame 350 whose text follows (63: its length), then the end of the file.
    note = (22 << 10 | 350, 63 << 10 | 5)
    annotations = np.array(note, "<u2").tobytes() + b"squat\x00" + b"\x00\x00"
    return {
        "example.hea": header.encode(),
        "example.dat": np.concatenate([emg, angle], axis=1).tobytes(),
        "example.atr": annotations,
    }
