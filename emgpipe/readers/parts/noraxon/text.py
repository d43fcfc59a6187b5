"""Where the table of a Noraxon text file begins, and what separates its columns and decimals.

Line 1 holds keys, line 2 their values, then comes an empty line, the labels (the first one is ``time``) and the rows.
Computers set to a comma write ``;`` between columns and decimal commas in the rows, but a decimal point in line 2.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers.parts.noraxon.header import NoraxonHeader, is_key_line, make_header
from emgpipe.readers.parts.tables.beginning import MOST_COLUMNS, read_beginning, too_wide
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines
from emgpipe.readers.parts.tables.layout import split_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD_BYTES = 1 << 18
"""Enough for keys, labels and some rows of a table of a thousand columns."""
SURE_BYTES = 1 << 16
"""What was recognized."""
SEARCHED_LINES = 40
"""How far below the values the labels may stand."""
SAMPLED_ROWS = 200
TEXT_COLUMNS = frozenset({"activity", "activities", "marker", "markers", "event", "events", "comment", "comments"})
"""Labels of columns of text, in lower case; they become events."""
_DELIMITERS = (";", ",", "\t")
_TIME = re.compile(r"time\b", re.IGNORECASE)
_COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)
_POINT_NUMBER = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoraxonLayout:
    """How to cut a Noraxon text file.

    Attributes
    ----------
    header : NoraxonHeader
    labels : tuple of str
        One per column as written, the first is time.
    delimiter, decimal, encoding : str
    data_start : int
        Index of the first line of the rows.
    """

    header: NoraxonHeader
    labels: tuple[str, ...]
    delimiter: str
    decimal: str
    encoding: str
    data_start: int

    @property
    def text_columns(self) -> tuple[int, ...]:
        """Columns that hold words."""
        return tuple(i for i, label in enumerate(self.labels) if label.lower() in TEXT_COLUMNS)


def open_layout(path: Path, reader: str) -> NoraxonLayout:
    """Find the layout of a file; `DamagedFileError` if there is no Noraxon table in it."""
    head = read_beginning(path, HEAD_BYTES)
    layout = find_layout(head) or find_layout(head[:SURE_BYTES])  # zero bytes may come later
    if layout is None:
        message = "has no keys, values and labels as myoRESEARCH writes them; export it again"
        raise DamagedFileError(message, path=path, reader=reader)
    if len(layout.labels) > MOST_COLUMNS:
        raise ReadError(too_wide(len(layout.labels)), path=path, reader=reader)
    return layout


def find_layout(head: bytes) -> NoraxonLayout | None:
    """Return the layout a file begins with, None if it is not from Noraxon."""
    encoding = detect_encoding(head)
    if encoding is None:
        return None
    lines = split_lines(decode_head(head, encoding))
    filled = [index for index, line in enumerate(lines[: SEARCHED_LINES + 3]) if line.strip(' \t;,"')]
    if len(filled) < 3:
        return None
    keys = next((cells for mark in _DELIMITERS if is_key_line(cells := cut(lines[filled[0]], mark))), None)
    if keys is None:
        return None
    header = make_header(keys, _values(lines[filled[1]], len(keys)))
    for index in filled[2:]:
        for mark in _DELIMITERS:
            labels = _without_empty_end(cut(lines[index], mark))
            if len(labels) > 1 and _TIME.match(labels[0]):
                rows = lines[index + 1 : index + 1 + SAMPLED_ROWS]
                decimal = find_decimal([cut(row, mark) for row in rows])
                return NoraxonLayout(header, tuple(labels), mark, decimal, encoding, index + 1)
    return None


def cut(line: str, delimiter: str) -> list[str]:
    """Cut a line into cells; quotes that never close belong to the text."""
    try:
        return split_line(line, delimiter)
    except csv.Error:
        return [cell.strip().strip('"') for cell in line.split(delimiter)]


def find_decimal(rows: Sequence[Sequence[str]]) -> str:
    """Return the decimal mark most numbers are written with.

    >>> find_decimal([["0,0005", "-9,37"], ["0,0010", "1"]]), find_decimal([["1", "2"]])
    (',', '.')
    """
    marks: Counter[str] = Counter()
    for cells in rows:
        marks[","] += sum(_COMMA_NUMBER.fullmatch(cell) is not None for cell in cells)
        marks["."] += sum(_POINT_NUMBER.fullmatch(cell) is not None for cell in cells)
    return "," if marks[","] > marks["."] else "."


def _values(line: str, n_keys: int) -> list[str]:
    """Cut the line of values by the mark that gives as many as there are keys."""
    cuts = [cut(line, mark) for mark in _DELIMITERS]
    return min(cuts, key=lambda cells: abs(len(_without_empty_end(cells)) - n_keys) if len(cells) > 1 else 1 << 20)


def _without_empty_end(cells: list[str]) -> list[str]:
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return cells[:last]
