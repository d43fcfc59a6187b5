from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from emgpipe.errors import SegmentationError
from emgpipe.model import TrialFile
from emgpipe.segmentation import Table, find_repetitions
from tests.segmentation.angles import kinds, make_trial


def spans(found):
    return [(rep.start, rep.stop) for rep in found.repetitions]


def write(folder, content, encoding="utf-8"):
    path = folder / "spans.csv"
    path.write_bytes(content.encode(encoding))
    return path


def test_real_cycles_table(data_folder):
    """Touchdown V1, lift-off V2: six rows make five full cycles with stance and swing."""
    path = data_folder / "rdata" / "ID0012_TW_01_cycles.derived.csv"
    cycles = np.loadtxt(path, delimiter=",", skiprows=1)
    detector = Table(path=path, start="V1", next_start=True, phases={"stance": "V1", "swing": "V2"}, expected=5)
    found = find_repetitions(detector, make_trial(stop=8.0))
    assert spans(found) == [tuple(pair) for pair in zip(cycles[:-1, 0], cycles[1:, 0], strict=True)]
    assert kinds(found) == ["last_row"]
    for row, following, rep in zip(cycles, cycles[1:], found.repetitions, strict=False):
        assert [(phase.name, phase.start, phase.stop) for phase in rep.phases] == [
            ("stance", row[0], row[1]),
            ("swing", row[1], following[0]),
        ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("start,stop\n1.5,2.5\n3,4\n", "utf-8"),
        ("start;stop\n1,5;2,5\n3;4\n", "utf-8"),
        ("\ufeffstart;stop;Übung\r\n1.5;2.5;x\r\n\r\n3;4;y\r\n", "utf-8"),
        ("start\tstop\tÜbung\n3\t4\tü\n1,5\t2,5\tä\n", "cp1252"),
        ('"start", "stop"\n"1.5", "2.5"\n3,4,,\n', "utf-8"),
    ],
)
def test_spreadsheet_dialects(tmp_path, content, encoding):
    found = find_repetitions(Table(path=write(tmp_path, content, encoding)), make_trial())
    assert spans(found) == [(1.5, 2.5), (3.0, 4.0)]


def test_columns_choose_the_rows_of_a_trial(tmp_path):
    path = write(
        tmp_path,
        "Participant;session;file;start;stop\n1;1;raw\\a.csv;1;2\n01;1;a;3;4\n1;2;a.csv;5;6\n2;1;a.csv;7;8\n",
    )
    trial = make_trial(participant="01", session="1", files=(TrialFile(tmp_path / "a.csv"),))
    assert spans(find_repetitions(Table(path=path), trial)) == [(1, 2), (3, 4)]


def test_no_row_for_a_trial_is_said(tmp_path):
    path = write(tmp_path, "trial,start,stop\nother,1,2\n")
    assert kinds(find_repetitions(Table(path=path), make_trial())) == ["no_table_rows", "no_repetition"]


def test_clock_of_the_file(tmp_path):
    path = write(tmp_path, "start,stop,top\n1,2,1.5\n")
    trial = make_trial(files=(TrialFile(tmp_path / "a.csv", offset=3.0),))
    detector = Table(path=path, clock="file", phases={"up": "start", "down": "top"})
    (rep,) = find_repetitions(detector, trial).repetitions
    assert (rep.start, rep.stop, rep.phases[1].start) == (4.0, 5.0, 4.5)


def test_rows_outside_the_span_are_said(tmp_path):
    path = write(tmp_path, "start,stop\n1,2\n3,4\n9,12\n")
    found = find_repetitions(Table(path=path), make_trial(start=2.0, stop=10.0))
    assert spans(found) == [(3, 4)]
    assert [(one.kind, one.value) for one in found.findings] == [("repetition_outside", 2.0)]


@pytest.mark.parametrize(
    ("content", "parts", "message"),
    [
        ("", {}, "the table is empty"),
        ("onset,stop\n1,2\n", {}, "there is no column 'start'.*The columns are: onset, stop"),
        ("start,stop\n1,soon\n", {}, r"line 2, column 'stop': 'soon' is not a time"),
        ("start,stop\n1,\n", {}, "'' is not a time"),
        ("start,stop\n1,inf\n", {}, "'inf' is not a time"),
        ("start,stop\n2,1\n", {}, "line 2: the repetition starts at 2 s and ends at 1 s"),
        ("start,stop\n1,5,2,5\n", {}, "separate the columns by semicolons"),
        ("start,start\n1,2\n", {}, "column 'start' is there twice"),
        ("start,stop,top\n1,2,3\n", {"phases": {"up": "start", "down": "top"}}, "must lie between 1 s and 2 s"),
        ("start,stop\n1,3\n2,4\n", {}, "do not overlap"),
        ("start\0,stop\n", {}, "not a text file"),
    ],
)
def test_errors_name_file_line_and_column(tmp_path, content, parts, message):
    with pytest.raises(SegmentationError, match=message):
        find_repetitions(Table(path=write(tmp_path, content), **parts), make_trial())


def test_missing_file(tmp_path):
    with pytest.raises(SegmentationError, match=r"none\.csv: the table of repetitions cannot be read"):
        find_repetitions(Table(path=tmp_path / "none.csv"), make_trial())


def test_settings_that_contradict(tmp_path):
    with pytest.raises(ValidationError, match="cannot be combined"):
        Table(path=tmp_path, stop="stop", next_start=True)
    with pytest.raises(ValidationError, match="set next_start: true"):
        Table(path=tmp_path, stop=None)


def test_path_is_relative_to_the_study_file(tmp_path):
    table = Table.model_validate({"path": "a/spans.csv"}, context={"folder": tmp_path})
    assert table.path == tmp_path / "a" / "spans.csv"
