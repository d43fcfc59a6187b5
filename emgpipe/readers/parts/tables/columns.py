"""Which columns of a table are time, which are samples, and at which rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError, suggest
from emgpipe.model import Finding, make_finding
from emgpipe.readers.base import guess_kind
from emgpipe.readers.parts.tables.clocks import Clock, looks_uniform, never_falls, read_clock
from emgpipe.readers.parts.tables.time_units import time_unit, why_no_clock
from emgpipe.units import BY_NAME, UNKNOWN, parse_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.readers.parts.tables.header import Heading

_TIME_LABEL = re.compile(
    r"^\W*(t|s|ms|us|[µμ]s|secs?|seconds?|msecs?|millisec\w*|usecs?|mins?|minutes?|hours?|tid)\W*$"
    r"|(\b|_)(time|zeit|temps|tiempo|tempo|tijd|times?[ _]?stamps?)(\b|_)|^x\s*[(\[]|^x_?value$",
    re.IGNORECASE,
)
_CLOCK_LABEL = re.compile(r"^\W*t[ _.]\w+$", re.IGNORECASE)
"""``t_emg`` is the time of the EMG, if it increases as time does."""
_COUNTER_LABEL = re.compile(
    r"^\W*(samples?|frames?|sub[ _-]?frames?|index|idx|nr|no|n|nseq|row|count(er)?|item"
    r"|sample[ _-]?(index|number|no|nr))\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Roles:
    """What each column is.

    Attributes
    ----------
    clocks : dict of int to Clock
        Time columns.
    counters : tuple of int
        Columns that only number the rows.
    spare : tuple of int
        Times of day beside time stamps, which are finer.
    refused : tuple of (str, str)
        Time columns that cannot be used, and why.
    """

    clocks: dict[int, Clock]
    counters: tuple[int, ...]
    findings: tuple[Finding, ...]
    spare: tuple[int, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def others(self) -> set[int]:
        """Columns that are no samples."""
        return {*self.clocks, *self.counters, *self.spare}

    def clock_of(self, column: int) -> tuple[int, Clock] | None:
        """Return the nearest time column to the left; a single time column also counts for columns left of it."""
        left = [index for index in self.clocks if index < column]
        if left:
            return max(left), self.clocks[max(left)]
        return next(iter(self.clocks.items())) if len(self.clocks) == 1 else None


def find_roles(
    columns: Sequence[NDArray[np.float64]],
    heading: Heading,
    labels: Sequence[str],
    time_column: str | None,
    times_of_day: Sequence[int] = (),
) -> Roles:
    """Find time columns and row counters by label and content; `times_of_day` are columns that were ``12:30:05``.

    Raises
    ------
    ReadError
        The stated time column is not in the file, or holds no increasing numbers.
    """
    findings: list[Finding] = []
    if time_column is not None:
        return _stated(columns, heading, labels, time_column)
    clocks: dict[int, Clock] = {}
    counters: list[int] = []
    refused: list[tuple[str, str]] = []
    for index, column in enumerate(columns):
        # What only numbers the rows may stand before the time.
        leads = len(counters) == index and len(columns) > index + 1
        role = _role(index, column, heading, leads=leads)
        if role == "counter":
            counters.append(index)
        elif role == "time":
            seconds, doubt = time_unit(column, heading.units[index], labels[index])
            clock = read_clock(column, seconds)
            if clock is None:
                refused.append((labels[index], why_no_clock(column)))
            else:
                clocks[index] = clock
                findings += doubt
    if counters:
        names = ", ".join(f"'{labels[index]}'" for index in counters)
        reason = f"taken as a row counter and left out: {names}"
        findings.append(make_finding("counter_column", "note", reason, "if it is a time in ms, state time_column"))
    stamps = {index: clock for index, clock in clocks.items() if index not in times_of_day}
    spare = tuple(index for index in clocks if stamps and index not in stamps)
    return Roles(stamps or clocks, tuple(counters), tuple(findings), spare, tuple(refused))


def _role(index: int, column: NDArray[np.float64], heading: Heading, *, leads: bool) -> str:
    label, unit = heading.labels[index], parse_unit(heading.units[index])
    known = BY_NAME.get(unit)
    is_time_unit = known is not None and known.quantity == "time"
    if _CLOCK_LABEL.match(label) and (looks_uniform(column) or never_falls(column)):
        return "time"
    if is_time_unit or (unit == UNKNOWN and _TIME_LABEL.search(label)):
        return "time"
    if _COUNTER_LABEL.match(label) and unit == UNKNOWN and _counts(column):
        return "counter"
    # A first column that increases uniformly and is called nothing else: time, or a mere count of rows.
    if leads and guess_kind(label, unit) == "other" and _is_like_time(column, label):
        return "counter" if _counts(column) else "time"
    return "samples"


def _is_like_time(column: NDArray[np.float64], label: str) -> bool:
    return looks_uniform(column) or (not label and never_falls(column))


def _counts(column: NDArray[np.float64]) -> bool:
    known = column[np.isfinite(column)][:100000]
    steps = np.diff(known)
    whole = bool((known == np.floor(known)).all())
    # Counters wrap around (0 to 255) and stand still (frames with several samples each).
    return whole and known.size > 1 and bool(np.isin(steps, (0.0, 1.0)).mean() >= 0.9) and bool((steps == 1).any())


def _stated(columns: Sequence[NDArray[np.float64]], heading: Heading, labels: Sequence[str], time_column: str) -> Roles:
    if time_column.strip().lower() == "none":
        return Roles({}, (), ())
    wanted = [i for i, label in enumerate(heading.labels) if label.casefold() == time_column.strip().casefold()]
    if not wanted and time_column.strip().isdigit() and 0 < int(time_column) <= len(columns):
        wanted = [int(time_column) - 1]
    if not wanted:
        raise ReadError(f"there is no column '{time_column}' for time_column{suggest(time_column, labels)}")
    clocks, findings = {}, []
    for index in wanted:
        seconds, doubt = time_unit(columns[index], heading.units[index], labels[index])
        clock = read_clock(columns[index], seconds)
        if clock is None:
            why = why_no_clock(columns[index])
            raise ReadError(f"the stated time column '{labels[index]}' {why}; state time_column: none")
        clocks[index] = clock
        findings += doubt
    return Roles(clocks, (), tuple(findings))
