"""Cells of delimited text: how a line is cut into them, and which of them are numbers."""

from __future__ import annotations

import csv
import re

BLANKS = "blanks"
"""Columns separated by any number of spaces."""
MISSING = frozenset(
    {"", "-", "--", "nan", "-nan", "na", "n/a", "#n/a", "null", "none", "nd", "*", "inf", "-inf", "+inf", "infinity",
     "-infinity", "1.#qnan", "-1.#ind", "1.#inf"}
)  # fmt: skip
"""Cells without a number, in lower case."""
SPELLINGS = sorted({form for text in MISSING for form in (text, text.upper(), text.capitalize())} | {"NaN"})
"""Missing values as pandas has to be told them."""
_NUMBER = re.compile(r"[+\-\u2212]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?")
_CLOCK = re.compile(
    r"(\d[\d./-]*[ T]+)?(?:(\d{1,2}):(\d\d):(\d\d(?:[.,]\d+|:\d{3})?)"
    r"|(\d{1,3}):(\d\d[.,]\d+))\s*([AP]M|Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_GROUPED = {
    # Separators of thousands count only where they cannot be decimal marks: with a fraction, or more than once.
    ".": re.compile(r"[+\-\u2212]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d*|(?:,\d{3}){2,}|(?:[\u00a0\u202f']\d{3})+(?:\.\d*)?)"),
    ",": re.compile(r"[+\-\u2212]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,}|(?:[\u00a0\u202f']\d{3})+(?:,\d*)?)"),
}
ONE_GROUP = re.compile(r"[+\-\u2212]?[1-9]\d{0,2}\.\d{3}")
"""In a table with decimal commas nobody knows whether ``1.234`` is a thousand or one and a bit."""


def split_line(line: str, delimiter: str) -> list[str]:
    """Cut a line into cells without surrounding blanks and quotes.

    >>> split_line('"a;b";2 ;', ";")
    ['a;b', '2', '']
    """
    if delimiter == BLANKS:
        return line.split()
    if '"' in line:
        try:
            line_cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:  # a quote that never closes
            line_cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
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
    return 3600.0 * hour + 60.0 * int(minutes) + float(re.sub("[,:]", ".", seconds))


def is_number(cell: str, decimal: str) -> bool:
    """Say whether a cell is a number with this decimal mark or a time.

    Thousands separators are known where they can be nothing else:

    >>> is_number("1,234.5", "."), is_number("1.234,5", ","), is_number("1.234", ",")
    (True, True, False)
    """
    if ":" in cell:
        return clock_seconds(cell) is not None
    if decimal == ",":
        if "." not in cell and _NUMBER.fullmatch(cell.replace(",", ".", 1)):
            return True
    elif _NUMBER.fullmatch(cell):
        return True
    return _GROUPED[decimal].fullmatch(cell) is not None


def to_number(cell: str, decimal: str) -> float | None:
    """Return the number in a cell, or None; Fortran's ``1.5D-3`` and the typographic minus are met in exports.

    >>> to_number("1,5", ","), to_number("-1.5D-3", "."), to_number("\u22122", "."), to_number("OL", ".")
    (1.5, -0.0015, -2.0, None)
    """
    if "_" in cell or (decimal == "," and "." in cell and ONE_GROUP.fullmatch(cell)):
        return None  # Python reads ``1_000``, nobody writes it
    text = cell.replace(",", ".", 1) if decimal == "," and "." not in cell else cell
    try:
        return float(text)
    except ValueError:
        pass
    if ":" in cell:
        return clock_seconds(cell)
    if _NUMBER.fullmatch(text):
        return float(re.sub("[dD]", "e", text).replace("\u2212", "-"))
    if _GROUPED[decimal].fullmatch(cell):
        digits = re.sub("[\u00a0\u202f']", "", cell.replace("," if decimal == "." else ".", ""))
        return float(digits.replace(",", ".").replace("\u2212", "-"))
    return None
