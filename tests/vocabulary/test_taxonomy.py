"""Every exercise the coaches' texts name is there, with sensible fields, and so are their names for head positions."""

from __future__ import annotations

import pytest

from emgpipe.vocabulary import load_vocabulary
from emgpipe.vocabulary.listing import vocabulary_text

WORDS = load_vocabulary()

# Copied by hand: family, laterality, load type, contraction.
NAMED = {
    "barbell hip thrust": ("hip_thrust", "bilateral", "barbell", "dynamic"),
    "American hip thrust": ("hip_thrust", "bilateral", "barbell", "dynamic"),
    "band hip thrust": ("hip_thrust", "bilateral", "band", "dynamic"),
    "banded hip thrust": ("hip_thrust", "bilateral", "band", "dynamic"),
    "dumbbell hip thrust": ("hip_thrust", "bilateral", "dumbbell", "dynamic"),
    "bodyweight hip thrust": ("hip_thrust", "bilateral", "bodyweight", "dynamic"),
    "single-leg hip thrust": ("hip_thrust", "unilateral", "bodyweight", "dynamic"),
    "straddle single-leg hip thrust (partner)": ("hip_thrust", "unilateral", "partner", "dynamic"),
    "Smith-machine hip thrust": ("hip_thrust", "bilateral", "smith", "dynamic"),
    "stability-ball hip thrust": ("hip_thrust", "bilateral", "ball", "dynamic"),
    "glute bridge": ("bridge", "bilateral", "bodyweight", "dynamic"),
    "barbell glute bridge": ("bridge", "bilateral", "barbell", "dynamic"),
    "Smith glute bridge": ("bridge", "bilateral", "smith", "dynamic"),
    "single-leg glute bridge": ("bridge", "unilateral", "bodyweight", "dynamic"),
    "single-leg glute bridge on kettlebell": ("bridge", "unilateral", "bodyweight", "dynamic"),
    "Serrano banded bridge": ("bridge", "bilateral", "band_hips", "dynamic"),
    "table-top hold": ("isometric_hold", "bilateral", "bodyweight", "isometric"),
    "table-top hold with med-ball squeeze": ("isometric_hold", "bilateral", "ball", "isometric"),
    "1-leg table-top hold": ("isometric_hold", "unilateral", "bodyweight", "isometric"),
    "toe table-top hold": ("isometric_hold", "bilateral", "bodyweight", "isometric"),
    "front squat": ("squat", "bilateral", "barbell", "dynamic"),
    "back squat": ("squat", "bilateral", "barbell", "dynamic"),
    "goblet squat": ("squat", "bilateral", "dumbbell", "dynamic"),
    "Zercher squat": ("squat", "bilateral", "barbell", "dynamic"),
    "Zercher koala-bear squat": ("squat", "bilateral", "partner", "dynamic"),
    "piggy-back reverse lunge": ("lunge", "alternating", "partner", "dynamic"),
    "back extension (rounded upper back)": ("back_extension", "bilateral", "bodyweight", "dynamic"),
    "deadlift": ("hinge", "bilateral", "barbell", "dynamic"),
    "RKC plank": ("plank", "bilateral", "bodyweight", "isometric"),
    "push-up": ("other", "bilateral", "bodyweight", "dynamic"),
    "one-arm row": ("other", "unilateral", "dumbbell", "dynamic"),
    "kettlebell swing": ("hinge", "bilateral", "kettlebell", "dynamic"),
    "sled push": ("other", "alternating", "machine", "dynamic"),
}
SYNONYMS = {
    "BHT": "barbell_hip_thrust", "HT": "hip_thrust", "thrust": "hip_thrust", "hip thrusts": "hip_thrust",
    "hip thruster": "hip_thrust", "bridge": "glute_bridge", "supine bridge": "glute_bridge",
    "bridging": "glute_bridge", "SQ": "back_squat", "parallel squat": "parallel_squat", "RDL": "romanian_deadlift",
    "romanian": "romanian_deadlift", "american": "american_hip_thrust", "split squat": "split_squat",
    "Bulgarian": "bulgarian_split_squat", "hex/trap bar": "hex_bar_deadlift",
}  # fmt: skip
HEAD = {
    "extended": "hyperextension", "looking up": "hyperextension", "looking back": "hyperextension",
    "cranked": "hyperextension", "neutral": "neutral", "straight": "neutral", "forward gaze": "slight_flexion",
    "slight tuck": "slight_flexion",
}  # fmt: skip


@pytest.mark.parametrize(("name", "fields"), NAMED.items())
def test_named_exercises(name, fields):
    exercise = WORDS.exercise(name)
    assert (exercise.family, exercise.laterality, exercise.load_type, exercise.contraction) == fields


@pytest.mark.parametrize(("name", "expected"), SYNONYMS.items())
def test_synonyms_of_exercises(name, expected):
    assert WORDS.exercise(name).id == expected


@pytest.mark.parametrize(("name", "expected"), HEAD.items())
def test_synonyms_of_head_positions(name, expected):
    assert WORDS.head_position(name).id == expected


def test_thrusts_and_bridges_push_from_front_to_back_and_squats_stand():
    vectors = {"hip_thrust": {"horizontal_ap"}, "bridge": {"horizontal_ap"}, "back_extension": {"horizontal_pa"}}
    for family, expected in vectors.items():
        assert {entry.vector for entry in WORDS.exercises.values() if entry.family == family} == expected
    phases = {entry.start_phase for entry in WORDS.exercises.values() if entry.family in {"squat", "lunge"}}
    assert phases == {"eccentric"}


def test_every_head_position_has_a_cue():
    assert all(position.cues for position in WORDS.head_positions.values())


def test_a_search_prints_what_is_known():
    text = vocabulary_text(WORDS, "vastus lateralis")
    assert "two thirds of the way from the anterior superior iliac spine" in text
    assert "http://seniam.org/quadricepsfemorisvastuslateralis.html" in text
    assert "quadriceps" in text
    assert "chin to the chest" in vocabulary_text(WORDS, "hyperflexion")
    assert "'GM' can mean gluteus_maximus or gluteus_medius or gastrocnemius_medialis" in vocabulary_text(WORDS, "GM")
    thrust = vocabulary_text(WORDS, "bht")
    assert [word in thrust for word in ("barbell", "horizontal_ap", "with the concentric phase", "bilateral")] == [
        True
    ] * 4


def test_the_whole_list_is_one_line_an_entry():
    count = len(WORDS.muscles) + len(WORDS.exercises) + len(WORDS.head_positions)
    assert len(vocabulary_text(WORDS).splitlines()) == count + 5
