"""The table on a sheet: its layout and heading as in delimited text, its numbers as the cells hold them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.excel.cells import Cells, number_in, seconds_of
from emgpipe.readers.parts.excel.names import column_letter
from emgpipe.readers.parts.excel.settle import settle_clocks, settle_commas
from emgpipe.readers.parts.tables.header import Heading, read_heading
from emgpipe.readers.parts.tables.layout import Layout, find_layout
from emgpipe.readers.parts.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from emgpipe.readers.parts.excel.options import SheetLayout

HEAD_ROWS = 500
"""Rows in which the heading ends."""
PIECE_ROWS = 4096


@dataclass(frozen=True, slots=True)
class SheetTable:
    """What a sheet holds: numbers, and what stands above them."""

    table: Table
    heading: Heading
    findings: tuple[Finding, ...] = ()


def read_sheet(rows: Iterator[list[Any]], layout: SheetLayout) -> SheetTable | None:
    """Return the table on a sheet; None where there is no table of numbers.

    Parameters
    ----------
    rows : iterator of list
        Cells as `excel_book.Book.rows` gives them.
    layout : SheetLayout
        What the study file states.
    """
    head = list(itertools.islice(rows, HEAD_ROWS))
    lines = ["\t".join(_text(cell) for cell in row) for row in head]
    stated = max(layout.skip_rows, layout.header_row or 0, layout.unit_row or 0)
    found = find_layout(lines, delimiter="\t", first_line=stated)
    if found is None:
        return None
    heading = read_heading(lines, found, header_row=layout.header_row, unit_row=layout.unit_row)
    table, findings = _table(itertools.chain(head[found.data_start :], rows), found, heading)
    units = tuple("s" if index in table.clocks else unit for index, unit in enumerate(heading.units))
    return SheetTable(table, replace(heading, units=units), tuple(findings))


def channel_labels(labels: Sequence[str]) -> list[str]:
    """Return the labels of all columns, empty ones by the column's letter."""
    return [label or f"column {column_letter(index)}" for index, label in enumerate(labels)]


def _text(cell: Any) -> str:
    """Return a cell as text on one line, times as the clock shows them."""
    if isinstance(cell, str):
        number = number_in(cell.strip()) if "," in cell else None
        if number is not None:  # next to true numbers, whose decimal mark is a point
            return repr(number)
        return " ".join(cell.split()).replace('"', "")
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, int | float):
        return repr(cell)
    return repr(seconds_of(cell))


def _table(rows: Iterator[list[Any]], layout: Layout, heading: Heading) -> tuple[Table, list[Finding]]:
    cells = Cells(layout)
    pieces: list[NDArray[np.float64]] = []
    while block := list(itertools.islice(rows, PIECE_ROWS)):
        pieces.append(cells.piece(block).T)
    values: NDArray[np.float64] = np.concatenate(pieces, axis=1) if pieces else np.empty((layout.n_columns, 0))
    known = np.flatnonzero(np.isfinite(values).any(axis=0))
    values = values[:, : int(known[-1]) + 1 if known.size else 0]
    labels = channel_labels(heading.labels)
    clocks, findings = settle_clocks(values, cells.columns, labels, heading.units)
    findings += settle_commas(values, cells.columns, labels)
    is_infinite = np.isinf(values)
    infinite = is_infinite.sum(axis=1)
    values[is_infinite] = np.nan
    table = Table(
        tuple(np.ascontiguousarray(column) for column in values), tuple(int(count) for count in infinite),
        tuple(odd.texts for odd in cells.columns), 0, cells.comments, clocks,
        tuple(odd.example for odd in cells.columns), tuple(odd.last_text for odd in cells.columns),
    )  # fmt: skip
    if cells.blank_rows:
        reason = f"{cells.blank_rows} empty rows between the numbers are left out"
        findings.append(make_finding("empty_rows", "warn", reason, "check that no samples are missing there"))
    return table, findings
