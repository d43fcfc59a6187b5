"""The blocks of a Vicon Nexus text export: where each stands, its rate, its columns.

A block is a title (``Devices``, ``Model Outputs``, ``Joints``, ``Trajectories``, ``Segments``), its rate in Hz, a row
of groups (each named at its first column), a row of names that begins with ``Frame,Sub Frame``, a row of units and one
row per sample, up to a blank one. A block ``Events`` has the row ``Subject,Context,Name,Time (s),Description`` instead.

Source: exports of Vicon Nexus 1 and 2 published by laboratories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.tables.layout import to_number
from emgpipe.readers.parts.tables.number_block import guess_decimal, split_safely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DELIMITERS = (",", "\t", ";")
SAMPLED_ROWS = 20
_TITLE = re.compile(r"\ufeff?\"?([A-Za-z][A-Za-z ]{2,40}?)\"?[,;\t ]*\s*")
_RATE = re.compile(r"\"?(\d+(?:[.,]\d+)?)\"?[,;\t ]*\s*")
_BLANK = re.compile(r"[,;\t \"\r\n]*")


@dataclass(frozen=True, slots=True)
class ViconColumn:
    """One column of samples: its group as written (``Imported Delsys Trigno EMG 2.0 - Sensor 1``), name and unit."""

    index: int
    group: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class ViconBlock:
    """One block.

    Attributes
    ----------
    title : str
        As written.
    sampling_rate : float
        In Hz.
    columns : tuple of ViconColumn
        Without those for frames.
    delimiter, decimal : str
    first_line : int
        Index of the first row of numbers among all lines of the file.
    n_rows, n_columns : int
    rows : tuple of tuple of str
        The cells of an ``Events`` block; empty for others.
    is_last : bool
        Whether the file ends with its rows.
    """

    title: str
    sampling_rate: float
    columns: tuple[ViconColumn, ...]
    delimiter: str
    decimal: str
    first_line: int
    n_rows: int
    n_columns: int
    rows: tuple[tuple[str, ...], ...] = ()
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of one block: the ones above its numbers, the first few with numbers, and how many there are."""

    title: str
    first_line: int
    above: tuple[str, ...]
    sample: tuple[str, ...]
    n_rows: int


def begins_with_block(lines: list[str]) -> bool:
    """Say whether a text begins with a title, a rate and what belongs below."""
    texts = [line for line in lines if not _BLANK.fullmatch(line)][:5]
    if len(texts) < 3 or not (_TITLE.fullmatch(texts[0]) and _RATE.fullmatch(texts[1])):
        return False
    return any(re.match(r"\"?(Frame\b|Subject\"?[,;\t])", line) for line in texts[2:])


def find_blocks(lines: Iterable[str]) -> tuple[list[ViconBlock], list[str]]:
    """Find all blocks in the lines of a file; also return the titles of those that are not understood."""
    blocks: list[ViconBlock] = []
    broken: list[str] = []
    block = None
    for part in _parts(lines):
        block = _block(part)
        if block is None:
            broken.append(part.title)
        else:
            blocks.append(block)
    if block is not None:
        blocks[-1] = replace(block, is_last=True)
    return blocks, broken


def _parts(lines: Iterable[str]) -> Iterator[_Part]:
    """Cut a file at its titles; only the lines above numbers are kept, so that a long file costs no memory."""
    title, first, rows = "", 0, 0
    above: list[str] = []
    sample: list[str] = []
    events = False
    for number, line in enumerate(lines):
        if _is_number_row(line) and not (title and not above) and not events:
            first = first if rows else number
            rows += 1
            if rows <= SAMPLED_ROWS:
                sample.append(line)
        elif _BLANK.fullmatch(line):
            continue
        elif (found := _TITLE.fullmatch(line)) and not (title and len(above) == 1):
            if title:
                yield _Part(title, first, tuple(above), tuple(sample), rows)
            title, above, sample, rows, events = found[1].strip(), [], [], 0, False
        elif title:
            above.append(line)
            events = len(above) >= 2 and title.lower() == "events"
    if title:
        yield _Part(title, first, tuple(above), tuple(sample), rows)


def _is_number_row(line: str) -> bool:
    return line[:1].isdigit() or (line[:1] in '-"' and line[1:2].isdigit())


def _block(part: _Part) -> ViconBlock | None:
    rate = _RATE.fullmatch(part.above[0]) if part.above else None
    value = float(rate[1].replace(",", ".")) if rate else 0.0
    if not 0 < value <= MOST_RATE:
        return None
    if part.title.lower() == "events":
        return _events(part, value)
    place = next((i for i, line in enumerate(part.above) if re.match(r"\"?Frame\b", line)), None)
    if place is None or not part.n_rows:
        return None
    delimiter = max(DELIMITERS, key=part.above[place].count)
    groups, names, units = (
        split_safely(part.above[i], delimiter) if 0 < i < len(part.above) else [] for i in (place - 1, place, place + 1)
    )
    decimal = guess_decimal([split_safely(line, delimiter) for line in part.sample]) if delimiter != "," else "."
    columns = _columns(groups, names, units)
    return ViconBlock(part.title, value, columns, delimiter, decimal, part.first_line, part.n_rows, len(names))


def _columns(groups: list[str], names: list[str], units: list[str]) -> tuple[ViconColumn, ...]:
    columns = []
    group = ""
    for index, name in enumerate(names):
        group = groups[index] if index < len(groups) and groups[index] else group
        unit = units[index] if index < len(units) else ""
        if index >= 1 and (name or unit) and name.lower() not in {"frame", "sub frame"}:
            columns.append(ViconColumn(index, group, name, unit))
    return tuple(columns)


def _events(part: _Part, rate: float) -> ViconBlock:
    delimiter = max(DELIMITERS, key=part.above[1].count) if len(part.above) > 1 else ","
    rows = tuple(tuple(split_safely(line, delimiter)) for line in part.above[1:])
    return ViconBlock(part.title, rate, (), delimiter, ".", 0, 0, 0, rows)


def event_rows(block: ViconBlock) -> Iterator[tuple[str, float]]:
    """Yield label (context and name, without the subject) and time in s of each event."""
    header = [cell.lower() for cell in block.rows[0]] if block.rows else []
    if "name" not in header or "time (s)" not in header:
        return
    context = header.index("context") if "context" in header else None
    for cells in block.rows[1:]:
        row = (*cells, *[""] * (len(header) - len(cells)))
        time = to_number(row[header.index("time (s)")], ".")
        side = row[context] if context is not None and row[context].lower() != "general" else ""
        label = f"{side} {row[header.index('name')]}".strip()
        if time is not None and abs(time) < float("inf"):
            yield label, time
