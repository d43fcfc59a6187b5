"""What stands above the numbers of a text file: labels, units, sampling rates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.tables.cells import split_line
from emgpipe.readers.parts.tables.heading_rows import COMMENT, above_cells, file_unit, take_labels, take_unit_row
from emgpipe.readers.parts.tables.layout import Layout
from emgpipe.readers.parts.tables.stated_rates import rate_of, stated_rates
from emgpipe.units import UNKNOWN, parse_unit

_UNIT_LINE = re.compile(r"(?:^|[;,\t])\W*(?:measure\w*\s+)?units?\s*[:=]+\s*([^\s,;]+)\s*(?=$|[;,\t])", re.IGNORECASE)
_CHANNEL_LINE = re.compile(
    r"^\W*Label:\s*(.+?)\s+Sampling frequency:\s*(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?).*?\bUnit:\s*(\S+)", re.IGNORECASE
)
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]*?)\s*[)\]]")
_ENDING = re.compile(r"(?P<rest>.*?[^\s_,])[\s_,/]+(?P<unit>mvolts?|uvolts?|mV|mv|uV|uv|µV|μV|deg|Nm)$")
_NUMBERED = re.compile(r"(?P<rest>.*?[^\d\s_,])[\s_,]+(?P<unit>ms|Hz)$")
"""Behind a number these tell about a filter."""
_SHORT_ENDING = re.compile(r"(?P<rest>.*)_(?P<unit>V|s|g|N)$")
_TIME_WORD = re.compile(r"time|zeit|temps|tiempo|stamp|(^|_)t(_|$)|^x$", re.IGNORECASE)
_FREQUENCY_WORD = re.compile(r"freq|rate", re.IGNORECASE)
_FORCE_WORD = re.compile(r"force|load|kraft|(^|_)F[xyz]?\d*(_|$)|GRF", re.IGNORECASE)
_LABEL_RATE = re.compile(r"[(\[@]\s*(\d+(?:\.\d+)?)\s*(k?hz)?\s*[)\]]?\s*$", re.IGNORECASE)


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
        One per column, where a label states a rate in Hz.
    sampling_rate : float or None
        One rate for the whole file.
    unit : str
        One unit for the whole file.
    has_labels : bool
        Whether a row of labels was found.
    other_rates : tuple of float
        The different rates, where the heading states several.
    is_sampling : bool
        Whether `sampling_rate` was called so; a bare ``Frequency`` yields to time stamps.
    doubtful_rate : str
        The stated rate as written, where its mark may separate thousands or decimals.
    label_numbers : tuple of float or None
        One per column: a number in the label that may be a rate or the number of a sensor.
    """

    labels: tuple[str, ...]
    units: tuple[str, ...]
    rates: tuple[float | None, ...]
    sampling_rate: float | None = None
    unit: str = ""
    has_labels: bool = False
    other_rates: tuple[float, ...] = field(default=())
    is_sampling: bool = True
    doubtful_rate: str = ""
    label_numbers: tuple[float | None, ...] = ()


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
    rows = [(i, cells) for i, line in above if (cells := above_cells(line, layout, shifts=i == last and numbered))]
    n = layout.n_columns
    units = _stated_row(lines, unit_row, layout)
    if units is None and unit_row is None:
        units = take_unit_row(rows, n_columns=n)
    labels = _stated_row(lines, header_row, layout)
    if labels is None and header_row is None:
        labels = take_labels(rows, above, layout)
    texts = [line for index, line in above if not rows or index < rows[0][0] or labels is None]
    unit = next((found[1] for text in texts if (found := _UNIT_LINE.search(text))), "") or file_unit(rows)
    names = tuple(_padded(labels, n))
    stated = _channel_lines([line for _, line in above])
    rates = stated_rates([line for _, line in above], layout.decimal)
    return Heading(
        names,
        tuple(
            _unit_of(label, text) or stated.get(label, (0.0, ""))[1]
            for label, text in zip(names, _padded(units, n), strict=True)
        ),
        tuple(label_rate(label) or stated.get(label, (None, ""))[0] for label in names),
        rates.rates[0] if len(rates.rates) == 1 else None,
        unit,
        labels is not None,
        rates.rates if len(rates.rates) > 1 else (),
        rates.is_sure,
        rates.doubtful,
        tuple(label_number(label) for label in names),
    )


def _padded(cells: list[str] | None, n: int) -> list[str]:
    return ((cells or []) + [""] * n)[:n]


def label_unit(label: str) -> str:
    """Return the unit inside a label as written, or an empty string; ``20-450 Hz`` and ``100 ms`` are filters.

    >>> label_unit("LT GLUT MED (uV)"), label_unit("emg_mV"), label_unit("EMG 1"), label_unit("EMG 20-450 Hz")
    ('uV', 'mV', '', '')
    >>> label_unit("time_s"), label_unit("BF_s"), label_unit("RF_N"), label_unit("Fz_N")
    ('s', '', '', 'N')
    """
    bracketed = [text for text in _BRACKETS.findall(label) if parse_unit(text) != UNKNOWN]
    if bracketed:
        return str(bracketed[-1])
    ending = _ENDING.match(label) or _SHORT_ENDING.match(label) or _NUMBERED.match(label)
    if ending is None:
        return ""
    unit = ending["unit"]
    needed = {"s": _TIME_WORD, "ms": _TIME_WORD, "n": _FORCE_WORD, "hz": _FREQUENCY_WORD}.get(unit.lower())
    return unit if needed is None or needed.search(ending["rest"]) else ""


def label_rate(label: str) -> float | None:
    """Return the sampling rate a label states, in Hz.

    >>> label_rate("EMG 1 (1925.926 Hz)"), label_rate("EMG 1"), label_rate("EMG (1925.926)")
    (1925.926, None, None)
    """
    found = _LABEL_RATE.search(label)
    rate = rate_of(found[1], found[2]) if found and found[2] else 0.0
    return rate if 0 < rate <= MOST_RATE else None


def label_number(label: str) -> float | None:
    """Return a number in a label that may be its rate, or the number of its sensor.

    >>> label_number("EMG 1 (1925.926)"), label_number("EMG 1"), label_number("Sensor [81234]")
    (1925.926, None, 81234.0)
    """
    found = _LABEL_RATE.search(label)
    return float(found[1]) if found and not found[2] and 0 < float(found[1]) <= MOST_RATE else None


def _has_row_names(below: list[str], layout: Layout) -> bool:
    """Say whether the first column counts 1, 2, ..., as R numbers its rows."""
    first = [cells[0] for line in below[:2] if (cells := split_line(line, layout.delimiter))]
    names = [cell.strip('"') for cell in first]
    return len(names) == 2 and all(name.isdecimal() for name in names) and int(names[1]) == int(names[0]) + 1


def _stated_row(lines: list[str], number: int | None, layout: Layout) -> list[str] | None:
    if not number or number > len(lines):
        return None
    return split_line(COMMENT.sub("", lines[number - 1]), layout.delimiter)


def _unit_of(label: str, written: str) -> str:
    return written if written.strip(" -*") else label_unit(label)


def _channel_lines(lines: list[str]) -> dict[str, tuple[float | None, str]]:
    """Return rate and unit by label from lines that describe one channel each, as EMGworks writes them."""
    found = (match for line in lines if (match := _CHANNEL_LINE.match(line)))
    return {match[1]: (rate if 0 < (rate := rate_of(match[2])) <= MOST_RATE else None, match[3]) for match in found}
