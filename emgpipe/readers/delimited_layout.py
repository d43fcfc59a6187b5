"""Where the numbers of a text file begin, and what separates columns and decimals."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

BLANKS = "blanks"
"""Columns separated by any number of spaces."""
MISSING = frozenset(
    {"", "-", "--", "nan", "-nan", "na", "n/a", "#n/a", "null", "none", "nd", "*", "inf", "-inf", "+inf", "infinity",
     "-infinity", "1.#qnan", "-1.#ind", "1.#inf"}
)  # fmt: skip
"""Cells without a number, in lower case."""
_CANDIDATES = (
    ("\t", "."), (";", "."), (",", "."), ("|", "."), ("\t", ","), (";", ","), (BLANKS, "."), ("|", ","), (",", ","),
    (BLANKS, ","),
)  # fmt: skip
_NUMBER = re.compile(r"[+\-\u2212]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")
_CLOCK = re.compile(
    r"(\d[\d./-]*[ T]+)?(?:(\d{1,2}):(\d\d):(\d\d(?:[.,]\d+)?)|(\d{1,3}):(\d\d[.,]\d+))\s*([AP]M|Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
MOST_LINES = 200
"""Rows of numbers that are enough to judge a layout."""
SCANNED_LINES = 20000
"""How far down the first row of numbers may stand."""


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
    """

    delimiter: str
    decimal: str
    data_start: int
    n_columns: int


class _Row(NamedTuple):
    line: int
    width: int
    numbers: int
    texts: int


def split_line(line: str, delimiter: str) -> list[str]:
    """Cut a line into cells without surrounding blanks and quotes.

    >>> split_line('"a;b";2 ;', ";")
    ['a;b', '2', '']
    """
    if delimiter == BLANKS:
        return line.split()
    if '"' in line:
        line_cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        return [cell.strip() for cell in line_cells]
    return [cell.strip() for cell in line.split(delimiter)]


def clock_seconds(cell: str) -> float | None:
    """Return the seconds since midnight or zero of a time of day or an elapsed time; a date before it is not used.

    >>> clock_seconds("2024-05-03 12:00:01.5"), clock_seconds("01:02,25"), clock_seconds("12:30")
    (43201.5, 62.25, None)
    """
    found = _CLOCK.fullmatch(cell) if ":" in cell else None
    if found is None:
        return None
    _, hours, minutes, seconds, only_minutes, only_seconds, zone = found.groups()
    if hours is None:
        return 60.0 * int(only_minutes) + float(only_seconds.replace(",", "."))
    hour = int(hours) % 12 + 12 * (zone.upper() == "PM") if zone and zone.upper() in {"AM", "PM"} else int(hours)
    return 3600.0 * hour + 60.0 * int(minutes) + float(seconds.replace(",", "."))


def is_number(cell: str, decimal: str) -> bool:
    """Say whether a cell is a number with this decimal mark or a time; thousands separators are never guessed."""
    if ":" in cell:
        return clock_seconds(cell) is not None
    if decimal == ",":
        if "." in cell:
            return False
        cell = cell.replace(",", ".", 1)
    return _NUMBER.fullmatch(cell) is not None


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
    if delimiter is not None and decimal is None and not found and all(delimiter != mark for mark, _ in _CANDIDATES):
        rated = _rate(lines, delimiter, ".", first_line)
        return rated[2] if rated else None
    if not found:
        return None
    return _with_sparse_columns(_without_false_columns(max(found, key=lambda pair: pair[0])[1], lines), lines)


def _worth_trying(lines: list[str], first_line: int, stated: str | None) -> list[tuple[str, str]]:
    """Return the candidates without those that give the same single column: a mark that no line has splits nothing."""
    text = "\n".join(lines[first_line : first_line + SCANNED_LINES])
    absent = [mark for mark in dict(_CANDIDATES) if (" " if mark == BLANKS else mark) not in text and mark != stated]
    return [(mark, point) for mark, point in _CANDIDATES if mark not in absent[1:]]


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
        cells = split_line(line, delimiter) if line.strip() else []
        numbers = sum(is_number(cell, decimal) for cell in cells)
        other = sum(cell.lower() not in MISSING for cell in cells) - numbers
        if numbers and numbers > other:
            rows.append(_Row(index, _width(cells), numbers, other))
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


def to_number(cell: str, decimal: str) -> float | None:
    """Return the number in a cell, or None; Fortran's ``1.5D-3`` and the typographic minus are met in exports.

    >>> to_number("1,5", ","), to_number("-1.5D-3", "."), to_number("\u22122", "."), to_number("OL", ".")
    (1.5, -0.0015, -2.0, None)
    """
    text = cell.replace(",", ".", 1) if decimal == "," and "." not in cell else cell
    try:
        return float(text)
    except ValueError:
        pass
    if ":" in cell:
        return clock_seconds(cell)
    if _NUMBER.fullmatch(text):
        return float(re.sub("[dD]", "e", text).replace("\u2212", "-"))
    return None


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
    if fraction and telling:
        return Layout(BLANKS, ",", layout.data_start, 1)
    return layout
