"""Reading a small table of times as a spreadsheet exports it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.errors import SegmentationError, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its number in the file and its cells by column name, as text."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def number(self, column: str) -> float:
        """Return a cell as a number; decimal point or comma.

        Raises
        ------
        SegmentationError
            The column is not there or the cell is not a finite number.
        """
        if column not in self.cells:
            raise SegmentationError(
                f"{self.path}: there is no column '{column}'{suggest(column, self.cells) or '.'} "
                f"The columns are: {', '.join(self.cells)}."
            )
        text = self.cells[column]
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = float("nan")
        if value - value != 0:  # NaN and both infinities
            raise SegmentationError(
                f"{self.path}, line {self.line}, column '{column}': '{text}' is not a time in seconds; "
                "write a number such as 12.34"
            )
        return value


def read_rows(path: Path) -> list[Row]:
    """Read a CSV with a header row: comma, semicolon or tab, any line ending, with or without a BOM.

    Raises
    ------
    SegmentationError
        The file cannot be opened, is not text, or has no header.
    """
    lines = list(_cells(path, _text(path)))
    if not lines:
        raise SegmentationError(f"{path}: the table is empty; it needs a header row and one row per repetition")
    header = lines[0][1]
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise SegmentationError(f"{path}: column '{repeated[0]}' is there twice; rename one of them")
    return [_row(path, number, header, cells) for number, cells in lines[1:]]


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise SegmentationError(f"{path}: the table of repetitions cannot be read: {reason}") from error
    if b"\0" in content:
        raise SegmentationError(f"{path}: this is not a text file; save the table as CSV")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _cells(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Return (line number, stripped cells) of every line that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    lines = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    try:
        numbered = [(lines.line_num, [cell.strip() for cell in cells]) for cells in lines]
    except csv.Error as error:
        raise SegmentationError(f"{path}, line {lines.line_num}: not a readable CSV: {error}") from error
    return [(number, cells) for number, cells in numbered if any(cells)]


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> Row:
    if any(cells[len(header) :]):
        raise SegmentationError(
            f"{path}, line {line}: {len(cells)} cells under {len(header)} columns; "
            "with decimal commas, separate the columns by semicolons"
        )
    padded = cells + [""] * (len(header) - len(cells))
    return Row(path, line, {name: cell for name, cell in zip(header, padded, strict=False) if name})
