"""The table on a sheet: its layout and heading as in delimited text, its numbers as the cells hold them."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import suggest
from emgpipe.readers.parts.tables.header import Heading, read_heading
from emgpipe.readers.parts.tables.layout import MISSING, Layout, find_layout, to_number
from emgpipe.readers.parts.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.readers.parts.excel.options import SheetLayout

HEAD_ROWS = 500
"""Rows in which the heading ends."""
PIECE_ROWS = 4096
EPOCH = dt.datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """What a sheet holds: numbers, and what stands above them."""

    table: Table
    heading: Heading


def read_sheet(rows: Iterator[list[Any]], layout: SheetLayout) -> SheetTable | None:
    """Return the table on a sheet; None where there is no table of numbers.

    Parameters
    ----------
    rows : iterator of list
        Cells as `excel_book.Book.rows` gives them.
    layout : SheetLayout
        What the study file states.
    """
    head = list(itertools.islice(rows, HEAD_ROWS))
    lines = ["\t".join(_text(cell) for cell in row) for row in head]
    stated = max(layout.skip_rows, layout.header_row or 0, layout.unit_row or 0)
    found = find_layout(lines, delimiter="\t", first_line=stated)
    if found is None:
        return None
    heading = read_heading(lines, found, header_row=layout.header_row, unit_row=layout.unit_row)
    table = _table(itertools.chain(head[found.data_start :], rows), found)
    units = tuple("s" if index in table.clocks else unit for index, unit in enumerate(heading.units))
    return SheetTable(table, Heading(heading.labels, units, *_rest(heading)))


def _rest(heading: Heading) -> tuple[Any, ...]:
    return heading.rates, heading.sampling_rate, heading.unit, heading.has_labels, heading.other_rates


def column_letter(index: int) -> str:
    """Return the letter of a column, counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_column(named: str, labels: tuple[str, ...]) -> int | None:
    """Return the index of a column by its label or its letter; None if there is none.

    >>> find_column("GMAX RT", ("time", "GMAX RT")), find_column("b", ("time", "GMAX RT")), find_column("Z", ("time",))
    (1, 1, None)
    """
    wanted = named.strip().casefold()
    by_label = [index for index, label in enumerate(labels) if label.casefold() == wanted]
    if by_label:
        return by_label[0]
    return next((index for index in range(len(labels)) if column_letter(index).casefold() == wanted), None)


def no_column(named: str, labels: tuple[str, ...]) -> str:
    """Return the message for a column that is not there."""
    known = [label for label in labels if label]
    last = column_letter(len(labels) - 1)
    near = suggest(named, known) or f"; its labels: {', '.join(known[:20]) or 'none'}"
    return f"there is no column '{named}'; columns go from A to {last}{near}"


def _text(cell: Any) -> str:
    """Return a cell as text on one line, times as the clock shows them."""
    if isinstance(cell, str):
        return " ".join(cell.split()).replace('"', "")
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, int | float):
        return repr(cell)
    return repr(_seconds(cell))


def _seconds(cell: Any) -> float:
    """Return a time of day, a duration or a date in seconds."""
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds()
    if isinstance(cell, dt.time):
        return 3600.0 * cell.hour + 60.0 * cell.minute + cell.second + cell.microsecond * 1e-6
    if isinstance(cell, dt.datetime):
        return (cell - EPOCH).total_seconds()
    if isinstance(cell, dt.date):
        return (dt.datetime(cell.year, cell.month, cell.day) - EPOCH).total_seconds()
    return float("nan")


class _Cells:
    """Counts what is no number while rows become numbers."""

    def __init__(self, layout: Layout) -> None:
        self.n, self.decimal = layout.n_columns, layout.decimal
        self.texts, self.clocks, self.examples = [0] * self.n, [0] * self.n, [""] * self.n
        self.comments = 0

    def piece(self, rows: list[list[Any]]) -> NDArray[np.float64]:
        """Return rows as numbers, shape (n_rows, n_columns), without rows that hold text only."""
        try:
            return np.array([row[: self.n] for row in rows], dtype=np.float64).reshape(-1, self.n)
        except (TypeError, ValueError):  # an empty cell, text or a time
            kept = [numbers for row in rows if (numbers := self._row(row)) is not None]
            return np.array(kept, dtype=np.float64).reshape(-1, self.n)

    def _row(self, row: list[Any]) -> list[float] | None:
        values = [self._value(cell) for cell in row[: self.n]]
        if all(value is None or np.isnan(value) for value in values) and any(value is None for value in values):
            self.comments += 1
            return None
        for index, value in enumerate(values):
            if value is None:
                self.texts[index] += 1
                self.examples[index] = self.examples[index] or str(row[index])
            elif not isinstance(row[index], str | int | float):
                self.clocks[index] += 1
        return [np.nan if value is None else value for value in values]

    def _value(self, cell: Any) -> float | None:
        """Return the number in a cell, NaN for a missing one, None for text."""
        if isinstance(cell, int | float):
            return float(cell)
        if not isinstance(cell, str):
            return _seconds(cell)
        text = cell.strip()
        if text.lower() in MISSING:
            return float("nan")
        return to_number(text, "," if "," in text else self.decimal)


def _table(rows: Iterator[list[Any]], layout: Layout) -> Table:
    cells = _Cells(layout)
    pieces: list[NDArray[np.float64]] = []
    while block := list(itertools.islice(rows, PIECE_ROWS)):
        pieces.append(cells.piece(block).T)
    values: NDArray[np.float64] = np.concatenate(pieces, axis=1) if pieces else np.empty((layout.n_columns, 0))
    known = np.flatnonzero(np.isfinite(values).any(axis=0))
    values = values[:, : int(known[-1]) + 1 if known.size else 0]
    is_infinite = np.isinf(values)
    infinite = is_infinite.sum(axis=1)
    values[is_infinite] = np.nan
    clocks = tuple(index for index, count in enumerate(cells.clocks) if count)
    return Table(
        tuple(np.ascontiguousarray(column) for column in values), tuple(int(count) for count in infinite),
        tuple(cells.texts), 0, cells.comments, clocks, tuple(cells.examples),
    )  # fmt: skip
