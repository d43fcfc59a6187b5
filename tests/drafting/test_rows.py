"""Names of files -> rows: against what a person would have written."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.drafting.rows import rows_from_names
from emgpipe.vocabulary import load_vocabulary

_SPEC = importlib.util.spec_from_file_location("names", Path(__file__).with_name("names.py"))
names = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(names)
VOCABULARY = load_vocabulary()


def rows(*given_names):
    return dict(zip(given_names, rows_from_names(given_names, VOCABULARY), strict=True))


@pytest.mark.parametrize("name", sorted(names.SETS))
def test_rows_are_what_a_person_would_write(name):
    expected = names.SETS[name]
    found = rows(*expected)
    assert {file: dict(row.fields) for file, row in found.items()} == {
        file: {"session": "1", "file": file, **fields} for file, fields in expected.items()
    }


def test_what_was_read_from_what_is_said_in_words():
    row = rows("P01_MVIC_gmax_1.c3d", "P02_squat_1.c3d")["P01_MVIC_gmax_1.c3d"]
    assert row.understood == "participant from 'P01', role from 'mvic', target from 'gmax', trial from '1'"
    assert row.doubts == ()
    assert row.is_included


def test_a_first_name_must_be_confirmed():
    for row in rows(*names.DATES_AND_FIRST_NAMES).values():
        assert any("may be the name of a person" in doubt for doubt in row.doubts)


def test_a_folder_for_each_person_is_a_participant_to_confirm():
    found = rows("Anna/squat1.csv", "Anna/MVC/gmax.csv", "Ben/squat1.csv")
    assert [row.fields["participant"] for row in found.values()] == ["Anna", "Anna", "Ben"]
    assert all("name of a person" in row.doubts[0] for row in found.values())


def test_words_of_a_persons_folder_are_not_taken_for_anything_else():
    found = rows("Anna Müller/MVC gmax.csv", "Anna Müller/squat.csv", "Ben Özil/MVC gmax.csv", "Ben Özil/squat.csv")
    assert [row.fields["participant"] for row in found.values()] == ["Anna Müller"] * 2 + ["Ben Özil"] * 2
    assert all(not {"position", "variant"} & row.fields.keys() for row in found.values())


@pytest.mark.parametrize(
    ("name", "word"),
    [("P01_xyz_1.csv", "role"), ("P01_MVIC_GM_1.csv", "target"), ("P01_squat  deep.csv", "rename")],
)
def test_what_is_not_understood_stays_in_the_table_but_is_left_out(name, word):
    row = rows(name, "P02_squat_1.csv")[name]
    assert word in row.missing
    assert not row.is_included
    assert row.fields["file"] == name


def test_a_name_without_a_participant_beside_names_that_have_one():
    row = rows("P01_squat.csv", "P02_squat.csv", "squat_neutral.csv")["squat_neutral.csv"]
    assert "participant" not in row.fields
    assert "participant" in row.missing


def test_abbreviations_that_mean_several_muscles_are_not_guessed():
    row = rows("P01_MVC GM left.csv", "P02_squat.csv")["P01_MVC GM left.csv"]
    assert "target" not in row.fields
    assert "'gm'" in row.doubts[0]


def test_constant_words_carry_nothing_and_words_that_vary_are_a_factor():
    found = rows(*(f"hipstudy_P0{who}_squat_{shoe}_1.csv" for who in (1, 2) for shoe in ("barefoot", "shod")))
    assert [row.fields["variant"] for row in found.values()] == ["barefoot", "shod"] * 2
    assert all("taken as a further factor" in row.doubts[0] for row in found.values())
    assert "hipstudy" not in "".join(str(row) for row in found.values()).replace("hipstudy_P0", "")


def test_words_that_come_once_are_no_factor():
    found = rows("P01_squat_oops_1.csv", "P01_squat_1.csv", "P02_squat_1.csv")
    assert all("variant" not in row.fields for row in found.values())
    assert "'oops'" in found["P01_squat_oops_1.csv"].doubts[0]


def test_two_exercises_in_one_name_are_not_decided():
    row = rows("P01_squat_and_deadlift.csv", "P02_squat.csv")["P01_squat_and_deadlift.csv"]
    assert "exercise" not in row.fields
    assert "'squat' and 'deadlift'" in row.doubts[0]


def test_names_that_say_the_same_are_counted_and_doubted():
    found = rows("P01_squat_1.csv", "P01_squat_1.txt", "P02_squat_1.csv")
    assert ["trial" in row.fields for row in found.values()] == [False, False, True]
    assert "P01_squat_1.txt" in found["P01_squat_1.csv"].doubts[0]


def test_dates_are_sessions_where_a_participant_has_several():
    found = rows("P01_2024-03-05_squat.csv", "P01_2024-03-12_squat.csv", "P02_2024-03-05_squat.csv")
    assert [row.fields["session"] for row in found.values()] == ["2024-03-05", "2024-03-12", "1"]


def test_one_file_per_repetition_is_noticed():
    assert rows("P1_squat_neutral_rep3.csv", "P2_squat_neutral_rep1.csv")["P1_squat_neutral_rep3.csv"].one_repetition


def test_words_in_the_place_of_an_exercise_are_a_new_one_but_left_out():
    found = rows("P01_frog-pump_1.csv", "P02_frog-pump_1.csv", "P01_squat_1.csv", "P02_oops_1.csv")
    new = found["P01_frog-pump_1.csv"]
    assert new.fields["exercise"] == "frog_pump"
    assert new.is_new
    assert not new.is_included
    assert "exercise" not in found["P02_oops_1.csv"].fields


_WORD = st.sampled_from(
    ["P01", "p2", "S3", "squat", "BHT", "neutral", "mvic", "MVC", "gmax", "left", "1", "12", "rest", "60kg", "Anna",
     "GM", "2024-03-05", "sub-03", "rep2", "xyz", "ses-1", "é", "100%", "band"]
)  # fmt: skip
_NAME = st.builds(
    lambda folders, words, gap, ending: "/".join([*folders, gap.join(words) + ending]),
    st.lists(_WORD, max_size=2), st.lists(_WORD, min_size=1, max_size=6), st.sampled_from("_- "),
    st.sampled_from([".csv", ".c3d", ""]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(_NAME, min_size=1, max_size=12, unique=True))
def test_every_name_has_one_row_and_no_row_is_half_a_trial(given_names):
    found = rows_from_names(given_names, VOCABULARY)
    assert [row.fields["file"] for row in found] == given_names
    for row in found:
        if row.is_included:
            needed = {"task": "exercise", "mvic": "target"}.get(row.role, "role")
            assert row.fields["participant"]
            assert row.fields[needed]
        else:
            assert row.missing


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda text: "/" not in text), min_size=1, max_size=6))
def test_any_text_may_be_a_name(given_names):
    assert len(rows_from_names(given_names, VOCABULARY)) == len(given_names)
