r"""SYLK, the spreadsheet text of the 1980s that devices still export: one cell per line.

``C;Y5;X1;K0.0005`` puts a number into row 5, column 1; row and column stay as they were where they are left out, and
``K"..."`` is text. Records other than ``C`` format the sheet; those with ``X`` or ``Y`` also move the current cell.
Microsoft, *SYLK file format* (1986); a semicolon in text is doubled.

A recording has tens of millions of cells. Lines of plain numbers are parsed thousands at a time (`numbers`), all
other lines one by one (`record`).
"""

from __future__ import annotations

from array import array
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.readers.parts.sylk.numbers import Cells, numbers_of
from emgpipe.readers.parts.sylk.record import parse_record
from emgpipe.readers.parts.tables.encoding import detect_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_BYTES = 1 << 20
"""Bytes that are parsed at a time."""
MOST_COLUMNS = 16384
SPARSE = 20
"""A sheet of more than so many cells per line of the file is not a recording but damaged."""
LONGEST_LINE = 1 << 20
THREADS = 2
"""Pieces that are parsed at the same time."""


@dataclass(slots=True)
class Words:
    """The cells of text in one column: their rows (from 0), and which of `names` stands in each."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    codes: array[int] = field(default_factory=lambda: array("q"))
    names: dict[str, int] = field(default_factory=dict)

    def extend(self, rows: NDArray[np.int64], texts: list[str]) -> None:
        """Append cells."""
        names = self.names
        self.rows.frombytes(rows.tobytes())
        self.codes.extend([names.setdefault(text, len(names)) for text in texts])


@dataclass(slots=True)
class Sheet:
    """All cells of a SYLK file.

    Attributes
    ----------
    numbers : array, shape (n_columns, n_rows)
        NaN where there is no number.
    words : dict of int to Words
        Cells of text, by column (from 0).
    has_end : bool
        Whether the last record says that it is the last.
    """

    numbers: NDArray[np.float64]
    words: dict[int, Words]
    has_end: bool

    def top(self, n_rows: int) -> list[list[str]]:
        """Return the first rows as text; numbers as short as they are exact."""
        n_rows = min(n_rows, self.numbers.shape[1])
        cells = [["" if np.isnan(value) else _shortest(value) for value in row] for row in self.numbers[:, :n_rows].T]
        for column, words in self.words.items():
            names = list(words.names)
            for row, code in zip(words.rows[: 10 * n_rows], words.codes[: 10 * n_rows], strict=True):
                if row < n_rows:
                    cells[row][column] = names[code]
        return cells


def read_sylk(path: Path, reader: str) -> Sheet:
    """Read all cells.

    Raises
    ------
    DamagedFileError
        A cell lies so far out that the file would have to be larger, or a line never ends.
    """
    with path.open("rb") as handle:
        encoding = detect_encoding(handle.read(65536)) or "cp1252"
        n_lines, last_row = _extent(handle)
        handle.seek(0)
        build = _Builder(path, reader, encoding, n_lines, last_row)
        for piece, cells in _parsed_ahead(_whole_lines(handle, path, reader)):
            build.add(piece, cells)
    return Sheet(build.grid[:, : build.n_rows], build.words, build.has_end)


class _Builder:
    """Puts pieces of a file into a grid that grows; remembers the current cell between pieces."""

    def __init__(self, path: Path, reader: str, encoding: str, n_lines: int, last_row: int) -> None:
        self.path, self.reader, self.encoding, self.n_lines = path, reader, encoding, n_lines
        self.room = min(last_row, 2 * n_lines) + 1
        self.grid = np.empty((0, self.room))
        self.words: dict[int, Words] = {}
        self.row, self.column = 1, 1
        self.n_rows = 0
        self.has_end = False

    def add(self, piece: bytes, cells: Cells | None) -> None:
        """Put whole lines into the grid; `cells` are those among them that are plain numbers, if they could be read."""
        if cells is None:  # something among the numbers that is none
            cells = Cells.of(piece, np.ones(piece.count(b"\n"), dtype=bool))
        self._parse_others(cells)
        rows, columns = _carried(cells.rows, self.row), _carried(cells.columns, self.column)
        self.row, self.column = int(rows[-1]), int(columns[-1])
        used = ~np.isnan(cells.values)
        lines = np.fromiter(cells.texts, np.int64, len(cells.texts))
        filled = used.copy()
        filled[lines] = True
        self._make_room(rows, columns, filled)
        self.grid[columns[used] - 1, rows[used] - 1] = cells.values[used]
        texts = list(cells.texts.values())
        for column in np.unique(columns[lines]).tolist():
            chosen = np.flatnonzero(columns[lines] == column)
            words = self.words.setdefault(column - 1, Words())
            words.extend(rows[lines[chosen]] - 1, [texts[place] for place in chosen.tolist()])

    def _parse_others(self, cells: Cells) -> None:
        lines = np.flatnonzero(cells.is_other)
        starts = np.concatenate([[-1], cells.ends])[lines] + 1
        for line, start, stop in zip(lines.tolist(), starts.tolist(), cells.ends[lines].tolist(), strict=True):
            record = parse_record(cells.piece[start:stop], self.encoding)
            self.has_end = self.has_end or record.is_end
            if record.row:
                cells.rows[line] = record.row
            if record.column:
                cells.columns[line] = record.column
            if record.number is not None:
                cells.values[line] = record.number
            elif record.text:
                cells.texts[line] = record.text

    def _make_room(self, rows: NDArray[np.int64], columns: NDArray[np.int64], used: NDArray[np.bool_]) -> None:
        if not used.any():
            return
        last_row, last_column = int(rows[used].max()), int(columns[used].max())
        n_columns = max(last_column, self.grid.shape[0])
        allowed = SPARSE * self.n_lines + 1000
        if last_column > MOST_COLUMNS or last_row * n_columns > allowed or min(rows.min(), columns.min()) < 1:
            message = f"has a cell in row {last_row}, column {last_column}, which a file of its size cannot hold"
            raise DamagedFileError(f"{message}; export it again", path=self.path, reader=self.reader)
        if last_row > self.room or n_columns > self.grid.shape[0]:
            self.room = self.room if last_row <= self.room else max(last_row, self.room + self.room // 2)
            grid = np.empty((n_columns, min(self.room, allowed)))
            grid[: self.grid.shape[0], : self.n_rows] = self.grid[:, : self.n_rows]
            grid[self.grid.shape[0] :, : self.n_rows] = np.nan
            self.grid = grid
        if last_row > self.n_rows:
            self.grid[:, self.n_rows : last_row] = np.nan
            self.n_rows = last_row


def _parsed_ahead(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, Cells | None]]:
    """Yield pieces with their numbers; the next ones are parsed in threads, where the parser lets go of the lock."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[tuple[bytes, Future[Cells | None]]] = deque()
        for piece in pieces:
            waiting.append((piece, pool.submit(numbers_of, piece)))
            if len(waiting) > THREADS:
                first, parsed = waiting.popleft()
                yield first, parsed.result()
        while waiting:
            first, parsed = waiting.popleft()
            yield first, parsed.result()


def _carried(given: NDArray[np.int64], before: int) -> NDArray[np.int64]:
    """Fill in the rows or columns that lines leave out by those of the line before."""
    if given[0] == 0:
        given[0] = before
    latest = np.maximum.accumulate(np.where(given != 0, np.arange(given.size), 0))
    return given[latest]


def _extent(handle: BinaryIO) -> tuple[int, int]:
    """Return the number of lines and the last row that is named near the end."""
    handle.seek(0)
    count, tail = 1, b""
    while piece := handle.read(1 << 20):
        count += piece.count(b"\n")
        tail = (tail + piece)[-65536:]
    named = [int(digits) for field_ in tail.split(b";Y")[1:] if (digits := _leading_digits(field_))]
    return count, max(named, default=1)


def _leading_digits(text: bytes) -> bytes:
    end = next((i for i, letter in enumerate(text[:10]) if not 48 <= letter <= 57), min(len(text), 10))
    return text[:end]


def _whole_lines(handle: BinaryIO, path: Path, reader: str) -> Iterator[bytes]:
    rest = b""
    while piece := handle.read(PIECE_BYTES):
        piece = rest + piece
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield piece[:cut]
        rest = piece[cut:]
        if len(rest) > LONGEST_LINE:
            raise DamagedFileError("has a line without end; export it again", path=path, reader=reader)
    if rest:
        yield rest + b"\n"


def _shortest(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))
