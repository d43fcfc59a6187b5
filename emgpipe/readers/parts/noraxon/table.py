"""The rows of a Noraxon text file: columns of numbers, and runs of text in the columns of words."""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from emgpipe.readers.parts.noraxon.text import HEAD_BYTES, cut
from emgpipe.readers.parts.tables.cells import SPELLINGS
from emgpipe.readers.parts.tables.ending import Ending, cut_ending
from emgpipe.readers.parts.tables.exponents import check_bytes
from emgpipe.readers.parts.tables.layout import MISSING, Layout, to_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.readers.parts.noraxon.text import NoraxonLayout

PIECE_CELLS = 1 << 20
"""Cells that are parsed at a time."""


class Run(NamedTuple):
    """The same text in all rows from `start` to before `stop`."""

    start: int
    stop: int
    text: str


@dataclass(slots=True)
class NoraxonTable:
    """Columns of one length, and what stood in the columns of words.

    Attributes
    ----------
    columns : tuple of arrays, shape (n_rows,)
        One per label; NaN where there is no number, without elements for a column of words.
    runs : dict of int to list of Run
        By column.
    unreadable : dict of int to str
        Columns with text among the numbers, and the first such text.
    wide_rows : int
        Rows with more cells than labels; the surplus is not read.
    is_cut : bool
        Whether the last line has no end, as in a file that was cut off.
    ending : Ending or None
        Such a last line, unless all its numbers are whole beyond doubt.
    """

    columns: tuple[NDArray[np.float64], ...]
    runs: dict[int, list[Run]] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    wide_rows: int = 0
    is_cut: bool = False
    ending: Ending | None = None

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return max((column.size for column in self.columns), default=0)


def read_table(path: Path, layout: NoraxonLayout) -> NoraxonTable:
    """Read all rows.

    pandas' C parser reads what is regular; a file it refuses (text among the numbers, rows of different width) is read
    again cell by cell, which is slower and tells what was wrong.
    """
    try:
        table = _read_regular(path, layout)
    except ValueError:  # pandas' ParserError is one
        table = _read_cells(path, layout)
    table.is_cut = not _ends_with_line(path, layout.encoding)
    if table.is_cut:
        text = Layout(layout.delimiter, layout.decimal, layout.data_start, len(layout.labels))
        table.ending = cut_ending(path, text, layout.encoding)
    return table


def add_runs(runs: list[Run], codes: NDArray[np.integer], names: list[str], first_row: int) -> None:
    """Append the runs of one piece of a column; `codes` index `names`, negative where the cell is empty."""
    if not codes.size or int(codes.max()) < 0:
        return
    edges = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1, [codes.size]])
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if codes[start] < 0 or not (text := names[codes[start]].strip()):
            continue
        if runs and runs[-1].stop == first_row + start and runs[-1].text == text:
            runs[-1] = runs[-1]._replace(stop=first_row + stop)
        else:
            runs.append(Run(first_row + start, first_row + stop, text))


def _read_regular(path: Path, layout: NoraxonLayout) -> NoraxonTable:
    check_bytes(path, layout.encoding)
    n, words = len(layout.labels), layout.text_columns
    numbers = [index for index in range(n) if index not in words]
    # Room for as many rows as there are line ends: memory that is never touched costs nothing. Each column is an array
    # of its own, so that times are not kept alive by the samples beside them.
    room = _count_lines(path) + 1
    columns = [np.empty(room) for _ in numbers]
    runs: dict[int, list[Run]] = {index: [] for index in words}
    filled = 0
    for piece in _pieces(path, layout):
        if piece[n].notna().any():
            raise ValueError("a row has more cells than the table has columns")
        last = filled + len(piece)
        for place, index in enumerate(numbers):
            columns[place][filled:last] = piece[index].to_numpy()
        for index in words:
            cells = piece[index].cat
            add_runs(runs[index], cells.codes.to_numpy(), [str(name) for name in cells.categories], filled)
        filled = last
    columns = [column[:filled] for column in columns]
    for column in columns:
        column[np.isinf(column)] = np.nan
    return NoraxonTable(_in_order(columns, numbers, n), runs)


def _pieces(path: Path, layout: NoraxonLayout) -> Iterator[pd.DataFrame]:
    import pandas as pd

    n, words = len(layout.labels), layout.text_columns
    how: dict[str, Any] = {
        "sep": layout.delimiter,
        "decimal": layout.decimal,
        "header": None,
        # One column more than there are takes a delimiter at the end of rows, and shows a surplus cell.
        "names": range(n + 1),
        "skipinitialspace": True,
        "keep_default_na": False,
        "na_values": {index: [""] if index in words else SPELLINGS for index in range(n + 1)},
        "index_col": False,
        "engine": "c",
        "dtype": {index: "category" if index in words else np.float64 for index in range(n + 1)},
        "chunksize": max(PIECE_CELLS // (n + 1), 1),
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        # A row wider than all names raises; that a surplus column is not used as an index is what is wanted.
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        source: Any
        if layout.encoding.startswith("utf-8") and _has_line_feeds(path):  # the fastest way: C reads the bytes itself
            source = stack.enter_context(path.open("rb"))
        else:
            source = stack.enter_context(path.open(encoding=layout.encoding, errors="replace", newline=""))
        for _ in range(layout.data_start):
            source.readline()
        how["encoding_errors"] = "replace"
        try:
            pieces = stack.enter_context(pd.read_csv(source, **how))
        except pd.errors.EmptyDataError:
            return
        yield from pieces


def _has_line_feeds(path: Path) -> bool:
    with path.open("rb") as handle:
        return b"\n" in handle.read(HEAD_BYTES)


def _count_lines(path: Path) -> int:
    """Return how many lines there can be at most."""
    count = 0
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            line_feeds = piece.count(b"\n")
            count += line_feeds or piece.count(b"\r")
    return count + 1


def _read_cells(path: Path, layout: NoraxonLayout) -> NoraxonTable:
    n, words = len(layout.labels), layout.text_columns
    numbers = [index for index in range(n) if index not in words]
    rows: list[list[float]] = []
    runs: dict[int, list[Run]] = {index: [] for index in words}
    unreadable: dict[int, str] = {}
    wide = 0
    with path.open(encoding=layout.encoding, errors="replace", newline=None) as handle:
        for place, line in enumerate(handle):
            if place < layout.data_start or not line.strip():
                continue
            cells = cut(line.rstrip("\n"), layout.delimiter)
            wide += any(cells[n:])
            cells = (cells + [""] * n)[:n]
            for index in words:
                add_runs(runs[index], np.array([0 if cells[index] else -1]), [cells[index]], len(rows))
            row = []
            for index in numbers:
                value = to_number(cells[index], layout.decimal)
                if value is None and cells[index].lower() not in MISSING:
                    unreadable.setdefault(index, cells[index])
                row.append(np.nan if value is None or not np.isfinite(value) else value)
            rows.append(row)
    columns = list(np.array(rows, dtype=np.float64).reshape(-1, len(numbers)).T.copy())
    return NoraxonTable(_in_order(columns, numbers, n), runs, unreadable, wide)


def _in_order(columns: list[NDArray[np.float64]], numbers: list[int], n: int) -> tuple[NDArray[np.float64], ...]:
    placed = dict(zip(numbers, columns, strict=True))
    return tuple(placed.get(index, np.empty(0)) for index in range(n))


def _ends_with_line(path: Path, encoding: str) -> bool:
    with path.open("rb") as handle:
        handle.seek(max(path.stat().st_size - 4, 0))
        end = handle.read()
    return end.rstrip(b"\x00" if encoding.startswith("utf-16") else b"\x1a").endswith((b"\n", b"\r"))
