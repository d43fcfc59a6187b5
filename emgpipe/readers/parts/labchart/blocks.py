"""The blocks of a LabChart text file: rows of numbers in pieces, comments with their rows."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.readers.parts.labchart.header import LINE, BlockHeader, read_block_header
from emgpipe.readers.parts.tables.cells import MISSING, SPELLINGS, to_number
from emgpipe.readers.parts.tables.exponents import check_bytes, refuse_huge

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_CELLS = 1 << 20
"""Cells that are parsed at a time."""
MOST_CHANNELS = 10_000
_COMMENTS = re.compile(r"(?:^|\s)#(?:\*|\d+)\s?")
FEW_CELLS = 2000
"""Fewer cells are parsed without pandas."""
_COMMA = re.compile(r"(?<![\d,.])\d+,\d*(?![\d,.])")
_POINT = re.compile(r"(?<![\d,.])\d+\.\d*(?![\d,.])")
_ROW = frozenset("0123456789-+.,: \t")


@dataclass(slots=True)
class Block:
    """Rows below one header.

    Attributes
    ----------
    header : BlockHeader
    pieces : list of arrays, shape (n_columns, n_rows)
        Successive rows; the first `lead` columns are time and date.
    lead : int
        Columns before the channels.
    comments : list of (int, str)
        Row and text.
    texts, wide : int
        Cells that are no numbers; rows with more cells than columns.
    decimal : str
        Decimal mark of the last rows.
    """

    header: BlockHeader
    pieces: list[NDArray[np.float64]] = field(default_factory=list)
    lead: int = -1
    comments: list[tuple[int, str]] = field(default_factory=list)
    texts: int = 0
    wide: int = 0
    decimal: str = "."

    @property
    def n_rows(self) -> int:
        """Rows of numbers."""
        return sum(piece.shape[1] for piece in self.pieces)

    def times(self) -> NDArray[np.float64] | None:
        """Return the time stamps in s, or None where the export left them out."""
        for column in range(self.lead):
            stamps = np.concatenate([piece[column] for piece in self.pieces])
            if np.isfinite(stamps).any():
                return stamps
        return None


def read_blocks(path: Path, encoding: str) -> list[Block]:
    """Read all blocks that have rows, in the order of the file.

    Raises
    ------
    DamagedFileError
        Rows stand above the first header, a header names no channels, or the file holds zero bytes.
    """
    with contextlib.suppress(ValueError):  # exponents that crash the parser are looked for piece by piece
        check_bytes(path, encoding)
    found = _Blocks(path)
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for line in handle:
            if line.isspace():
                continue
            if line[0] in _ROW or (found.blocks and _is_row(line)):
                found.add_row(line)
            elif (stated := LINE.match(line.lstrip("\ufeff"))) is not None:
                found.add_header(stated[1], stated[2])
    found.parse()
    return [block for block in found.blocks if block.n_rows]


def _is_row(line: str) -> bool:
    """Say whether a line that begins with no number is a row: ``NaN`` or text in its first cell, tabs between cells."""
    first, tab, _ = line.partition("\t")
    return first.strip().lower() in MISSING or (bool(tab) and "=" not in first and not first.startswith("#"))


@dataclass(slots=True)
class _Blocks:
    """Blocks as the lines of the file come in; rows wait until there are enough to parse."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    stated: dict[str, list[str]] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    step: int = PIECE_CELLS
    decimal: str = ""

    def add_header(self, name: str, text: str) -> None:
        self.parse()
        self.stated[name.lower()] = text.strip("\r\n").split("\t")[1:] or [text.strip()]

    def add_row(self, line: str) -> None:
        if self.stated:
            self.blocks.append(_started(self.stated, self.path))
            self.stated, self.step = {}, max(PIECE_CELLS // (len(self.blocks[-1].header.titles) + 2), 1)
        if not self.blocks:
            message = "numbers stand above the first header (Interval=); export the recording again"
            raise DamagedFileError(message, path=self.path, reader="labchart")
        self.rows.append(_without_comments(line, self.blocks[-1], len(self.rows)) if "#" in line else line)
        if len(self.rows) >= self.step:
            self.parse()

    def parse(self) -> None:
        if self.rows:
            self.decimal = _decimal("".join(self.rows)) or self.decimal  # integers do not tell
            _parse(self.rows, self.blocks[-1], self.decimal or ".")
            self.rows = []


def _decimal(text: str) -> str:
    """Return the decimal mark of rows, empty where they have none; ``17.07.2025`` is a date and ``1,5,2`` no number."""
    commas = len(_COMMA.findall(text)) if "," in text else 0
    points = len(_POINT.findall(text)) if "." in text and commas else int("." in text)
    return "," if commas > points else "." if points else ""


def _started(stated: dict[str, list[str]], path: Path) -> Block:
    header = read_block_header(stated)
    if not 0 < len(header.titles) <= MOST_CHANNELS:
        message = "a header (Interval= ... ) names no channels; export the recording again"
        raise DamagedFileError(message, path=path, reader="labchart")
    return Block(header)


def _without_comments(line: str, block: Block, waiting: int) -> str:
    """Return the row without its comments, which are kept with the number of their row."""
    found = _COMMENTS.search(line)
    if found is None:
        return line
    for text in _COMMENTS.split(line[found.start() :]):
        if text.strip():
            block.comments.append((block.n_rows + waiting, " ".join(text.split())))
    return line[: found.start()].rstrip() + "\n"


def _parse(rows: list[str], block: Block, decimal: str) -> None:
    n = len(block.header.titles)
    if block.lead < 0:
        block.lead = _lead(rows, n, block.header.interval, decimal)
    block.decimal = decimal
    width = block.lead + n
    try:
        piece = (_plain if len(rows) * width < FEW_CELLS else _regular)(rows, width, decimal)
    except ValueError:  # pandas' ParserError is one
        piece = _cell_by_cell(rows, width, decimal, block)
    piece[np.isinf(piece)] = np.nan
    block.pieces.append(piece)


def _plain(rows: list[str], width: int, decimal: str) -> NDArray[np.float64]:
    """Parse a few rows of nothing but numbers; calling pandas takes longer than parsing them."""
    cells = [row.replace(",", ".").split("\t") if decimal == "," else row.split("\t") for row in rows]
    if any(len(row) != width or "_" in line for row, line in zip(cells, rows, strict=True)):
        raise ValueError("a row has more or fewer cells than there are channels, or digits in groups")
    if decimal == "," and any("." in line for line in rows):
        raise ValueError("numbers with both marks")
    return np.array([[float(cell) for cell in row] for row in cells]).T.copy()


def _regular(rows: list[str], width: int, decimal: str) -> NDArray[np.float64]:
    import pandas as pd

    text = "".join(rows).encode()
    refuse_huge(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.ParserWarning)  # about the surplus column, which is checked below
        table = pd.read_csv(
            io.BytesIO(text), sep="\t", header=None, names=range(width + 1), index_col=False,
            dtype=np.float64, decimal=decimal, na_values=SPELLINGS, skipinitialspace=True, skip_blank_lines=False,
        )  # fmt: skip
    numbers = table.to_numpy().T
    if numbers.shape[1] != len(rows) or np.isfinite(numbers[width]).any():
        raise ValueError("a row has more cells than there are channels")
    return np.ascontiguousarray(numbers[:width])


def _cell_by_cell(rows: list[str], width: int, decimal: str, block: Block) -> NDArray[np.float64]:
    piece = np.full((width, len(rows)), np.nan)
    for number, row in enumerate(rows):
        cells = [cell.strip() for cell in row.rstrip().split("\t")]
        block.wide += len(cells) > width
        for column, cell in enumerate(cells[:width]):
            value = to_number(cell, decimal)
            if value is not None:
                piece[column, number] = value
            elif cell.lower() not in MISSING and column >= block.lead:
                block.texts += 1
    return piece


def _lead(rows: list[str], n_channels: int, interval: float | None, decimal: str) -> int:
    """Return how many columns stand before the channels: time, a date too, or nothing."""
    cells = [row.rstrip().split("\t") for row in rows[:100]]
    width = Counter(len(row) for row in cells).most_common(1)[0][0]
    first = next(row for row in cells if len(row) == width)
    if width > n_channels + 1:  # a date is no number; surplus cells stand at the end
        return 1 + any(to_number(cell.strip(), decimal) is None for cell in first[:2])
    if width < n_channels:
        return 1
    if width == n_channels:  # no time, or a last channel without samples
        stamps = [to_number(row[0].strip(), decimal) for row in cells[:2]]
        if len(stamps) == 2 and stamps[0] is not None and stamps[1] is not None and interval:
            return int(abs(stamps[1] - stamps[0] - interval) <= 0.01 * interval)
    return width - n_channels
