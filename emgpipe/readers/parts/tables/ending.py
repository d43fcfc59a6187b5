"""Whether the last line of a text file is whole: copies and exports break off in the middle of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.tables.cells import MISSING, is_number, split_line
from emgpipe.readers.parts.tables.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from emgpipe.readers.parts.tables.table import Table

TAIL_BYTES = 1 << 16
COMPARED = 20
"""Rows before the last line that show what a whole one looks like."""
ENOUGH = 5
"""So many rows with the same number of decimals make a rule."""
_FIXED = re.compile(r"[+-]?\d+[.,](\d+)")


@dataclass(frozen=True, slots=True)
class Ending:
    """A last line that is cut off.

    Attributes
    ----------
    text : str
        What is left of the line.
    whole : int
        Cells of it that are certainly whole.
    is_row : bool
        Whether it is read as a row of numbers.
    """

    text: str
    whole: int
    is_row: bool


def cut_ending(path: Path, layout: Layout, encoding: str) -> Ending | None:
    """Return the last line if it is cut off; None if it is whole or nothing shows that it is not."""
    *lines, last = _last_lines(path, encoding)
    if not last.strip() or "\x1a" in last:
        return None
    rows = [split_line(line, layout.delimiter) for line in lines[-COMPARED:] if line.strip()]
    rows = [cells for cells in rows if any(is_number(cell, layout.decimal) for cell in cells)]
    if len(rows) < 2:
        return None
    cells = split_line(last, layout.delimiter)
    if all(len(row) == len(cells) + 1 and not row[-1] for row in rows) and _decimals(row[-2] for row in rows):
        rows = [row[:-1] for row in rows]  # only the delimiter at the end may be lost: the decimals will tell
    if len(cells) < min(len(row) for row in rows) or _is_shortened(cells, rows, layout):
        numbers = [is_number(cell, layout.decimal) for cell in cells]
        is_text = any(not number and cell.lower() not in MISSING for number, cell in zip(numbers, cells, strict=True))
        return Ending(last, max(len(cells) - 1, 0), any(numbers) or not is_text)
    return None


def without_cut_cells(table: Table, ending: Ending | None) -> tuple[Table, list[Finding]]:
    """Leave out the last row if no sample of it is whole, else the cells that are not."""
    if ending is None:
        return table, []
    reason = f"the last line is cut off ('{ending.text[-30:]}'): the file was not copied or exported to its end"
    findings = [make_finding("cut_off", "warn", f"{reason}; what is not whole is left out", "export or copy it again")]
    if not ending.is_row:
        return replace(table, comments=max(table.comments - 1, 0)), findings
    if not table.columns[0].size:
        return table, findings
    if ending.whole < min(2, len(table.columns)):
        return replace(table, columns=tuple(column[:-1] for column in table.columns)), findings
    for column in table.columns[ending.whole :]:
        column[-1] = np.nan
    return table, findings


def _is_shortened(cells: list[str], rows: list[list[str]], layout: Layout) -> bool:
    """Say whether the last cell has fewer decimals than all before it, or is empty where none was."""
    column = [row[-1] for row in rows if len(row) == len(cells)]
    if len(column) < ENOUGH:
        return False
    if all(is_number(cell, layout.decimal) for cell in column) and cells[-1] in {"", "-", "+"}:
        return True
    decimals = _decimals(column)
    if not decimals:
        return False
    found = _FIXED.fullmatch(cells[-1])
    return (len(found[1]) if found else 0) < decimals and cells[-1].lower() not in MISSING


def _decimals(cells: Iterable[str]) -> int:
    """Return the number of decimals that all cells have, 0 where they differ or one has none."""
    counts = {len(found[1]) if (found := _FIXED.fullmatch(cell)) else 0 for cell in cells}
    return counts.pop() if len(counts) == 1 else 0


def _last_lines(path: Path, encoding: str) -> list[str]:
    size = path.stat().st_size
    with path.open("rb") as handle:
        mark = handle.read(2)
        handle.seek(max(size - TAIL_BYTES, 0) // 2 * 2)
        tail = handle.read(TAIL_BYTES + 1)
    if encoding == "utf-16":
        encoding = "utf-16-be" if mark == b"\xfe\xff" else "utf-16-le"
    return re.split(r"\r\n|\n|\r", tail.decode(encoding, errors="replace"))
