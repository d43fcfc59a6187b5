"""File names taken apart."""

from __future__ import annotations

import pytest

from emgpipe.config.patterns import fits, parse_pattern, splits
from emgpipe.config.words import Words
from emgpipe.vocabulary import load_vocabulary

KNOWS = Words(load_vocabulary()).knows
TASK = "{participant}_{exercise}_{head_position}_{trial}.csv"
MVIC = "{participant}_mvic_{target}_{position}_{trial}.*"


@pytest.mark.parametrize(
    ("pattern", "name", "fields"),
    [
        (TASK, "P01_back_squat_neutral_1.csv", "P01|back_squat|neutral|1"),
        (TASK, "P01_split_squat_slight_flexion_2.csv", "P01|split_squat|slight_flexion|2"),
        (TASK, "P01_back_squat_neutral_1.CSV", "P01|back_squat|neutral|1"),
        (TASK, "lab_3_barbell_hip_thrust_neutral_01.csv", "lab_3|barbell_hip_thrust|neutral|01"),
        (MVIC, "P01_mvic_gluteus_maximus_prone_1.csv", "P01|gluteus_maximus|prone|1"),
        (MVIC, "P01_mvic_gluteus_maximus_upper_prone_1.c3d", "P01|gluteus_maximus_upper|prone|1"),
        (MVIC, "P01_mvic_gluteus_maximus_prone_bent_knee_1.c3d", "P01|gluteus_maximus|prone_bent_knee|1"),
        (MVIC, "P1_MVIC_gluteus_maximus+biceps_femoris_prone_1.x", "P1|gluteus_maximus+biceps_femoris|prone|1"),
        ("{participant}/{session}/{exercise}-*.edf", "P01/pre/back_squat-x-y.edf", "P01|pre|back_squat"),
        ("{participant}/{participant}_{exercise}.edf", "P01/p01_back_squat.edf", "P01|back_squat"),
        ("S{participant} {exercise} {load}kg.txt", "S07 Back Squat 60kg.txt", "07|Back Squat|60"),
        ("{participant}_{role}_{trial}.csv", "P01_rest_1.csv", "P01|rest|1"),
        ("{participant}_*_{exercise}.csv", "P01_2024_10_back_squat.csv", "P01|back_squat"),
        ("data\\{participant}_{exercise}.csv", "data/P01_back_squat.csv", "P01|back_squat"),
    ],
)
def test_one_reading(pattern: str, name: str, fields: str) -> None:
    found = splits(pattern, name, KNOWS)
    assert ["|".join(one.values()) for one in found] == [fields]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (TASK, "P01_back_squat_neutral.csv"),
        (TASK, "P01_back_sqat_neutral_1.csv"),
        (TASK, "P01_back_squat_neutral_1_angles.csv"),
        (TASK, "sub/P01_back_squat_neutral_1.csv"),
        (TASK, "P01_back_squat_neutral_1.csv.bak"),
        (TASK, ".csv"),
        ("{participant}/{participant}_{exercise}.edf", "P01/P02_back_squat.edf"),
    ],
)
def test_no_reading(pattern: str, name: str) -> None:
    assert splits(pattern, name, KNOWS) == []


def test_several_readings() -> None:
    def knows(field: str, text: str) -> bool:
        return (field, text) in {
            ("exercise", "lunge"), ("exercise", "lunge_low"), ("head_position", "neutral"),
            ("head_position", "low_neutral"),
        }  # fmt: skip

    found = splits(TASK, "P01_lunge_low_neutral_1.csv", knows)
    assert {one["exercise"] for one in found} == {"lunge", "lunge_low"}


def test_shape_alone() -> None:
    assert fits(TASK, "P01_anything_at_all_1.csv")
    assert not fits(TASK, "P01_1.csv")


@pytest.mark.parametrize(
    ("pattern", "phrase"),
    [
        ("{participant_{exercise}.csv", "not closed"),
        ("{participant}_{exercise.csv", "not closed"),
        ("{participant}{exercise}.csv", "need a character between them"),
        ("{participant}*.csv", "need a character between them"),
        ("{particpant}_{exercise}.csv", "did you mean '{participant}'?"),
        ("{Participant}_{exercise}.csv", "not a field"),
        ("{}_{exercise}.csv", "not a field"),
    ],
)
def test_impossible_patterns(pattern: str, phrase: str) -> None:
    with pytest.raises(ValueError, match=phrase.replace("{", "\\{").replace("?", "\\?")):
        parse_pattern(pattern)


def test_long_names_are_read_quickly() -> None:
    name = "_".join(["a"] * 40) + "_back_squat_neutral_1.csv"
    assert len(splits(TASK, name, KNOWS)) == 1
