"""Tables of events and of information beside Noraxon's separate CSV files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.model import Event, Finding, make_finding
from emgpipe.readers.parts.noraxon.header import NoraxonHeader, make_header, to_float
from emgpipe.readers.parts.noraxon.text import cut
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 22
"""More than any table of events or of information has; the rest of a larger file is not read."""
_BEGIN = re.compile(r"\W*(begin|start|time|onset|from|position)", re.IGNORECASE)
_END = re.compile(r"\W*(end|stop|to\b|offset)", re.IGNORECASE)
_DURATION = re.compile(r"\W*(duration|length)", re.IGNORECASE)
_NAME = re.compile(r"\W*(name|label|activity|marker|event|period|text|comment)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EventTable:
    """Events of one file, and whether it says that they are percentages."""

    events: tuple[Event, ...]
    in_percent: bool = False


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a small CSV file, without empty ones; no rows if it is no text."""
    with path.open("rb") as handle:
        head = handle.read(MOST_BYTES)
    encoding = detect_encoding(head)
    if encoding is None:
        return []
    lines = [line for line in split_lines(decode_head(head, encoding)) if line.strip()]
    marks = {mark: sum(line.count(mark) for line in lines[:20]) for mark in (";", ",", "\t")}
    # Decimal commas are many: a semicolon or a tab in every line is the delimiter.
    mark = next((mark for mark in ("\t", ";") if marks[mark] >= max(len(lines[:20]) - 1, 1)), ",")
    return [cut(line, mark) for line in lines]


def read_events(path: Path) -> EventTable:
    """Return events from a table with a column of beginnings, in s; no events if there is none.

    The header may call the unit ``%``; recordings show that the numbers are seconds all the same.
    """
    rows = read_rows(path)
    place = next((i for i, cells in enumerate(rows) if _begin(cells) is not None and _is_above(rows, i)), None)
    if place is None:
        return EventTable(())
    labels, begin = rows[place], _begin(rows[place]) or 0
    columns = {
        "end": _find(labels, _END, begin), "duration": _find(labels, _DURATION, begin),
        "name": _find(labels, _NAME, begin),
    }  # fmt: skip
    events = []
    for cells in rows[place + 1 :]:
        start = to_float(cells[begin]) if begin < len(cells) else None
        if start is None:
            continue
        stop, length = _number(cells, columns["end"]), _number(cells, columns["duration"])
        duration = length if length is not None else stop - start if stop is not None else 0.0
        name = cells[columns["name"]] if columns["name"] is not None and columns["name"] < len(cells) else ""
        events.append(Event(name or _plain(path), start, max(duration, 0.0)))
    said = [cell for cells in rows[: place + 1] for cell in cells]
    return EventTable(tuple(events), any("%" in cell for cell in said))


def read_information(path: Path) -> NoraxonHeader:
    """Return keys and values: a row of keys above a row of values, or one pair per row."""
    rows = read_rows(path)
    if len(rows) == 2 and len(rows[0]) > 1:
        return make_header(rows[0], rows[1])
    pairs = [cells for cells in rows if len(cells) >= 2]
    return make_header([cells[0] for cells in pairs], [cells[1] for cells in pairs])


def percent_finding(tables: dict[str, EventTable], duration: float) -> list[Finding]:
    """Say where a unit was not believed, and where it might have been right after all."""
    findings = []
    for name, table in tables.items():
        ends = [event.start + event.duration for event in table.events]
        if not ends or not table.in_percent:
            continue
        if max(ends) == 100.0 and abs(duration - 100.0) > 1.0:
            reason = f"{name} gives its unit as % and ends at 100; taken as seconds, as other exports have it"
            findings.append(make_finding("event_unit", "warn", reason, "check the events against the recording"))
        else:
            reason = f"{name} gives its unit as %; the numbers are taken as seconds, which they are in such exports"
            findings.append(make_finding("event_unit", "note", reason))
    return findings


def outside_finding(events: tuple[Event, ...], start: float, stop: float) -> list[Finding]:
    """Say how many events lie outside of the signals."""
    slack = 0.01 + 0.001 * (stop - start)
    outside = [e for e in events if e.start < start - slack or e.start + e.duration > stop + slack]
    if not outside:
        return []
    reason = f"{len(outside)} of {len(events)} events lie outside of the signals ({start:.3f} to {stop:.3f} s)"
    return [make_finding("event_outside", "warn", reason, "export signals and events of the same recording")]


def _begin(cells: list[str]) -> int | None:
    return next((i for i, cell in enumerate(cells) if _BEGIN.match(cell) and "units" not in cell.lower()), None)


def _is_above(rows: list[list[str]], place: int) -> bool:
    """Say whether the row below has a number where this one has its beginning, and is no row of values of keys."""
    begin = _begin(rows[place])
    below = rows[place + 1] if place + 1 < len(rows) else []
    has_number = begin is not None and begin < len(below) and to_float(below[begin]) is not None
    return has_number and "time_units" not in rows[place]


def _find(labels: list[str], words: re.Pattern[str], begin: int) -> int | None:
    return next((i for i, label in enumerate(labels) if i != begin and words.match(label)), None)


def _number(cells: list[str], index: int | None) -> float | None:
    return to_float(cells[index]) if index is not None and index < len(cells) else None


def _plain(path: Path) -> str:
    return " ".join(path.stem.rsplit("-", 1)[-1].replace("_", " ").split())
