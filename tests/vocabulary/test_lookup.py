"""Names are found however they are spelled, and nothing is guessed."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.errors import VocabularyError
from emgpipe.vocabulary import load_vocabulary, normalize

WORDS = load_vocabulary()
KINDS = (
    (WORDS.muscle, WORDS.muscles),
    (WORDS.exercise, WORDS.exercises),
    (WORDS.head_position, WORDS.head_positions),
)
NAMES = [(find, entry, name) for find, entries in KINDS for entry in entries.values()
         for name in (entry.id, entry.name, *entry.synonyms)]  # fmt: skip

# As coaches and papers print them.
PRINTED = {
    "Barbell hip thrust": "barbell_hip_thrust", "American hip thrust": "american_hip_thrust",
    "band hip thrust": "band_hip_thrust", "banded hip thrust": "band_hip_thrust",
    "dumbbell hip thrust": "dumbbell_hip_thrust", "bodyweight hip thrust": "bodyweight_hip_thrust",
    "single-leg hip thrust": "single_leg_hip_thrust",
    "straddle single-leg hip thrust (partner)": "straddle_single_leg_hip_thrust",
    "Smith-machine hip thrust": "smith_machine_hip_thrust", "stability-ball hip thrust": "stability_ball_hip_thrust",
    "glute bridge": "glute_bridge", "barbell glute bridge": "barbell_glute_bridge",
    "Smith glute bridge": "smith_machine_glute_bridge", "single-leg glute bridge": "single_leg_glute_bridge",
    "single-leg glute bridge (on kettlebell)": "kettlebell_single_leg_glute_bridge",
    "Serrano banded bridge": "serrano_banded_bridge", "Serrano banded bridge (band over hips)": "serrano_banded_bridge",
    "table-top hold": "table_top_hold", "Table Top Hold": "table_top_hold", "front squat": "front_squat",
    "back squat": "back_squat", "goblet squat": "goblet_squat", "Zercher squat": "zercher_squat",
    "Zercher koala-bear squat": "zercher_koala_bear_squat", "piggy-back reverse lunge": "piggy_back_reverse_lunge",
    "back extension": "back_extension", "back extension (rounded upper back)": "rounded_back_extension",
    "deadlift": "deadlift", "RKC plank": "rkc_plank", "push-up": "push_up", "one-arm row": "one_arm_row",
    "kettlebell swing": "kettlebell_swing", "sled push": "sled_push",
    "BHT": "barbell_hip_thrust", "HT": "hip_thrust", "thrust": "hip_thrust", "hip thrusts": "hip_thrust",
    "hip thruster": "hip_thrust", "bridge": "glute_bridge", "supine bridge": "glute_bridge",
    "bridging": "glute_bridge", "SQ": "back_squat", "parallel squat": "parallel_squat", "RDL": "romanian_deadlift",
    "romanian": "romanian_deadlift", "american": "american_hip_thrust", "split squat": "split_squat",
    "Bulgarian": "bulgarian_split_squat", "hex": "hex_bar_deadlift", "trap bar": "hex_bar_deadlift",
    "hex/trap bar": "hex_bar_deadlift", "Belt squat": "belt_squat", "Step-ups": "step_up", "Lunges": "lunge",
    "Overhead squat": "overhead_squat", "Modified single-leg squat": "modified_single_leg_squat",
    "lateral step-up": "lateral_step_up", "cross-over step-up": "crossover_step_up",
    "rotational SL squat": "rotational_single_leg_squat", "SL wall squat": "single_leg_wall_squat",
    "SL bridge": "single_leg_glute_bridge", "plank + bent-leg hip ext": "front_plank_hip_extension",
    "side-lying abduction": "side_lying_abduction", "clam": "clam", "hop": "hop", "reverse hyper": "reverse_hyper",
    "cable pull-through": "cable_pull_through", "single-limb squat": "single_leg_squat",
    "single-limb deadlift": "single_leg_deadlift", "prone hip ext": "prone_hip_extension",
    "fwd step-up": "step_up", "gluteal squeeze": "gluteal_squeeze", "walking": "walking",
}  # fmt: skip


@pytest.mark.parametrize(("printed", "expected"), PRINTED.items())
def test_every_printed_exercise_is_found(printed, expected):
    assert WORDS.exercise(printed).id == expected


def test_every_name_finds_its_own_entry():
    assert [(entry.id, name) for find, entry, name in NAMES if find(name) is not entry] == []


@pytest.mark.parametrize("entries", [entries for _, entries in KINDS])
def test_no_name_is_claimed_twice(entries):
    owners: dict[str, set[str]] = {}
    for entry in entries.values():
        for name in (entry.id, entry.name, *entry.synonyms):
            owners.setdefault(normalize(name), set()).add(entry.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, len(NAMES) - 1),
    st.sampled_from(["_", "-", " ", " - ", "__", ""]),
    st.sampled_from([str.upper, str.title]),
)
def test_case_and_separators_make_no_difference(number, separator, letters):
    find, entry, name = NAMES[number]
    assert find(letters(separator.join(name.replace("_", " ").split()))) is entry


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [("GMAX", "gluteus_maximus"), ("Glut Max Sup", "gluteus_maximus_upper"), ("VL", "vastus_lateralis"),
     ("erector spinae", "erector_spinae"), ("ES", "erector_spinae"), ("Longissimus", "erector_spinae_longissimus"),
     ("TFL", "tensor_fasciae_latae"), ("Adductors", "adductor"), ("scm", "sternocleidomastoid")],
)  # fmt: skip
def test_muscle_abbreviations(given_name, expected):
    assert WORDS.muscle(given_name).id == expected


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [("Hyper-extension", "hyperextension"), ("looking up", "hyperextension"), ("straight", "neutral"),
     ("forward gaze", "slight_flexion"), ("slight tuck", "slight_flexion"), ("Moderate Flexion", "moderate_flexion"),
     ("Hyperflexion", "hyperflexion"), ("chin to chest", "hyperflexion")],
)  # fmt: skip
def test_head_positions_by_their_cues(given_name, expected):
    assert WORDS.head_position(given_name).id == expected


def test_head_positions_stand_in_order():
    assert list(WORDS.head_positions) == [
        "hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion",
    ]  # fmt: skip


def test_unknown_name_gets_three_suggestions_at_most():
    with pytest.raises(VocabularyError, match="'gluteus maximux' is not in the vocabulary; did you mean") as error:
        WORDS.muscle("gluteus maximux")
    assert "'gluteus_maximus'" in str(error.value)
    assert str(error.value).count(" or '") == 2
    assert "under 'vocabulary: muscles:'" in str(error.value)


@pytest.mark.parametrize("text", ["", " ", "zzzz", "---", "\x00"])
def test_nonsense_is_refused_without_a_suggestion(text):
    with pytest.raises(VocabularyError, match=r"is not in the vocabulary\."):
        WORDS.exercise(text)


def test_ambiguous_name_names_all_meanings():
    with pytest.raises(VocabularyError, match="can mean") as error:
        WORDS.muscle("GM")
    for meant in ("gluteus_maximus", "gluteus_medius", "gastrocnemius_medialis"):
        assert f"'{meant}'" in str(error.value)


def test_parts_are_the_muscle_and_all_below_it():
    assert WORDS.parts("gluteus_maximus") == ("gluteus_maximus", "gluteus_maximus_upper", "gluteus_maximus_lower")
    assert WORDS.parts("VL") == ("vastus_lateralis",)
    assert {"biceps_femoris", "biceps_femoris_long_head", "semitendinosus"} <= set(WORDS.parts("hamstrings"))


def test_order_and_words_of_levels():
    assert WORDS.order("head_position", ("hyperflexion", "new", "neutral")) == ("neutral", "hyperflexion", "new")
    assert WORDS.order("load", ("60", "40")) == ("60", "40")
    assert WORDS.words("exercise", "romanian_deadlift") == "Romanian deadlift"
    assert WORDS.words("load", "heavy_load") == "heavy load"


def test_a_vocabulary_crosses_process_borders():
    assert pickle.loads(pickle.dumps(WORDS)) == WORDS  # noqa: S301 - our own bytes
