"""Which of the lines above the numbers holds the labels, and which the units."""

from __future__ import annotations

import re

from emgpipe.readers.parts.tables.cells import MISSING, is_number, split_line
from emgpipe.readers.parts.tables.layout import Layout
from emgpipe.units import BY_NAME, UNKNOWN, parse_unit

COMMENT = re.compile(r"^\s*(#+|%+|//+|!+)\s*")
_LABEL_LINE = re.compile(r"^\W*(?:labels?|channels?|columns?)\s*[:=]+\s*(.+)$", re.IGNORECASE)
_NAMES = re.compile(
    r"^\W*((channel|analog|signal|column|muscle|marker)[ _]?)?(names?|labels?|channels?|muscles?)\W*$", re.IGNORECASE
)
_UNITS = re.compile(r"^\W*((measure\w*|y|channel)[ _])?units?([ _]labels?)?\W*$", re.IGNORECASE)
_TIME = re.compile(r"^\W*(t|x_?value|time|zeit|temps|tiempo|tempo|tid|times?[ _]?stamps?)\b", re.IGNORECASE)
_LIKE_UNITS = frozenset(
    {"raw", "a.u.", "au", "a.u", "arb", "arb.", "n.u.", "none", "no_units", "unitless", "normalized", "adc"}
)
"""What stands in rows of units where there is no unit."""

Rows = list[tuple[int, list[str]]]


def above_cells(line: str, layout: Layout, *, shifts: bool) -> list[str] | None:
    """Return the cells of a line that is as wide as the numbers, or None."""
    cells = _filled(line, layout)
    if len(cells) == layout.n_columns + 1 and cells[-1].lower() in {"comment", "comments"}:
        cells.pop()  # LabVIEW leaves this column out below
    if shifts and len(cells) == layout.n_columns - 1 > 1 and COMMENT.match(line) is None and all(cells):
        return ["", *cells]  # R writes no label above the row names
    too_wide = len(cells) > layout.n_columns
    if too_wide or len(cells) < layout.n_columns - (layout.n_columns > 3) or not any(cells):
        return None
    return cells


def take_unit_row(rows: Rows, *, n_columns: int) -> list[str] | None:
    """Take the row of units out of `rows` and return it; None if there is none."""
    for row in rows:
        cells = row[1]
        if _UNITS.match(cells[0]) and _is_of_columns(rows, row, n_columns):
            rows.remove(row)
            return ["", *cells[1:]]
    for row in rows[-2:][::-1]:
        if not _UNITS.match(row[1][0]) and _are_units(row, rows):
            rows.remove(row)
            return row[1]
    return None


def file_unit(rows: Rows) -> str:
    """Return the unit that a line of key and value states for the whole file, such as ``unit,mV``."""
    values = ([cell for cell in cells[1:] if cell] for _, cells in rows if _UNITS.match(cells[0]))
    return next((filled[0] for filled in values if len(filled) == 1), "")


def take_labels(rows: Rows, above: list[tuple[int, str]], layout: Layout) -> list[str] | None:
    """Return the labels, one per column, or None."""
    for _, line in above:
        stated = _LABEL_LINE.match(line)
        if stated and len(cells := re.split(r"[\t,;]\s*", stated[1].strip())) == layout.n_columns:
            return cells
    named = _named_row(above, layout)
    if named is not None:
        return named
    for order, (_, cells) in enumerate(reversed(rows)):
        is_statement = layout.n_columns == 1 and re.search(r"[:=]", cells[0])
        if not is_statement and _are_labels(cells, layout.decimal, is_last=order == 0):
            return cells
    return _loosely_split(above, layout)


def _filled(line: str, layout: Layout) -> list[str]:
    cells = split_line(COMMENT.sub("", line), layout.delimiter)
    while len(cells) > layout.n_columns and not cells[-1]:
        cells.pop()
    return cells


def _is_of_columns(rows: Rows, row: tuple[int, list[str]], n_columns: int) -> bool:
    """Say whether a row that is called units has one per column, and is no statement about the whole file."""
    filled = [cell for cell in row[1] if cell]
    if len(filled) > 2:
        return True
    # Two columns: below ``Name,EMG`` it belongs to the second one, above ``EMG1,EMG2`` to both.
    return n_columns == 2 and (row is rows[-1] or bool(_NAMES.match(rows[0][1][0])))


def _are_units(row: tuple[int, list[str]], rows: Rows) -> bool:
    cells = row[1]
    filled = [cell for cell in cells if cell not in {"", "-", "*"}]
    known = sum(parse_unit(cell) != UNKNOWN for cell in filled)
    alike = known + sum(cell.strip("[]()").lower() in _LIKE_UNITS for cell in filled)
    if not known:
        return False
    others = [other for other in rows if other is not row]
    if 2 * alike > len(filled) or (2 * alike == len(filled) and others):
        return True
    first = BY_NAME.get(parse_unit(cells[0]))
    below_time = any(_TIME.match(other[1][0]) for other in others)
    return first is not None and first.quantity == "time" and below_time


def _named_row(above: list[tuple[int, str]], layout: Layout) -> list[str] | None:
    """Return the labels of a row that says so in its first cell, as in ``CHANNEL_NAMES,EMG1,EMG2``."""
    lines = [_filled(line, layout) for _, line in above]
    is_stacked = any(_UNITS.match(cells[0]) for cells in lines if len(cells) == layout.n_columns)
    for cells in lines:
        texts = [cell for cell in cells[1:] if cell and not is_number(cell, layout.decimal)]
        if not _NAMES.match(cells[0]) or not texts or 2 * len(texts) < len(cells) - 1:
            continue
        if len(cells) == layout.n_columns + 1:
            return cells[1:]
        if len(cells) == layout.n_columns and is_stacked:
            return ["", *cells[1:]]
    return None


def _are_labels(cells: list[str], decimal: str, *, is_last: bool) -> bool:
    """Say whether cells are labels: mostly text, or ``Time,1,2,3`` right above the numbers."""
    filled = [cell for cell in cells if cell.lower() not in MISSING]
    numbers = [cell for cell in filled if is_number(cell, decimal)]
    if len(cells) == 2 and len(numbers) == 1 and is_number(cells[1], decimal) and not numbers[0].isdigit():
        return False  # ``Gain,1.5``
    if len(filled) - len(numbers) >= 0.5 * len(filled):
        return bool(filled)
    numbered = len(set(numbers)) == len(numbers) and all(cell.isdigit() for cell in numbers)
    return is_last and numbered and len(numbers) < len(filled)


def _loosely_split(above: list[tuple[int, str]], layout: Layout) -> list[str] | None:
    """Labels with blanks inside, above columns that are separated by blanks."""
    if not above:
        return None
    line = COMMENT.sub("", above[-1][1]).strip()
    if layout.n_columns == 1:
        return None if re.search(r"[:=]", line) or is_number(line, layout.decimal) else [line]
    cells = re.split(r"\t+|\s{2,}|;\s*|,\s*", line)
    return cells if len(cells) == layout.n_columns else None
