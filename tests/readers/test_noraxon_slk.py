"""SYLK: sheets written by hand from the published records, and compared with a reader of one line at a time."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import Head, choose, read
from emgpipe.readers.noraxon_slk import SlkOptions, SlkReader
from emgpipe.readers.parts.sylk import sylk as sylk_module
from emgpipe.readers.parts.sylk.record import parse_record
from emgpipe.readers.parts.sylk.sylk import read_sylk

KEYS = ["type", "begin_time", "frequency", "count", "created with version", "last_name", "measurement_date"]
VALUES = ["record", "0.00000", "2000.4", "3", "3.18.08", "Mustermann", "2025-08-26T17:29:12"]
LABELS = ["time", "Activity", "Marker", "BICEPS BR. LT (uV)", "Hip Flexion RT (deg)"]


def texts(row, cells):
    return [f'C;Y{row};X{column};K"{cell}"' for column, cell in enumerate(cells, start=1)]


NORAXON = [
    "ID;PNoraxon;N;E", "P;PGeneral", "F;P0;DG0G10;M255", "B;Y7;X7;D0 0 6 6",
    *texts(1, KEYS), *texts(2, VALUES), *texts(4, LABELS),
    "C;Y5;X1;K0.00000", 'C;X2;K"thrust"', "C;X4;K-9.373022054", "C;X5;K45.5",
    "C;Y6;X1;K0.00050", "C;X4;K-8.25E+0", "C;X5;K46",
    "C;Y7;X1;K0.00100", 'C;X3;K"top;; end"', "C;X4;K7.5", "C;X5;K46.5",
    "E",
]  # fmt: skip


def write(tmp_path, lines, *, end="\r\n", encoding="ascii"):
    path = tmp_path / "recording.slk"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def kinds(recording) -> dict[str, str]:
    return {finding.kind: finding.level for finding in recording.findings}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_noraxon(tmp_path, end):
    path = write(tmp_path, NORAXON, end=end)
    assert choose(path)[0].name == "slk"
    recording = read(path)
    emg, angle = recording.channels
    assert (emg.label, emg.unit, emg.kind, emg.sampling_rate) == ("BICEPS BR. LT", "V", "emg", 2000.4)
    np.testing.assert_allclose(emg.read(), [-9.373022054e-6, -8.25e-6, 7.5e-6], rtol=1e-12)
    np.testing.assert_array_equal(angle.read(), [45.5, 46, 46.5])
    assert [(event.label, event.start) for event in recording.events] == [
        ("thrust", 0.0), ("top; end", pytest.approx(2 / 2000.4)),
    ]  # fmt: skip
    assert recording.acquisition.start_time == "2025-08-26T17:29:12"
    assert "Mustermann" not in repr(recording)
    kept = read(path, [SlkOptions(keep_personal_data=True)])
    assert kept.personal == (("last_name", "Mustermann"),)


def test_header_values_that_are_numbers(tmp_path):
    lines = [line.replace('K"2000.4"', "K2000.4").replace('K"3"', "K3") for line in NORAXON]
    recording = read(write(tmp_path, lines))
    assert recording.channels[0].sampling_rate == 2000.4
    assert "count_mismatch" not in kinds(recording)


def test_decimal_commas_and_numbers_in_quotes(tmp_path):
    lines = [*NORAXON[:4], *NORAXON[4:23]]
    for row, (stamp, value) in enumerate([("0,0000", "1,5"), ("0,0005", "-2,25"), ("0,0010", "3")], start=5):
        lines += [f"C;Y{row};X1;K{stamp}", f"C;X4;K{value}", f'C;X5;K"{value}"']
    recording = read(write(tmp_path, [*lines, "E"]))
    np.testing.assert_allclose(recording.channels[0].read(), [1.5e-6, -2.25e-6, 3e-6])
    np.testing.assert_allclose(recording.channels[1].read(), [1.5, -2.25, 3])


def test_activities_and_numeric_markers_on_every_row(tmp_path):
    rows = ["ID;P", *texts(1, LABELS)]
    for row in range(2, 42):
        rows += [f"C;Y{row};X1;K{(row - 2) / 100:.2f}", f'C;X2;K"{"rest" if row < 12 else "lift"}"']
        rows += ["C;X3;K7"] if row in {12, 20} else []
        rows += [f"C;X4;K{row}", f"C;X5;K{row}"]
    recording = read(write(tmp_path, [*rows, "E"]))
    assert [(event.label, event.start, event.duration) for event in recording.events] == [
        ("rest", 0.0, pytest.approx(0.1)), ("lift", pytest.approx(0.1), pytest.approx(0.3)),
        ("7", pytest.approx(0.1), 0.0), ("7", pytest.approx(0.18), 0.0),
    ]  # fmt: skip


def test_plain_sheet_with_units_below_labels(tmp_path):
    lines = ["ID;PWXL;N;E", *texts(1, ["Time", "RGMAX", "Knee"]), *texts(2, ["s", "mV", "deg"])]
    for row in range(50):
        lines += [f"C;X1;Y{row + 3};K{row / 250}", f"C;X2;K{row}", f"C;X3;K{-row}"]
    emg, knee = read(write(tmp_path, [*lines, "E"])).channels
    assert (emg.label, emg.unit, emg.sampling_rate) == ("RGMAX", "V", pytest.approx(250.0))
    np.testing.assert_allclose(emg.read(), np.arange(50) * 1e-3)
    assert (knee.label, knee.unit) == ("Knee", "deg")


def test_plain_sheet_without_time(tmp_path):
    lines = ["ID;PWXL;N;E", *texts(1, ["RGMAX", "RGMED"])]
    for row in range(20):
        lines += [f"C;Y{row + 2};X1;K{(-1) ** row * row}", f"C;X2;K{row * row % 7}"]
    path = write(tmp_path, [*lines, "E"])
    with pytest.raises(ReadError, match="sampling_rate"):
        read(path)
    recording = read(path, [SlkOptions(sampling_rate=1000, unit="uV")])
    assert [(c.label, c.unit, c.sampling_rate) for c in recording.channels] == [
        ("RGMAX", "V", 1000.0), ("RGMED", "V", 1000.0),
    ]  # fmt: skip


def test_row_counter_is_no_time(tmp_path):
    lines = ["ID;P", *texts(1, ["nr", "RGMAX"])]
    for row in range(20):
        lines += [f"C;Y{row + 2};X1;K{row + 1}", f"C;X2;K{row * row % 7}"]
    with pytest.raises(ReadError, match="sampling_rate"):
        read(write(tmp_path, [*lines, "E"]))


def oracle(text: str) -> dict[tuple[int, int], str]:
    """Return the cells of a sheet whose texts have no semicolons, one line at a time."""
    cells, row, column = {}, 1, 1
    for line in text.splitlines():
        fields = {part[0]: part[1:] for part in line.split(";")[1:] if part}
        row, column = int(fields.get("Y", row)), int(fields.get("X", column))
        if line.startswith("C;") and "K" in fields:
            cells[row, column] = fields["K"]
    return cells


def test_fields_in_any_order_and_records_in_between(tmp_path, monkeypatch):
    monkeypatch.setattr(sylk_module, "PIECE_BYTES", 997)  # many pieces, cut at any line
    random = np.random.default_rng(3)
    lines = ["ID;PWXL;N;E"]
    for row in range(1, 120):
        lines.append(f"F;P0;Y{row};X{random.integers(1, 9)}")
        for column in random.permutation(8) + 1:
            value = f"{random.normal():.7g}" if random.random() < 0.9 else '"word"'
            fields = [f"X{column}", f"K{value}"] + ([f"Y{row}"] if random.random() < 0.3 else [])
            if random.random() < 0.1:
                fields.append("N")
            random.shuffle(fields)
            lines.append("C;" + ";".join(fields))
        if random.random() < 0.1:
            lines.append("NN;Nname;ER1C1")
    text = "\r\n".join([*lines, "E", ""])
    path = tmp_path / "mixed.slk"
    path.write_bytes(text.encode())
    sheet = read_sylk(path, "slk")
    found = {}
    for column, row in np.argwhere(np.isfinite(sheet.numbers)).tolist():
        found[row + 1, column + 1] = sheet.numbers[column, row]
    expected = {place: float(value) for place, value in oracle(text).items() if not value.startswith('"')}
    assert found == expected
    n_words = sum(value.startswith('"') for value in oracle(text).values())
    assert sum(len(words.rows) for words in sheet.words.values()) == n_words
    assert sheet.has_end


def test_formula_and_error_cells(tmp_path):
    lines = ["ID;PWXL;N;E", *texts(1, ["Time", "RGMAX (uV)"])]
    for row in range(20):
        lines += [f"C;Y{row + 2};X1;K{row / 100}", f"C;X2;K{row};ERC[-1]*100"]
    lines[-3] = "C;X2;K#DIV/0!;E1/0"
    (emg,) = read(write(tmp_path, [*lines, "E"])).channels
    expected = np.arange(20.0) * 1e-6
    expected[18] = np.nan
    np.testing.assert_allclose(emg.read(), expected)


def test_records():
    assert parse_record(b'C;Y12;X3;K"a;;b ""c"""', "ascii")[:4] == (12, 3, None, 'a;b "c"')
    assert parse_record(b"C;K1,5;X3", "ascii")[:3] == (0, 3, 1.5)
    assert parse_record(b'C;X1;K"BICEPS (\x1bN5V)"', "ascii").text == "BICEPS (µV)"
    assert parse_record(b'C;X1;K"H\x1bNHohe"', "ascii").text == "Höhe"
    assert parse_record('C;X1;K"Höhe"'.encode("cp1252"), "cp1252").text == "Höhe"


def test_cut_off_sheet(tmp_path):
    recording = read(write(tmp_path, NORAXON[: NORAXON.index("C;Y7;X1;K0.00100") + 1]))
    assert recording.channels[0].n_samples == 3
    assert kinds(recording) == {"cut_off": "warn", "unusable_cells": "warn", "activity_spans": "note"}
    recording = read(write(tmp_path, NORAXON[: NORAXON.index("C;Y6;X1;K0.00050") + 1]))
    assert recording.channels[0].n_samples == 1
    assert kinds(recording) | {"cut_off": "warn", "cut_row": "note", "count_mismatch": "warn"} == kinds(recording)


@pytest.mark.parametrize("cell", ["C;Y999999999;X4;K1", "C;Y6;X16000;K1", "C;Y6;X2000000000;K1", "C;Y-3;X1;K1"])
def test_absurd_places(tmp_path, cell):
    with pytest.raises(ReadError, match=r"size cannot hold|no row of labels"):
        read(write(tmp_path, [*NORAXON[:-1], cell, "E"]))


def test_text_that_begins_with_id_is_no_sylk(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("ID;P;value\n1;0.5;2.5\n2;0.6;3.5\n3;0.7;4.5\n")
    assert SlkReader().recognize(Head.of(path)) is None
