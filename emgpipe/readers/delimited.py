"""Delimited text: CSV, TSV and TXT as people and devices write them.

The layout is found in the file itself (`delimited_layout`, `delimited_header`, `delimited_columns`), the numbers are
parsed by pandas' C engine (`delimited_table`); what is left here puts the parts together.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError, suggest
from emgpipe.model import Finding, Recording, Source, channel_from_array, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.clocks import EPOCH
from emgpipe.readers.delimited_columns import Roles, find_roles
from emgpipe.readers.delimited_header import Heading, read_heading
from emgpipe.readers.delimited_layout import BLANKS, Layout, find_layout
from emgpipe.readers.delimited_options import DelimitedOptions
from emgpipe.readers.delimited_rates import Timing, time_columns
from emgpipe.readers.delimited_table import Table, read_table
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.signatures import known_signature
from emgpipe.readers.text import decode_head, detect_encoding
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Channel

HEADING_BYTES = 1 << 20
"""Enough for the heading and some rows of a table of several thousand columns."""
HOUR = 3600.0
"""Times such as ``12:30:05`` later than this (s) are times of day and do not count from the recording's start."""
STATE_UNIT = "state it in the study file: recordings: reading: [{kind: delimited, unit: uV}]"
LYING, MANY_COLUMNS = 20, 500
"""A table with at least so many columns per row, and in all, has channels as rows."""
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": BLANKS, " ": BLANKS}
_NAMES = {"\t": "a tab", BLANKS: "blanks"}


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
        layout = find_layout(_lines(head.data, encoding, whole=head.size <= len(head.data)))
        if layout is None and head.size > len(head.data):  # a long heading, or lines of thousands of columns
            with head.path.open("rb") as handle:
                more = handle.read(HEADING_BYTES)
            layout = find_layout(_lines(more, encoding, whole=head.size <= len(more)))
        return _describe(layout) if layout else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every column of numbers that is not time as a channel."""
        given = options if isinstance(options, DelimitedOptions) else DelimitedOptions()
        text = _open(path, given)
        table = read_table(path, text.layout, text.encoding)
        _check_shape(table, path)
        heading, n = _with_clocks(text.heading, table), text.layout.n_columns
        names = [label or f"column {number}" for number, label in enumerate(heading.labels, start=1)]
        roles = _roles(table, heading, names, given.time_column, path)
        used = [i for i in range(n) if _has_samples(table, heading, i) and i not in roles.others]
        if not used:
            raise ReadError("holds time stamps or row numbers only, no samples", path=path, reader=self.name)
        unique, notes = unique_labels([names[i] for i in used])
        labels = [dict(zip(used, unique, strict=True)).get(i, names[i]) for i in range(n)]
        _check_labels(given, unique, path)
        timings, doubts = time_columns(table, roles, heading, labels, given, used=used, path=path)
        zero = _zero(timings, is_clock=bool(table.clocks))
        channels = tuple(
            _channel(labels[i], table.columns[i], timings[i], zero, _unit(i, labels[i], heading, given)) for i in used
        )
        findings = [
            *text.findings, *notes, *roles.findings, *doubts, *_table_findings(table, labels, used, roles),
            *_missing(channels, labels, table), *_epoch(zero), *unknown_units(channels, STATE_UNIT),
        ]  # fmt: skip
        return Recording(channels, Source(path, self.name, _describe(text.layout)), findings=tuple(findings))

    def example(self) -> dict[str, bytes]:
        """Return a small CSV: time, two EMG channels in uV, one angle."""
        time = np.arange(400) / 1000.0
        emg, angle = 100 * np.sin(500 * time), 45 + 40 * np.cos(6 * time)
        rows = [f"{t:.3f},{a:.4f},{-a:.4f},{b:.3f}" for t, a, b in zip(time, emg, angle, strict=True)]
        header = "time (s),GMAX RT (uV),GMED RT (uV),hip flexion (deg)"
        return {"example.csv": "\n".join([header, *rows, ""]).encode()}


@dataclass(frozen=True, slots=True)
class _Text:
    encoding: str
    layout: Layout
    heading: Heading
    findings: tuple[Finding, ...]


def _open(path: Path, options: DelimitedOptions) -> _Text:
    with path.open("rb") as handle:
        head = handle.read(HEADING_BYTES)
    encoding = options.encoding or detect_encoding(head)
    if encoding is None:
        raise ReadError("is not text", path=path, reader="delimited")
    try:
        codecs.lookup(encoding)
    except LookupError:
        message = f"the stated encoding '{encoding}' is not known; use utf-8, utf-16 or cp1252"
        raise ReadError(message, path=path, reader="delimited") from None
    lines = _lines(head, encoding, whole=len(head) < HEADING_BYTES)
    delimiter = _WORDS.get(options.delimiter.lower(), options.delimiter) if options.delimiter else None
    rows = (options.skip_rows, options.header_row or 0, options.unit_row or 0)
    layout = find_layout(lines, delimiter=delimiter, decimal=options.decimal, first_line=max(rows))
    if layout is None:
        message = "no table of numbers found; state delimiter, decimal or skip_rows in the study file"
        raise ReadError(message, path=path, reader="delimited")
    heading = read_heading(lines, layout, header_row=options.header_row, unit_row=options.unit_row)
    above = sum(bool(line.strip()) for line in lines[: layout.data_start])
    findings = []
    if above and not heading.has_labels and options.header_row is None:
        reason = f"no line above the numbers has {layout.n_columns} labels, one per column; columns are numbered from 1"
        remedy = "correct the labels in the file, or state header_row in the study file"
        findings.append(make_finding("labels_missing", "note", reason, remedy))
    return _Text(encoding, layout, heading, tuple(findings))


def _lines(head: bytes, encoding: str, *, whole: bool) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", decode_head(head, encoding))
    return lines if whole else lines[:-1]


def _describe(layout: Layout) -> str:
    between = _NAMES.get(layout.delimiter, f"'{layout.delimiter}'")
    mark = "comma" if layout.decimal == "," else "point"
    return f"text with {layout.n_columns} columns of numbers, {between} between columns, decimal {mark}"


def _with_clocks(heading: Heading, table: Table) -> Heading:
    """Columns of times such as ``12:30:05.25`` have become seconds."""
    units = tuple("s" if index in table.clocks else unit for index, unit in enumerate(heading.units))
    return replace(heading, units=units)


def _check_shape(table: Table, path: Path) -> None:
    n_columns, n_rows = len(table.columns), table.columns[0].size
    if n_columns >= LYING * n_rows and n_columns >= MANY_COLUMNS:
        message = f"has {n_columns} columns and {n_rows} rows: it lies on its side; export it with one row per sample"
        raise ReadError(message, path=path, reader="delimited")


def _roles(table: Table, heading: Heading, names: list[str], time_column: str | None, path: Path) -> Roles:
    try:
        return find_roles(table.columns, heading, names, time_column, table.clocks)
    except ReadError as error:
        raise ReadError(error.message, path=path, reader="delimited") from None


def _has_samples(table: Table, heading: Heading, index: int) -> bool:
    """Keep columns with numbers, and labeled ones without any; drop empty columns and columns of text."""
    if np.isfinite(table.columns[index]).any():
        return True
    return bool(heading.labels[index]) and not table.texts[index]


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


def _epoch(zero: float) -> list[Finding]:
    if not zero:
        return []
    since = "a date" if abs(zero) > EPOCH else "midnight"
    reason = f"time stamps count from {since} ({zero:.3f} s); here they count from the first sample"
    return [make_finding("time_origin", "note", reason, value=zero, unit="s")]


def _table_findings(table: Table, labels: list[str], used: list[int], roles: Roles) -> list[Finding]:
    findings = []
    left_out = [
        f"'{labels[i]}'"
        for i in range(len(table.columns))
        if i not in used and i not in roles.others and table.texts[i]
    ]
    if left_out:
        reason = f"columns of text, not read as samples: {', '.join(left_out)}"
        findings.append(make_finding("text_column", "note", reason))
    if table.wide_rows:
        reason = f"{table.wide_rows} rows have more cells than the table has columns; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, "check the delimiter and the decimal mark"))
    if table.comments:
        reason = f"{table.comments} rows between the numbers hold text only and are left out"
        findings.append(make_finding("text_rows", "note", reason, "check that they are comments"))
    return findings


def _missing(channels: tuple[Channel, ...], labels: list[str], table: Table) -> list[Finding]:
    findings = []
    for channel in channels:
        index = labels.index(channel.label)
        missing = int(np.isnan(channel.read()).sum())
        if missing:
            example = f" such as '{table.examples[index][:20]}'" if table.texts[index] else ""
            causes = {f"text{example}": table.texts[index], "infinite": table.infinite[index]}
            said = ", ".join(f"{count} {cause}" for cause, count in causes.items() if count)
            reason = f"{missing} of {channel.n_samples} cells hold no usable number{f' ({said})' if said else ''}"
            findings.append(
                make_finding(
                    "unusable_cells", "warn", f"{reason}; they are NaN", "check the export",
                    channel=channel.label, value=float(missing), unit="samples",
                )
            )  # fmt: skip
    return findings
