"""What a paper has to report and no file holds: the study file may say it, the report prints NOT RECORDED otherwise.

The items are those of the ISEK standards (Merletti 1999, J Electromyogr Kinesiol 9: III-IV) and of the CEDE project's
recommendations on electrodes and amplitude normalization (Besomi et al. 2019, J Electromyogr Kinesiol 48:128-144;
2020, 53:102438).
"""

from __future__ import annotations

from emgpipe.settings import Settings


class Reporting(Settings):
    """Free text for the methods section of a paper; whatever is left out reads NOT RECORDED."""

    participants: str = ""
    """Who took part: number, sex, age, training experience, health, consent."""
    electrode_material: str = ""
    """Such as Ag/AgCl."""
    electrode_shape_and_size: str = ""
    """Such as discs of 10 mm, or bars of 10 by 1 mm."""
    skin_preparation: str = ""
    """Shaving, abrasion, cleaning, gel or paste."""
    inter_electrode_distance: str = ""
    """Such as 20 mm."""
    electrode_location: str = ""
    """Where on each muscle, with respect to landmarks, tendon and motor point."""
    electrode_orientation: str = ""
    """With respect to the muscle fibers."""
    reference_electrode: str = ""
    """Where the reference electrode was."""
    detection: str = ""
    """Bipolar (single differential), double differential, monopolar."""
    amplifier: str = ""
    """Make and model."""
    input_impedance: str = ""
    """Of the amplifier."""
    common_mode_rejection: str = ""
    """Of the amplifier, in dB."""
    gain: str = ""
    """Of the amplifier."""
    hardware_filter: str = ""
    """Type, cut-off frequencies and slope of the amplifier's own filter."""
    resolution: str = ""
    """Of the analog-to-digital conversion, in bits, and its range."""
    crosstalk: str = ""
    """What was done against cross-talk, and what shows it is small."""
    mvic_posture: str = ""
    """Joint angles, position and resistance of each MVIC."""
    mvic_effort: str = ""
    """Rate of force rise, duration, encouragement, feedback, practice and rest between MVICs."""
    task_load: str = ""
    """How the load of each exercise was chosen."""
    task_tempo: str = ""
    """How the tempo was set and watched."""
    task_order: str = ""
    """How the order of conditions was chosen: randomized, counterbalanced."""
    head_position_instruction: str = ""
    """What participants were told about head and gaze, and how it was checked."""
    angle_sensors: str = ""
    """Which sensors measured head, trunk, spine and pelvis, where they sat, and their error."""
