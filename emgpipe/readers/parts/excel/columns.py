"""The columns of samples on the sheets of a workbook, each with its unit and rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError
from emgpipe.model import Finding, make_finding
from emgpipe.readers.base import guess_kind
from emgpipe.readers.parts.excel.names import find_column, no_column
from emgpipe.readers.parts.excel.options import ExcelOptions, Sheet, SheetLayout
from emgpipe.readers.parts.excel.table import SheetTable, channel_labels, read_sheet
from emgpipe.readers.parts.tables.columns import find_roles
from emgpipe.readers.parts.tables.options import DelimitedOptions
from emgpipe.readers.parts.tables.rates import Timing, time_columns
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.excel.book import Book
    from emgpipe.readers.parts.tables.table import Table

FEWEST_ROWS = 16
"""A shorter table is no signal, unless the study file names its sheet."""
SLOWEST_EMG = 10.0
"""Hz."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of samples: where it stands, its numbers in `unit` as written, and its rate.

    Attributes
    ----------
    is_clock : bool
        Whether its time stamps are dates or times of day.
    """

    sheet: str
    label: str
    samples: NDArray[np.float64]
    unit: str
    timing: Timing
    is_clock: bool


def all_columns(book: Book, options: ExcelOptions) -> tuple[list[Column], list[Finding]]:
    """Return the columns of samples of all sheets that hold a table, or of the stated ones.

    Raises
    ------
    ReadError
        No sheet, or not every stated one, can be read.
    """
    columns: list[Column] = []
    findings: list[Finding] = []
    refused: dict[str, ReadError] = {}
    events = options.events.sheet if options.events else None
    names = [stated.sheet for stated in options.sheets] or [name for name in book.shown if name != events]
    stated = {one.sheet: one for one in options.sheets}
    for name in names:
        layout = _merged(options, stated.get(name))
        try:
            found, doubts = _columns(book, name, layout, is_stated=name in stated)
        except ReadError as error:
            if name in stated or len(names) == 1:
                raise
            refused[name] = error
            continue
        columns += found
        findings += doubts
    if not columns:
        told = "; ".join(f"'{name}': {error.message}" for name, error in refused.items())
        raise ReadError(f"no sheet can be read. {told or 'It has no sheets'}", path=book.path, reader=book.reader)
    if refused:
        told = "; ".join(f"'{name}' ({error.message})" for name, error in refused.items())
        findings.append(make_finding("sheet_left_out", "note", f"sheets that are not read: {told}"))
    return columns, findings


def _merged(options: ExcelOptions, sheet: Sheet | None) -> SheetLayout:
    """Return what is stated for one sheet, over what is stated for all."""
    fields = {name: getattr(options, name) for name in options.model_fields_set & set(SheetLayout.model_fields)}
    if sheet is not None:
        fields |= {name: getattr(sheet, name) for name in sheet.model_fields_set & set(SheetLayout.model_fields)}
    return SheetLayout(**fields)


def _columns(book: Book, name: str, layout: SheetLayout, *, is_stated: bool) -> tuple[list[Column], list[Finding]]:
    found = read_sheet(book.rows(name), layout)
    rows = found.table.columns[0].size if found else 0
    if found is None or (rows < FEWEST_ROWS and not is_stated):
        what = f"only {rows} rows of numbers" if found else "no table of numbers"
        message = f"has {what}; state header_row or skip_rows if it is a recording"
        raise ReadError(message, path=book.path, reader=book.reader)
    try:
        return _timed(found, name, layout, book.path)
    except ReadError as error:
        message = error.message.replace("{kind: delimited", "{kind: excel")
        raise ReadError(f"sheet '{name}': {message}", path=book.path, reader=book.reader) from None


def _timed(found: SheetTable, name: str, layout: SheetLayout, path: Path) -> tuple[list[Column], list[Finding]]:
    table, heading = found.table, found.heading
    labels = channel_labels(heading.labels)
    time_column = _time_column(layout, heading.labels)
    roles = find_roles(table.columns, heading, labels, time_column, table.clocks)
    if roles.clocks and (full := _without_empty_rows(table)) is not table:  # a row without a time is no sample
        table = full
        roles = find_roles(table.columns, heading, labels, time_column, table.clocks)
    wanted = _wanted(layout, heading.labels)
    used = [
        index
        for index in (range(len(labels)) if wanted is None else wanted)
        if index not in roles.others and np.isfinite(table.columns[index]).any()
    ]
    if not used:
        raise ReadError("holds time stamps or row numbers only, no samples")
    _check_labels(layout, [labels[index] for index in used])
    rates = DelimitedOptions(sampling_rate=layout.sampling_rate, sampling_rates=layout.sampling_rates)
    timings, doubts = time_columns(table, roles, heading, labels, rates, used=used, path=path)
    columns = []
    for index in used:
        unit = _unit(labels[index], heading.units[index], heading.unit, layout)
        is_clock = bool(table.clocks)
        columns.append(Column(name, labels[index], table.columns[index], unit, timings[index], is_clock))
    empty = _without_values(found, wanted, name)
    told = [replace(one, reason=f"sheet '{name}': {one.reason}") for one in found.findings]
    return columns, [*roles.findings, *doubts, *told, *empty, *_slow_emg(columns), *_texts(found, labels, used, name)]


def _without_empty_rows(table: Table) -> Table:
    has_numbers = np.isfinite(np.array(table.columns)).any(axis=0)
    if has_numbers.all():
        return table
    return replace(table, columns=tuple(column[has_numbers] for column in table.columns))


def _without_values(found: SheetTable, wanted: list[int] | None, name: str) -> list[Finding]:
    """Name labeled columns without any number: formulas that were never calculated have none."""
    table, labels = found.table, found.heading.labels
    empty = [
        f"'{label}'"
        for index, label in enumerate(labels)
        if label and (wanted is None or index in wanted)
        and not table.texts[index] and not np.isfinite(table.columns[index]).any()
    ]  # fmt: skip
    if not empty:
        return []
    reason = f"sheet '{name}': columns with a label and without values are not read: {', '.join(empty)}"
    remedy = "if they hold formulas, open the workbook in a spreadsheet program and save it, so that results are stored"
    return [make_finding("empty_column", "warn", reason, remedy)]


def _slow_emg(columns: list[Column]) -> list[Finding]:
    slow = [
        f"'{one.label}' ({one.timing.sampling_rate:.4g} Hz)"
        for one in columns
        if one.timing.sampling_rate < SLOWEST_EMG and guess_kind(one.label, parse_unit(one.unit)) == "emg"
    ]
    if not slow:
        return []
    reason = f"no EMG is sampled this slowly: {', '.join(slow)}"
    return [make_finding("sampling_rate_doubtful", "warn", reason, "check the unit of the time column, or state it")]


def _time_column(layout: SheetLayout, labels: tuple[str, ...]) -> str | None:
    if layout.time_column is None or layout.time_column.strip().lower() == "none":
        return layout.time_column
    index = find_column(layout.time_column, labels)
    if index is None:
        raise ReadError(f"time_column: {no_column(layout.time_column, labels)}")
    return str(index + 1)


def _wanted(layout: SheetLayout, labels: tuple[str, ...]) -> list[int] | None:
    if not layout.columns:
        return None
    found = {named: find_column(named, labels) for named in layout.columns}
    absent = next((named for named, index in found.items() if index is None), None)
    if absent is not None:
        raise ReadError(f"columns: {no_column(absent, labels)}")
    return sorted({index for index in found.values() if index is not None})


def _check_labels(layout: SheetLayout, labels: list[str]) -> None:
    for setting, stated in (("units", layout.units), ("sampling_rates", layout.sampling_rates)):
        absent = next((label for label in stated if label not in labels), None)
        if absent is not None:
            raise ReadError(f"{setting}: there is no channel '{absent}'; there are: {', '.join(labels[:20])}")


def _unit(label: str, written: str, for_all: str, layout: SheetLayout) -> str:
    """Return the unit as written or stated; a unit stated for EMG is for channels that may be EMG."""
    if label in layout.units:
        return layout.units[label]
    if parse_unit(written) == UNKNOWN and guess_kind(label, UNKNOWN) in {"emg", "other"}:
        return layout.unit or for_all or written
    return written


def _texts(found: SheetTable, labels: list[str], used: list[int], name: str) -> list[Finding]:
    findings = []
    table = found.table
    text = [index for index in range(len(labels)) if table.texts[index]]
    left_out = [f"'{labels[index]}'" for index in text if index not in used]
    if left_out:
        reason = f"sheet '{name}': columns of text, not read as samples: {', '.join(left_out)}"
        findings.append(make_finding("text_column", "note", reason))
    holed = [
        f"'{labels[index]}' ({table.texts[index]}, such as '{table.examples[index][:20]}')"
        for index in text
        if index in used
    ]
    if holed:
        reason = f"sheet '{name}': cells hold text instead of numbers and are NaN: {', '.join(holed)}"
        findings.append(make_finding("text_cells", "warn", reason, "check the export"))
    if table.comments:
        reason = f"sheet '{name}': {table.comments} rows between the numbers hold text only and are left out"
        findings.append(make_finding("text_rows", "note", reason, "check that they are comments"))
    return findings
