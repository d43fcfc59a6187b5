"""Names of participants, sessions, files and folders that a file system may stumble over."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest

from emgpipe.errors import StoreError
from emgpipe.run import bring_up_to_date, run_study
from emgpipe.store import session_path, session_paths, write_text
from tests.run.crowded import STUDY

FOLDER = Path("results")
LONGEST = 255
"""Bytes a file system takes for one name."""


def name_of(participant: str, session: str = "1") -> str:
    return session_path(FOLDER, participant, session).name


def test_plain_names_stay_readable():
    assert name_of("P01") == "P01_1.h5"
    assert name_of("Zoë", "pre") == "Zoë_pre.h5"
    assert session_path(FOLDER, "P01", "1").parent == FOLDER / "sessions"


def test_characters_a_file_system_refuses_are_coded():
    assert name_of("P/01", "a:b") == "P%2f01_a%3ab.h5"
    assert name_of("..", "..") == ".._...h5"
    assert not set('<>:"/\\|?*\0\n ') & set(name_of('<>:"/\\|?*\0\n '))


@pytest.mark.parametrize("participant", ["CON.", "con.x", "NUL.1", "Com1.csv", "lpt9."])
def test_names_of_windows_devices_are_coded(participant):
    assert name_of(participant)[0] == "%"
    assert name_of("CON") == "CON_1.h5"  # not a device's: it has more than that before the dot
    assert name_of("console.1") == "console.1_1.h5"


@pytest.mark.parametrize("character", ["x", "ß", "語", "😀", "e\u0301"])
def test_long_names_are_cut_and_stay_distinct(character):
    long = character * 300
    names = {name_of(long), name_of(long + "1"), name_of(long, "2"), name_of(long[:-1])}
    assert len(names) == 4
    assert all(len(name.encode()) <= 143 for name in names)
    assert all(name.count("~") == 1 for name in names)
    assert "~" not in name_of("a~b")


def test_no_two_sessions_share_a_file():
    texts = ["A", "A_1", "1_x", "x", "1", "_", "%5f", "A%", "", "é", "\x1f600", "😀", "\x1f"]
    places = [(one, other) for one in texts for other in texts]
    names = [unicodedata.normalize("NFC", path.name).casefold() for path in session_paths(FOLDER, places).values()]
    assert len(set(names)) == len(places)


@pytest.mark.parametrize("pair", [("P01", "p01"), ("STRASSE", "straße")])
def test_names_that_some_file_systems_take_for_one_end_in_a_digest(pair):
    paths = session_paths(FOLDER, [(pair[0], "1"), (pair[1], "1"), ("P02", "1")])
    assert paths["P02", "1"].name == "P02_1.h5"
    both = [paths[name, "1"].name for name in pair]
    assert all("~" in name for name in both)
    assert unicodedata.normalize("NFC", both[0]).casefold() != unicodedata.normalize("NFC", both[1]).casefold()
    assert session_paths(FOLDER, [(pair[1], "1"), (pair[0], "1")]) == {
        place: path for place, path in paths.items() if place[0] != "P02"
    }


NAMES = ["P01", "p01", "Zoë Núñez", "第1回", "CON.", "x" * 300, "-rf"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study whose folder, files, participants, sessions and trials have such names, in a trials table."""
    folder = tmp_path_factory.mktemp("names") / "Prüfung größer 実験 %41 #1"
    raw = folder / "raw"
    raw.mkdir(parents=True)
    lines = "\n".join(f"{row / 100:.2f},{(-1) ** row * 50}" for row in range(300))
    rows = []
    for number, name in enumerate(NAMES):
        long = f"{number}" + "ä" * 125 + ".csv"  # 255 bytes
        assert len(long.encode()) == LONGEST
        (raw / long).write_text("time (s),GMAX (uV)\n" + lines + "\n", "utf-8")
        rows.append([name, name, long, "back_squat", "neutral", "t" * 255 if number == 1 else f"ü{number}"])
    with (raw / "trials.csv").open("w", encoding="utf-8", newline="") as handle:
        table = csv.writer(handle)
        table.writerow(["participant", "session", "file", "exercise", "head_position", "trial"])
        table.writerows(rows)
    path = folder / "stüdy.yaml"
    path.write_text(STUDY, "utf-8")
    return path


def test_a_study_of_such_names_is_processed_and_resumed(study):
    result = run_study(study)
    trials = [one for one in result.outcomes if one.what == "trial"]
    assert [one.reason for one in trials if one.status != "processed"] == []
    assert len(trials) == len(NAMES)
    assert set(result.metrics["participant"]) == set(NAMES)
    assert len(list((result.folder / "sessions").iterdir())) == len(NAMES)
    assert bring_up_to_date(study).result is None
    assert list(result.folder.rglob("*.part")) == []


def test_people_who_may_be_one_are_pointed_out(study):
    result = run_study(study)
    (reason,) = result.findings.loc[result.findings["reason"].str.contains("capital letters"), "reason"]
    assert "the participants P01 and p01 differ in capital letters or stored accents only, and count as 2" in reason


def test_a_file_name_that_is_too_long_is_said_so(tmp_path):
    with pytest.raises(StoreError, match="its name is too long for this disk"):
        write_text(tmp_path / ("x" * (LONGEST + 1)), "text")
    write_text(tmp_path / ("ä" * 127 + "x"), "text")
    assert [path.name for path in tmp_path.iterdir()] == ["ä" * 127 + "x"]
