"""A table as a spreadsheet program leaves it -> rows of text with the row numbers it shows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.config.text import decode, read_bytes
from emgpipe.errors import ConfigError, suggest
from emgpipe.readers.parts.excel.extent import sheet_extent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_MOST_CELLS = 1 << 24
"""Up to the last cell; a table of 100 000 trials with 100 columns has ten million."""
_WORKBOOK_BYTES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods, and .xls, begin, whatever they are called."""
DELIMITERS = (";", ",", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank: its number in the spreadsheet, its cells, and which of them are dates."""

    number: int
    cells: tuple[str, ...]
    dates: frozenset[int] = frozenset()


def read_rows(path: Path, sheet: str | None = None, *, what: str = "trials table") -> tuple[Row, ...]:
    """Read the rows of a trials or participants table.

    Parameters
    ----------
    path : Path
        CSV (``;``, ``,`` or tab; UTF-8, UTF-16 or Windows-1252) or a workbook (.xlsx, .xls, .ods).
    sheet : str, optional
        Which sheet of a workbook; the first if not given.
    what : str
        What the table is to the user, for messages.

    Raises
    ------
    ConfigError
        The file is missing, damaged or has no rows; the sheet does not exist.
    """
    data = read_bytes(path, what=what)
    if is_workbook(path, data):
        rows = tuple(_workbook_rows(data, path, sheet, what))
    else:
        rows = tuple(_csv_rows(decode(data, path, fallback="cp1252"), path, what))
    if not rows:
        raise ConfigError(f"the {what} is empty; its first row holds the names of the columns", path=path)
    return rows


def is_workbook(path: Path, data: bytes) -> bool:
    """Tell whether a table is a workbook, by its name or by how it begins."""
    return path.suffix.casefold() in WORKBOOKS or data.startswith(_WORKBOOK_BYTES)


def _csv_rows(text: str, path: Path, what: str) -> Iterator[Row]:
    first, _, rest = text.partition("\n")
    if first.strip().casefold() in ("sep=;", "sep=,", "sep=\t", "sep="):
        text = rest  # a note for spreadsheet programs, which do not count it as a row
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    _refuse_open_quote(text, delimiter, path, what)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from _not_blank(enumerate(reader, start=1))
    except csv.Error as error:
        raise ConfigError(
            f"the {what} cannot be read as CSV ({error}); save it again as CSV from the spreadsheet program",
            path=path, line=reader.line_num,
        ) from None  # fmt: skip


def _refuse_open_quote(text: str, delimiter: str, path: Path, what: str) -> None:
    """Refuse a cell that begins with a quotation mark and never ends: all rows below it would be one text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error as error:
        if "end of data" in str(error):
            raise ConfigError(
                f"in the {what} a cell begins with a quotation mark and does not end with one, so that all rows below "
                "would be one text; delete the mark, or put one behind the text",
                path=path, line=line,
            ) from None  # fmt: skip


def _not_blank(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, cells in rows:
        stripped = tuple(" ".join(cell.replace("\0", " ").split()) for cell in cells)
        if any(stripped):
            yield Row(number, stripped)


def _workbook_rows(data: bytes, path: Path, sheet: str | None, what: str) -> Iterator[Row]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = _sheet_name(book.sheet_names, sheet, path)
        _refuse_endless(path, name, what)
        values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ConfigError(
            f"the {what} cannot be read as a workbook ({error}); save it again, or save it as CSV", path=path
        ) from None
    for number, line in enumerate(values, start=1):
        dates = frozenset(index for index, value in enumerate(line) if isinstance(value, dt.date))
        for row in _not_blank([(number, [_text(value) for value in line])]):
            yield Row(row.number, row.cells, dates)


def _refuse_endless(path: Path, name: str, what: str) -> None:
    """Refuse a sheet with a stray cell far out: the library makes room for all cells up to it, and dies of that."""
    extent = sheet_extent(path, name)
    if extent is not None and (extent.is_endless_text or extent.rows * max(extent.columns, 1) > _MOST_CELLS):
        raise ConfigError(
            f"the sheet '{name}' of the {what} reaches to row {extent.rows}, column {max(extent.columns, 1)}; delete "
            "what stands beyond the table, or save the table as CSV",
            path=path,
        )


def _sheet_name(names: list[str], wanted: str | None, path: Path) -> str:
    if wanted is None and names:
        return names[0]
    if wanted in names:
        return str(wanted)
    raise ConfigError(f"no sheet '{wanted}'{suggest(str(wanted), names) or '.'} Sheets: {', '.join(names)}", path=path)


def _text(value: object) -> str:
    """Return a cell as the spreadsheet shows it: whole numbers without a decimal point, dates as 2024-05-03."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)
