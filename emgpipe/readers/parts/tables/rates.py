"""The sampling rate of each column: stated by the user, its label, the heading, or its time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.tables.label_rates import rates_in_labels
from emgpipe.readers.parts.tables.rate_findings import (
    GRAVE,
    clock_doubts,
    contradictions,
    heading_doubts,
    slower_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.model import Finding
    from emgpipe.readers.parts.tables.clocks import Clock
    from emgpipe.readers.parts.tables.columns import Roles
    from emgpipe.readers.parts.tables.header import Heading
    from emgpipe.readers.parts.tables.options import DelimitedOptions
    from emgpipe.readers.parts.tables.table import Table

STATE_RATE = "state it in the study file, below `recordings:`, as reading: [{kind: delimited, sampling_rate: 1000}]"
SLOWER = 0.5
"""A column that ends before this part of the table is a slower channel, not one that was switched off."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Rate (Hz), number of samples and time of the first sample (s) of a column."""

    sampling_rate: float
    n_samples: int
    start: float = 0.0


def time_columns(  # noqa: PLR0913 - each argument is one source of knowledge about rates
    table: Table,
    roles: Roles,
    heading: Heading,
    labels: Sequence[str],
    options: DelimitedOptions,
    *,
    used: Sequence[int],
    path: Path,
) -> tuple[dict[int, Timing], list[Finding]]:
    """Return the timing of each used column, and doubts.

    Raises
    ------
    ReadError
        A rate is neither stated nor to be derived from time stamps.
    """
    lengths = {index: table.length(index) for index in used}
    rows = _rows(lengths, roles)
    named = rates_in_labels(heading, roles, lengths, rows)
    for_all = options.sampling_rate or _of_heading(heading, roles)
    timings: dict[int, Timing] = {}
    slower: dict[str, float] = {}
    first_clock = min(roles.clocks, default=None)
    for index in used:
        timed = roles.clock_of(index)
        own = options.sampling_rates.get(labels[index]) or heading.rates[index] or named.get(index)
        rate = own or (for_all if timed is None or timed[0] == first_clock else None)
        clock = timed[1] if timed else None
        if rate is None:
            _check_clock(timed, labels, heading, roles, path)
        n_rows = rows[timed[0] if timed else -1]
        timing = _timing(min(lengths[index], n_rows), rate, clock, n_rows, trimmed=own is not None)
        if timing.n_samples < n_rows and own is None:
            slower[labels[index]] = timing.sampling_rate
        timings[index] = timing
    findings = clock_doubts(roles, labels, rows)
    if not options.sampling_rate:
        findings += heading_doubts(heading, roles, is_used=for_all is not None)
    findings += contradictions({i: t.sampling_rate for i, t in timings.items()}, roles, labels, heading, slower)
    findings += slower_columns(slower)
    return timings, findings


def _rows(lengths: dict[int, int], roles: Roles) -> dict[int, int]:
    """Return how many rows each time column stands for; -1: columns without one.

    Time stamps may end before the samples, or stand in few rows only: no sample is lost for that.
    """
    longest = max(lengths.values(), default=0)
    rows = {index: min(clock.n_samples, longest) for index, clock in roles.clocks.items()}
    rows[-1] = longest
    for index, length in lengths.items():
        timed = roles.clock_of(index)
        if timed is not None:
            rows[timed[0]] = max(rows[timed[0]], length)
    return rows


def _of_heading(heading: Heading, roles: Roles) -> float | None:
    """Return the rate the heading states; where only ``Frequency`` is said, time stamps count for more."""
    stated = heading.sampling_rate
    if stated is None or not roles.clocks or heading.is_sampling:
        return stated
    seen = roles.clocks[min(roles.clocks)].sampling_rate
    return stated if abs(stated / seen - 1.0) <= GRAVE else None


def _check_clock(
    timed: tuple[int, Clock] | None, labels: Sequence[str], heading: Heading, roles: Roles, path: Path
) -> None:
    if timed is None:
        raise ReadError(_no_rate(heading, roles), path=path, reader="delimited")
    rate = timed[1].sampling_rate
    if rate > MOST_RATE:
        message = (
            f"the time column '{labels[timed[0]]}' makes {rate:.6g} Hz, which no device records; "
            f"its unit is probably not the stated one: correct it, or set time_column: none. {STATE_RATE}"
        )
        raise ReadError(message, path=path, reader="delimited")


def _timing(length: int, rate: float | None, clock: Clock | None, n_rows: int, *, trimmed: bool) -> Timing:
    start = clock.start if clock else 0.0
    used = rate or (clock.sampling_rate if clock else 0.0)
    if trimmed and length:
        return Timing(used, length, start)
    if 0 < length <= SLOWER * n_rows:  # same time span, fewer samples
        return Timing(used * length / n_rows, length, start)
    return Timing(used, n_rows, start)


def _no_rate(heading: Heading, roles: Roles) -> str:
    if roles.refused:
        told = " and ".join(f"'{label}', which {why}" for label, why in roles.refused)
        return f"there is no usable time column: there is {told}; and no sampling rate is stated; {STATE_RATE}"
    if heading.other_rates:
        rates = ", ".join(f"{rate:g}" for rate in heading.other_rates)
        return f"the heading names several sampling rates ({rates} Hz) and there is no time column; {STATE_RATE}"
    return f"has no time column and does not state its sampling rate; {STATE_RATE}"
