"""The numbers of a text file as columns of float64; everything that is no number is NaN and counted."""

from __future__ import annotations

import itertools
import math
import re
from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.tables.cells import BLANKS, MISSING, split_line, to_number
from emgpipe.readers.parts.tables.layout import Layout
from emgpipe.readers.parts.tables.regular import read_regular

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Finding

DAY = 86400.0
"""Seconds."""
MOST_BLANKS = 0.4
"""More blank lines than this part of the rows are a way of spacing."""
_BLANK_LINE = re.compile(rb"(?:\n[ \t]*\r?\n|\r[ \t]*\r)[ \t\r\n]*[^ \t\r\n]")
_COMMENTS = ("#", "%", "//", "!")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, shape (n_rows,) each, and what was not a number.

    Attributes
    ----------
    columns : tuple of arrays
    infinite : tuple of int
        Per column: cells that were infinite and became NaN.
    texts : tuple of int
        Per column: cells with text that became NaN.
    wide_rows : int
        Rows with more cells than columns; the surplus is not read.
    comments : int
        Rows without any number that were left out: comments and repeated headers.
    clocks : tuple of int
        Columns of times such as ``12:30:05.25``, which became seconds.
    examples : tuple of str
        Per column: the first cell with text.
    ends : tuple of int
        Per column: rows up to the last cell with text; empty where there is no text.
    doubtful : int
        Column whose last cell was left out because it may lack digits; -1 where none was.
    findings : tuple of Finding
        Doubts about the file itself.
    """

    columns: tuple[NDArray[np.float64], ...]
    infinite: tuple[int, ...]
    texts: tuple[int, ...]
    wide_rows: int = 0
    comments: int = 0
    clocks: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()
    doubtful: int = -1
    findings: tuple[Finding, ...] = ()

    def length(self, index: int) -> int:
        """Rows of a column up to its last cell that is not empty."""
        known = np.isfinite(self.columns[index])
        numbers = int(known.size - np.argmax(known[::-1])) if known.any() else 0
        return max(numbers, min(self.ends[index], known.size) if self.ends else 0)


def read_table(path: Path, layout: Layout, encoding: str) -> Table:
    """Read all rows from ``layout.data_start`` on.

    pandas' C parser reads what is regular; a file it refuses (text in cells, rows of different width) is read again
    cell by cell, which is slower and tells what was wrong.
    """
    if layout.n_columns == 1 and _has_blank_lines(path):  # they are samples that are missing; pandas skips them
        return _read_cells(path, layout, encoding)
    try:
        columns, infinite = read_regular(path, layout, encoding)
    except ValueError:  # pandas' ParserError is one
        return _read_cells(path, layout, encoding)
    return Table(columns, infinite, (0,) * layout.n_columns)


def _has_blank_lines(path: Path) -> bool:
    rest = b""
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            text = rest + piece.replace(b"\x00", b"")
            if _BLANK_LINE.search(text):
                return True
            rest = text[-80:]
    return False


class _Rows:
    """Rows as they come in, one line after the other, and what is odd about them."""

    def __init__(self, layout: Layout) -> None:
        n = layout.n_columns
        self.layout = layout
        self.values = array("d")  # row after row
        self.texts, self.examples, self.clocks, self.ends = [0] * n, [""] * n, [0] * n, [0] * n
        self.wide = self.comments = 0
        self.blanks: list[int] = []
        """Numbers of the rows before which a blank line stands."""
        self.unnamed: list[int] = []
        """Numbers of the rows with text in the first cell."""

    @property
    def count(self) -> int:
        return len(self.values) // self.layout.n_columns

    def add(self, line: str) -> None:
        if not line.strip():
            self.blanks.append(self.count)
            return
        plain = _plain_row(line, self.layout)
        if plain is not None:
            self.values.extend(plain)
            return
        n = self.layout.n_columns
        cells = split_line(line.rstrip("\n"), self.layout.delimiter)
        row = [_value(cell, self.layout.decimal) for cell in (cells + [""] * n)[:n]]
        known = any(value is not None and not math.isnan(value) for value in row)
        if not known and (line.lstrip().startswith(_COMMENTS) or None in row):
            self.comments += 1
            return
        self.wide += any(cells[n:])
        if row[0] is None:
            self.unnamed.append(self.count)
        for index, value in enumerate(row):
            if value is None:
                self.texts[index] += 1
                self.examples[index] = self.examples[index] or cells[index]
                self.ends[index] = self.count + 1
            elif index < len(cells) and ":" in cells[index]:
                self.clocks[index] += 1
        self.values.extend(np.nan if value is None else value for value in row)

    def table(self) -> Table:
        columns = list(np.array(self.values).reshape(-1, self.layout.n_columns).T.copy())
        timed = tuple(index for index, count in enumerate(self.clocks) if count)
        for index in timed:
            columns[index] = _past_midnight(columns[index])
        extra = _summaries(columns[0], self.unnamed)
        if extra:
            columns = [np.delete(column, extra) for column in columns]
            self.texts[0] -= len(extra)
            self.ends = [min(end, columns[0].size) for end in self.ends]
            self.ends[0] *= bool(self.texts[0])
            self.examples[0] *= bool(self.texts[0])
        elif self.layout.n_columns == 1:
            columns[0] = _with_blanks(columns[0], self.blanks)
            self.ends = [columns[0].size if end else 0 for end in self.ends]
        found = Table(
            (), (), tuple(self.texts), self.wide, self.comments + len(extra), timed, tuple(self.examples),
            tuple(self.ends),
        )  # fmt: skip
        return _without_infinite(columns, found)


def _read_cells(path: Path, layout: Layout, encoding: str) -> Table:
    rows = _Rows(layout)
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for line in itertools.islice(handle, layout.data_start, None):
            rows.add(line)
    return rows.table()


def _summaries(first: NDArray[np.float64], unnamed: list[int]) -> list[int]:
    """Return the rows that are no samples: text (``Mean``) in a column that counts on as if they were not there."""
    known = np.isfinite(first)
    steps = np.diff(first[known])
    if not unnamed or steps.size < 2 or (steps < 0).any() or not (steps > 0).any():
        return []
    usual = float(np.median(steps))
    found = []
    for row in unnamed:
        before, after = np.flatnonzero(known[:row]), np.flatnonzero(known[row:])
        if not before.size or not after.size or first[row + after[0]] - first[before[-1]] <= 1.5 * usual:
            found.append(row)
    return found


def _with_blanks(column: NDArray[np.float64], blanks: list[int]) -> NDArray[np.float64]:
    """Put a missing sample where a blank line stands between samples; lines that are all spaced out have none."""
    inside = [row for row in blanks if 0 < row < column.size]
    return column if len(inside) > MOST_BLANKS * column.size else np.insert(column, inside, np.nan)


def _plain_row(line: str, layout: Layout) -> list[float] | None:
    """Return a row of nothing but numbers, quickly; None for any other."""
    if "_" in line or (layout.decimal == "," and "." in line):  # Python's separator of thousands, or another one
        return None
    cells = line.split(None if layout.delimiter == BLANKS else layout.delimiter)
    if len(cells) != layout.n_columns:
        return None
    try:
        return [float(cell.replace(",", ".", 1) if layout.decimal == "," else cell) for cell in cells]
    except ValueError:
        return None


def _past_midnight(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let times of day go on after midnight."""
    steps = np.diff(times)
    with np.errstate(invalid="ignore"):
        days = np.cumsum(np.concatenate([[0.0], (steps < -0.5 * DAY).astype(np.float64)]))
    return times + DAY * days


def _value(cell: str, decimal: str) -> float | None:
    """Return the number in a cell, NaN for a missing one, None for text."""
    value = to_number(cell, decimal)
    return np.nan if value is None and cell.lower() in MISSING else value


def _without_infinite(columns: list[NDArray[np.float64]], table: Table) -> Table:
    infinite = []
    for index, column in enumerate(columns):
        is_infinite = np.isinf(column)
        infinite.append(int(is_infinite.sum()))
        if infinite[-1]:
            columns[index] = np.where(is_infinite, np.nan, column)
    return replace(table, columns=tuple(columns), infinite=tuple(infinite))
