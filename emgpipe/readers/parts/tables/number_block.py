"""The numbers of one part of a text file: some of its columns, some of its rows.

For formats whose heading says where the numbers stand; `table` is for files where that is not known.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import warnings
from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.readers.parts.tables.cells import SPELLINGS
from emgpipe.readers.parts.tables.ending import Ending, cut_ending
from emgpipe.readers.parts.tables.exponents import check_bytes
from emgpipe.readers.parts.tables.layout import MISSING, Layout, split_line, to_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_CELLS = 1 << 20
"""Cells that are parsed at a time."""


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Where numbers stand in a text file.

    Attributes
    ----------
    path : Path
    encoding : str
        As `emgpipe.readers.parts.tables.encoding.detect_encoding` names it.
    delimiter, decimal : str
        One character each.
    first_line : int
        Index of the first row of numbers among all lines of the file.
    columns : tuple of int
        Indices of the wanted columns, increasing.
    n_columns : int
        Cells per row; a row with a filled cell beyond them is counted.
    n_rows : int or None
        Rows to read, blank ones not counted; None for all up to the end.
    is_alone : bool
        False where something else stands to the right of the wanted columns, which is then not looked at.
    is_last : bool
        Whether the rows go up to the end of the file, where the last may be cut off.
    """

    path: Path
    encoding: str
    delimiter: str
    decimal: str
    first_line: int
    columns: tuple[int, ...]
    n_columns: int
    n_rows: int | None = None
    is_alone: bool = True
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class Numbers:
    """Columns by their index, shape (n_rows,) each, NaN where there is no number, and what stood there instead.

    Attributes
    ----------
    texts, infinite : dict of int to int
        Cells with text or an infinite number, by column.
    examples : dict of int to str
        The first text of each column that has some.
    wide_rows : int
        Rows with a filled cell beyond the last column.
    ending : Ending or None
        A last line that is cut off, left out, or whose last number may lack digits, which is left out.
    doubtful : int
        Index of the column whose last number was left out; -1 where none was.
    """

    columns: dict[int, NDArray[np.float64]]
    texts: dict[int, int] = field(default_factory=dict)
    infinite: dict[int, int] = field(default_factory=dict)
    examples: dict[int, str] = field(default_factory=dict)
    wide_rows: int = 0
    ending: Ending | None = None
    doubtful: int = -1


def read_numbers(block: NumberBlock) -> Numbers:
    """Read the block with pandas' C parser; where it refuses (text in cells), cell by cell, which is slower."""
    try:
        check_bytes(block.path, block.encoding)
        numbers = _read_fast(block)
    except ValueError:  # pandas' ParserError is one
        numbers = _read_cells(block)
    return _without_cut_row(block, numbers) if block.is_last else numbers


def _without_cut_row(block: NumberBlock, numbers: Numbers) -> Numbers:
    layout = Layout(block.delimiter, block.decimal, block.first_line, block.n_columns)
    ending = cut_ending(block.path, layout, block.encoding)
    if ending is None or not ending.is_row:
        return replace(numbers, ending=ending)
    if not ending.is_doubtful:
        columns = {index: column[:-1] for index, column in numbers.columns.items()}
        return replace(numbers, columns=columns, ending=ending)
    column = numbers.columns.get(ending.whole)
    if column is None or not column.size:
        return numbers
    column[-1] = np.nan
    return replace(numbers, ending=ending, doubtful=ending.whole)


def split_safely(line: str, delimiter: str) -> list[str]:
    """Cut a line into cells without surrounding blanks and quotes; damaged quotes are no reason to fail.

    >>> split_safely('X[s],"a: EMG 1", 2', ",")
    ['X[s]', 'a: EMG 1', '2']
    """
    try:
        return split_line(line, delimiter)
    except csv.Error:
        return [cell.strip().strip('"') for cell in line.split(delimiter)]


def guess_decimal(rows: Sequence[Sequence[str]]) -> str:
    """Return the decimal mark of cells that are already cut: a comma where numbers have commas and no points.

    >>> guess_decimal([["0,001", "5"]]), guess_decimal([["0.001", "5"]])
    (',', '.')
    """
    numbers = [cell for row in rows for cell in row if cell[:1].isdigit() or cell[:1] in {"-", "+"}]
    return "," if any("," in cell for cell in numbers) and not any("." in cell for cell in numbers) else "."


def _read_fast(block: NumberBlock) -> Numbers:
    room = block.n_rows if block.n_rows is not None else _count_lines(block.path)
    # Memory that is never touched costs nothing; one array per column, so that time columns can be let go.
    columns = {index: np.empty(room) for index in block.columns}
    filled = wide = 0
    infinite: dict[int, int] = {}
    for piece in _pieces(block):
        stop = filled + len(piece)
        values = piece.to_numpy()  # column by column, pandas takes longer than the parser
        places = {index: place for place, index in enumerate(piece.columns)}
        for index in block.columns:
            part = columns[index][filled:stop]
            part[:] = values[:, places[index]]
            if (is_infinite := np.isinf(part)).any():
                infinite[index] = infinite.get(index, 0) + int(is_infinite.sum())
                part[is_infinite] = np.nan
        wide += int(np.isfinite(values[:, places[block.n_columns]]).sum()) if block.is_alone else 0
        filled = stop
    return Numbers({index: column[:filled] for index, column in columns.items()}, infinite=infinite, wide_rows=wide)


def _pieces(block: NumberBlock) -> Iterator[Any]:
    import pandas as pd

    how: dict[str, Any] = {
        "sep": block.delimiter,
        "decimal": block.decimal,
        "header": None,
        # One column more than there are takes a delimiter at the end of rows, and shows a surplus cell.
        "names": range(block.n_columns + 1),
        "usecols": None if block.is_alone else list(block.columns),
        "nrows": block.n_rows,
        "skipinitialspace": True,
        "na_values": SPELLINGS,
        "index_col": False,
        "engine": "c",
        "dtype": np.float64,
        "chunksize": max(PIECE_CELLS // (len(block.columns) + 1), 1),
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        # A row wider than all names raises; that a surplus column is not used as an index is what is wanted.
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        if block.encoding.startswith("utf-8") and not _has_open_quote(block):
            source: Any = str(block.path)  # the fastest way: the C parser reads the bytes itself
            how["skiprows"] = block.first_line
        else:
            source = stack.enter_context(_open(block))
        with pd.read_csv(source, **how) as pieces:
            yield from pieces


def _open(block: NumberBlock) -> Any:
    """Open the file at the first row of numbers."""
    handle = block.path.open(encoding=block.encoding, errors="replace", newline=None)
    for _ in range(block.first_line):
        handle.readline()
    return handle


def _has_open_quote(block: NumberBlock) -> bool:
    """Say whether a line above has an odd quote, over which pandas would skip too many lines."""
    with block.path.open(encoding="latin-1", newline=None) as handle:
        return any(line.count('"') % 2 for line in itertools.islice(handle, block.first_line))


def _count_lines(path: Path) -> int:
    """Return how many lines there can be at most."""
    count = 0
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            line_feeds = piece.count(b"\n")
            count += line_feeds or piece.count(b"\r")
    return count + 1


def _read_cells(block: NumberBlock) -> Numbers:
    values = {index: array("d") for index in block.columns}
    found = Numbers({})
    wide = 0
    with _open(block) as handle:
        rows = (line for line in handle if line.strip())
        for line in itertools.islice(rows, block.n_rows):
            cells = split_safely(line.rstrip("\n"), block.delimiter)
            wide += block.is_alone and any(cells[block.n_columns :])
            for index, column in values.items():
                column.append(_number(cells[index] if index < len(cells) else "", index, block.decimal, found))
    columns = {index: np.array(column, dtype=np.float64) for index, column in values.items()}
    return Numbers(columns, found.texts, found.infinite, found.examples, wide)


def _number(cell: str, index: int, decimal: str, found: Numbers) -> float:
    """Return the number in a cell, or NaN, counting what is none."""
    value = to_number(cell, decimal) if cell else None
    if value is not None and np.isinf(value):
        found.infinite[index] = found.infinite.get(index, 0) + 1
        return float("nan")
    if value is None and cell.lower() not in MISSING:
        found.texts[index] = found.texts.get(index, 0) + 1
        found.examples.setdefault(index, cell)
    return float("nan") if value is None else value
