"""Cells that can be meant in two ways: times and dates among samples, and commas between digits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.base import guess_kind
from emgpipe.readers.parts.excel.cells import MOST_PLACES, Odd
from emgpipe.readers.parts.excel.names import column_letter
from emgpipe.units import BY_NAME, UNKNOWN, parse_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SLOWEST, FASTEST = 0.58, 1e6
"""Hz. Time stamps that are this slow as clock times, and no faster as plain seconds, are plain seconds."""


def settle_clocks(
    values: NDArray[np.float64], odd: Sequence[Odd], labels: Sequence[str], units: Sequence[str]
) -> tuple[tuple[int, ...], list[Finding]]:
    """Decide what times and dates mean, column by column.

    Parameters
    ----------
    values : array, shape (n_columns, n_rows)
        Clock cells in seconds; those that are no times become NaN here, in place.
    labels : sequence of str
        Names of the columns for messages; empty ones start with ``column``.
    units : sequence of str
        As written.

    Returns
    -------
    clocks : tuple of int
        Columns of clock times, in s whatever their unit says.
    findings : list of Finding
    """
    clocks, findings = [], []
    for index, column in enumerate(odd):
        rows = np.frombuffer(column.clock_rows, dtype=np.int64) if column.clock_rows else np.empty(0, dtype=np.int64)
        stored = np.array(column.stored)[rows < values.shape[1]]
        rows = rows[rows < values.shape[1]]
        if not rows.size:
            continue
        states_time = _is_time(units[index])
        mostly = rows.size > 0.5 * np.isfinite(values[index]).sum()
        if mostly and states_time and _is_plain(values[index, rows], stored, rows, units[index]):
            values[index, rows] = stored
            findings.append(_shown_as_clock(labels[index], units[index]))
        elif states_time and not mostly:
            values[index, rows] = stored
        elif mostly and (states_time or _may_be_time(labels[index], units[index])):
            clocks.append(index)
        else:
            values[index, rows] = np.nan
            findings.append(_stray(labels[index], rows.size, index, column.clock_places))
    return tuple(clocks), findings


def _is_time(written: str) -> bool:
    known = BY_NAME.get(parse_unit(written))
    return known is not None and known.quantity == "time"


def _may_be_time(label: str, written: str) -> bool:
    return parse_unit(written) == UNKNOWN and guess_kind(label, UNKNOWN) == "other"


def _is_plain(seconds: NDArray[np.float64], stored: NDArray[np.float64], rows: NDArray[np.int64], written: str) -> bool:
    """Say whether a column headed ``Time (s)`` holds plain seconds that the sheet only shows as clock times."""
    if rows.size < 2:
        return False
    as_clock = float(np.median(np.diff(seconds) / np.diff(rows)))
    as_number = float(np.median(np.diff(stored) / np.diff(rows))) * (1e-3 if parse_unit(written) == "ms" else 1.0)
    # Times of day and dates in one column (0.9 s, 1.0 s, ... in days) do not go up evenly.
    return as_number * FASTEST >= 1.0 and as_clock * SLOWEST >= 1.0


def _shown_as_clock(label: str, unit: str) -> Finding:
    reason = (
        f"'{label}' is formatted as a time of day or a duration; its numbers are taken as {unit}, as the label says"
    )
    return make_finding("time_format", "note", reason, "format the column as numbers", channel=label)


def _stray(label: str, count: int, index: int, places: Sequence[int]) -> Finding:
    reason = (
        f"{count} cells of '{label}' hold a date or a time instead of a number and are NaN: {_named(index, places)}"
    )
    remedy = "type the numbers again, or format the column as numbers"
    return make_finding("date_cells", "warn", reason, remedy, channel=label, value=float(count), unit="samples")


def _named(index: int, places: Sequence[int]) -> str:
    return ", ".join(f"{column_letter(index)}{place}" for place in places) + (
        "" if len(places) < MOST_PLACES else ", ..."
    )


def settle_commas(values: NDArray[np.float64], odd: Sequence[Odd], labels: Sequence[str]) -> list[Finding]:
    """Decide what text such as ``40,097`` means, column by column; `values` are changed in place."""
    findings = []
    elsewhere = any(column.decimals for column in odd)
    for index, column in enumerate(odd):
        rows = np.array(column.grouped_rows, dtype=np.int64)
        rows = rows[rows < values.shape[1]]
        if not rows.size or column.decimals:
            continue
        is_thousands, why = _meaning(values[index], rows, column, elsewhere=elsewhere)
        if is_thousands:
            values[index, rows] *= 1000.0
        word = "thousands" if is_thousands else "decimals"
        level: Level = "warn" if why else "fail"
        reason = (
            f"in {rows.size} cells of '{labels[index]}' such as {_named(index, column.grouped_places[:1])} a comma may "
            f"separate thousands or decimals; taken as {word}{f', {why}' if why else ', which is only a guess'}"
        )
        remedy = "format the column as numbers in the spreadsheet program and save it again"
        findings.append(make_finding("thousands_or_decimals", level, reason, remedy, channel=labels[index]))
    return findings


def _meaning(values: NDArray[np.float64], rows: NDArray[np.int64], column: Odd, *, elsewhere: bool) -> tuple[bool, str]:
    """Return whether a comma separates thousands, and what shows it (empty: nothing does)."""
    if column.thousands:
        return True, "because other cells of the column have whole numbers or a decimal point"
    others = np.delete(values, rows)
    others = np.abs(others[np.isfinite(others) & (others != 0)])
    if others.size:
        ratio = float(np.median(others) / np.median(np.abs(values[rows])))
        return math.log10(ratio) > 1.5, "which the column's true numbers fit better"
    return False, "because other columns have decimal commas" if elsewhere else ""
