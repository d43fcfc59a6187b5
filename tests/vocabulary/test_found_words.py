"""Names of files and folders."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.vocabulary import guess_words, load_vocabulary

WORDS = load_vocabulary()
NAMES = {
    "P01_BarbellHipThrust_slight-flexion_2": [("exercise", "barbell_hip_thrust"), ("head_position", "slight_flexion")],
    "S03_MVIC_GMAX_left_prone": [("role", "mvic"), ("muscle", "gluteus_maximus"), ("side", "left")],
    "RGMAX_MVC1": [("muscle", "gluteus_maximus"), ("side", "right"), ("role", "mvic")],
    "P02_back-squat_hyperflexion": [("exercise", "back_squat"), ("head_position", "hyperflexion")],
    "BHT neutral 01": [("exercise", "barbell_hip_thrust"), ("head_position", "neutral")],
    "P01_head_back_hip_thrust": [("head_position", "hyperextension"), ("exercise", "hip_thrust")],
    "single_leg_hip_thrust_R": [("exercise", "single_leg_hip_thrust"), ("side", "right")],
    "P07_rest": [("role", "rest")],
    "GLUT MED LT": [("muscle", "gluteus_medius"), ("side", "left")],
    "sub-01_task-squat_run-02": [("exercise", "squat")],
    "chin_tuck_GMAX": [("muscle", "gluteus_maximus")],
    "RDL02": [("exercise", "romanian_deadlift")],
    "P1 Calibration": [("role", "calibration")],
}
NOTHING = (
    "", "P01", "anna_es_st", "single_leg_barbell_hip_thrust", "hip_thrust_band", "table_top_hold_1-leg",
    "smith machine", "chin_tuck", "step", "L", "data_R", "hip_extension", "flexion", "GM", "baseline", "static",
)  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_what_a_name_says(name, expected):
    assert [(word.kind, word.id) for word in guess_words(name, WORDS)] == expected


@pytest.mark.parametrize("name", NOTHING)
def test_uncertain_names_say_nothing(name):
    assert guess_words(name, WORDS) == []


def test_the_words_found_are_given_back():
    assert [word.text for word in guess_words("P01-Hip_Thrust-neutral", WORDS)] == ["hip thrust", "neutral"]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_survived(text):
    for kind, name, found in guess_words(text, WORDS):
        assert kind in {"muscle", "exercise", "head_position", "side", "role"}
        assert name
        assert found
