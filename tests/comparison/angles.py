"""Small studies with a measured neck angle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from emgpipe.comparison import StudyTables
from tests.comparison.tables import row, table

THRUST = "barbell_hip_thrust"


def angle_row(person: str, head: str, angle: float, repetition: int = 1, **changes) -> dict:
    """One repetition's neck angle at lock-out."""
    about = {"kind": "angle", "muscle": "neck_angle", "side": "", "metric": "lockout", "unit": "deg", "mvic": None}
    where = {"head_position": head, "repetition": repetition, "amplitude_unit": ""}
    exercise = changes.pop("exercise", THRUST)
    return row(person, exercise, np.nan, **(about | where | changes)) | {"value": angle}


def emg_row(person: str, head: str, amplitude: float, repetition: int = 1, **changes) -> dict:
    """One repetition's gluteus maximus amplitude in mV."""
    exercise = changes.pop("exercise", THRUST)
    return row(person, exercise, amplitude * 1e-3, **({"head_position": head, "repetition": repetition} | changes))


def angles_study(angles: Mapping[str, Mapping[str, Sequence[float]]], participants: pd.DataFrame | None = None):
    """Participant -> instructed position -> angle of each repetition; amplitude 0.1 mV + angle / 1000."""
    rows = []
    for person, own in angles.items():
        for head, values in own.items():
            for repetition, angle in enumerate(values, start=1):
                rows.append(angle_row(person, head, angle, repetition))
                rows.append(emg_row(person, head, 0.1 + (0 if np.isnan(angle) else angle) / 1000, repetition))
    return StudyTables(table(rows), participants=pd.DataFrame() if participants is None else participants)
