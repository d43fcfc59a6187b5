"""The reporting items of the ISEK standards and of CEDE, each with what was recorded or NOT RECORDED."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from emgpipe.report.words import lower_label

ABSENT: Final = "NOT RECORDED"
_ISEK, _CEDE, _BOTH, _STUDY = "ISEK", "CEDE", "ISEK, CEDE", "study"
_ITEMS: Final = (
    ("participants", "Participants", _STUDY),
    ("electrode_material", "Electrode material", _BOTH),
    ("electrode_shape_and_size", "Electrode shape and size", _BOTH),
    ("skin_preparation", "Skin preparation", _BOTH),
    ("inter_electrode_distance", "Inter-electrode distance", _BOTH),
    ("electrode_location", "Electrode location", _BOTH),
    ("electrode_orientation", "Electrode orientation", _BOTH),
    ("reference_electrode", "Reference electrode", _CEDE),
    ("detection", "Detection mode", _ISEK),
    ("amplifier", "Amplifier", _ISEK),
    ("input_impedance", "Input impedance", _ISEK),
    ("common_mode_rejection", "Common mode rejection", _ISEK),
    ("gain", "Gain", _ISEK),
    ("hardware_filter", "Hardware filter", _ISEK),
    ("resolution", "Resolution", _ISEK),
    ("crosstalk", "Cross-talk", _ISEK),
    ("mvic_posture", "MVIC: posture and joint angles", _BOTH),
    ("mvic_effort", "MVIC: effort, practice and rest", _BOTH),
    ("task_load", "Load", _STUDY),
    ("task_tempo", "Tempo", _STUDY),
    ("task_order", "Order of conditions", _STUDY),
    ("head_position_instruction", "Head position: instruction", _STUDY),
    ("angle_sensors", "Angle sensors", _STUDY),
)
_APPROACH: Final = {
    "mvic": "CEDE approach 2: standardized isometric maximal voluntary contraction",
    "task_peak": "CEDE approach 4: peak in the task, one value for all conditions",
    "task_mean": "CEDE approach 4: mean in the task, one value for all conditions",
    "none": "CEDE approach 5: none; volts are compared inside participant and session only",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a paper has to say.

    Attributes
    ----------
    name, standard : str
        What it is, and who asks for it.
    text : str
        What was recorded, or `ABSENT`.
    """

    name: str
    standard: str
    text: str


def reporting_items(settings: Mapping[str, Any], recorded: Mapping[str, str]) -> tuple[Item, ...]:
    """Return every item in the order of the standards.

    Parameters
    ----------
    settings : mapping
        Of the study, as plain data.
    recorded : mapping
        What the recordings themselves say, by the key of the item, such as ``hardware_filter``; the study file's
        words go first.
    """
    stated = settings.get("reporting") or {}
    items = [Item(name, standard, stated.get(key) or recorded.get(key) or ABSENT) for key, name, standard in _ITEMS]
    normalization = str((settings.get("normalization") or {}).get("kind", ""))
    items += [
        Item("Sampling rate", _ISEK, recorded.get("sampling_rate") or ABSENT),
        Item("Normalization approach", _CEDE, _APPROACH.get(normalization, lower_label(normalization) or ABSENT)),
        Item("Reference per condition", _CEDE, "no: one reference per participant, session, muscle and placement"),
    ]
    return tuple(items)
