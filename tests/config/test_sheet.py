"""Trials tables as spreadsheet programs leave them."""

from __future__ import annotations

import io
import zipfile

import pytest

from emgpipe.config.sheet import read_rows
from emgpipe.errors import ConfigError

ROWS = [("participant", "file", "comment"), ("01", "a.csv", "Gesäß, schräg"), ("02", "b.csv", "")]


def _cells(path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_rows(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects(delimiter: str, encoding: str, end: str, write) -> None:
    text = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)
    assert _cells(write(text.encode(encoding), "trials.csv")) == ROWS


def test_row_numbers_count_blank_rows_and_not_lines(write) -> None:
    path = write('participant;file\n;\n"01\n";a.csv\n\n02;b.csv\n', "trials.csv")
    assert [(row.number, row.cells[0]) for row in read_rows(path)] == [(1, "participant"), (3, "01"), (5, "02")]


def test_separator_line_of_spreadsheet_programs(write) -> None:
    rows = read_rows(write("sep=;\r\nparticipant;file\r\n1;a,b\r\n", "trials.csv"))
    assert [(row.number, row.cells) for row in rows] == [(1, ("participant", "file")), (2, ("1", "a,b"))]


def test_workbook(write) -> None:
    path = write(_workbook({"first": [["x"]], "trials": [["participant", "start", "when"], [1, 1.5, ("date", 45415)]]}),
                 "trials.xlsx")  # fmt: skip
    assert read_rows(path)[0].cells == ("x",)
    header, row = read_rows(path, "trials")
    assert header.cells == ("participant", "start", "when")
    assert (row.number, row.cells, row.dates) == (2, ("1", "1.5", "2024-05-03"), frozenset({2}))


def test_workbook_without_the_sheet(write) -> None:
    path = write(_workbook({"Trials": [["x"]]}), "trials.xlsx")
    with pytest.raises(ConfigError, match="no sheet 'trails'; did you mean 'Trials'"):
        read_rows(path, "trails")


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 cut off"])
def test_damaged_workbook(content: bytes, write) -> None:
    with pytest.raises(ConfigError, match="cannot be read as a workbook"):
        read_rows(write(content, "trials.xlsx"))


@pytest.mark.parametrize("text", ["", "\n\n", ";;\n;;\n"])
def test_empty_table(text: str, write) -> None:
    with pytest.raises(ConfigError, match="the trials table is empty"):
        read_rows(write(text, "trials.csv"))


def test_missing_table(tmp_path) -> None:
    with pytest.raises(ConfigError, match="trials table not found"):
        read_rows(tmp_path / "trials.csv")


def test_cell_too_long_for_csv(write) -> None:
    with pytest.raises(ConfigError, match="cannot be read as CSV"):
        read_rows(write('participant;file\n1;"' + "x" * 200_000, "trials.csv"))


def test_workbook_called_csv(write) -> None:
    path = write(_workbook({"trials": [["participant", "file"], [1, "a.csv"]]}), "trials.csv")
    assert _cells(path) == [("participant", "file"), ("1", "a.csv")]


def _workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return the smallest .xlsx that holds these sheets; ``("date", n)`` is a cell formatted as a date."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
    links = "".join(
        f'<Relationship Id="r{i}" Type="{relations}/worksheet" Target="worksheets/s{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"{office}.worksheet+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{office}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r0" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}'
        f'<Relationship Id="st" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }  # fmt: skip
    for index, rows in enumerate(sheets.values(), start=1):
        body = "".join(
            f'<row r="{r}">' + "".join(_cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row)) + "</row>"
            for r, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/s{index}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return buffer.getvalue()


def _cell(place: str, value: object) -> str:
    if isinstance(value, tuple):
        return f'<c r="{place}" s="1"><v>{value[1]}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
