"""CSV as pandas sees it, and what a spreadsheet would make of it."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emgpipe.errors import DamagedFileError
from emgpipe.model import Event, Recording, Source, channel_from_array
from emgpipe.readers import read as read_any
from emgpipe.writers import write
from tests.writers.recordings import everything, read


def table(path: Path) -> pd.DataFrame:
    """As the file itself says how to read it."""
    hint = path.read_text("utf-8-sig").split("\n")[1]
    return pd.read_csv(path, skiprows=int(re.search(r"skiprows=(\d+)", hint)[1]), float_precision="round_trip")


def plain(path: Path) -> Recording:
    samples = np.array([1.5e-6, np.nan, -2.25e-5, 1 / 3 * 1e-4])
    angle = np.array([10.0, 20.0, 30.5, 40.0])
    return Recording(
        (
            channel_from_array("GMAX RT", samples, 1000.0),
            channel_from_array("hip", angle, 1000.0, unit="deg", kind="angle"),
            channel_from_array("raw", angle, 1000.0, unit="unknown"),
        ),
        Source(path, "test"),
    )


def test_pandas_reads_a_plain_table(tmp_path):
    path = tmp_path / "out.csv"
    write(plain(path), path)
    found = table(path)
    assert list(found.columns) == ["time (s)", "GMAX RT (uV)", "hip (deg)", "raw"]
    np.testing.assert_allclose(found["time (s)"], [0, 0.001, 0.002, 0.003], atol=1e-12)
    np.testing.assert_allclose(found["GMAX RT (uV)"], [1.5, np.nan, -22.5, 100 / 3], rtol=1e-15)
    assert found["hip (deg)"].tolist() == [10.0, 20.0, 30.5, 40.0]
    again = pd.read_csv(path, comment="#", float_precision="round_trip")
    pd.testing.assert_frame_equal(again, found)


def test_missing_samples_are_empty_cells(tmp_path):
    path = tmp_path / "out.csv"
    write(plain(path), path)
    assert path.read_text().splitlines()[-3] == "0.001000000,,20.0,20.0"


def test_a_time_column_per_clock(tmp_path):
    path = tmp_path / "out.csv"
    write(everything(), path)
    found = table(path)
    assert list(found.columns) == [
        "time at 2148.15 Hz (s)", "LT GLUT MAX, surface (µV) (uV)", "'=GMED RT (uV)", "GMED RT rms (uV)",
        "time at 148.148 Hz (s)", "hip flexion of the right side (deg)",
    ]  # fmt: skip
    assert found.iloc[:, 4].count() == 350
    np.testing.assert_allclose(found.iloc[:350, 4], 0.01 + np.arange(350) / 148.148, atol=1e-9)
    np.testing.assert_array_equal(found.iloc[:350, 5], everything().channels[2].read())


def test_the_generic_reader_understands_the_table_too(tmp_path):
    """Whoever deletes the lines before the table still has a recording."""
    path = tmp_path / "out.csv"
    write(plain(path), path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("#")))
    back = read_any(path)
    assert back.source.reader == "delimited"
    assert [label.split(" (")[0] for label in back.labels] == ["GMAX RT", "hip", "raw"]
    assert back.channels[0].unit == "V"
    assert back.channels[0].sampling_rate == pytest.approx(1000.0)


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "'x", "a,=1+1", 'a";=1+1', "a\\,@b"])
def test_no_cell_is_a_formula(tmp_path, formula):
    path = tmp_path / "out.csv"
    given = replace(plain(path), events=(Event(formula, 1.0),))
    given = replace(given, channels=(replace(given.channels[0], label=formula), *given.channels[1:]))
    write(given, path)
    lines = path.read_text("utf-8-sig").splitlines()
    header = next(csv.reader([line for line in lines if not line.startswith("#")]))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in header)
    for delimiter in ",;\t":
        for line in lines:
            if line.startswith("#"):
                for cell in line.split(delimiter):
                    assert not re.match(r"""[\s"']*[=+@-]""", cell), line
    back = read(path)
    assert back.labels[0] == formula
    assert back.events[0].label == formula


def test_pieces_equal_the_whole(tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    write(everything(), path)
    whole = path.read_bytes()
    monkeypatch.setattr("emgpipe.writers.csv.CELLS", 100)
    write(everything(), path, force=True)
    assert path.read_bytes() == whole


def test_rows_that_were_changed_are_noticed(tmp_path):
    path = tmp_path / "out.csv"
    write(plain(path), path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-2] + lines[-1:]))
    with pytest.raises(DamagedFileError, match=r"row 3 of its table.*delete the lines"):
        read(path)
    path.write_text("".join(lines) + lines[-1])
    with pytest.raises(DamagedFileError, match="5 rows, 4 are declared"):
        read(path)
    path.write_text("".join(lines).replace("20.0,20.0", "20.0,twenty"))
    with pytest.raises(DamagedFileError, match="cannot be read"):
        read(path)
    path.write_text("".join(lines).replace("20.0,20.0", "20.0,20.0,1"))
    with pytest.raises(DamagedFileError, match="cannot be read"):
        read(path)


def test_a_cut_off_file_keeps_its_whole_rows(tmp_path):
    path = tmp_path / "out.csv"
    write(plain(path), path)
    path.write_bytes(path.read_bytes()[:-4])
    back = read(path)
    assert back.channels[1].read().tolist() == [10.0, 20.0, 30.5]
    assert "row_count" in {finding.kind for finding in back.findings}


def test_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "out.csv"
    write(everything(), path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    back = read(path)
    assert back.labels == everything().labels
    np.testing.assert_allclose(back.channels[0].read(), everything().channels[0].read(), rtol=1e-15)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"column": 2', '"column": 9', "column 9 of 4"),
        ('"column": 2', '"column": 3', "same column"),
        ('"written_in": "uV"', '"written_in": "deg"', "written in deg"),
        ('"sampling_rate": 1000.0', '"sampling_rate": -5', "sampling_rate"),
        ("recording 1", "recording 2", "layout 2"),
        ('# channel {"column": 2', '# channel {"column": }', "cannot be understood"),
    ],
)
def test_contradictions_are_refused(tmp_path, old, new, said):
    path = tmp_path / "out.csv"
    write(plain(path), path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DamagedFileError, match=said):
        read(path)
