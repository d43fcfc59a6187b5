"""A trials table that lies in the folder already: its rows go before anything guessed from names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from emgpipe.config.sheet import WORKBOOKS, read_rows
from emgpipe.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4 << 20
_ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS)
_NEEDED = {"participant", "file"}


@dataclass(frozen=True)
class GivenTable:
    """A table somebody made: its path, its columns, and its rows as text."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    @cached_property
    def files(self) -> set[str]:
        """The names of all files it speaks of."""
        named = [column for column in self.columns if column == "file" or column.startswith("file_")]
        return {row[column].replace("\\", "/") for row in self.rows for column in named if row.get(column)}


def given_table(folder: Path) -> GivenTable | None:
    """Return the table beside the recordings that has the columns ``participant`` and ``file``, if there is one."""
    candidates = [path for path in sorted(folder.iterdir()) if path.suffix.casefold() in _ENDINGS and _is_small(path)]
    ordered = sorted(candidates, key=lambda path: path.stem.casefold() != "trials")
    return next((table for path in ordered if (table := _table(path)) is not None), None)


def _table(path: Path) -> GivenTable | None:
    """Return a table with the columns a trials table needs, or None for anything else."""
    try:
        if not _may_be_table(path):
            return None
        header, *rows = read_rows(path)
    except (ConfigError, OSError):
        return None
    columns = tuple("_".join(cell.casefold().replace("-", " ").split()) for cell in header.cells)
    if not _NEEDED.issubset(columns):
        return None
    cells = tuple({name: text for name, text in zip(columns, row.cells, strict=False) if name and text} for row in rows)
    return GivenTable(path, tuple(filter(None, columns)), cells)


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= MOST_BYTES


def _may_be_table(path: Path) -> bool:
    """Look at the first line of a text before the whole of it is parsed."""
    if path.suffix.casefold() in WORKBOOKS:
        return True
    with path.open("rb") as handle:
        first = handle.read(4096).replace(b"\0", b"").lower()
    return all(name.encode() in first for name in _NEEDED)
