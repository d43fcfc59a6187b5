"""From the table of a Noraxon file to channels, events and doubts; shared by text and SYLK exports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.model import Channel, Event, Finding, channel_from_array, make_finding
from emgpipe.readers.labels import unique_labels
from emgpipe.readers.parts.noraxon.clock import Timing, find_timing
from emgpipe.readers.parts.noraxon.labels import kind_of, scaling, split_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.noraxon.header import NoraxonHeader
    from emgpipe.readers.parts.noraxon.table import NoraxonTable, Run

EXPORT_AGAIN = "export the recording again"
STATE_UNIT = "set the unit of the channel in myoRESEARCH and export again, or state it in the study file"


@dataclass(frozen=True, slots=True)
class Content:
    """Channels with unique labels, events and findings of one table."""

    channels: tuple[Channel, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A table with what stands above it.

    Attributes
    ----------
    header : NoraxonHeader
    labels : tuple of str
        One per column; the first is time.
    table : NoraxonTable
    """

    header: NoraxonHeader
    labels: tuple[str, ...]
    table: NoraxonTable


def make_content(written: Written, path: Path, reader: str) -> Content:
    """Turn a table into channels and events.

    Raises
    ------
    ReadError
        There are no rows or no columns of samples, or neither a rate nor time stamps.
    """
    findings = written.header.findings()
    written, lost = without_cut_row(written)
    findings += lost
    table, labels = written.table, written.labels
    if table.n_rows == 0:
        raise DamagedFileError(f"has labels but no rows of samples; {EXPORT_AGAIN}", path=path, reader=reader)
    timing = find_timing(written.header, labels[0], table.columns[0], path, reader)
    findings += [*timing.findings, *_count_finding(written.header, table)]
    used = [index for index in range(1, len(labels)) if index not in table.runs]
    if not used:
        raise ReadError(f"holds no columns of samples; {EXPORT_AGAIN}", path=path, reader=reader)
    names, notes = unique_labels([split_label(labels[index])[0] for index in used], word="signal")
    findings += notes
    channels = []
    for index, name in zip(used, names, strict=True):
        channel, doubts = make_channel(name, _unit(written, index), table.columns[index], timing)
        channels.append(channel)
        findings += [*doubts, *_unreadable(name, table.unreadable.get(index))]
    if table.wide_rows:
        reason = f"{table.wide_rows} rows have more cells than there are labels; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, EXPORT_AGAIN))
    events, notes = make_events(labels, table, timing)
    return Content(tuple(channels), tuple(events), (*findings, *notes))


def make_channel(
    label: str, written_unit: str, column: NDArray[np.float64], timing: Timing
) -> tuple[Channel, list[Finding]]:
    """Scale a column in place and make a channel of it; a sparse one gets its own slower rate."""
    rate, start, findings = timing.sampling_rate, timing.start, []
    samples, step, first = _without_blanks(column)
    if step > 1:
        start, rate = start + first / rate, rate / step
        reason = f"'{label}' has a value in every {_ordinal(step)} row only; read at {rate:.6g} Hz"
        findings.append(make_finding("slower_column", "note", reason, channel=label, value=rate, unit="Hz"))
    missing = int(np.isnan(samples).sum())
    if missing:
        reason = f"{missing} of {samples.size} cells of '{label}' hold no number; they are NaN"
        findings.append(
            make_finding("unusable_cells", "warn", reason, "check the export", channel=label, value=float(missing))
        )
    unit, factor = scaling(written_unit)
    if factor != 1.0:
        samples *= factor  # the table is the reader's own
    return channel_from_array(label, samples, rate, unit=unit, kind=kind_of(label, unit), start=start), findings


def make_events(labels: Sequence[str], table: NoraxonTable, timing: Timing) -> tuple[list[Event], list[Finding]]:
    """Make spans of activities and points of everything else, in order of time."""
    events: list[Event] = []
    findings: list[Finding] = []
    for index, found in table.runs.items():
        runs = found
        if not labels[index].lower().startswith("activit"):
            events += [Event(run.text, timing.start + run.start / timing.sampling_rate) for run in runs]
            continue
        if runs and all(run.stop - run.start == 1 for run in runs):
            runs = _until_next(runs, table.n_rows)
            reason = "activities are named only where they begin; each is taken to last until the next one or the end"
            findings.append(make_finding("activity_spans", "note", reason))
        events += [
            Event(
                run.text,
                timing.start + run.start / timing.sampling_rate,
                (run.stop - run.start) / timing.sampling_rate,
            )
            for run in runs
        ]
    return sorted(events, key=lambda event: event.start), findings


def without_cut_row(written: Written) -> tuple[Written, list[Finding]]:
    """Drop the last row of a file that was cut off inside it: its last number may have lost digits."""
    table, count = written.table, written.header.count
    if not table.is_cut or table.n_rows == 0:
        return written, []
    if count is not None and table.n_rows >= count:
        return written, _without_last_cell(table)
    columns = tuple(column[: table.n_rows - 1] for column in table.columns)
    cut = replace(table, columns=columns, is_cut=False)
    reason = "the last line has no end, its numbers may be incomplete; it is left out"
    return replace(written, table=cut), [make_finding("cut_row", "note", reason, EXPORT_AGAIN)]


def _without_last_cell(table: NoraxonTable) -> list[Finding]:
    """Leave out the last number of a file with all its rows, where nothing tells that it has all its digits."""
    if table.ending is None:
        return []
    for column in table.columns[table.ending.whole :]:
        column[-1:] = np.nan
    return [table.ending.finding()]


def _until_next(runs: list[Run], n_rows: int) -> list[Run]:
    stops = [run.start for run in runs[1:]] + [n_rows]
    return [run._replace(stop=stop) for run, stop in zip(runs, stops, strict=True)]


def _unit(written: Written, index: int) -> str:
    """Return the unit in the label, else the one in the header, which only files of one signal have."""
    return split_label(written.labels[index])[1] or written.header.text("units")


def _without_blanks(column: NDArray[np.float64]) -> tuple[NDArray[np.float64], int, int]:
    """Return samples, step and first row of a column that has a value in every n-th row only; step 1 for any other."""
    if column.size < 4 or not np.isnan(column[:16]).any():
        return column, 1, 0
    known = np.flatnonzero(~np.isnan(column))
    steps = np.diff(known)
    if known.size < 4 or steps[0] < 2 or not (steps == steps[0]).all():
        return column, 1, 0
    step, first = int(steps[0]), int(known[0])
    if first >= step or column.size - known[-1] > step:
        return column, 1, 0
    return column[first::step].copy(), step, first


def _count_finding(header: NoraxonHeader, table: NoraxonTable) -> list[Finding]:
    declared, found = header.count, table.n_rows
    if declared is None or declared == found:
        return []
    what = "the export was cut off" if found < declared else "the header belongs to another recording"
    reason = f"the header declares {declared} samples, the file holds {found}; probably {what}"
    return [make_finding("count_mismatch", "warn", reason, EXPORT_AGAIN, value=float(found), unit="samples")]


def _unreadable(label: str, example: str | None) -> list[Finding]:
    if example is None:
        return []
    reason = f"'{label}' holds text such as '{example[:20]}' among its numbers; these cells are NaN"
    return [make_finding("text_cells", "warn", reason, EXPORT_AGAIN, channel=label)]


def _ordinal(number: int) -> str:
    return f"{number}{'nd' if number % 10 == 2 and number % 100 != 12 else 'rd' if number % 10 == 3 else 'th'}"
