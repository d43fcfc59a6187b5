"""Rows -> the text of a trials table, as spreadsheet programs like it: semicolons, UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.drafting.rows import Row

MAIN = ("participant", "session", "trial", "role", "file")
ALWAYS = ("target", "position", "exercise", "head_position")
END = ("include", "comment", "confirm")
CHECK = "CONFIRM: "


def table_bytes(rows: Sequence[Row]) -> bytes:
    """Return the trials table as a file's content."""
    columns = _columns(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=";", restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_cells(row) for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _columns(rows: Sequence[Row]) -> list[str]:
    there = list(dict.fromkeys(column for row in rows for column in row.fields))
    files = sorted(column for column in there if column.startswith(("file_", "offset_")))
    numbers = sorted({column.rpartition("_")[2] for column in files})
    pairs = [f"{kind}_{number}" for number in numbers for kind in ("file", "offset")]
    fixed = [*MAIN, *pairs, *ALWAYS]
    return [*fixed, *(column for column in there if column not in fixed and column not in END), *END]


def _cells(row: Row) -> dict[str, str]:
    included = "no" if row.missing else row.fields.get("include", "yes")
    return {**row.fields, "include": included, "confirm": confirm_text(row)}


def confirm_text(row: Row) -> str:
    """Say what to look at first, then what was read from the name."""
    check = "; ".join(filter(None, (row.missing, *row.doubts)))
    return ". ".join(filter(None, (CHECK + check if check else "", row.understood)))
