"""Watching a folder: complete files only, each once, again when it is rewritten; with a clock that tests move."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from emgpipe.checking.alone import PATIENCE, Alone
from emgpipe.checking.arrivals import Arrivals
from emgpipe.checking.in_study import InStudy
from emgpipe.checking.study import OpenStudy
from emgpipe.checking.watching import Watch
from emgpipe.errors import ReadError
from emgpipe.readers.parts.wfdb.example import wfdb_example


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def arrivals(tmp_path, clock):
    watched = Arrivals(tmp_path, settle=1.5, clock=clock)
    watched.begin()
    return watched


def later(arrivals, seconds):
    """Look now, move the clock, look again."""
    before = arrivals.poll()
    arrivals.clock.now += seconds
    return [*before, *arrivals.poll()]


def test_a_file_is_complete_when_it_no_longer_grows(arrivals, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    assert later(arrivals, 1.0) == []
    assert arrivals.pending == {path}
    path.write_text("12")
    assert later(arrivals, 1.0) == []
    assert later(arrivals, 1.0) == [path]
    assert later(arrivals, 9.0) == []
    assert arrivals.pending == set()


def test_an_empty_file_waits(arrivals, tmp_path):
    (tmp_path / "a.csv").touch()
    assert later(arrivals, 60.0) == []


def test_what_was_there_is_known_until_it_is_rewritten(tmp_path, clock):
    path = tmp_path / "day" / "a.csv"
    path.parent.mkdir()
    path.write_text("1")
    watched = Arrivals(tmp_path, clock=clock)
    assert watched.begin() == 1
    assert later(watched, 9.0) == []
    path.write_text("12")
    assert later(watched, 9.0) == [path]
    path.unlink()
    assert later(watched, 9.0) == []
    path.write_text("12")
    assert later(watched, 9.0) == [path]


def test_same_size_and_another_time_is_another_file(tmp_path, clock):
    path = tmp_path / "a.csv"
    path.write_text("1")
    watched = Arrivals(tmp_path, clock=clock)
    watched.begin()
    path.write_text("2")
    os.utime(path, (1.0, 1.0))
    assert later(watched, 9.0) == [path]


def test_hidden_files_and_results_do_not_count(arrivals, tmp_path):
    for name in (".hidden.csv", "~$table.xlsx", "out/run.json", "out/report.html", "out/metrics.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
    assert later(arrivals, 9.0) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ReadError, match="cannot be watched"):
        Arrivals(tmp_path / "no").begin()


def test_each_recording_alone(faulty, tmp_path):
    raw = faulty.parent / "raw"
    alone = Alone(tmp_path)
    good, dead = tmp_path / "P01_rest_1.csv", tmp_path / "P02_romanian-deadlift_neutral_1.csv"
    for path in (good, dead):
        shutil.copy(raw / path.name, path)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    assert alone.judge([good, tmp_path / "photo.jpg"], frozenset()) == ["ok   P01_rest_1.csv"]
    assert not alone.is_bad
    (line,) = alone.judge([dead], frozenset())
    assert line.startswith("FAIL P02_romanian-deadlift_neutral_1.csv: 'ERECTOR SP RT' has the same value")
    assert "→ check the sensor" in line
    assert alone.is_bad
    shutil.copy(good, dead)  # recorded again under the same name
    assert alone.judge([dead], frozenset()) == ["ok   P02_romanian-deadlift_neutral_1.csv"]
    assert not alone.is_bad


def test_a_recording_that_cannot_be_read_gets_some_time(faulty, tmp_path):
    whole = (faulty.parent / "raw" / "P03_rest_1.c3d").read_bytes()
    path = tmp_path / "P03_rest_1.c3d"
    path.write_bytes(whole[:600])
    alone = Alone(tmp_path)
    assert alone.judge([path], frozenset()) == []
    path.write_bytes(whole)
    assert [line[:4] for line in alone.judge([path], frozenset())] == ["ok  "]
    path.write_bytes(whole[:600])
    said = [line for _ in range(PATIENCE + 2) for line in alone.judge([path] if not alone.is_bad else [], frozenset())]
    assert len(said) == 1
    assert said[0].startswith("FAIL P03_rest_1.c3d: ")


def test_a_damaged_recording_is_told_and_a_text_is_not(tmp_path):
    judge = Alone(tmp_path)
    paths = [tmp_path / "noise.c3d", tmp_path / "notes.txt"]
    for path in paths:
        path.write_bytes(b"slept badly")
    lines = [line for _ in range(PATIENCE) for line in judge.judge(paths, frozenset())]
    assert [line.split(":")[0] for line in lines] == ["FAIL noise.c3d"]
    assert judge.is_bad


def test_files_of_one_recording_are_told_once_and_together(tmp_path):
    for name, content in wfdb_example().items():
        (tmp_path / name).write_bytes(content)
    header, data = tmp_path / "example.hea", tmp_path / "example.dat"
    alone = Alone(tmp_path)
    assert alone.judge([header], frozenset({data})) == []
    lines = alone.judge([data], frozenset())
    assert len(lines) == 1
    assert lines[0][5:].startswith("example.hea")
    assert alone.judge([tmp_path / "example.atr"], frozenset()) == []


@pytest.fixture
def growing(faulty, tmp_path):
    """A study with an empty list of trials, and a function that adds the trials of some files."""
    source = faulty.parent / "raw"
    raw = tmp_path / "raw"
    raw.mkdir()
    head, *lines = (source / "trials.csv").read_bytes().splitlines(keepends=True)
    (raw / "trials.csv").write_bytes(head)
    shutil.copy(faulty, tmp_path / "study.yaml")

    def add(*begins, listed=True, files=True):
        chosen = [line for line in lines if any(begin in line.decode() for begin in begins)]
        paths = [path for begin in begins for path in sorted(source.glob(f"{begin}*"))] if files else []
        for path in paths:
            shutil.copy(path, raw / path.name)
        if listed:
            with (raw / "trials.csv").open("ab") as table:
                table.writelines(chosen)
        return [raw / path.name for path in paths]

    return tmp_path / "study.yaml", add


def test_each_new_trial_and_what_is_missing(growing):
    study, add = growing
    watched = InStudy(OpenStudy.at(study))
    assert watched.judge([], frozenset()) == []
    lines = watched.judge(add("P02_rest_1"), frozenset())
    assert lines[0] == "ok   P02/1/rest.1 (P02_rest_1.csv)"
    assert lines[-1].startswith("     P02 still missing: calibration trial; MVIC of ")
    assert re.search(r"; and \d+ more$", lines[-1])
    assert watched.is_bad  # things are missing
    lines = watched.judge(add("P02_romanian-deadlift"), frozenset())
    assert lines[0].startswith("FAIL P02/1/romanian_deadlift.neutral.1 ")
    assert not any("rest.1" in line for line in lines)


def test_a_trial_waits_for_all_its_files(growing):
    study, add = growing
    watched = InStudy(OpenStudy.at(study))
    emg, angles = add("P03_calibration")
    assert watched.judge([emg], frozenset({angles})) == []
    assert watched.judge([angles], frozenset())[0].startswith("ok   P03/1/calibration")


def test_a_file_that_is_not_listed_is_checked_alone_and_as_a_trial_later(growing):
    study, add = growing
    watched = InStudy(OpenStudy.at(study))
    paths = add("P02_rest_1", listed=False)
    assert watched.judge(paths, frozenset()) == [
        "ok   P02_rest_1.csv (not in the list of trials yet, or without its other file; checked by itself)"
    ]
    add("P02_rest_1", files=False)
    assert watched.judge([], frozenset())[0] == "ok   P02/1/rest.1 (P02_rest_1.csv)"
    assert watched.judge([], frozenset()) == []


def test_only_the_participant_asked_for(growing):
    study, add = growing
    watched = InStudy(OpenStudy.at(study), ("P02",))
    paths = [*add("P01_rest_1"), *add("P02_rest_1")]
    told = watched.judge(paths, frozenset())
    assert not any("P01" in line for line in told)
    assert told[0].startswith("ok   P02/1/rest.1")


def test_a_table_that_is_being_saved_is_told_once_and_read_later(growing):
    study, add = growing
    watched = InStudy(OpenStudy.at(study))
    table = study.parent / "raw" / "trials.csv"
    good = table.read_bytes()
    table.write_bytes(b"")
    (said,) = watched.judge([], frozenset())
    assert said.startswith("WARN ")
    assert watched.judge([], frozenset()) == []
    table.write_bytes(good)
    assert watched.judge(add("P02_rest_1"), frozenset())[0].startswith("ok   P02/1/rest.1")


def test_until_somebody_stops_it(tmp_path, clock, faulty):
    lines: list[str] = []
    steps = iter(range(9))

    def sleep(_seconds: float) -> None:
        step = next(steps)
        clock.now += 1.0
        if step == 0:
            shutil.copy(faulty.parent / "raw" / "P01_rest_1.csv", tmp_path / "P01_rest_1.csv")
        if step == 5:
            raise KeyboardInterrupt

    watch = Watch(Alone(tmp_path), Arrivals(tmp_path, clock=clock), lines.append, sleep)
    assert watch.run() is False
    assert lines[0].startswith(f"watching {tmp_path} (0 files there")
    assert lines[1:] == ["ok   P01_rest_1.csv"]


def test_names_are_relative_to_the_folder(faulty, tmp_path):
    inside = tmp_path / "day 1"
    inside.mkdir()
    shutil.copy(faulty.parent / "raw" / "P01_rest_1.csv", inside)
    assert Alone(tmp_path).judge([inside / "P01_rest_1.csv"], frozenset()) == [f"ok   {Path('day 1/P01_rest_1.csv')}"]
