"""Tables that lie on their side: one row per channel, one column per sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.tables.cells import BLANKS, MISSING, is_number, split_line, to_number
from emgpipe.readers.parts.tables.clocks import looks_uniform
from emgpipe.readers.parts.tables.encoding import decode_head, split_lines
from emgpipe.readers.parts.tables.ending import Ending, is_whole
from emgpipe.readers.parts.tables.exponents import check_bytes
from emgpipe.readers.parts.tables.header import Heading, label_rate, label_unit
from emgpipe.readers.parts.tables.layout import CANDIDATES
from emgpipe.readers.parts.tables.table import Table
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Finding

LYING, MANY_CELLS = 20, 500
"""A table with at least so many columns per row, and in all, has channels as rows."""
MOST_ROWS = 2000
HEAD_BYTES = 1 << 20
JUDGED_CELLS = 400
MOST_LINE_BYTES = 1 << 26
"""Longer rows, several million samples, would take many times their size in memory."""
MOST_LEAD = 3
"""Cells of text before the numbers of a row: label, unit, and one more."""
NUMERIC = 0.95


@dataclass(frozen=True, slots=True)
class Lying:
    """How to cut the rows."""

    delimiter: str
    decimal: str


def find_lying(path: Path, encoding: str, delimiter: str | None = None, decimal: str | None = None) -> Lying | None:
    """Say how to read a table on its side; None for any other file."""
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    lines = [line for line in split_lines(decode_head(head, encoding)) if line.strip()]
    longest = max(lines[:20], key=len, default="")
    if len(longest) < 2 * MANY_CELLS:
        return None
    for mark, point in [(delimiter, decimal or ".")] if delimiter else CANDIDATES:
        if mark is None or (decimal is not None and point != decimal):
            continue
        cells = split_line(longest, mark)
        judged = cells[MOST_LEAD:JUDGED_CELLS]
        numbers = sum(is_number(cell, point) or cell.lower() in MISSING for cell in judged)
        if len(cells) >= MANY_CELLS and numbers >= NUMERIC * len(judged):
            rows = _count_rows(path, most=len(cells) // LYING if len(head) < HEAD_BYTES else MOST_ROWS)
            return Lying(mark, point) if rows is not None and rows * LYING <= _cells(path, encoding, mark) else None
    return None


def read_lying(path: Path, encoding: str, lying: Lying) -> tuple[Table, Heading, bool]:
    """Return the rows as columns, their labels, and whether rows are channels beyond doubt.

    They are where each row begins with text, or where the first can only be time.
    """
    leads: list[list[str]] = []
    rows: list[NDArray[np.float64]] = []
    texts, examples, comments = [], [], 0
    findings: tuple[Finding, ...] = ()
    check_bytes(path, encoding, most_line=MOST_LINE_BYTES)
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for line in handle:
            cells = split_line(line.lstrip("\ufeff#% ").rstrip("\n"), lying.delimiter)
            lead = _lead(cells, lying.decimal)
            if lead >= len(cells):
                comments += any(cells)
                continue
            if not line.endswith("\n") and (ending := _cut_row(line, cells[lead:], lying.decimal, rows)) is not None:
                findings = (ending.finding(),)
                cells[-1] = ""
            values, wrong = _numbers(cells[lead:], lying.decimal)
            leads.append(cells[:lead])
            rows.append(values)
            texts.append(len(wrong))
            examples.append(wrong[0] if wrong else "")
    length = max((row.size for row in rows), default=0)
    columns = tuple(np.pad(row, (0, length - row.size), constant_values=np.nan) for row in rows)
    infinite = []
    for column in columns:
        is_infinite = np.isinf(column)
        infinite.append(int(is_infinite.sum()))
        column[is_infinite] = np.nan
    labels = tuple(lead[0] if lead else "" for lead in leads)
    units = tuple(_unit(lead) for lead in leads)
    heading = Heading(labels, units, tuple(label_rate(label) for label in labels), has_labels=any(labels))
    sure = all(labels) or bool(columns and looks_uniform(columns[0]))
    table = Table(columns, tuple(infinite), tuple(texts), 0, comments, (), tuple(examples), findings=findings)
    return table, heading, sure


def _cut_row(line: str, cells: list[str], decimal: str, rows: list[NDArray[np.float64]]) -> Ending | None:
    """Return the last row of the file, which has no line end, unless it is whole beyond doubt."""
    is_short = bool(rows) and len(cells) < max(row.size for row in rows)
    if not is_short and (not is_number(cells[-1], decimal) or is_whole(cells[-1], cells[:-1])):
        return None
    return Ending(line[-30:], len(cells) - 1, is_row=True, is_doubtful=not is_short)


def _lead(cells: list[str], decimal: str) -> int:
    """Return how many cells of text stand before the numbers."""
    return next((place for place, cell in enumerate(cells) if is_number(cell, decimal)), len(cells))


def _numbers(cells: list[str], decimal: str) -> tuple[NDArray[np.float64], list[str]]:
    while cells and not cells[-1]:
        cells.pop()  # a delimiter at the end of the row
    try:
        if any("_" in cell for cell in cells):  # Python's way to group digits, nobody else's
            raise ValueError
        return np.array([float(cell.replace(",", ".", 1) if decimal == "," else cell) for cell in cells]), []
    except ValueError:
        pass
    values = [to_number(cell, decimal) for cell in cells]
    wrong = [cell for cell, value in zip(cells, values, strict=True) if value is None and cell.lower() not in MISSING]
    return np.array([np.nan if value is None else value for value in values]), wrong


def _unit(lead: list[str]) -> str:
    named = next((cell for cell in lead[1:] if parse_unit(cell) != UNKNOWN), "")
    return named or (label_unit(lead[0]) if lead else "")


def _count_rows(path: Path, most: int) -> int | None:
    """Return the number of line ends, or None if there are more than `most`."""
    count = 0
    with path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            count += piece.count(b"\n") or piece.count(b"\r")
            if count > most + 1:
                return None
    return max(count, 1)


def _cells(path: Path, encoding: str, delimiter: str) -> int:
    """Return how many cells the longest of the first rows has, also where it is longer than what was looked at."""
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        lines = [handle.readline(MOST_LINE_BYTES) for _ in range(3)]
    longest = max(lines, key=len, default="")
    return len(longest.split()) if delimiter == BLANKS else longest.count(delimiter) + 1
