"""A table as it may be kept beside results: the same rows in the same places, without what says who somebody is."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from emgpipe.config.decisions import COLUMNS
from emgpipe.config.fieldnames import is_factor
from emgpipe.config.personal import holds_dates, is_code, looks_personal
from emgpipe.config.sheet import DELIMITERS, is_workbook
from emgpipe.config.spelling import key_of
from emgpipe.config.text import decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_PUT_OUT: Final = "left.out@example.invalid"
_SOME_DAY: Final = "1900-01-01"
"""Stand for a personal cell, and for a date: a column that was left out for what stands in it is left out for these."""
_SEPARATOR_LINE: Final = re.compile(r"sep=.?[ \t]*\r?\n", re.IGNORECASE)


def table_copy(path: Path, *, people: Collection[str] | None = None) -> bytes | None:
    """Return the content of a table with the cells of personal columns put out.

    Parameters
    ----------
    path : Path
        A table of trials, participants, repetitions or decisions.
    people : collection of str, optional
        Of the participants table: the participants of the study. In it, a date may say who somebody is, and a name
        that is neither a participant's nor a code may be a real one.

    Returns
    -------
    bytes or None
        The same bytes where no column looks personal; None for a workbook, whose other sheets and properties nobody
        looks at here.

    Raises
    ------
    ConfigError
        It cannot be opened, or is no text.
    """
    data = read_bytes(path, what="table")
    if is_workbook(path, data):
        return None
    text = decode(data, path, fallback="cp1252")
    first = _SEPARATOR_LINE.match(text)
    rows, delimiter = _rows(text[first.end() :] if first else text)
    personal = dict(_personal(rows, of_people=people is not None))
    strangers = set() if people is None else set(_strangers(rows, people))
    if not personal and not strangers:
        return data
    first_row = next(number for number, row in enumerate(rows) if any(cell.strip() for cell in row))
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    for number, row in enumerate(rows):
        header = number == first_row
        kept = [cell if header or not cell else personal.get(at, cell) for at, cell in enumerate(row)]
        writer.writerow([_PUT_OUT if (number, at) in strangers else cell for at, cell in enumerate(kept)])
    return written.getvalue().encode("utf-8")


def _rows(text: str) -> tuple[list[list[str]], str]:
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), delimiter


def _personal(rows: list[list[str]], *, of_people: bool) -> Iterator[tuple[int, str]]:
    """Yield the columns that say who somebody is, by their places, and what their cells become."""
    there = [row for row in rows if any(cell.strip() for cell in row)]
    for at, name in enumerate(there[0] if there else ()):
        column = re.sub(r"[\s\-]+", "_", name.strip().casefold())
        cells = [row[at].strip() for row in there[1:] if len(row) > at]
        if not is_factor(column) or column in COLUMNS:
            continue  # nothing is left out of what has a meaning
        if looks_personal(column, cells):
            yield at, _PUT_OUT
        elif of_people and holds_dates(cells):
            yield at, _SOME_DAY


def _strangers(rows: list[list[str]], people: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the cells that name somebody who is no participant, unless they hold a code: row and place in it."""
    known = set(map(key_of, people))
    header = next((number for number, row in enumerate(rows) if any(cell.strip() for cell in row)), len(rows))
    for at in (at for row in rows[header : header + 1] for at, name in enumerate(row) if _is_key(name)):
        for number, row in enumerate(rows[header + 1 :], start=header + 1):
            name = row[at].strip() if len(row) > at else ""
            if name and key_of(name) not in known and not is_code(name):
                yield number, at


def _is_key(name: str) -> bool:
    return name.strip().casefold() == "participant"
