"""The numbers of a text file as columns of float64; everything that is no number is NaN and counted."""

from __future__ import annotations

import csv
import math
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

DAY = 86400.0
"""Seconds."""
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
    """

    columns: tuple[NDArray[np.float64], ...]
    infinite: tuple[int, ...]
    texts: tuple[int, ...]
    wide_rows: int = 0
    comments: int = 0
    clocks: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()

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
    try:
        columns, infinite = read_regular(path, layout, encoding)
    except ValueError:  # pandas' ParserError is one
        return _read_cells(path, layout, encoding)
    return Table(columns, infinite, (0,) * layout.n_columns)


def _read_cells(path: Path, layout: Layout, encoding: str) -> Table:
    n = layout.n_columns
    values = array("d")  # row after row
    texts, examples, clocks, ends = [0] * n, [""] * n, [0] * n, [0] * n
    wide = comments = 0
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for number, line in enumerate(handle):
            if number < layout.data_start or not line.strip():
                continue
            plain = _plain_row(line, layout)
            if plain is not None:
                values.extend(plain)
                continue
            cells = _safe_split(line.rstrip("\n"), layout.delimiter)
            row = [_value(cell, layout.decimal) for cell in (cells + [""] * n)[:n]]
            known = any(value is not None and not math.isnan(value) for value in row)
            if not known and (line.lstrip().startswith(_COMMENTS) or None in row):
                comments += 1
                continue
            wide += any(cells[n:])
            for index, value in enumerate(row):
                if value is None:
                    texts[index] += 1
                    examples[index] = examples[index] or cells[index]
                    ends[index] = len(values) // n + 1
                elif index < len(cells) and ":" in cells[index]:
                    clocks[index] += 1
            values.extend(np.nan if value is None else value for value in row)
    columns = list(np.array(values).reshape(-1, n).T.copy())
    timed = tuple(index for index in range(n) if clocks[index])
    for index in timed:
        columns[index] = _past_midnight(columns[index])
    return _without_infinite(columns, Table((), (), tuple(texts), wide, comments, timed, tuple(examples), tuple(ends)))


def _plain_row(line: str, layout: Layout) -> list[float] | None:
    """Return a row of nothing but numbers, quickly; None for any other."""
    if layout.decimal == "," and "." in line:  # a separator of thousands?
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


def _safe_split(line: str, delimiter: str) -> list[str]:
    try:
        return split_line(line, delimiter)
    except csv.Error:
        return [cell.strip().strip('"') for cell in line.split(delimiter)]


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
