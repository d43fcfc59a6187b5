"""Delimited text: CSV, TSV and TXT as people and devices write them.

The layout is found in the file itself (`layout`, `header`, `columns` in `parts.tables`), the numbers are parsed by
pandas' C engine (`table`, `regular`); what is left here puts the parts together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError, suggest
from emgpipe.model import Recording, Source, channel_from_array
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import listed, scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.tables.beginning import MOST_COLUMNS, count_columns, read_beginning
from emgpipe.readers.parts.tables.clocks import EPOCH
from emgpipe.readers.parts.tables.columns import Roles, find_roles
from emgpipe.readers.parts.tables.encoding import detect_encoding
from emgpipe.readers.parts.tables.findings import repeated_rows, table_findings, time_origin, unusable_cells
from emgpipe.readers.parts.tables.layout import find_layout
from emgpipe.readers.parts.tables.lying import MANY_CELLS, find_lying
from emgpipe.readers.parts.tables.options import DelimitedOptions
from emgpipe.readers.parts.tables.rates import Timing, time_columns
from emgpipe.readers.parts.tables.text import HEADING_BYTES, LYING_TEXT, describe, head_lines, open_text
from emgpipe.readers.signatures import known_signature
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Channel
    from emgpipe.readers.parts.tables.header import Heading
    from emgpipe.readers.parts.tables.table import Table

HOUR = 3600.0
"""Times such as ``12:30:05`` later than this (s) are times of day and do not count from the recording's start."""
_EMPTY_BY_NATURE = re.compile(r"comment|remark|note|marker|event|activity|^x_?value$|\btime\b", re.IGNORECASE)
"""Columns without any number that are no channels that failed."""
WIDE_HEAD = 2000
"""So many cells in the first 64 KiB of a line show a table of very many columns."""
STATE_UNIT = "state it in the study file, below `recordings:`, as reading: [{kind: delimited, unit: uV}]"


class DelimitedReader(Reader):
    """CSV, TSV, TXT: any usual delimiter, decimal mark and encoding; several clocks in one file."""

    name = "delimited"
    title = "delimited text"
    extensions = (".csv", ".tsv", ".txt", ".dat", ".asc")
    Options = DelimitedOptions
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept text with at least two rows of numbers; refuse markup and binary data."""
        encoding = detect_encoding(head.data)
        if encoding is None or known_signature(head.data) is not None:
            return None
        columns = count_columns(head.data)
        if (
            columns > WIDE_HEAD
            and (n_columns := count_columns(read_beginning(head.path, HEADING_BYTES))) > MOST_COLUMNS
        ):
            return LYING_TEXT if find_lying(head.path, encoding) else f"text with {n_columns} columns"
        layout = find_layout(head_lines(head.data, encoding, whole=head.size <= len(head.data)))
        if layout is None and head.size > len(head.data):  # a long heading, or lines of thousands of columns
            more = read_beginning(head.path, HEADING_BYTES)
            layout = find_layout(head_lines(more, encoding, whole=head.size <= len(more)))
        is_wide = layout is None or layout.n_columns >= MANY_CELLS
        if is_wide and find_lying(head.path, encoding) is not None:
            return LYING_TEXT
        return describe(layout) if layout else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every column of numbers that is not time as a channel."""
        given = options if isinstance(options, DelimitedOptions) else DelimitedOptions()
        text = open_text(path, given)
        table, heading, n = text.table, text.heading, len(text.table.columns)
        names = [label or f"column {number}" for number, label in enumerate(heading.labels, start=1)]
        roles = _roles(table, heading, names, given.time_column, path)
        used = [i for i in range(n) if _has_samples(table, heading, i) and i not in roles.others]
        if not any(np.isfinite(table.columns[i]).any() for i in used):
            raise ReadError(_no_samples([names[i] for i in used]), path=path, reader=self.name)
        unique, notes = unique_labels([names[i] for i in used])
        labels = [dict(zip(used, unique, strict=True)).get(i, names[i]) for i in range(n)]
        _check_labels(given, unique, path)
        timings, doubts = time_columns(table, roles, heading, labels, given, used=used, path=path)
        zero = _zero(timings, is_clock=bool(table.clocks))
        channels = tuple(
            _channel(labels[i], table.columns[i], timings[i], zero, _unit(i, labels[i], heading, given)) for i in used
        )
        findings = [
            *text.findings, *notes, *roles.findings, *doubts, *table_findings(table, labels, used, roles),
            *repeated_rows(table, roles, used, labels), *unusable_cells(channels, labels, table), *time_origin(zero),
            *unknown_units(channels, STATE_UNIT),
        ]  # fmt: skip
        return Recording(channels, Source(path, self.name, text.why), findings=tuple(findings))

    def example(self) -> dict[str, bytes]:
        """Return a small CSV: time, two EMG channels in uV, one angle."""
        time = np.arange(400) / 1000.0
        emg, angle = 100 * np.sin(500 * time), 45 + 40 * np.cos(6 * time)
        rows = [f"{t:.3f},{a:.4f},{-a:.4f},{b:.3f}" for t, a, b in zip(time, emg, angle, strict=True)]
        header = "time (s),GMAX RT (uV),GMED RT (uV),hip flexion (deg)"
        return {"example.csv": "\n".join([header, *rows, ""]).encode()}


def _no_samples(labels: list[str]) -> str:
    if not labels:
        return "holds time stamps or row numbers only, no samples"
    return f"no channel has a number in any row ({listed(labels)} are empty throughout); export the recording again"


def _roles(table: Table, heading: Heading, names: list[str], time_column: str | None, path: Path) -> Roles:
    try:
        return find_roles(table.columns, heading, names, time_column, table.clocks)
    except ReadError as error:
        raise ReadError(error.message, path=path, reader="delimited") from None


def _has_samples(table: Table, heading: Heading, index: int) -> bool:
    """Keep columns with numbers, and labeled ones without any; drop empty columns and columns of text."""
    if np.isfinite(table.columns[index]).any():
        return True
    label = heading.labels[index]
    return bool(label) and not table.texts[index] and not _EMPTY_BY_NATURE.search(label)


def _check_labels(options: DelimitedOptions, labels: list[str], path: Path) -> None:
    for name, stated in (("units", options.units), ("sampling_rates", options.sampling_rates)):
        for label in stated:
            if label not in labels:
                near = suggest(label, labels) or f"; labels in the file: {', '.join(labels[:20])}"
                message = f"{name} names the channel '{label}', which is not in the file{near}"
                raise ReadError(message, path=path, reader="delimited")


def _unit(index: int, label: str, heading: Heading, options: DelimitedOptions) -> str:
    """Return the unit as written or stated; a unit stated for EMG is for channels that may be EMG."""
    if label in options.units:
        return options.units[label]
    written = heading.units[index]
    if parse_unit(written) == UNKNOWN and guess_kind(label, UNKNOWN) in {"emg", "other"}:
        return options.unit or heading.unit or written
    return written


def _channel(label: str, column: NDArray[np.float64], timing: Timing, zero: float, written: str) -> Channel:
    unit, factor = scaling_to_base(written)
    samples = column[: timing.n_samples]
    if factor != 1.0:
        samples *= factor  # the table is this reader's own
    kind, start = guess_kind(label, unit), timing.start - zero
    return channel_from_array(label, samples, timing.sampling_rate, unit=unit, kind=kind, start=start)


def _zero(timings: dict[int, Timing], *, is_clock: bool) -> float:
    starts = [timing.start for timing in timings.values()]
    first = min(starts, default=0.0)
    return first if abs(first) > (HOUR if is_clock else EPOCH) else 0.0
