"""Columns that go on as printed ``NaN``: their cells are there, so they are no slower channels that ended early."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.tables.cells import split_line
from emgpipe.readers.parts.tables.encoding import split_lines

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.readers.parts.tables.layout import Layout
    from emgpipe.readers.parts.tables.table import Table

TAIL_BYTES = 1 << 16
_NAN = frozenset({"nan", "-nan", "+nan", "na", "n/a", "#n/a", "null", "1.#qnan", "-1.#ind"})


def with_printed_nan(table: Table, path: Path, layout: Layout, encoding: str) -> Table:
    """Let columns whose last cell is a printed NaN end with the table."""
    if not table.columns or not table.columns[0].size:
        return table
    open_ended = [index for index, column in enumerate(table.columns) if not np.isfinite(column[-1])]
    if not open_ended:
        return table
    cells = _last_row(path, layout, encoding)
    printed = [index for index in open_ended if index < len(cells) and cells[index].lower() in _NAN]
    if not printed:
        return table
    ends = list(table.ends or (0,) * len(table.columns))
    for index in printed:
        ends[index] = table.columns[index].size
    return replace(table, ends=tuple(ends))


def _last_row(path: Path, layout: Layout, encoding: str) -> list[str]:
    with path.open("rb") as handle:
        mark = handle.read(2)
        size = handle.seek(0, 2)
        handle.seek(max(size - TAIL_BYTES, 0) // 2 * 2)
        tail = handle.read(TAIL_BYTES + 1)
    if encoding == "utf-16":
        encoding = "utf-16-be" if mark == b"\xfe\xff" else "utf-16-le"
    lines = split_lines(tail.decode(encoding, errors="replace"))
    last = next((line for line in reversed(lines) if line.strip()), "")
    return split_line(last, layout.delimiter)
