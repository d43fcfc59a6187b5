"""Events that stand on a sheet of a workbook, one per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.model import Event
from emgpipe.readers.parts.excel.names import find_column, no_column
from emgpipe.readers.parts.mapping.clock import SECONDS

if TYPE_CHECKING:
    from emgpipe.readers.parts.excel.book import Book
    from emgpipe.readers.parts.excel.options import SheetEvents


def read_events(book: Book, stated: SheetEvents, zero: float) -> tuple[Event, ...]:
    """Return the events of a sheet; `zero` (s) is taken off their times.

    Raises
    ------
    ReadError
        The sheet or a column is not there.
    """
    rows = [row for row in book.rows(stated.sheet) if any(cell != "" for cell in row)]
    labels = tuple(str(cell).strip() for cell in rows[0]) if rows else ()
    place = {
        setting: _place(book, stated, setting, labels)
        for setting in ("times", "labels", "durations")
        if getattr(stated, setting) is not None
    }
    seconds = SECONDS[stated.unit]
    events = []
    for row in rows:
        time = row[place["times"]]
        if not isinstance(time, int | float):
            continue  # the heading
        length = row[place["durations"]] if "durations" in place else 0.0
        duration = float(length) * seconds if isinstance(length, int | float) else 0.0
        label = str(row[place["labels"]]).strip() if "labels" in place else ""
        events.append(Event(label or "event", float(time) * seconds - zero, max(duration, 0.0)))
    return tuple(events)


def _place(book: Book, stated: SheetEvents, setting: str, labels: tuple[str, ...]) -> int:
    named = getattr(stated, setting)
    index = find_column(named, labels)
    if index is None:
        why = no_column(named, labels) if labels else "the sheet is empty"
        message = f"events: {setting}: sheet '{stated.sheet}': {why}"
        raise ReadError(message, path=book.path, reader=book.reader)
    return index
