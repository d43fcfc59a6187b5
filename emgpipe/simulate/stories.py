"""What does not go to plan in the demo study; the study file tells the reader of each."""

from __future__ import annotations

from typing import Final

MISSING_CELL: Final = ("P04", "hyperflexion")
"""This participant did no hip thrust in this head position."""

MISSING_MVIC: Final = ("P07", "vastus_lateralis")
"""This participant did no MVIC with this target."""

SWAPPED: Final = ("P05", "biceps_femoris", "vastus_lateralis")
"""The electrodes of these two muscles were swapped for the whole session."""

DEAD_SENSOR: Final = ("P02", "romanian_deadlift", "erector_spinae")
"""(participant, exercise, muscle): this sensor gave nothing during this set."""

MISSED_POSITION: Final = ("P06", "hyperflexion", 33.0)
"""(participant, head position, neck angle): asked for this position, the participant held the head at this angle."""

COMMENTS: Final = {
    ("P02", "romanian_deadlift"): "sensor of the erector spinae was off",
    ("P05", "barbell_hip_thrust"): "electrodes BF and VL swapped, noticed after the session",
}
"""What the technician wrote into the trials table, by participant and exercise."""
