"""The recordings of four participants of the demo study with five faults in them, each where it is said here.

==================  ===========================================================================================
a clipped MVIC      P01, gluteus maximus prone bent knee, first trial: the upper gluteus maximus is 1.6 times as
                    strong as in the demo, which makes it the best trial, and hits a rail
a dead channel      P02, Romanian deadlift: the erector spinae gives nothing (the demo's own story)
a swapped pair      P03, all trials: biceps femoris and vastus lateralis
a file filtered     P04, back squat: all EMG channels band-pass filtered (20 to 450 Hz) before they were exported
a missing position  P04, barbell hip thrust in hyperflexion (the demo's own story)
==================  ===========================================================================================
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import signal

from emgpipe.readers import read
from emgpipe.simulate.demo import study_text, write_recordings
from emgpipe.simulate.devices import DEVICES
from emgpipe.simulate.movement import SENSORS
from emgpipe.simulate.tables import MUSCLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Emg = dict[str, "NDArray[np.float64]"]
REPETITIONS = 3
CLIPPED = ("P01/1/mvic.gluteus_maximus.prone_bent_knee.1", "gluteus_maximus_upper")
DEAD = ("P02/1/romanian_deadlift.neutral.1", "erector_spinae")
SWAPPED = ("P03", {"biceps_femoris", "vastus_lateralis"})
FILTERED = "P04/1/back_squat.neutral.1"
MISSING = ("P04", "barbell hip thrust, hyperflexion")


def write_faulty_study(folder: Path) -> Path:
    """Write recordings and study file into an empty folder; return the study file."""
    raw = folder / "raw"
    write_recordings(raw, participants=4, repetitions=REPETITIONS)
    _rewrite(raw / "P01_mvic_gluteus-maximus_prone-bent-knee_1.csv", _clip)
    for path in sorted(raw.glob("P03_*.c3d")):
        _rewrite(path, _swap)
    _rewrite(raw / "P04_back-squat_neutral_1.c3d", _filter)
    study = folder / "study.yaml"
    text = re.sub(r"\noverrides:\n(  .*\n)+", "\n", study_text())  # which would leave the dead channel out
    study.write_text(text.replace("expected: 5", f"expected: {REPETITIONS}"), "utf-8")
    return study


def _clip(emg: Emg, _rate: float) -> Emg:
    strong = 1.6 * emg[CLIPPED[1]]
    rail = 0.45 * float(np.max(np.abs(strong)))
    return emg | {CLIPPED[1]: np.clip(strong, -rail, rail)}


def _swap(emg: Emg, _rate: float) -> Emg:
    first, second = sorted(SWAPPED[1])
    return emg | {first: emg[second], second: emg[first]}


def _filter(emg: Emg, rate: float) -> Emg:
    sections = signal.butter(4, (20.0, 450.0), "bandpass", fs=rate, output="sos")
    return {muscle: signal.sosfiltfilt(sections, samples) for muscle, samples in emg.items()}


def _rewrite(path: Path, change: Callable[[Emg, float], Emg]) -> None:
    """Read a recording of the demo, change its EMG, and write it as its device does."""
    device = DEVICES[int(path.name[1:3]) - 1]
    recording = read(path)
    there = {channel.label.split(" (")[0]: channel for channel in recording.channels}
    emg = {muscle: np.array(there[device.label(muscle)].read()) for muscle in MUSCLES}
    angles = {
        name: np.array(there[label].read())
        for name, label in zip(SENSORS, device.angle_labels, strict=True)
        if label in there
    }
    device.write(path, change(emg, device.emg_rate), angles)
