"""Where the numbers of a text file begin, and what separates columns and decimals."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

from emgpipe.readers.parts.tables.cells import BLANKS, MISSING, clock_seconds, is_number, split_line, to_number
from emgpipe.units import UNKNOWN, parse_unit

__all__ = [
    "BLANKS", "CANDIDATES", "MISSING", "Layout", "clock_seconds", "find_layout", "is_number", "split_line", "to_number",
]  # fmt: skip
CANDIDATES = (
    ("\t", "."), (";", "."), (",", "."), ("|", "."), ("\t", ","), (";", ","), (BLANKS, "."), ("|", ","), (",", ","),
    (BLANKS, ","),
)  # fmt: skip
MOST_LINES = 200
"""Rows of numbers that are enough to judge a layout."""
SCANNED_LINES = 20000
"""How far down the first row of numbers may stand."""
TAIL_LINES = 40
"""Lines at the end of those that decide which delimiters and decimal marks are tried on all."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to cut the text into numbers.

    Attributes
    ----------
    delimiter : str
        A character, or ``blanks``.
    decimal : str
        Point or comma.
    data_start : int
        Index of the first line of numbers.
    n_columns : int
        Cells per line of numbers, without empty ones at the end of all lines.
    is_numbered : bool
        Whether a row of column numbers stands above the first line of numbers.
    """

    delimiter: str
    decimal: str
    data_start: int
    n_columns: int
    is_numbered: bool = False


class _Row(NamedTuple):
    line: int
    width: int
    numbers: int
    texts: int


def find_layout(
    lines: list[str], *, delimiter: str | None = None, decimal: str | None = None, first_line: int = 0
) -> Layout | None:
    """Find the layout that makes most of the lines rows of numbers; None if no layout does.

    Parameters
    ----------
    lines : list of str
        The beginning of the file.
    delimiter, decimal : str, optional
        Stated by the user.
    first_line : int
        Lines before it are never data.
    """
    found: list[tuple[tuple[int, float, int], Layout]] = []
    for order, (mark, point) in enumerate(_worth_trying(lines, first_line, delimiter)):
        if (delimiter is not None and mark != delimiter) or (decimal is not None and point != decimal):
            continue
        rated = _rate(lines, mark, point, first_line)
        if rated is not None:
            rows, numbers, layout = rated
            found.append(((rows, numbers * (layout.n_columns > 1 or mark == BLANKS), -order), layout))
            if rows >= MOST_LINES and numbers == 1.0 and layout.n_columns > 1:
                break  # every row is numbers only: no later candidate can rank higher
    if delimiter is not None and decimal is None and not found and all(delimiter != mark for mark, _ in CANDIDATES):
        rated = _rate(lines, delimiter, ".", first_line)
        return rated[2] if rated else None
    if not found:
        return None
    best = _without_false_columns(max(found, key=lambda pair: pair[0])[1], lines)
    return _without_number_row(_with_sparse_columns(best, lines), lines)


def _worth_trying(lines: list[str], first_line: int, stated: str | None) -> list[tuple[str, str]]:
    """Return the candidates without those that give the same single column: a mark that no line has splits nothing."""
    text = "\n".join(lines[first_line : first_line + SCANNED_LINES])
    absent = [mark for mark in dict(CANDIDATES) if (" " if mark == BLANKS else mark) not in text and mark != stated]
    candidates = [(mark, point) for mark, point in CANDIDATES if mark not in absent[1:]]
    tail = lines[first_line : first_line + SCANNED_LINES][-TAIL_LINES:]
    fitting = [candidate for candidate in candidates if any(_as_row(0, line, *candidate) for line in tail)]
    return fitting or candidates  # where the last lines hold numbers, only what fits them can fit the table


def _without_number_row(layout: Layout, lines: list[str]) -> Layout:
    """Leave out a first row that only numbers the columns, as some programs write it above the samples."""
    rows = [split_line(line, layout.delimiter) for line in lines[layout.data_start : layout.data_start + 2]]
    if len(rows) < 2 or not _numbers_columns(rows[0], layout.n_columns):
        return layout
    first, second = (to_number(cells[0], layout.decimal) if cells else None for cells in rows)
    falls = first is not None and second is not None and second <= first
    fractions = any(layout.decimal in cell for cell in rows[1][1:])
    sure = layout.n_columns > 3 or falls or (layout.n_columns == 3 and fractions)
    if not sure or _numbers_columns(rows[1], layout.n_columns):
        return layout
    return replace(layout, data_start=layout.data_start + 1, is_numbered=True)


def _numbers_columns(cells: list[str], n_columns: int) -> bool:
    """Say whether cells are 1, 2, 3, ... or 0, 1, 2, ..., where the first may be empty."""
    filled = cells[1:] if cells and not cells[0] else cells
    while filled and not filled[-1]:
        filled = filled[:-1]
    if len(filled) < max(n_columns - 1, 2) or not all(cell.isdecimal() for cell in filled):
        return False
    numbers = [int(cell) for cell in filled]
    return numbers[0] in {0, 1} and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _with_sparse_columns(layout: Layout, lines: list[str]) -> Layout:
    """Widen the table to the labels above it: a column at its right end may be empty in most rows, or in all."""
    above = [line for line in lines[: layout.data_start] if line.strip()]
    if not above or layout.delimiter == BLANKS:
        return layout
    room = len(split_line(lines[layout.data_start], layout.delimiter))
    labeled = _width(split_line(above[-1], layout.delimiter))
    wider = layout.n_columns < labeled <= room
    return replace(layout, n_columns=labeled) if wider else layout


def _rate(lines: list[str], delimiter: str, decimal: str, first_line: int) -> tuple[int, float, Layout] | None:
    """Return (number of rows, share of numeric cells, layout), or None."""
    used = lines[first_line : first_line + SCANNED_LINES]
    rows: list[_Row] = []
    for index, line in enumerate(used, start=first_line):
        row = _as_row(index, line, delimiter, decimal)
        if row is not None:
            rows.append(row)
        if len(rows) >= MOST_LINES:
            break
    width = _usual_width(rows)
    block = _block(rows, width)
    if len(block) < 2:
        return None
    share = sum(row.numbers / (row.numbers + row.texts) for row in block) / len(block)
    length = len(block) if share == 1.0 else len(block) // 2
    start = _first_row(lines, block[0].line, delimiter, decimal, first_line)
    return length, share, Layout(delimiter, decimal, start, width)


def _as_row(index: int, line: str, delimiter: str, decimal: str) -> _Row | None:
    """Return a line as a row of numbers, or None where most of its cells are none."""
    cells = split_line(line, delimiter) if line.strip() else []
    numbers = sum(is_number(cell, decimal) for cell in cells)
    other = sum(cell.lower() not in MISSING for cell in cells) - numbers
    return _Row(index, _width(cells), numbers, other) if numbers and numbers > other else None


def _first_row(lines: list[str], start: int, delimiter: str, decimal: str, first_line: int) -> int:
    """Include the rows right above the numbers that only lack them: ``0.001;OL;OL`` before ``0.002;5;7``."""
    while start > first_line:
        above, below = split_line(lines[start - 1], delimiter), split_line(lines[start], delimiter)
        if len(above) != len(below) or len(above) < 2:
            break
        times = [_plain_number(cells[0], decimal) for cells in (above, below)]
        if times[0] is None or times[1] is None or times[0] >= times[1]:
            break
        start -= 1
    return start


def _plain_number(cell: str, decimal: str) -> float | None:
    if not is_number(cell, decimal):
        return None
    return to_number(cell, decimal)


def _usual_width(rows: list[_Row]) -> int:
    counts = Counter(row.width for row in rows)
    most = max(counts.values(), default=0)
    # Slow channels that end early make later rows shorter: of the usual widths the largest counts.
    return max((width for width, count in counts.items() if count >= 0.2 * most), default=0)


def _block(rows: list[_Row], width: int) -> list[_Row]:
    """Return the rows from the first one that looks like most others; rows such as ``Range 10 10 5`` stand above."""
    usual_texts = Counter(row.texts for row in rows).most_common(1)[0][0] if rows else 0
    start = next((i for i, row in enumerate(rows) if row.width == width and row.texts <= usual_texts), len(rows))
    return rows[start:]


def _width(cells: list[str]) -> int:
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return last


def _without_false_columns(layout: Layout, lines: list[str]) -> Layout:
    """Undo the split of a single column of decimal-comma numbers into two: ``-0,05`` is no pair of integers."""
    if (layout.delimiter, layout.decimal, layout.n_columns) != (",", ".", 2):
        return layout
    rows = [split_line(line, ",") for line in lines[layout.data_start : layout.data_start + MOST_LINES] if line.strip()]
    pairs = [row for row in rows if len(row) == 2]
    if len(pairs) < len(rows) or any("." in cell or not is_number(cell, ".") for row in pairs for cell in row):
        return layout
    fraction = all(cells[1].isdigit() for cells in pairs)
    telling = any(cells[0] == "-0" or (len(cells[1]) > 1 and cells[1].startswith("0")) for cells in pairs)
    if fraction and (telling or _has_one_label(lines[: layout.data_start], [cells[1] for cells in pairs])):
        return Layout(BLANKS, ",", layout.data_start, 1)
    return layout


def _has_one_label(above: list[str], fractions: list[str]) -> bool:
    """Say whether one label stands above two cells that look like the two halves of a number."""
    line = next((line.strip() for line in reversed(above) if line.strip()), "")
    bracketed = re.search(r"[(\[]([^()\[\]]+)[)\]]$", line)
    is_label = "," not in line and (
        parse_unit(bracketed[1]) != UNKNOWN
        if bracketed
        else bool(re.fullmatch(r"emg[ _]?\w{0,4}", line, re.IGNORECASE))
    )
    # Fractions are printed with the same number of digits, or without zeros at their end.
    even = len({len(cell) for cell in fractions}) == 1 or not any(
        cell.endswith("0") and cell != "0" for cell in fractions
    )
    return is_label and even
