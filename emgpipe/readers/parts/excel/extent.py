"""How far the cells of a sheet reach, seen before the library makes room for all of them.

One stray cell in the last row and column of a sheet asks for 17 billion cells, and the library ends the process where
memory runs out. The XML parts are read in pieces and searched for cell references and repetitions; nothing is parsed.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_BYTES = 1 << 20
OVERLAP = 128
MOST_INDEX_BYTES = 1 << 22
MOST_ROWS = 1 << 20
"""No spreadsheet program has more."""
UNREADABLE = (
    zipfile.BadZipFile, OSError, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, struct.error,
    zlib.error, ET.ParseError,
)  # fmt: skip
"""What a damaged archive raises; the library then says what is wrong with it."""
# A pattern that begins with fixed letters is found fast: a large sheet has millions of cells.
_LAST_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]{0,64}?\sr="(\d{1,19})"')
_FAR_CELL = re.compile(rb'r="([A-Z]{2,3})(\d{1,19})"')
_FAR_ROW = re.compile(rb'r="[A-Z]?(\d{7,19})"')
_REPEATED_ROW = re.compile(rb'<table:table-row\b[^>]*?number-rows-repeated="(\d{1,19})"')
_REPEATED_CELL = re.compile(rb'<table:table-cell\b[^>]*?number-columns-repeated="(\d{1,19})"[^>]*>')
_ROW_END = b"</table:table-row>"


class Extent(NamedTuple):
    """Rows and columns up to the last cell; at least as many as there are."""

    rows: int
    columns: int
    is_endless_text: bool = False
    """A cell holds more text than any program allows."""


def sheet_extent(path: Path, name: str) -> Extent | None:
    """Return how far a sheet of an .xlsx or .ods file reaches; None for other files and what cannot be searched."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _of_xlsx(archive, _sheet_part(archive, name))
            return _of_ods(archive) if "content.xml" in names else None
    except UNREADABLE:
        return None


def _sheet_part(archive: zipfile.ZipFile, name: str) -> str:
    """Return the part that holds a sheet, by way of the relations of the workbook."""
    book = ET.fromstring(_small(archive, "xl/workbook.xml"))  # noqa: S314 - expat bounds what entities may do
    relations = ET.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314
    sheet = next(one for one in book.iter() if one.tag.endswith("}sheet") and one.get("name") == name)
    identity = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
    target = next(one.get("Target", "") for one in relations.iter() if one.get("Id") == identity)
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")


def _small(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as handle:
        return handle.read(MOST_INDEX_BYTES)


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as handle:
        while piece := handle.read(PIECE_BYTES):
            yield piece


def _of_xlsx(archive: zipfile.ZipFile, part: str) -> Extent:
    rows = columns = tags = 0
    before = b""
    for piece in _pieces(archive, part):
        if b"<" not in piece and len(piece) == PIECE_BYTES:
            return Extent(rows, columns, is_endless_text=True)
        text = before + piece
        tags += piece.count(b"<row")
        last = _LAST_ROW.match(text, max(text.rfind(b"<row"), 0))
        rows = max([rows, tags, int(last[1]) if last else 0, *(int(row) for row in _FAR_ROW.findall(text))])
        for letters, row in _FAR_CELL.findall(text):
            rows, columns = max(rows, int(row)), max(columns, _column_number(letters))
        if rows > MOST_ROWS:
            break
        before = text[-OVERLAP:]
    return Extent(rows, columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _of_ods(archive: zipfile.ZipFile) -> Extent:
    """Look at repetitions of cells with values only: programs fill sheets up with repeated empty ones."""
    rows = columns = 0
    rest = b""
    for piece in _pieces(archive, "content.xml"):
        rest += piece
        end = rest.rfind(_ROW_END)
        if end < 0:
            if len(rest) > 64 * PIECE_BYTES:
                break
            continue
        whole, rest = rest[: end + len(_ROW_END)], rest[end + len(_ROW_END) :]
        rows += whole.count(_ROW_END)
        for found in _REPEATED_ROW.finditer(whole):
            if b"office:value" in whole[found.end() : whole.find(_ROW_END, found.end())]:
                rows += int(found[1])
        for found in _REPEATED_CELL.finditer(whole):
            if b"office:value" in found[0]:
                columns = max(columns, int(found[1]))
    return Extent(rows, columns)
