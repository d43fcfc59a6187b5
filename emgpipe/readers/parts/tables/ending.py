"""Whether the last line of a text file is whole: copies and exports break off in the middle of a line.

A line with a line end is whole. Without one its last number counts only where something proves that no digit of it is
missing: a delimiter or a quote behind it, or the digits that all numbers above it have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.tables.cells import MISSING, is_number, split_line
from emgpipe.readers.parts.tables.encoding import split_lines
from emgpipe.readers.parts.tables.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from emgpipe.readers.parts.tables.table import Table

TAIL_BYTES = 1 << 16
COMPARED = 20
"""Rows before the last line that show what a whole one looks like."""
ENOUGH = 5
"""So many rows with the same number of decimals make a rule."""
_FIXED = re.compile(r"[+-]?(?:\d[\d.,'\u00a0\u202f]*)?[.,](\d+)(?:[eEdD]([+-]?\d+))?")
_EXPONENT = re.compile(r".*[eEdD]([+-]?\d+)")


@dataclass(frozen=True, slots=True)
class Ending:
    """A last line that is cut off, or may be.

    Attributes
    ----------
    text : str
        What is left of the line.
    whole : int
        Cells of it that are certainly whole.
    is_row : bool
        Whether it is read as a row of numbers.
    is_doubtful : bool
        The line has all its cells, and nothing tells whether the last one has all its digits.
    """

    text: str
    whole: int
    is_row: bool
    is_doubtful: bool = False

    def finding(self) -> Finding:
        """Say what was left out."""
        if self.is_doubtful:
            reason = "the last line has no line end, its last number may lack digits; it is left out"
            return make_finding("last_cell_doubtful", "note", reason, "export with a line end behind the last row")
        reason = f"the last line is cut off ('{self.text[-30:]}'): the file was not copied or exported to its end"
        return make_finding("cut_off", "warn", f"{reason}; what is not whole is left out", "export or copy it again")


def cut_ending(path: Path, layout: Layout, encoding: str) -> Ending | None:
    """Return the last line unless it is whole beyond doubt; `layout.n_columns` 0 means that it is not known."""
    *lines, last = _last_lines(path, encoding)
    if not last.strip() or "\x1a" in last:
        return None
    rows = [split_line(line, layout.delimiter) for line in lines[-COMPARED:] if line.strip()]
    rows = [cells for cells in rows if any(is_number(cell, layout.decimal) for cell in cells)]
    cells = split_line(last, layout.delimiter)
    if rows and all(len(row) == len(cells) + 1 and not row[-1] for row in rows) and _decimals(row[-2] for row in rows):
        rows = [row[:-1] for row in rows]  # only the delimiter at the end may be lost: the decimals will tell
    numbers = [is_number(cell, layout.decimal) for cell in cells]
    is_text = any(not number and cell.lower() not in MISSING for number, cell in zip(numbers, cells, strict=True))
    column = [row[-1] for row in rows if len(row) == len(cells)]
    if len(cells) < min((len(row) for row in rows), default=layout.n_columns):
        return Ending(last, len(cells) - 1, any(numbers) or not is_text)
    if _is_shortened(cells[-1], column, layout.decimal):
        return Ending(last, len(cells) - 1, any(numbers) or not is_text)
    if not numbers[-1] or _is_closed(last, layout.delimiter) or is_whole(cells[-1], column):
        return None
    return Ending(last, len(cells) - 1, is_row=True, is_doubtful=True)


def is_whole(cell: str, others: Sequence[str]) -> bool:
    """Say whether numbers of the same column or row prove that a number lacks no digit at its end.

    >>> is_whole("0.25", ["0.50"] * 5), is_whole("1.5e-05", ["2e-05", "0.1"] * 5), is_whole("12", ["12"] * 5)
    (True, True, False)
    """
    if (exponent := _EXPONENT.fullmatch(cell)) is not None:
        lengths = [len(found[1]) for other in others if (found := _EXPONENT.fullmatch(other))]
        return len(lengths) >= ENOUGH and set(lengths) == {len(exponent[1])}
    found = _FIXED.fullmatch(cell)
    return found is not None and len(others) >= ENOUGH and _decimals(others) == len(found[1])


def without_cut_cells(table: Table, ending: Ending | None) -> tuple[Table, list[Finding]]:
    """Leave out the last row if no sample of it is whole, else the cells that are not."""
    if ending is None:
        return table, []
    findings = [ending.finding()]
    if not ending.is_row:
        return replace(table, comments=max(table.comments - 1, 0)), findings
    if not table.columns or not table.columns[0].size:
        return table, findings
    if ending.is_doubtful and ending.whole < len(table.columns):
        table.columns[ending.whole][-1] = np.nan
        table = replace(table, doubtful=ending.whole)
    elif ending.whole < min(2, len(table.columns)):
        table = replace(table, columns=tuple(column[:-1] for column in table.columns))
    else:
        for column in table.columns[ending.whole :]:
            column[-1] = np.nan
    return table, findings


def _is_closed(last: str, delimiter: str) -> bool:
    """Say whether something stands behind the last number: a quote, or a blank."""
    return last.endswith(('"', " ")) or (delimiter != "\t" and last.endswith("\t"))


def _is_shortened(cell: str, column: Sequence[str], decimal: str) -> bool:
    """Say whether a cell has less than all before it: fewer decimals, a shorter exponent, or no number."""
    if not column:
        return False
    all_numbers = all(is_number(other, decimal) for other in column)
    if not is_number(cell, decimal):
        is_missing = cell.lower() in MISSING - {"", "-"}
        return all_numbers and not is_missing and (len(column) >= ENOUGH or cell not in {"", "-", "+"})
    exponents = {len(found[1]) if (found := _EXPONENT.fullmatch(other)) else 0 for other in column}
    if len(column) < ENOUGH:
        return False
    if 0 not in exponents:  # all have one
        found = _EXPONENT.fullmatch(cell)
        return found is None or len(found[1]) < min(exponents)
    decimals = _decimals(column)
    found = _FIXED.fullmatch(cell)
    return (len(found[1]) if found else 0) < decimals


def _decimals(cells: Iterable[str]) -> int:
    """Return the number of decimals that all cells have, 0 where they differ, one has none or an exponent."""
    counts = set()
    for cell in cells:
        found = _FIXED.fullmatch(cell)
        counts.add(len(found[1]) if found and not found[2] else 0)
    return counts.pop() if len(counts) == 1 else 0


def _last_lines(path: Path, encoding: str) -> list[str]:
    size = path.stat().st_size
    with path.open("rb") as handle:
        mark = handle.read(2)
        handle.seek(max(size - TAIL_BYTES, 0) // 2 * 2)
        tail = handle.read(TAIL_BYTES + 1)
    if encoding == "utf-16":
        encoding = "utf-16-be" if mark == b"\xfe\xff" else "utf-16-le"
    return split_lines(tail.decode(encoding, errors="replace"))
