"""As much of a text file's beginning as is needed to see its heading and some rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENOUGH_LINES = 16
"""Lines that hold a heading and some rows."""
MOST_BYTES = 1 << 24
"""Headings of a hundred thousand columns take some millions."""

MOST_COLUMNS = 20_000
"""Parsing takes longer and longer with the number of columns."""


def read_beginning(path: Path, usual: int) -> bytes:
    """Return the first `usual` bytes, and more where they are only a few long lines."""
    with path.open("rb") as handle:
        head = handle.read(usual)
        while len(head) < MOST_BYTES and _count_lines(head) < ENOUGH_LINES and (more := handle.read(len(head))):
            head += more
    return head


def count_columns(head: bytes) -> int:
    """Return about how many cells the widest of the first lines has: its most frequent delimiter, plus one."""
    lines = re.split(rb"[\r\n]+", head, maxsplit=ENOUGH_LINES)[:ENOUGH_LINES]
    return 1 + max(line.count(mark) for line in lines for mark in (b",", b";", b"\t"))


def too_wide(n_columns: int) -> str:
    """Return what to do about a table of more than `MOST_COLUMNS` columns."""
    return (
        f"has {n_columns} columns, up to {MOST_COLUMNS} are read; export fewer channels per file, or one row per sample"
    )


def _count_lines(head: bytes) -> int:
    return max(head.count(b"\n"), head.count(b"\r"))
