"""Channels out of the columns of a Delsys text export; shared by its dialects.

Each signal has its own column, usually with a time column of its own to the left, and ends where its samples end:
a column of an accelerometer at 148 Hz is a ninth as long as one of EMG at 1259 Hz.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError
from emgpipe.model import Channel, Finding, Kind, channel_from_array, make_finding
from emgpipe.readers.base import guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.delsys.doubts import count_findings, merged, number_findings, rate_finding, stamp_findings
from emgpipe.readers.parts.tables.clocks import Clock, read_clock
from emgpipe.readers.parts.tables.number_block import NumberBlock, Numbers, read_numbers
from emgpipe.readers.parts.tables.rates import SLOWER
from emgpipe.units import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

AS_LONG = 0.98
"""A column with at least this share of the time stamps has one sample for each of them."""


@dataclass(frozen=True, slots=True)
class DelsysColumn:
    """What a heading says about one column of samples.

    Attributes
    ----------
    label : str
    index : int
        Of the column in the file.
    clock : int or None
        Of the column with its time stamps.
    unit : str
        As written, empty where none is given.
    sampling_rate : float or None
        As stated, in Hz.
    declared : int or None
        Number of samples as stated.
    start : float
        Time of the first sample as stated, in s; a time column goes before it.
    seconds : float
        How many seconds one unit of the time stamps is.
    """

    label: str
    index: int
    clock: int | None = None
    unit: str = ""
    sampling_rate: float | None = None
    declared: int | None = None
    start: float = 0.0
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Stamps:
    """A time column that was read: what it says, and how many stamps it has without padding."""

    clock: Clock | None
    n_stamps: int


def delsys_kind(label: str, unit: str) -> Kind:
    """Say what a channel measures: the part after the sensor's name tells, the name may be anything.

    >>> delsys_kind("Trigno IM sensor 1: ACC.X 1", "unknown"), delsys_kind("Delt_ant: EMG 1", "unknown")
    ('acceleration', 'emg')
    """
    signal = label.rpartition(":")[2].strip()
    if re.match(r"emg|d?emg\b", signal, re.IGNORECASE) and unit in {"V", UNKNOWN}:
        return "emg"
    return guess_kind(signal, unit)


def read_channels(
    block: NumberBlock, columns: Sequence[DelsysColumn], units: Mapping[str, str], remedy: str, reader: str
) -> tuple[tuple[Channel, ...], list[Finding]]:
    """Read the numbers and make a channel of each column that holds some.

    Parameters
    ----------
    block : NumberBlock
    columns : sequence of DelsysColumn
    units : mapping of str to str
        Stated by the user, by label; goes before what the file says.
    remedy : str
        What to do about channels without a known unit.
    reader : str
        For messages.

    Raises
    ------
    ReadError
        There is no sample, a stated label is not in the file, or a channel has neither a rate nor time stamps.
    """
    numbers = read_numbers(block)
    labels, notes = unique_labels([column.label for column in columns])
    check_stated(units, labels, block.path, reader)
    stamps = _read_stamps(numbers, columns)
    sharing = Counter(column.clock for column in columns)
    channels: list[Channel] = []
    doubts: list[Finding] = []
    empty: list[str] = []
    for column, label in zip(columns, labels, strict=True):
        samples = _without_padding(numbers.columns[column.index], stamps.get(column.clock), doubts, label)
        if not samples.size:
            empty.append(label)
            continue
        timed = stamps[column.clock].clock if column.clock is not None else None
        rate, doubt = _rate(column, label, samples.size, timed, shared=sharing[column.clock] > 1)
        if rate is None:
            message = (
                f"'{label}' has no sampling rate and no time stamps; export it again with the heading or the times"
            )
            raise ReadError(message, path=block.path, reader=reader)
        doubts += doubt
        unit, factor = scaling_to_base(units.get(label, column.unit))
        if factor != 1.0:
            samples *= factor  # the array is this reader's own
        start = timed.start if timed else column.start
        channels.append(channel_from_array(label, samples, rate, unit=unit, kind=delsys_kind(label, unit), start=start))
    if not channels:
        raise ReadError(
            "the heading is there, but no samples below it; export it again", path=block.path, reader=reader
        )
    by_label = dict(zip(labels, columns, strict=True))
    findings = [
        *notes,
        *merged(doubts),
        *stamp_findings({label: stamps[c.clock].clock for label, c in by_label.items() if c.clock is not None}),
        *count_findings({c.label: (by_label[c.label].declared, c.n_samples) for c in channels}),
        *number_findings(numbers, {by_label[c.label].index: c for c in channels}),
        *_empty(empty),
        *unknown_units(channels, remedy),
    ]
    return tuple(channels), findings


def used_columns(columns: Sequence[DelsysColumn]) -> tuple[int, ...]:
    """Return the indices of the columns with samples and of those with time stamps, increasing."""
    clocks = {column.clock for column in columns if column.clock is not None}
    return tuple(sorted({column.index for column in columns} | clocks))


def check_stated(stated: Mapping[str, str], labels: Sequence[str], path: Path, reader: str) -> None:
    """Refuse settings for channels that are not in the file."""
    for label in stated:
        if label not in labels:
            listed = ", ".join(labels[:20])
            message = f"units names the channel '{label}', which is not in the file; labels in the file: {listed}"
            raise ReadError(message, path=path, reader=reader)


def _read_stamps(numbers: Numbers, columns: Sequence[DelsysColumn]) -> dict[int | None, Stamps]:
    """Read each time column once; exports repeat the same one for every channel of the same rate."""
    found: dict[int | None, Stamps] = {}
    seen: list[tuple[NDArray[np.float64], Stamps]] = []
    for column in columns:
        if column.clock is None or column.clock in found:
            continue
        times = numbers.columns[column.clock]
        same = next((stamps for other, stamps in seen if _equal(other, times)), None)
        if same is None:
            n_stamps = _count_stamps(times)
            same = Stamps(read_clock(times[:n_stamps], column.seconds), n_stamps)
            seen.append((times, same))
        found[column.clock] = same
    return found


def _equal(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    middle = first.size // 2
    if not np.array_equal(first[: middle + 1 : max(middle, 1)], second[: middle + 1 : max(middle, 1)], equal_nan=True):
        return False
    return np.array_equal(first, second, equal_nan=True)


def _count_stamps(times: NDArray[np.float64]) -> int:
    """Return how many time stamps there are before the padding of zeros that some exports add."""
    used = np.flatnonzero(np.isfinite(times) & (times != 0))
    return int(used[-1]) + 1 if used.size else min(times.size, 1)


def _length(column: NDArray[np.float64]) -> int:
    known = np.isfinite(column)
    return int(column.size - np.argmax(known[::-1])) if known.any() else 0


def _without_padding(
    column: NDArray[np.float64], stamps: Stamps | None, doubts: list[Finding], label: str
) -> NDArray[np.float64]:
    """Return the samples up to the last one; zeros beyond the last time stamp are padding."""
    length = _length(column)
    if stamps is None or stamps.clock is None or stamps.n_stamps >= length:
        return column[:length]
    surplus = column[stamps.n_stamps : length]
    if np.any(surplus[np.isfinite(surplus)] != 0):
        reason = "has more samples than time stamps; it is assumed to go on at the same rate"
        doubts.append(make_finding("stamps_missing", "warn", reason, "export it again", channel=label))
        return column[:length]
    doubts.append(
        make_finding("padding", "note", "zeros after the last time stamp are padding, left out", channel=label)
    )
    return column[: stamps.n_stamps]


def _rate(
    column: DelsysColumn, label: str, n_samples: int, clock: Clock | None, *, shared: bool
) -> tuple[float | None, list[Finding]]:
    stated = column.sampling_rate
    if clock is None:
        return stated, []
    seen = clock.sampling_rate
    if not shared:
        return (stated, rate_finding(label, stated, clock)) if stated else (seen, [])
    if n_samples >= AS_LONG * clock.n_samples:  # a sample for every stamp: the grid is theirs, whatever is stated
        return (
            (stated or seen, []) if not stated or not rate_finding(label, stated, clock) else _regridded(stated, clock)
        )
    if stated:
        return stated, []
    if n_samples > SLOWER * clock.n_samples:
        return seen, []
    rate = seen * n_samples / clock.n_samples
    reason = "columns end early and are taken as slower channels over the same time"
    return rate, [
        make_finding("slower_columns", "warn", reason, "check their rates", channel=label, value=rate, unit="Hz")
    ]


def _regridded(stated: float, clock: Clock) -> tuple[float, list[Finding]]:
    reason = (
        f"the heading states {stated:.6g} Hz, but there is a sample for every time stamp, {clock.sampling_rate:.6g} of "
        "them a second: the export resampled the signal; the rate of the stamps is used"
    )
    remedy = "export every channel with its own time column"
    return clock.sampling_rate, [
        make_finding("sampling_rate_contradiction", "warn", reason, remedy, value=clock.sampling_rate, unit="Hz")
    ]


def _empty(labels: Sequence[str]) -> list[Finding]:
    if not labels:
        return []
    listed = ", ".join(f"'{label}'" for label in labels)
    return [make_finding("empty_channels", "note", f"channels without any sample are left out: {listed}")]
