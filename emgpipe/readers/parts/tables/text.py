"""A delimited text file as a table of numbers and what stands above it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.model import Finding, make_finding
from emgpipe.readers.base import HEAD_BYTES
from emgpipe.readers.parts.tables.beginning import MOST_COLUMNS, count_columns, read_beginning, too_wide
from emgpipe.readers.parts.tables.biopac import biopac_columns, count_findings, find_biopac
from emgpipe.readers.parts.tables.cells import BLANKS
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines
from emgpipe.readers.parts.tables.ending import cut_ending, without_cut_cells
from emgpipe.readers.parts.tables.findings import heading_findings
from emgpipe.readers.parts.tables.header import Heading, read_heading
from emgpipe.readers.parts.tables.layout import Layout, find_layout
from emgpipe.readers.parts.tables.lying import Lying, find_lying, read_lying
from emgpipe.readers.parts.tables.printed import with_printed_nan
from emgpipe.readers.parts.tables.table import Table, read_table
from emgpipe.readers.parts.tables.thousands import with_thousands

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.readers.parts.tables.options import DelimitedOptions

HEADING_BYTES = 1 << 20
"""Enough for the heading and some rows of a table of several thousand columns."""
LYING_TEXT = "text with a row of numbers per channel"
_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": BLANKS, " ": BLANKS}
_NAMES = {"\t": "a tab", BLANKS: "blanks"}


@dataclass(frozen=True, slots=True)
class Text:
    """The numbers of a file, what stands above them, how the file was understood, and doubts."""

    table: Table
    heading: Heading
    why: str
    findings: tuple[Finding, ...]


def open_text(path: Path, options: DelimitedOptions) -> Text:
    """Find the layout of a file and read its numbers.

    Raises
    ------
    ReadError
        It is no text, holds no table, or lies on its side without saying what its rows are.
    """
    head = read_beginning(path, HEADING_BYTES)
    encoding = options.encoding or detect_encoding(head) or detect_encoding(head[:HEAD_BYTES])  # zeros later on
    if encoding is None:
        raise ReadError("is not text", path=path, reader="delimited")
    try:
        codecs.lookup(encoding)
    except LookupError:
        message = f"the stated encoding '{encoding}' is not known; use utf-8, utf-16 or cp1252"
        raise ReadError(message, path=path, reader="delimited") from None
    delimiter = _WORDS.get(options.delimiter.lower(), options.delimiter) if options.delimiter else None
    rows = (options.skip_rows, options.header_row or 0, options.unit_row or 0)
    lying = None if any(rows) else find_lying(path, encoding, delimiter, options.decimal)
    if lying is not None:
        return _lying(path, encoding, lying, options)
    if (n_columns := count_columns(head)) > MOST_COLUMNS:
        raise ReadError(too_wide(n_columns), path=path, reader="delimited")
    lines = head_lines(head, encoding, whole=len(head) >= path.stat().st_size)
    biopac = find_biopac(lines) if not any(rows) else None
    first_line = biopac.data_start if biopac else max(rows)
    layout = find_layout(lines, delimiter=delimiter, decimal=options.decimal, first_line=first_line)
    if layout is None:
        message = "no table of numbers found; state delimiter, decimal or skip_rows in the study file"
        raise ReadError(message, path=path, reader="delimited")
    named = biopac_columns(biopac, layout.n_columns) if biopac else None
    heading = named or read_heading(lines, layout, header_row=options.header_row, unit_row=options.unit_row)
    findings = heading_findings(lines, layout, heading, options)
    table = with_printed_nan(read_table(path, layout, encoding), path, layout, encoding)
    table = with_thousands(table, path, layout, encoding)
    table, cut = without_cut_cells(table, cut_ending(path, layout, encoding))
    if biopac and named:
        findings += count_findings(biopac, table.columns[0].size)
    return Text(table, _with_clocks(heading, table), describe(layout), (*findings, *cut))


def _lying(path: Path, encoding: str, lying: Lying, options: DelimitedOptions) -> Text:
    table, heading, sure = read_lying(path, encoding, lying)
    n_rows, n_cells = len(table.columns), table.columns[0].size if table.columns else 0
    shape = f"has {n_cells} columns and {n_rows} rows: it lies on its side"
    if not n_rows or not (sure or options.sampling_rate):
        message = f"{shape}; export it with one row per sample, or state sampling_rate if each row is a channel"
        raise ReadError(message, path=path, reader="delimited")
    note = make_finding("transposed", "note", f"{shape}; each row is read as a channel", "check that this is so")
    return Text(table, heading, LYING_TEXT, (note, *table.findings))


def head_lines(head: bytes, encoding: str, *, whole: bool) -> list[str]:
    """Return the lines of a file's beginning; the last one only if the file ends there."""
    lines = split_lines(decode_head(head, encoding))
    return lines if whole else lines[:-1]


def describe(layout: Layout) -> str:
    """Say in a few words how the text is cut into numbers."""
    between = _NAMES.get(layout.delimiter, f"'{layout.delimiter}'")
    mark = "comma" if layout.decimal == "," else "point"
    return f"text with {layout.n_columns} columns of numbers, {between} between columns, decimal {mark}"


def _with_clocks(heading: Heading, table: Table) -> Heading:
    """Columns of times such as ``12:30:05.25`` have become seconds."""
    units = tuple("s" if index in table.clocks else unit for index, unit in enumerate(heading.units))
    return replace(heading, units=units)
