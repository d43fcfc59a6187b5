"""Columns of whole numbers with a comma between thousands (``2,764``): the whole column decides.

One such cell may be a decimal comma. In a table with decimal points, a column whose cells all are either whole numbers
below 1000 or groups of three digits, with both kinds present, holds thousands.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.tables.cells import MISSING, split_line, to_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emgpipe.readers.parts.tables.layout import Layout
    from emgpipe.readers.parts.tables.table import Table

_GROUPS = re.compile(r"[+\-\u2212]?[1-9]\d{0,2}(?:,\d{3})+")
_SHORT = re.compile(r"[+\-\u2212]?(0|[1-9]\d{0,2})")
_COMMENTS = ("#", "%", "//", "!")


def with_thousands(table: Table, path: Path, layout: Layout, encoding: str) -> Table:
    """Return the table with such columns as numbers; any other stays as it is."""
    doubtful = [i for i, text in enumerate(table.examples) if table.texts[i] and _GROUPS.fullmatch(text)]
    if layout.decimal != "." or layout.n_columns < 2 or not doubtful:
        return table
    found: dict[int, list[float]] = {index: [] for index in doubtful}
    short = dict.fromkeys(doubtful, False)
    for cells in _rows(path, layout, encoding):
        for index in list(found):
            cell = cells[index] if index < len(cells) else ""
            short[index] |= _SHORT.fullmatch(cell) is not None
            if _GROUPS.fullmatch(cell) or _SHORT.fullmatch(cell):
                found[index].append(float(cell.replace(",", "").replace("\u2212", "-")))
            elif cell.lower() in MISSING:
                found[index].append(float("nan"))
            else:
                del found[index]
        if not found:
            return table
    sure = {i: v for i, v in found.items() if short[i] and len(v) == table.columns[i].size}
    columns = tuple(np.array(sure[i]) if i in sure else column for i, column in enumerate(table.columns))
    texts = tuple(0 if i in sure else count for i, count in enumerate(table.texts))
    return replace(table, columns=columns, texts=texts)


def _rows(path: Path, layout: Layout, encoding: str) -> Iterator[list[str]]:
    """Yield the cells of the lines that are rows of the table."""
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for number, line in enumerate(handle):
            if number < layout.data_start or not line.strip():
                continue
            cells = split_line(line.rstrip("\n"), layout.delimiter)
            if not line.lstrip().startswith(_COMMENTS) and any(
                to_number(cell, layout.decimal) is not None for cell in cells
            ):
                yield cells
