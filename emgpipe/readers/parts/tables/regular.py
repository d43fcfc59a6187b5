"""A regular table of numbers through pandas' C engine: the fast way, for files without a cell of text.

A large file is parsed in two halves at once; the C engine lets go of Python's lock while it works.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.readers.base import HEAD_BYTES
from emgpipe.readers.parts.tables.cells import BLANKS, SPELLINGS
from emgpipe.readers.parts.tables.exponents import check_bytes
from emgpipe.readers.parts.tables.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_CELLS = 1 << 20
"""Cells that are parsed at a time."""
_LONE_RETURN = re.compile(rb"\r(?!\n)")
"""A line end of old Macintosh programs, which files opened as bytes do not know."""
PARTED_BYTES = 8 << 20
"""Larger files are parsed in two halves."""


def read_regular(path: Path, layout: Layout, encoding: str) -> tuple[tuple[NDArray[np.float64], ...], tuple[int, ...]]:
    """Return the columns from ``layout.data_start`` on, NaN for blanks, and how many cells of each were infinite.

    Raises
    ------
    ValueError
        A cell is no number, or a row is wider than the table (pandas' ParserError is a ValueError).
    """
    import pandas as pd

    check_bytes(path, encoding)
    parts = _parts(path, layout, encoding)
    # Room for as many rows as there are line ends: memory that is never touched costs nothing.
    columns = np.empty((layout.n_columns, sum(part.most_rows for part in parts)))
    rooms = np.split(columns, np.cumsum([part.most_rows for part in parts])[:-1], axis=1)
    with warnings.catch_warnings():
        # A row wider than all names raises; that a surplus column is not used as an index is what is wanted.
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        if len(parts) == 1:
            filled = [_fill(parts[0], layout, rooms[0])]
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                filled = list(pool.map(_fill, parts, [layout] * len(parts), rooms))
    return _together(columns, rooms, filled)


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines between two bytes; a part without bytes is a whole file, its text decoded with `encoding`."""

    path: Path
    encoding: str
    most_rows: int
    start: int = 0
    stop: int = -1


class _PartOfFile(io.RawIOBase):
    """The bytes of a file from `start` to `stop`, as a file that pandas reads from."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        self._handle = path.open("rb", buffering=0)
        self._handle.seek(start)
        self._left = stop - start

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = self._handle.read(wanted) or b""
        self._left -= len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        count = self._handle.readinto(view[: max(self._left, 0)]) or 0
        self._left -= count
        return count

    def close(self) -> None:
        self._handle.close()
        super().close()


def _parts(path: Path, layout: Layout, encoding: str) -> list[_Part]:
    """Return the file in halves where it is plain UTF-8 without quotes and large, else as a whole."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        heading = b"".join(handle.readline() for _ in range(layout.data_start))
        is_plain = encoding.startswith("utf-8") and not _LONE_RETURN.search(heading or handle.read(HEAD_BYTES))
        if not is_plain or any(line.count(b'"') % 2 for line in heading.splitlines()):
            return [_Part(path, encoding, _count(path, 0, size)[0])]
        first = len(heading)
        handle.seek(max(first, size // 2))
        handle.readline()
        middle = handle.tell()
    halves = [(first, middle), (middle, size)] if size > PARTED_BYTES and first < middle < size else [(first, size)]
    counted = [_count(path, *half) for half in halves]
    if len(halves) > 1 and any(is_quoted for _, is_quoted in counted):  # a quote may run over the middle
        halves, counted = [(first, size)], [(sum(lines for lines, _ in counted) + 1, True)]
    return [_Part(path, "", lines + 1, *half) for half, (lines, _) in zip(halves, counted, strict=True)]


def _fill(part: _Part, layout: Layout, room: NDArray[np.float64]) -> tuple[int, NDArray[np.int64]]:
    """Parse a part into `room`; return its rows and how many cells of each column were infinite."""
    n = layout.n_columns
    infinite = np.zeros(n, dtype=np.int64)
    filled = 0
    for piece in _pieces(part, layout):
        if np.isfinite(piece[:, n]).any():
            raise ValueError("a row has more cells than the table has columns")
        rows = room[:, filled : filled + piece.shape[0]]
        rows[:] = piece[:, :n].T
        filled += piece.shape[0]
        if (is_infinite := np.isinf(rows)).any():
            infinite += is_infinite.sum(axis=1)
            rows[is_infinite] = np.nan
    return filled, infinite


def _pieces(part: _Part, layout: Layout) -> Iterator[NDArray[np.float64]]:
    import pandas as pd

    how: dict[str, Any] = {
        "sep": r"\s+" if layout.delimiter == BLANKS else layout.delimiter,
        "decimal": layout.decimal,
        "header": None,
        # One column more than there are takes a delimiter at the end of rows, and shows a surplus cell.
        "names": range(layout.n_columns + 1),
        "skipinitialspace": True,
        "na_values": SPELLINGS,
        "index_col": False,
        "engine": "c",
        "dtype": np.float64,
        "chunksize": max(PIECE_CELLS // (layout.n_columns + 1), 1),
    }
    with contextlib.ExitStack() as stack:
        source: Any
        if part.stop >= 0:
            source = stack.enter_context(_PartOfFile(part.path, part.start, part.stop))
        else:
            source = stack.enter_context(part.path.open(encoding=part.encoding, errors="replace", newline=""))
            for _ in range(layout.data_start):
                source.readline()
        try:
            pieces = stack.enter_context(pd.read_csv(source, encoding_errors="replace", **how))
        except pd.errors.EmptyDataError:
            return
        for piece in pieces:
            yield piece.to_numpy()


def _together(
    columns: NDArray[np.float64], rooms: list[NDArray[np.float64]], filled: list[tuple[int, NDArray[np.int64]]]
) -> tuple[tuple[NDArray[np.float64], ...], tuple[int, ...]]:
    """Close the gap that blank lines in the first part leave before the second."""
    total, begin = 0, 0
    for room, (rows, _) in zip(rooms, filled, strict=True):
        if begin != total:
            columns[:, total : total + rows] = columns[:, begin : begin + rows].copy()
        total, begin = total + rows, begin + room.shape[1]
    infinite = np.sum([counts for _, counts in filled], axis=0)
    return tuple(columns[:, :total]), tuple(infinite.tolist())


def _count(path: Path, start: int, stop: int) -> tuple[int, bool]:
    """Return how many lines a part of a file can have at most, and whether there is a quote in it."""
    lines, is_quoted = 0, False
    with path.open("rb") as handle:
        handle.seek(start)
        left = stop - start
        while left > 0 and (piece := handle.read(min(1 << 20, left))):
            left -= len(piece)
            line_feeds = piece.count(b"\n")
            lines += line_feeds + (0 if line_feeds else piece.count(b"\r"))
            is_quoted = is_quoted or b'"' in piece
    return lines + 1, is_quoted
