"""What stands above the numbers of a text file: labels, units, sampling rates."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from dataclasses import dataclass, field

from emgpipe.readers.parts.tables.cells import MISSING, is_number, split_line
from emgpipe.readers.parts.tables.layout import Layout
from emgpipe.units import UNKNOWN, parse_unit

MOST_RATE = 1e6
"""Sampling rates above this many Hz are misread."""
_COMMENT = re.compile(r"^\s*(#+|%+|//+|!+)\s*")
_RATE = re.compile(
    r"(?:(?:sampl\w*|scan|acq\w*)[ _-]*(?:rate|freq\w*)|\bfrequency\b|\bfrequenz\b|abtast\w*"
    r"|(?:fr[ée]quence|taux)\s+d\W?\s?[ée]chantillonnage|(?:frecuencia|tasa)\s+de\s+muestreo"
    r"|frequenza\s+di\s+campionamento|(?:frequ[êe]ncia|taxa)\s+de\s+amostragem|bemonsteringsfrequentie"
    r"|\bfs\b|\bsrate\b|\bpreciserate\b)"
    r"([^0-9+\-]{0,20}?)[\"':=\s,;\t]\s*[\"']?(\d+(?:[.,]\d+)*(?:e[+-]?\d+)?)\s*(k?hz)?",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    r"\b(?:sampling\s*)?interval\b\s*[:=]+\s*(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?)\s*(ms|s)\b", re.IGNORECASE
)
_UNIT_LINE = re.compile(r"^\W*(?:measure\w*\s+)?units?\s*[:=]+\s*([^\s,;]+)\s*$", re.IGNORECASE)
_CHANNEL_LINE = re.compile(
    r"^\W*Label:\s*(.+?)\s+Sampling frequency:\s*(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?).*?\bUnit:\s*(\S+)", re.IGNORECASE
)
_LABEL_LINE = re.compile(r"^\W*(?:labels?|channels?|columns?)\s*[:=]+\s*(.+)$", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]*?)\s*[)\]]")
_ENDING = re.compile(r"[\s_,]+(mV|mv|uV|uv|µV|μV|ms|deg|Hz|Nm)$|_(V|s|g|N)$")
_LABEL_RATE = re.compile(r"[(\[@]\s*(\d+(?:\.\d+)?)\s*(?:hz)?\s*[)\]]?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the lines above the numbers say.

    Attributes
    ----------
    labels : tuple of str
        One per column, empty where none is given.
    units : tuple of str
        One per column as written, empty where none is given.
    rates : tuple of float or None
        One per column, where a label states a rate.
    sampling_rate : float or None
        One rate for the whole file.
    unit : str
        One unit for the whole file.
    has_labels : bool
        Whether a row of labels was found.
    """

    labels: tuple[str, ...]
    units: tuple[str, ...]
    rates: tuple[float | None, ...]
    sampling_rate: float | None = None
    unit: str = ""
    has_labels: bool = False
    other_rates: tuple[float, ...] = field(default=())


def read_heading(
    lines: list[str], layout: Layout, *, header_row: int | None = None, unit_row: int | None = None
) -> Heading:
    """Understand the lines before ``layout.data_start``.

    Parameters
    ----------
    lines : list of str
        The beginning of the file.
    layout : Layout
    header_row, unit_row : int, optional
        Line numbers from 1, stated by the user; 0: there is none.
    """
    above = [(index, line) for index, line in enumerate(lines[: layout.data_start]) if line.strip()]
    last = above[-1][0] if above else -1
    numbered = _has_row_names(lines[layout.data_start :], layout)
    rows = [(i, cells) for i, line in above if (cells := _cells(line, layout, shifts=i == last and numbered))]
    units = _stated_row(lines, unit_row, layout) or _take_unit_row(rows, wanted=unit_row is None)
    labels = _stated_row(lines, header_row, layout) or _take_labels(rows, above, layout, wanted=header_row is None)
    n = layout.n_columns
    has_labels = labels is not None
    padded = tuple(((labels or []) + [""] * n)[:n])
    texts = [line for index, line in above if not rows or index < rows[0][0] or not has_labels]
    stated = _channel_lines([line for _, line in above])
    rates = _file_rates([line for _, line in above])
    written = ((units or []) + [""] * n)[:n]
    return Heading(
        padded,
        tuple(
            _unit_of(label, text) or stated.get(label, (0.0, ""))[1]
            for label, text in zip(padded, written, strict=True)
        ),
        tuple(label_rate(label) or stated.get(label, (None, ""))[0] for label in padded),
        rates[0] if len(rates) == 1 else None,
        next((found[1] for text in texts if (found := _UNIT_LINE.match(text))), ""),
        has_labels,
        rates if len(rates) > 1 else (),
    )


def label_unit(label: str) -> str:
    """Return the unit inside a label as written, or an empty string.

    >>> label_unit("LT GLUT MED (uV)"), label_unit("emg_mV"), label_unit("EMG 1")
    ('uV', 'mV', '')
    """
    bracketed = [text for text in _BRACKETS.findall(label) if parse_unit(text) != UNKNOWN]
    if bracketed:
        return str(bracketed[-1])
    ending = _ENDING.search(label)
    return (ending[1] or ending[2]) if ending else ""


def label_rate(label: str) -> float | None:
    """Return the sampling rate a label states, in Hz.

    >>> label_rate("EMG 1 (1925.926)"), label_rate("EMG 1"), label_rate("EMG (1)")
    (1925.926, None, None)
    """
    found = _LABEL_RATE.search(label)
    if found is None:
        return None
    rate = float(found[1])
    # "EMG (1)" is a numbered sensor: only what is written as a rate, or cannot be a number of a sensor, counts.
    return rate if 0 < rate <= MOST_RATE and ("hz" in found[0].lower() or "." in found[1] or rate >= 100) else None


def _has_row_names(below: list[str], layout: Layout) -> bool:
    """Say whether the first column counts 1, 2, ..., as R numbers its rows."""
    first = [cells[0] for line in below[:2] if (cells := split_line(line, layout.delimiter))]
    names = [cell.strip('"') for cell in first]
    return len(names) == 2 and all(name.isdecimal() for name in names) and int(names[1]) == int(names[0]) + 1


def _cells(line: str, layout: Layout, *, shifts: bool) -> list[str] | None:
    """Return the cells of a line that is as wide as the numbers, or None."""
    cells = split_line(_COMMENT.sub("", line), layout.delimiter)
    while len(cells) > layout.n_columns and not cells[-1]:
        cells.pop()
    if shifts and len(cells) == layout.n_columns - 1 > 1 and _COMMENT.match(line) is None and all(cells):
        return ["", *cells]  # R writes no label above the row names
    too_wide = len(cells) > layout.n_columns
    if too_wide or len(cells) < layout.n_columns - (layout.n_columns > 3) or not any(cells):
        return None
    return cells


def _take_unit_row(rows: list[tuple[int, list[str]]], *, wanted: bool) -> list[str] | None:
    if not wanted or not rows:
        return None
    for _, cells in rows[-2:][::-1]:
        filled = [cell for cell in cells if cell not in {"", "-", "*"}]
        known = sum(parse_unit(cell) != UNKNOWN for cell in filled)
        if known and known >= 0.5 * len(filled):
            row = next(row for row in rows if row[1] is cells)
            rows.remove(row)
            return cells
    return None


def _take_labels(
    rows: list[tuple[int, list[str]]], above: list[tuple[int, str]], layout: Layout, *, wanted: bool
) -> list[str] | None:
    if not wanted:
        return None
    for _, line in above:
        stated = _LABEL_LINE.match(line)
        if stated and len(cells := re.split(r"[\t,;]\s*", stated[1].strip())) == layout.n_columns:
            return cells
    for order, (_, cells) in enumerate(reversed(rows)):
        is_statement = layout.n_columns == 1 and re.search(r"[:=]", cells[0])
        if not is_statement and _are_labels(cells, layout.decimal, is_last=order == 0):
            return cells
    return _loosely_split(above, layout)


def _are_labels(cells: list[str], decimal: str, *, is_last: bool) -> bool:
    """Say whether cells are labels: mostly text, or ``Time,1,2,3`` right above the numbers."""
    filled = [cell for cell in cells if cell.lower() not in MISSING]
    numbers = [cell for cell in filled if is_number(cell, decimal)]
    if len(filled) - len(numbers) >= 0.5 * len(filled):
        return bool(filled)
    numbered = len(set(numbers)) == len(numbers) and all(cell.isdigit() for cell in numbers)
    return is_last and numbered and len(numbers) < len(filled)


def _loosely_split(above: list[tuple[int, str]], layout: Layout) -> list[str] | None:
    """Labels with blanks inside, above columns that are separated by blanks."""
    if not above:
        return None
    line = _COMMENT.sub("", above[-1][1]).strip()
    if layout.n_columns == 1:
        return None if re.search(r"[:=]", line) or is_number(line, layout.decimal) else [line]
    cells = re.split(r"\t+|\s{2,}|;\s*|,\s*", line)
    return cells if len(cells) == layout.n_columns else None


def _stated_row(lines: list[str], number: int | None, layout: Layout) -> list[str] | None:
    if not number or number > len(lines):
        return None
    return split_line(_COMMENT.sub("", lines[number - 1]), layout.delimiter)


def _unit_of(label: str, written: str) -> str:
    return written if written.strip(" -*") else label_unit(label)


def _file_rates(lines: list[str]) -> tuple[float, ...]:
    """Return the different rates that lines of text state, in Hz."""
    rates = []
    for line in (unicodedata.normalize("NFC", line) for line in lines):
        rates += [_rate(number, unit or between) for between, number, unit in _RATE.findall(line)]
        rates += [
            (1000.0 if unit == "ms" else 1.0) / seconds
            for number, unit in _INTERVAL.findall(line)
            if (seconds := _float(number))
        ]
    rates += _rates_below_keys(lines)
    return tuple(dict.fromkeys(rate for rate in rates if 0 < rate <= MOST_RATE))


def _rate(number: str, unit: str) -> float:
    """Return a rate in Hz; no device records at 2 Hz, so ``2,000 Hz`` and ``2.000,00`` are two thousand.

    >>> _rate("2,000", "Hz"), _rate("2.000,00", ""), _rate("2", "[kHz]"), _rate("148,148", "Hz")
    (2000.0, 2000.0, 2000.0, 148.148)
    """
    if "khz" in unit.lower():
        return _float(number) * 1000.0
    grouped = re.fullmatch(r"(\d)([.,])(\d{3})(?!\2)(?:[.,](\d+))?", number)
    return float(f"{grouped[1]}{grouped[3]}.{grouped[4] or 0}") if grouped else _float(number)


def _channel_lines(lines: list[str]) -> dict[str, tuple[float | None, str]]:
    """Return rate and unit by label from lines that describe one channel each, as EMGworks writes them."""
    found = (match for line in lines if (match := _CHANNEL_LINE.match(line)))
    return {match[1]: (rate if 0 < (rate := _float(match[2])) <= MOST_RATE else None, match[3]) for match in found}


def _rates_below_keys(lines: list[str]) -> list[float]:
    """Keys on one line, their values on the next."""
    rates = []
    for keys, values in itertools.pairwise(lines):
        for delimiter in (";", ",", "\t"):
            names, cells = split_line(keys, delimiter), split_line(values, delimiter)
            for name, cell in zip(names, cells, strict=False):
                if name.lower() in {"frequency", "sampling rate", "sampling frequency"} and is_number(cell, "."):
                    rates.append(float(cell))
    return rates


def _float(text: str) -> float:
    """Return a positive number, 0 for what is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
