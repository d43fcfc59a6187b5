"""One more row in a decisions table, in the order of its own columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from emgpipe.config.decisions import COLUMNS
from emgpipe.config.sheet import WORKBOOKS
from emgpipe.config.text import decode, read_bytes
from emgpipe.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def with_row(path: Path, row: Mapping[str, str]) -> str:
    """Return the text of a decisions table with one row more; of one that is not there yet, with its head.

    Raises
    ------
    ConfigError
        The table is a workbook, cannot be read, or lacks a column that the row fills.
    """
    if path.suffix.casefold() in WORKBOOKS:
        raise ConfigError("rows can be added to a CSV only; save the table as CSV, or type the row yourself", path=path)
    text = decode(read_bytes(path, what="decisions table"), path, fallback="cp1252") if path.exists() else ""
    text = text.lstrip() or ",".join(COLUMNS) + "\n"
    lines = text.splitlines()
    head = lines[1] if len(lines) > 1 and lines[0].strip().casefold().startswith("sep=") else lines[0]
    delimiter = max(",;\t", key=head.count)
    columns = [name.strip().strip('"').casefold().replace(" ", "_") for name in head.split(delimiter)]
    lost = [name for name, cell in row.items() if cell and name not in columns]
    if lost:
        raise ConfigError(f"the table has no column '{lost[0]}'; add it to its first row", path=path, line=1)
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow([row.get(name, "") for name in columns])
    return text.rstrip("\r\n") + "\n" + line.getvalue()
