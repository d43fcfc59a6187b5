"""The cells of a sheet as numbers, and what was none: text, times and dates, digits grouped by commas."""

from __future__ import annotations

import datetime as dt
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.readers.parts.tables.layout import MISSING, Layout, to_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 86400.0
"""Seconds."""
EPOCH = dt.datetime(1970, 1, 1)
_FIRST_DAY, _LEAP_DAY = dt.datetime(1899, 12, 31), dt.datetime(1900, 3, 1)
MOST_PLACES = 5
"""Cells that a message names."""
ONE_GROUP = re.compile(r"[+\-\u2212]?[1-9]\d{0,2},\d{3}")
"""Nobody knows whether ``40,097`` is forty thousand or forty and a bit."""


def seconds_of(cell: Any) -> float:
    """Return a time of day, a duration or a date in seconds.

    >>> seconds_of(dt.time(0, 1, 26, 400000))
    86.4
    """
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds()
    if isinstance(cell, dt.time):
        return 3600.0 * cell.hour + 60.0 * cell.minute + cell.second + cell.microsecond * 1e-6
    if isinstance(cell, dt.datetime):
        return (cell - EPOCH).total_seconds()
    if isinstance(cell, dt.date):
        return (dt.datetime(cell.year, cell.month, cell.day) - EPOCH).total_seconds()
    return float("nan")


def stored_number(cell: Any) -> float:
    """Return the number that the workbook stores for a time or a date: days, counted as Excel does.

    >>> stored_number(dt.timedelta(seconds=86.4)), stored_number(dt.date(1900, 3, 1))
    (0.001, 61.0)
    """
    if isinstance(cell, dt.timedelta | dt.time):
        return seconds_of(cell) / DAY
    moment = EPOCH + dt.timedelta(seconds=seconds_of(cell))
    days = (moment - _FIRST_DAY).total_seconds() / DAY
    return days + 1.0 if moment >= _LEAP_DAY else days  # Excel's calendar has a 29 February 1900


def number_in(text: str, decimal: str = ".") -> float | None:
    """Return the number in the text of a cell, whatever marks decimals and thousands; None for other text.

    >>> number_in("-40,5"), number_in("1,234.5"), number_in("1.234,5"), number_in("1,234,567"), number_in("a, b")
    (-40.5, 1234.5, 1234.5, 1234567.0, None)
    """
    if "," not in text:
        return to_number(text, decimal if "." not in text else ".")
    # The mark that comes last is the decimal mark; several commas can only group thousands.
    is_point = text.rfind(".") > text.rfind(",") or text.count(",") > 1
    return to_number(text, "." if is_point else ",")


@dataclass(slots=True)
class Odd:
    """What one column holds besides plain numbers; rows count from the first row of numbers.

    Attributes
    ----------
    texts : int
        Cells with text that is no number; `example` is the first, `last_text` the row after the last.
    clock_rows, stored : array
        Rows with times or dates, and the numbers the workbook stores for them.
    clock_places, grouped_places : list of int
        The first of these cells: their rows as the spreadsheet shows them.
    grouped_rows : array
        Rows with text such as ``40,097``, taken as 40.097.
    decimals, thousands : int
        Cells with text that show what the comma means.
    """

    texts: int = 0
    example: str = ""
    last_text: int = 0
    clock_rows: array[int] = field(default_factory=lambda: array("q"))
    stored: array[float] = field(default_factory=lambda: array("d"))
    clock_places: list[int] = field(default_factory=list)
    grouped_rows: array[int] = field(default_factory=lambda: array("q"))
    grouped_places: list[int] = field(default_factory=list)
    decimals: int = 0
    thousands: int = 0


class Cells:
    """Turns rows into numbers piece by piece and keeps what was odd in them."""

    def __init__(self, layout: Layout) -> None:
        self.n, self.decimal = layout.n_columns, layout.decimal
        self.columns = tuple(Odd() for _ in range(self.n))
        self.comments = 0
        self.blank_rows = 0
        """Empty rows between the numbers."""
        self._place = layout.data_start
        self._kept = 0
        self._blank = 0

    def piece(self, rows: list[list[Any]]) -> NDArray[np.float64]:
        """Return rows as numbers, shape (n_rows, n_columns), without rows that are empty or hold text only."""
        try:
            numbers = np.array([row[: self.n] for row in rows], dtype=np.float64).reshape(-1, self.n)
        except (TypeError, ValueError):  # an empty cell, text or a time
            kept = [found for row in rows if (found := self._row(row)) is not None]
            return np.array(kept, dtype=np.float64).reshape(-1, self.n)
        self._place += len(rows)
        self._keep(len(rows))
        return numbers

    def _keep(self, count: int) -> None:
        self.blank_rows += self._blank
        self._blank = 0
        self._kept += count

    def _row(self, row: list[Any]) -> list[float] | None:
        self._place += 1
        cells = row[: self.n]
        if all(cell == "" or cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            self._blank += 1
            return None
        values = [self._value(cell) for cell in cells]
        if all(value is None or np.isnan(value) for value in values) and any(value is None for value in values):
            self.comments += 1
            return None
        for odd, cell, value in zip(self.columns, cells, values, strict=False):
            if value is None:
                odd.texts, odd.example, odd.last_text = odd.texts + 1, odd.example or str(cell), self._kept + 1
            elif isinstance(cell, str):
                self._note_text(odd, cell.strip())
            elif not isinstance(cell, int | float):
                _note(odd.clock_rows, odd.clock_places, self._kept, self._place)
                odd.stored.append(stored_number(cell))
        self._keep(1)
        return [np.nan if value is None else value for value in values]

    def _note_text(self, odd: Odd, text: str) -> None:
        if text.lower() in MISSING:
            return
        if ONE_GROUP.fullmatch(text):
            _note(odd.grouped_rows, odd.grouped_places, self._kept, self._place)
        elif text.count(",") == 1 and "." not in text:
            odd.decimals += 1
        else:
            odd.thousands += 1

    def _value(self, cell: Any) -> float | None:
        """Return the number in a cell, NaN for a missing one, None for text."""
        if isinstance(cell, int | float):
            return float(cell)
        if not isinstance(cell, str):
            return seconds_of(cell)
        text = cell.strip()
        if text.lower() in MISSING:
            return float("nan")
        return number_in(text, self.decimal)


def _note(rows: array[int], places: list[int], row: int, place: int) -> None:
    rows.append(row)
    if len(places) < MOST_PLACES:
        places.append(place)
