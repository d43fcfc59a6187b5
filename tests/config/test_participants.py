"""The participants table: what it gives, what it must not give, and what is said about its mistakes."""

from __future__ import annotations

import pytest

from emgpipe.config import Recordings, list_participants
from emgpipe.errors import ConfigError


@pytest.fixture
def listed(tmp_path):
    """Write a table and read it for these participants of the trials."""

    def read(text: str | bytes, *names: str, file: str = "people.csv", **more: str):
        (tmp_path / file).write_bytes(text.encode() if isinstance(text, str) else text)
        recordings = Recordings(folder=tmp_path, files=({"pattern": "{participant}_{exercise}.csv"},), **more)
        return list_participants(recordings.model_copy(update={"participants": file}), names)

    return read


def messages(found):
    return [(problem.status, problem.message) for problem in found.problems]


def test_a_study_without_a_table_has_none(tmp_path):
    recordings = Recordings(folder=tmp_path, files=({"pattern": "{participant}_{exercise}.csv"},))
    assert list_participants(recordings, ["P1"]) is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_text_under_plain_names_in_the_order_of_the_trials(listed, delimiter):
    text = "Participant,Sex,Training Age-years,height\nP2,m,03,\nP1,f,NA,1.7\n".replace(",", delimiter)
    found = listed(text, "P1", "P1", "P2")
    assert found.columns == ("participant", "sex", "training_age_years", "height")
    assert found.rows == (
        {"participant": "P1", "sex": "f", "training_age_years": "NA", "height": "1.7"},
        {"participant": "P2", "sex": "m", "training_age_years": "03", "height": ""},
    )
    assert found.problems == ()


def test_names_may_differ_from_the_trials_in_leading_zeros(listed):
    found = listed("participant,sex\n1,f\n2,m\n", "01", "02")
    assert [row["participant"] for row in found.rows] == ["01", "02"]
    assert [row["sex"] for row in found.rows] == ["f", "m"]


def test_who_has_no_row_and_who_has_no_trial_is_said(listed):
    found = listed("participant,sex\nP01,f\nP3,m\n,f\n", "P01", "P03")
    assert found.rows == ({"participant": "P01", "sex": "f"}, {"participant": "P03", "sex": ""})
    assert [(status, text.split(",")[0].split(";")[0]) for status, text in messages(found)] == [
        ("warn", "the row names no participant and is left out"),
        ("warn", "there is no trial of participant 'P3'"),
        ("warn", "participant 'P03' has no row"),
    ]
    assert "did you mean 'P03'" in found.problems[1].message


def test_of_rows_that_contradict_each_other_only_what_agrees_is_taken(listed):
    found = listed("participant,sex,age\n1,f,30\n01,m,30\n2,m,\n2,,40\n", "01", "02")
    assert found.rows == (
        {"participant": "01", "sex": "", "age": "30"},
        {"participant": "02", "sex": "m", "age": "40"},
    )
    assert messages(found)[0] == (
        "warn", "2 rows contradict each other in sex (f or m), which stays empty; keep one row",
    )  # fmt: skip
    assert messages(found)[1] == ("note", "participant '02' has 2 rows that agree; they are taken as one")


@pytest.mark.parametrize(
    "column",
    ["name", "First Name", "last_name", "Nachname", "date of birth", "birthdate", "DOB", "Geburtsdatum", "e-mail",
     "phone number", "Telefonnummer", "address", "patient id", "student id", "Matrikelnummer", "Initialen",
     "subject name", "Vorname Nachname", "emergency contact"],
)  # fmt: skip
def test_personal_data_never_reach_the_results(listed, column):
    found = listed(f"participant,{column},sex\nP1,something,f\n", "P1")
    assert found.columns == ("participant", "sex")
    assert found.rows == ({"participant": "P1", "sex": "f"},)
    ((status, message),) = messages(found)
    assert status == "warn"
    assert "looks like personal data" in message
    assert "something" not in message


@pytest.mark.parametrize("cell", ["a.b@example.org", "ask a.b@example.org first"])
def test_an_address_under_an_innocent_name_is_left_out_too(listed, cell):
    found = listed(f"participant,reach\nP1,\nP2,{cell}\n", "P1", "P2")
    assert found.columns == ("participant",)


@pytest.mark.parametrize("cell", ["1990-05-03", "3.5.1990", "05/03/90", "3. 5. 1990"])
def test_a_date_typed_where_an_age_belongs_is_left_out(listed, cell):
    found = listed(f"participant,age\nP1,31\nP2,{cell}\n", "P1", "P2")
    assert found.columns == ("participant",)
    ((status, message),) = messages(found)
    assert status == "warn"
    assert "the column 'age' holds dates" in message
    assert cell not in message


def test_a_real_name_among_the_codes_is_not_repeated(listed):
    found = listed("participant,sex\nP1,f\nHarry Haagse,m\nP7,f\n", "P1")
    told = " ".join(problem.name + problem.where + problem.message for problem in found.problems)
    assert "Haagse" not in told
    assert "people.csv, row 3" in told
    assert "there is no trial of participant 'P7'" in told


@pytest.mark.parametrize(
    "column",
    ["birth_year", "age", "body_mass_kg", "handedness", "group", "mobility", "site", "site_name", "foot_contact"],
)
def test_what_describes_a_group_is_kept(listed, column):
    assert listed(f"participant,{column}\nP1,3\n", "P1").columns == ("participant", column)


@pytest.mark.parametrize("column", ["exercise", "session", "muscle", "value", "load"])
def test_names_with_a_meaning_of_their_own_are_refused(listed, column):
    found = listed(f"participant,{column}\nP1,3\n", "P1")
    assert found.columns == ("participant",)
    assert "has a meaning of its own" in found.problems[0].message


def test_a_cell_without_a_column_is_said(listed):
    found = listed("participant,sex\nP1,f,tall\n", "P1")
    assert found.rows == ({"participant": "P1", "sex": "f"},)
    assert "the cell in column 3 stands under no column name" in found.problems[0].message


def test_a_zero_byte_is_no_part_of_a_cell(listed):
    assert listed(b"participant,sex\nP1,f\0\n", "P1").rows == ({"participant": "P1", "sex": "f"},)


def test_a_sheet_of_a_workbook(listed, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["something", "else"])
    for row in (["participant", "age"], [1, 30], ["02", 41.5]):
        (book["people"] if "people" in book.sheetnames else book.create_sheet("people")).append(row)
    book.save(tmp_path / "study.xlsx")
    sheet = {"participants": "study.xlsx", "participants_sheet": "people"}
    found = listed((tmp_path / "study.xlsx").read_bytes(), "01", "02", file="study.xlsx", **sheet)
    assert found.rows == ({"participant": "01", "age": "30"}, {"participant": "02", "age": "41.5"})


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "the participants table is empty"),
        ("person,sex\nP1,f\n", "the participants table has no column 'participant'; its first row gives: person, sex"),
        ("participant,sex,Sex\nP1,f,f\n", "the column 'sex' stands there twice"),
        ('participant,sex\nP1,f\nP2,"m\nP3,f\n', "csv:3: .* begins with a quotation mark and does not end with one"),
    ],
)
def test_a_table_that_cannot_be_used(listed, text, phrase):
    with pytest.raises(ConfigError, match=phrase):
        listed(text, "P1")


def test_a_missing_table_names_what_is_there(tmp_path):
    (tmp_path / "partcipants.csv").write_text("", "utf-8")
    recordings = Recordings(
        folder=tmp_path, files=({"pattern": "{participant}_{exercise}.csv"},), participants="participants.csv"
    )
    with pytest.raises(ConfigError, match=r"participants table not found; did you mean 'partcipants\.csv'"):
        list_participants(recordings, ["P1"])
