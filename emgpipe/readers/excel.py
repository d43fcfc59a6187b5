"""Spreadsheets: a table of samples per sheet, each with its own rate.

A sheet is understood as delimited text is (`parts.tables`); the numbers are those the cells hold, not the ones they
show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, Recording, Source, channel_from_array, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.excel.book import Book, describe_book
from emgpipe.readers.parts.excel.columns import Column, all_columns
from emgpipe.readers.parts.excel.events import read_events
from emgpipe.readers.parts.excel.example import excel_example
from emgpipe.readers.parts.excel.options import ExcelOptions
from emgpipe.readers.parts.tables.clocks import EPOCH

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Channel

HOUR = 3600.0
"""Times of day later than this (s) do not count from the recording's start."""
STATE_UNIT = "state it in the study file, below `recordings:`, as reading: [{kind: excel, unit: uV}]"


class ExcelReader(Reader):
    """.xlsx, .xls, .ods: one table per sheet."""

    name = "excel"
    title = "spreadsheet"
    extensions = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
    Options = ExcelOptions
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept archives and compound files that hold a workbook."""
        return describe_book(head)

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the columns of numbers of all sheets that hold a table, or of the stated ones."""
        given = options if isinstance(options, ExcelOptions) else ExcelOptions()
        book = Book(path, self.name)
        columns, findings = all_columns(book, given)
        labels, notes = unique_labels(_told_apart(columns))
        zero = _zero(columns)
        channels = tuple(_channel(column, label, zero) for column, label in zip(columns, labels, strict=True))
        if zero:
            reason = f"time stamps count from a date or midnight ({zero:.3f} s); here they count from the first sample"
            findings.append(make_finding("time_origin", "note", reason, value=zero, unit="s"))
        events = read_events(book, given.events, zero) if given.events else ()
        findings += [*notes, *_missing(channels), *unknown_units(channels, STATE_UNIT)]
        return Recording(
            channels, Source(path, self.name, self.recognize(Head.of(path)) or ""), events, findings=tuple(findings)
        )

    def example(self) -> dict[str, bytes]:
        """Return a workbook with two EMG channels at 1000 Hz on one sheet and an angle at 100 Hz on another."""
        return {"example.xlsx": excel_example()}


def _told_apart(columns: list[Column]) -> list[str]:
    """Return labels, those that stand on several sheets with the sheet's name."""
    sheets: dict[str, set[str]] = {}
    for column in columns:
        sheets.setdefault(column.label, set()).add(column.sheet)
    return [f"{column.label} ({column.sheet})" if len(sheets[column.label]) > 1 else column.label for column in columns]


def _zero(columns: list[Column]) -> float:
    """Return what has to be taken off all times, in s: they count from a date or from midnight."""
    first = min(column.timing.start for column in columns)
    is_clock = any(column.is_clock for column in columns)
    return first if abs(first) > (HOUR if is_clock else EPOCH) else 0.0


def _channel(column: Column, label: str, zero: float) -> Channel:
    unit, factor = scaling_to_base(column.unit)
    timing = column.timing
    samples = column.samples[: timing.n_samples] * factor
    kind = guess_kind(label, unit)
    return channel_from_array(label, samples, timing.sampling_rate, unit=unit, kind=kind, start=timing.start - zero)


def _missing(channels: tuple[Channel, ...]) -> list[Finding]:
    findings = []
    for channel in channels:
        missing = int(np.isnan(channel.read()).sum())
        if missing:
            reason = f"{missing} of {channel.n_samples} cells hold no usable number; they are NaN"
            findings.append(
                make_finding(
                    "unusable_cells", "warn", reason, "check the export",
                    channel=channel.label, value=float(missing), unit="samples",
                )
            )  # fmt: skip
    return findings
