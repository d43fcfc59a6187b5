"""Spreadsheets written by openpyxl, and .ods and .xls files made byte by byte from their published layouts."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import yaml
from pydantic import TypeAdapter

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import AnyReaderOptions, choose, read

DOCS = Path(__file__).resolve().parents[2] / "docs" / "mapping.md"
RANDOM = np.random.default_rng(3)
TIME = np.arange(200) / 2000.0
EMG = RANDOM.normal(size=(200, 2))


def stated(text: str) -> list[Any]:
    given = yaml.safe_load(text)
    given = given["recordings"]["reading"] if isinstance(given, dict) else given
    return TypeAdapter(list[AnyReaderOptions]).validate_python(given)


def save(folder: Path, sheets: dict[str, list[list[Any]]], *, row: int = 1, column: int = 1) -> Path:
    """Write sheets with openpyxl, the first cell at `row` and `column`."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, cells in enumerate(rows):
            for j, value in enumerate(cells):
                if value is not None:
                    sheet.cell(row=row + i, column=column + j, value=value)
    path = folder / "recording.xlsx"
    book.save(path)
    return path


def table(*labels: str) -> list[list[Any]]:
    return [list(labels), *([t, *emg] for t, emg in zip(TIME.tolist(), EMG.tolist(), strict=True))]


def kinds(recording) -> set[str]:
    return {finding.kind for finding in recording.findings}


def test_a_table_with_time_needs_no_mapping(tmp_path):
    recording = read(save(tmp_path, {"EMG": table("Time [s]", "GMAX RT (uV)", "GMED RT (uV)")}))
    assert [channel.unit for channel in recording.channels] == ["V", "V"]
    assert not recording.findings
    for index, channel in enumerate(recording.channels):
        assert channel.sampling_rate == pytest.approx(2000, rel=1e-9)
        np.testing.assert_allclose(channel.read(), EMG[:, index] * 1e-6, rtol=1e-15)


@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 1), (1, 3), (7, 2)])
def test_the_table_may_lie_anywhere(tmp_path, row, column):
    path = save(tmp_path, {"EMG": table("time (s)", "GMAX", "GMED")}, row=row, column=column)
    recording = read(path, stated(f"[{{kind: excel, header_row: {row}, unit: mV}}]"))
    assert recording.labels == ("GMAX", "GMED")
    np.testing.assert_allclose(recording.channels[1].read(), EMG[:, 1] * 1e-3, rtol=1e-15)
    letter = "ABCDEF"[column + 1]
    (last,) = read(path, stated(f"[{{kind: excel, columns: [{letter}]}}]")).channels
    assert last.label == "GMED"


def test_rows_above_the_table_and_a_unit_row(tmp_path):
    rows = [["Device X"], ["Sampling rate: 1259.259 Hz"], [], ["GMAX RT", "hip flexion"], ["mV", "deg"], *EMG.tolist()]
    emg, angle = read(save(tmp_path, {"data": rows})).channels
    assert (emg.sampling_rate, emg.unit, angle.unit) == (1259.259, "V", "deg")
    np.testing.assert_allclose(emg.read(), EMG[:, 0] * 1e-3, rtol=1e-15)
    np.testing.assert_allclose(angle.read(), EMG[:, 1], rtol=1e-15)  # openpyxl writes 16 digits


def test_documented_mapping(tmp_path):
    block = next(
        block for block in re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        if "kind: excel" in block
    )  # fmt: skip
    sheets = {
        "Notes": [["nothing here"]],
        "EMG": [
            ["Recorded in spring"],
            [None],
            ["n", "GMAX RT", "GMED RT"],
            *([number, *emg] for number, emg in enumerate(EMG.tolist())),
        ],
        "Angles": [["time (s)", "hip flexion (deg)"], *([i / 100, 45 + i / 10] for i in range(20))],
        "Events": [["time", "what"], [0.01, "start"], [0.05, "stop"]],
    }  # fmt: skip
    recording = read(save(tmp_path, sheets), stated(block))
    assert recording.labels == ("GMAX RT", "GMED RT", "hip flexion (deg)")
    assert [channel.sampling_rate for channel in recording.channels] == [2000.0, 2000.0, pytest.approx(100.0)]
    assert [channel.unit for channel in recording.channels] == ["V", "V", "deg"]
    np.testing.assert_allclose(recording.channels[1].read(), EMG[:, 1] * 1e-6, rtol=1e-15)
    assert [(event.label, event.start) for event in recording.events] == [("start", 0.01), ("stop", 0.05)]


def test_each_sheet_has_its_own_rate_and_others_are_named(tmp_path):
    sheets = {
        "EMG": table("time (s)", "GMAX (mV)", "signal (mV)"),
        "Force": [["time (s)", "signal (N)"], *([i / 50, float(i % 7)] for i in range(60))],
        "Results": [["peak", 3.0], ["mean", 1.0]],
        "Same": [["time (s)", "signal (mV)"], *([i / 500, float(i % 7)] for i in range(60))],
    }
    recording = read(save(tmp_path, sheets))
    assert recording.labels == ("GMAX (mV)", "signal (mV) (EMG)", "signal (N)", "signal (mV) (Same)")
    rates = [round(channel.sampling_rate, 6) for channel in recording.channels]
    assert rates == [2000, 2000, 50, 500]
    (left,) = [finding for finding in recording.findings if finding.kind == "sheet_left_out"]
    assert "'Results'" in left.reason


def test_text_holes_and_times_of_day(tmp_path):
    rows: list[list[Any]] = [["time", "GMAX (uV)", "remark"]]
    begin = dt.datetime(2024, 5, 3, 12, 0, 0)
    rows += [[begin + dt.timedelta(milliseconds=10 * index), float(index % 9), "ok"] for index in range(100)]
    rows[5][1], rows[7][1], rows[9][1] = None, "overload", "1,5"
    recording = read(save(tmp_path, {"EMG": rows}))
    (channel,) = recording.channels
    assert channel.sampling_rate == pytest.approx(100, rel=1e-4)
    assert channel.start == 0
    samples = channel.read()
    assert np.flatnonzero(np.isnan(samples)).tolist() == [4, 6]
    assert samples[8] == pytest.approx(1.5e-6)
    assert {"text_column", "text_cells", "unusable_cells", "time_origin"} <= kinds(recording)


MISTAKES = {
    "sheets: [{sheet: EGM, sampling_rate: 1}]": "there is no sheet 'EGM' in the workbook; did you mean 'EMG'",
    "columns: [GMAXX]": "there is no column 'GMAXX'; columns go from A to C; did you mean 'GMAX'",
    "columns: [Q]": "there is no column 'Q'",
    "time_column: Q": "time_column: there is no column 'Q'",
    "units: {GMX: uV}": "units: there is no channel 'GMX'",
    "columns: [A]": "holds time stamps or row numbers only",
    "events: {sheet: Marks, times: A}": "there is no sheet 'Marks'",
    "events: {sheet: EMG, times: when}": "events: times: sheet 'EMG': there is no column 'when'",
}


@pytest.mark.parametrize("mapping", MISTAKES)
def test_mistakes_are_explained(tmp_path, mapping):
    path = save(tmp_path, {"EMG": table("time (s)", "GMAX", "GMED")})
    options = stated(f"[{{kind: excel, unit: uV, {mapping}}}]")
    if mapping.startswith("events: {sheet: EMG"):
        options = stated(f"[{{kind: excel, sheets: [{{sheet: EMG}}], {mapping}}}]")
    with pytest.raises(ReadError) as caught:
        read(path, options)
    assert MISTAKES[mapping] in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_rate_and_no_table(tmp_path):
    with pytest.raises(ReadError, match=r"kind: excel, sampling_rate: 1000"):
        read(save(tmp_path, {"EMG": [["GMAX", "GMED"], *EMG.tolist()]}))
    with pytest.raises(ReadError, match="no table of numbers"):
        read(save(tmp_path, {"trials": [["file", "participant"], ["a.csv", "P01"], ["b.csv", "P02"]]}))


def test_hidden_sheets_are_read_only_when_stated(tmp_path):
    path = save(tmp_path, {"EMG": table("time (s)", "GMAX", "GMED"), "old": table("time (s)", "a", "b")})
    book = openpyxl.load_workbook(path)
    book["old"].sheet_state = "hidden"
    book.save(path)
    assert read(path).labels == ("GMAX", "GMED")
    assert read(path, stated("[{kind: excel, sheets: [{sheet: old}]}]")).labels == ("a", "b")


def test_other_archives_are_no_workbooks(tmp_path):
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(ReadError, match="ZIP archive"):
        read(path)


def test_cut_off_workbook(tmp_path):
    path = save(tmp_path, {"EMG": table("time (s)", "GMAX", "GMED")})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ReadError):
        read(path)


def ods(rows: list[list[Any]]) -> bytes:
    """OpenDocument 1.2: one sheet in content.xml."""
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    lines = "".join(
        "<table:table-row>" + "".join(_ods_cell(cell) for cell in row) + "</table:table-row>" for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{spaces}office:1.0" '
        f'xmlns:table="{spaces}table:1.0" xmlns:text="{spaces}text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="EMG">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def _ods_cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'


def xls(rows: list[list[Any]]) -> bytes:
    """BIFF8 records in the stream `Workbook` of a compound file ([MS-XLS], [MS-CFB])."""

    def record(kind: int, content: bytes = b"") -> bytes:
        return struct.pack("<2H", kind, len(content)) + content

    cells = b""
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 0) + value.encode("latin-1")
                cells += record(0x0204, struct.pack("<3H", i, j, 0) + text)
            else:
                cells += record(0x0203, struct.pack("<3Hd", i, j, 0, value))
    bof = [record(0x0809, struct.pack("<4H2I", 0x0600, kind, 0, 0, 0, 0)) for kind in (5, 0x10)]
    before = bof[0]
    name = struct.pack("<BB", 3, 0) + b"EMG"
    bound = len(before) + 4 + 6 + len(name) + 4
    stream = before + record(0x0085, struct.pack("<IBB", bound, 0, 0) + name) + record(0x000A)
    stream += bof[1] + cells + record(0x000A)
    stream = stream.ljust(-(-max(len(stream), 4096) // 512) * 512, b"\0")
    return _compound(stream)


def _compound(stream: bytes) -> bytes:
    n_stream = len(stream) // 512
    n_fat = -(-(n_stream + 2) // 126)
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    first = n_fat + 1  # sectors: FAT, directory, stream
    fat = [fat_mark] * n_fat + [end] + [first + i + 1 for i in range(n_stream - 1)] + [end]
    fat += [free] * (n_fat * 128 - len(fat))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0" if name else b""
        return (
            text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, free, free, child) + bytes(36)
            + struct.pack("<IQ", start, size)
        )  # fmt: skip

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, first, len(stream))
    directory += entry("", 0, free, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, n_fat, n_fat, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", *range(n_fat), *[free] * (109 - n_fat))
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + stream


@pytest.mark.parametrize(("make", "name"), [(ods, "recording.ods"), (xls, "recording.xls")])
def test_other_spreadsheets(tmp_path, make, name):
    path = tmp_path / name
    path.write_bytes(make(table("time (s)", "GMAX RT (mV)", "GMED RT (mV)")))
    assert choose(path)[0].name == "excel"
    recording = read(path)
    assert recording.labels == ("GMAX RT (mV)", "GMED RT (mV)")
    for index, channel in enumerate(recording.channels):
        assert channel.sampling_rate == pytest.approx(2000, rel=1e-9)
        np.testing.assert_allclose(channel.read(), EMG[:, index] * 1e-3, rtol=1e-15)


@pytest.mark.parametrize("make", [ods, xls])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_other_spreadsheets_cut_off(tmp_path, make, share):
    content = make(table("time (s)", "GMAX", "GMED"))
    path = tmp_path / "cut"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReadError):
        read(path)


def test_protected_workbook(tmp_path):
    """Office keeps an encrypted workbook in a compound file with the stream `EncryptedPackage`."""
    path = tmp_path / "secret.xlsx"
    path.write_bytes(_compound(bytes(4096)).replace("Workbook".encode("utf-16-le"), "Encrypte".encode("utf-16-le")))
    with pytest.raises(ReadError):
        read(path)


def test_a_missing_sheet_part_is_damage(tmp_path):
    path = save(tmp_path, {"EMG": table("time (s)", "GMAX", "GMED")})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "sheet1" not in name}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DamagedFileError, match="save it again"):
        read(path)
