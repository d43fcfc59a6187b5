"""What stands above the numbers of a Trigno Discover export, or of a file of the Delsys API's example program.

Trigno Discover writes lines ``Application:, Trigno Discover (2.1.0.7)``, ``Date/Time:, ...`` and ``Collection Length
(seconds):, ...``, then rows of sensors (named at their first column), sensor modes and channels (``EMG 1 Time Series
(s)``, ``EMG 1 (mV)``), and from version 1.5 on sampling rates (``1259.2593 Hz``); versions 2 add a row of sample
periods, in which the heading of a table of markers stands at the right. Time columns are optional. Version 1.4 and the
API write the rate into the channel's name: ``EMG 1 (2148.1481 Hz)``, ``EMG 1 (1925.926)``; the API has the row of
sensors only.

Source: exports published by laboratories and the programs they read them with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.delsys.channels import DelsysColumn
from emgpipe.readers.parts.tables.layout import is_number
from emgpipe.readers.parts.tables.number_block import guess_decimal, split_safely
from emgpipe.units import UNKNOWN, parse_unit

_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]*?)\s*[)\]]")
_RATE = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(Hz)?", re.IGNORECASE)
_RATE_CELL = re.compile(r"-?\d+(?:[.,]\d+)?\s*Hz", re.IGNORECASE)
_PERIOD_CELL = re.compile(r"-?\d+(?:[.,]\d+)?(?:e-?\d+)?\s*m?s", re.IGNORECASE)
_TIME = re.compile(r"\S Time Series\b", re.IGNORECASE)
_SIGNAL = re.compile(r"EMG|ACC|GYRO|MAG|EKG|ECG|ANALOG|ORI|FSR|LOAD|FORCE|TEMP|SKIN", re.IGNORECASE)
_MODE = re.compile(r"sensor mode", re.IGNORECASE)
_SERIAL = re.compile(r"\s*\(\d+\)\s*$|^\(\d+\)\s*(?=\S)")
_MARKERS = ("type", "name", "label", "time (s)")
DELIMITERS = (",", ";", "\t")
HEADING_LINES = 40
SAMPLED_ROWS = 50


@dataclass(frozen=True, slots=True)
class TrignoHeading:
    """Where the numbers stand and what their columns are.

    Attributes
    ----------
    columns : tuple of DelsysColumn
    delimiter, decimal : str
    data_start : int
        Index of the first line of numbers.
    n_columns : int
        Columns of the table of samples, and of the table of markers that may stand to its right.
    markers : int or None
        First column of the table of markers.
    facts : dict of str to str
        The lines ``key:, value`` at the top, keys in lower case without the colon.
    """

    columns: tuple[DelsysColumn, ...]
    delimiter: str
    decimal: str
    data_start: int
    n_columns: int
    markers: int | None
    facts: dict[str, str]

    @property
    def application(self) -> str:
        """Return the program's name and version, empty for files of the API."""
        return self.facts.get("application", "")


def is_discover(lines: list[str]) -> bool:
    """Say whether the first line names Trigno Discover."""
    return bool(lines) and "Trigno Discover" in lines[0][:200]


def read_heading(lines: list[str]) -> TrignoHeading | None:
    """Understand the beginning of a file; None if no row names channels as Trigno Discover or the API do."""
    used = [(number, line) for number, line in enumerate(lines[:HEADING_LINES]) if line.strip()]
    delimiter = _delimiter([line for _, line in used])
    rows = [(number, split_safely(line.lstrip("\ufeff"), delimiter)) for number, line in used]
    above = _above_numbers(rows)
    rates = _last(above, _RATE_CELL)
    periods = _last(above, _PERIOD_CELL)
    names = [cells for _, cells in above if cells not in (rates, periods)]
    if len(above) == len(rows) or not names or not _names_channels(names[-1], is_known=is_discover(lines)):
        return None
    start = rows[len(above)][0]
    markers = next((place for _, cells in above if (place := _markers(cells)) is not None), None)
    channels = names[-1][:markers]
    while channels and not channels[-1]:
        channels.pop()
    facts = {
        cells[0].rstrip(": ").lower(): cells[1] for cells in names[:-1] if len(cells) > 1 and cells[0].endswith(":")
    }
    sensors = next((cells for cells in names[:-1] if _is_sensor_row(cells)), [])
    columns = _columns(channels, _sensor_names(sensors, len(channels)), rates or [])
    below = [split_safely(line, delimiter) for line in lines[start : start + SAMPLED_ROWS]]
    decimal = guess_decimal([cells[: len(channels)] for cells in below])
    width = len(channels) if markers is None else max(len(cells) for _, cells in (*above, *enumerate(below)))
    return TrignoHeading(columns, delimiter, decimal, start, width, markers, facts)


def _delimiter(lines: list[str]) -> str:
    # A decimal comma also splits rows of numbers; in files with semicolons there are still more of those above.
    counts = {mark: sum(line.count(mark) for line in lines) for mark in DELIMITERS}
    if counts[";"] and counts[";"] * 3 >= counts[","]:
        return ";"
    return max(counts, key=lambda mark: counts[mark])


def _above_numbers(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the rows before the first one whose first filled cell is a number."""
    for order, (_, cells) in enumerate(rows):
        first = next((cell for cell in cells if cell), "")
        if is_number(first, ".") or is_number(first, ","):
            return rows[:order]
    return rows


def _last(rows: list[tuple[int, list[str]]], pattern: re.Pattern[str]) -> list[str] | None:
    """Return the row whose first filled cell looks like this."""
    for _, cells in reversed(rows):
        if pattern.fullmatch(next((cell for cell in cells if cell), "")):
            return cells
    return None


def _names_channels(cells: list[str], *, is_known: bool) -> bool:
    """Say whether a row names channels; where the program is not named, all with their rates or with their times."""
    filled = [cell for cell in cells if cell]
    signals = [cell for cell in filled if not _TIME.search(cell)]
    if not any(_SIGNAL.match(cell) for cell in signals):
        return False
    if any(_TIME.search(cell) for cell in filled):
        return True
    united = sum(_stated_unit(cell) != "" for cell in signals)
    return all(_stated_rate(cell) for cell in signals) or (is_known and united >= 0.5 * len(signals))


def _markers(cells: list[str]) -> int | None:
    folded = [cell.lower() for cell in cells]
    return next((i for i in range(len(cells)) if tuple(folded[i : i + len(_MARKERS)]) == _MARKERS), None)


def _is_sensor_row(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and not cells[0].endswith(":") and _MODE.match(filled[0]) is None


def _sensor_names(cells: list[str], n_columns: int) -> list[str]:
    """Return a sensor per column, named at its first one; serial numbers go where names differ without them."""
    short = {cell: _SERIAL.sub("", cell).strip() or cell for cell in cells if cell}
    if len(set(short.values())) < len(short):
        short = {cell: cell for cell in short}
    names: list[str] = []
    for cell in cells[:n_columns] + [""] * (n_columns - len(cells)):
        names.append(short[cell] if cell else names[-1] if names else "")
    return names


def _columns(channels: list[str], sensors: list[str], rates: list[str]) -> tuple[DelsysColumn, ...]:
    columns = []
    clock, scale = None, 1.0
    for index, (name, sensor, rate) in enumerate(zip_longest(channels, sensors, rates[: len(channels)], fillvalue="")):
        if _TIME.search(name):
            clock, scale = index, 1e-3 if "(ms)" in name else 1.0
        elif name:
            short = _BRACKETS.sub("", name).strip(" -") or name
            label = f"{sensor}: {short}" if sensor else short
            stated = _stated_rate(name) or _rate(rate)
            columns.append(DelsysColumn(label, index, clock, _stated_unit(name), stated, seconds=scale))
    return tuple(columns)


def _stated_unit(name: str) -> str:
    """Return the unit in a channel's name as written; a rate is none.

    >>> _stated_unit("EMG 1 (mV)"), _stated_unit("EMG 1 (1925.926)"), _stated_unit("Resp. Rate (BrPM)")
    ('mV', '', 'BrPM')
    """
    found = [text for text in _BRACKETS.findall(name) if text and _RATE.fullmatch(text) is None]
    return next((text for text in found if parse_unit(text) != UNKNOWN), found[-1] if found else "")


def _stated_rate(name: str) -> float | None:
    """Return the sampling rate in a channel's name; a whole number alone is a sensor's number.

    >>> _stated_rate("EMG 1 (1925.926)"), _stated_rate("EMG 1 (mV) (2000 Hz)"), _stated_rate("EMG (1)")
    (1925.926, 2000.0, None)
    """
    for text in _BRACKETS.findall(name):
        match = _RATE.fullmatch(text)
        if match and (match[2] or not match[1].isdigit()):
            return _rate(text)
    return None


def _rate(text: str) -> float | None:
    """Return a rate in Hz; devices without a steady one are exported with -1 Hz."""
    match = _RATE.match(text)
    value = float(match[1].replace(",", ".")) if match else 0.0
    return value if 0 < value <= MOST_RATE else None
