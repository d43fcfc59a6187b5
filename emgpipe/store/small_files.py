"""Some rows of a large table, and small files read and written byte by byte."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from emgpipe.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def rows_where(path: Path, wanted: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of a CSV table of the results in which columns have certain values, as text.

    Raises
    ------
    ValueError
        The table has no such column.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        header = next(rows, [])
        places = [(header.index(name), value) for name, value in wanted.items()]
        return [dict(zip(header, row, strict=True)) for row in rows if all(row[at] == value for at, value in places)]


def read_file(path: Path) -> bytes:
    """Return the content of a file; empty if it is not there, or cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def write_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; `StoreError` as in `emgpipe.atomic.replace_file`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    replace_file(path, fill)
