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


def emg_table(n: int = 200) -> list[list[Any]]:
    """Return time and one EMG column at 1000 Hz."""
    samples = np.round(np.random.default_rng(5).normal(size=n) * 50, 4).tolist()
    return [["Time (s)", "GMAX (uV)"], *([index / 1000, samples[index]] for index in range(n))]


def formatted(path: Path, column: int, number_format: str) -> Path:
    book = openpyxl.load_workbook(path)
    for row in range(2, book.active.max_row + 1):
        book.active.cell(row=row, column=column).number_format = number_format
    book.save(path)
    return path


def reasons(recording, kind: str) -> str:
    return " ".join(finding.reason for finding in recording.findings if finding.kind == kind)


@pytest.mark.parametrize("stray", [dt.datetime(2024, 5, 1), dt.time(1, 30), dt.date(2024, 5, 1)])
def test_dates_among_samples_are_gaps(tmp_path, stray):
    rows = emg_table()
    truth = np.array([row[1] for row in rows[1:]])
    for index in range(3, 200, 20):
        rows[index + 1][1], truth[index] = stray, np.nan
    recording = read(save(tmp_path, {"EMG": rows}))
    (channel,) = recording.channels
    assert (channel.unit, channel.kind, channel.sampling_rate) == ("V", "emg", pytest.approx(1000))
    np.testing.assert_allclose(channel.read(), truth * 1e-6, rtol=1e-12)
    assert "10 cells of 'GMAX (uV)'" in reasons(recording, "date_cells")
    assert "B5, B25" in reasons(recording, "date_cells")


def test_a_column_of_samples_shown_as_dates_is_named_and_left_out(tmp_path):
    rows = [[*row, 1.0] for row in emg_table()]
    rows[0][2] = "GMED (uV)"
    recording = read(formatted(save(tmp_path, {"EMG": rows}), 2, "yyyy-mm-dd"))
    assert recording.labels == ("GMED (uV)",)
    assert "'GMAX (uV)'" in reasons(recording, "empty_column")


@pytest.mark.parametrize("number_format", ["ss.000", "[h]:mm:ss.000", "hh:mm:ss"])
@pytest.mark.parametrize("first", [0.0, 0.95, 59.9])
def test_plain_seconds_shown_as_clock_times(tmp_path, number_format, first):
    rows = emg_table()
    for row in rows[1:]:
        row[0] += first
    recording = read(formatted(save(tmp_path, {"EMG": rows}), 1, number_format))
    (channel,) = recording.channels
    if not (number_format != "[h]:mm:ss.000" and first > 59):  # two days of Excel's calendar are the same to others
        assert channel.sampling_rate == pytest.approx(1000, rel=1e-6)
        assert channel.start == pytest.approx(first, abs=1e-6)
    assert kinds(recording) & {"time_format", "time_backward", "sampling_rate_doubtful"}


def test_real_clock_times_under_a_heading_in_seconds(tmp_path):
    rows = emg_table()
    for index, row in enumerate(rows[1:]):
        row[0] = dt.time(10, 0, index // 100, index % 100 * 10000)
    (channel,) = read(save(tmp_path, {"EMG": rows})).channels
    assert channel.sampling_rate == pytest.approx(100)


def test_slow_emg_is_remarked(tmp_path):
    rows = emg_table()
    for index, row in enumerate(rows[1:]):
        row[0] = float(index)
    assert "(1 Hz)" in reasons(read(save(tmp_path, {"EMG": rows})), "sampling_rate_doubtful")


@pytest.mark.parametrize("with_time", [True, False])
def test_empty_rows_are_no_samples(tmp_path, with_time):
    rows = emg_table()
    truth = np.array([row[1] for row in rows[1:]]) * 1e-6
    if not with_time:
        rows = [["Sampling rate: 1000 Hz"], *([row[1]] for row in rows)]
    rows[60:60] = [[], [], []]
    rows[150:150] = [[]]
    recording = read(save(tmp_path, {"EMG": rows}))
    (channel,) = recording.channels
    assert channel.sampling_rate == pytest.approx(1000, rel=1e-9)
    np.testing.assert_allclose(channel.read(), truth, rtol=1e-12)
    assert reasons(recording, "empty_rows").endswith("4 empty rows between the numbers are left out")


def test_rows_of_missing_values_are_samples_unless_time_is_missing_too(tmp_path):
    rows = emg_table()
    rows[100][1] = "NaN"
    rows[120] = ["NaN", "NaN"]
    (channel,) = read(save(tmp_path, {"EMG": rows})).channels
    assert channel.n_samples == 199
    assert np.flatnonzero(np.isnan(channel.read())).tolist() == [99]


def test_formulas_without_results_are_named(tmp_path):
    rows = [[*row, f"=B{index}*2", None] for index, row in enumerate(emg_table(), start=1)]
    rows[0][2:] = ["GMED (uV)", "BF (uV)"]
    recording = read(save(tmp_path, {"EMG": rows}))
    assert recording.labels == ("GMAX (uV)",)
    assert "'GMED (uV)', 'BF (uV)'" in reasons(recording, "empty_column")


def in_text(spell) -> list[list[Any]]:
    rows = emg_table()
    return [rows[0], *([time, spell(value)] for time, value in rows[1:])]


def comma(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


GROUPED = {
    # text of a number: how the cell is written, what that is times, and how sure the reader may be
    "thousands, smaller numbers tell": (lambda value: f"{1000 * value:,.0f}", 1000.0, "warn"),
    "thousands, true numbers tell": (lambda value: 1000 * value if value < 0 else f"{10000 + value:,.0f}", 0, "warn"),
    "decimals, true numbers tell": (lambda value: value if abs(value) < 5 else comma(value), 1, "warn"),
    "nothing tells": (lambda value: comma(20 + abs(value)), 0, "fail"),
}  # fmt: skip


@pytest.mark.parametrize("case", GROUPED)
def test_commas_that_may_be_either(tmp_path, case):
    spell, factor, level = GROUPED[case]
    recording = read(save(tmp_path, {"EMG": in_text(spell)}))
    (finding,) = [finding for finding in recording.findings if finding.kind == "thousands_or_decimals"]
    assert finding.level == level
    assert finding.channel == "GMAX (uV)"
    if factor:
        truth = np.array([row[1] for row in emg_table()[1:]]) * factor
        np.testing.assert_allclose(recording.channels[0].read() * 1e6, truth, rtol=1e-3, atol=0.5 * factor**0.5)
    else:
        expected = 1e4 if case.startswith("thousands") else 20
        assert np.nanmax(recording.channels[0].read() * 1e6) > expected


def test_groups_with_a_fraction_are_numbers(tmp_path):
    recording = read(save(tmp_path, {"EMG": in_text(lambda value: f"{1000 * value:,.2f}")}))
    truth = np.array([row[1] for row in emg_table()[1:]]) * 1e-3
    np.testing.assert_allclose(recording.channels[0].read(), truth, rtol=1e-3, atol=1e-8)
    assert not recording.findings


def test_unreadable_text_makes_no_slower_channel(tmp_path):
    rows = emg_table()
    for row in rows[80:]:
        row[1] = "overload"
    recording = read(save(tmp_path, {"EMG": rows}))
    (channel,) = recording.channels
    assert (channel.n_samples, channel.sampling_rate) == (200, pytest.approx(1000))
    assert np.isnan(channel.read()[79:]).all()
    assert "slower_columns" not in kinds(recording)


@pytest.mark.parametrize("cell", ["WQJ1048576", "XFD200000"])
@pytest.mark.parametrize("says_dimension", [True, False])
def test_a_stray_cell_far_away(tmp_path, cell, says_dimension):
    path = save(tmp_path, {"EMG": emg_table(), "stray": emg_table()})
    book = openpyxl.load_workbook(path)
    book["stray"][cell] = 1.0
    book.save(path)
    if not says_dimension:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, re.sub(rb"<dimension[^>]*>", b"", content))
    recording = read(path)
    assert recording.labels == ("GMAX (uV)",)
    assert "'stray' (sheet 'stray' reaches to row" in reasons(recording, "sheet_left_out")


def test_rows_without_end(tmp_path):
    path = save(tmp_path, {"EMG": emg_table()})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            end = b"<row><c><v>1</v></c></row>" * 1_100_000 + b"</sheetData>"
            archive.writestr(name, content.replace(b"</sheetData>", end))
    with pytest.raises(ReadError, match="reaches to row 10"):
        read(path)


def test_repeated_rows_without_end(tmp_path):
    content = ods(emg_table())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "endless.ods"
    many = b'<table:table-row table:number-rows-repeated="4000000000">'
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, many.join(part.rsplit(b"<table:table-row>", 1)))
    with pytest.raises(ReadError, match="reaches to row 4000000"):
        read(path)


def test_text_without_end(tmp_path):
    path = save(tmp_path, {"EMG": emg_table()})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"<t>Time (s)", b"<t>Time (s)" + b"a" * 4_000_000))
    with pytest.raises(DamagedFileError, match="holds endless text"):
        read(path)
