r"""Annotations of EDF+: events, missing samples, and the description that `emgpipe.readers.parts.described.edf` reads.

A record's annotation signal begins with its own start, ``+onset\x14\x14\x00``; further lists may stand in any record
(EDF+ specification, 2.2.2). They are spread over the records, so that the signal stays narrow.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.described.described import to_json
from emgpipe.readers.parts.described.edf import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from emgpipe.model import Event

PIECE_CHARACTERS = 240
"""EDFlib shows 512 bytes of an annotation."""
MOST_SECONDS = 1e9
MOST_MARKED = 200
"""Spans of missing samples of a channel that are annotated; all are in the description."""


def time_list(start: float, duration: float, text: str) -> bytes:
    """Return a time-stamped annotation list with one text; `text` must be `plain_text`."""
    span = b"\x15" + _seconds(duration).encode() if duration > 0 else b""
    return (
        f"{_seconds(start) if start < 0 else '+' + _seconds(start)}".encode()
        + span
        + b"\x14"
        + text.encode("utf-8", "replace")
        + b"\x14\x00"
    )


def description_lists(fields: dict[str, Any]) -> list[bytes]:
    """Return the description, cut into pieces at 0 s."""
    text = to_json(fields)
    parts = [text[i : i + PIECE_CHARACTERS] for i in range(0, len(text), PIECE_CHARACTERS)]
    return [time_list(0, 0, f"emgpipe {number}/{len(parts)} |{part}|") for number, part in enumerate(parts, start=1)]


def event_lists(events: Sequence[Event], offset: float) -> tuple[list[bytes], bool]:
    """Return the events, and whether they come back exactly from them.

    Parameters
    ----------
    events : sequence of Event
    offset : float
        Time of the file's first sample on the recording's clock (s).
    """
    lists, exact = [], offset == 0.0
    for event in events:
        text = plain_text(event.label)
        within = abs(event.start - offset) < MOST_SECONDS and 0 <= event.duration < MOST_SECONDS
        start, duration = (event.start - offset, event.duration) if within else (0.0, 0.0)
        exact &= within and text == event.label and _says(start) and _says(duration)
        lists.append(time_list(start, duration, text))
    return lists, exact


def missing_lists(label: str, spans: Sequence[tuple[int, int]], rate: float, start: float) -> list[bytes]:
    """Return annotations over the longest stretches of missing samples."""
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:MOST_MARKED]
    text = plain_text(MISSING + label, ours=True)
    return [time_list(start + a / rate, (b - a) / rate, text) for a, b in sorted(longest)]


def plain_text(label: str, *, ours: bool = False) -> str:
    """Return a label as an annotation can hold it; one that looks like emgpipe's own gets an underscore."""
    text = re.sub(r"[\x00-\x1f\x7f]", " ", label).strip() or "event"
    return f"_{text}" if text.startswith("emgpipe ") and not ours else text


def packed(lists: Sequence[bytes], n_records: int, duration: str, sample_bytes: int) -> tuple[list[bytes], int]:
    """Return the annotation signal record by record, and its samples per record."""
    begins = [f"+{format((Decimal(duration) * i).normalize(), 'f')}\x14\x14\x00".encode() for i in range(n_records)]
    width = max(len(begins[-1]), -(-(sum(map(len, lists)) + sum(map(len, begins))) // n_records))
    while (records := _fill(lists, begins, width)) is None:
        width += max(width // 8, 8)
    per_record = -(-max(width, 1) // sample_bytes)
    return [record.ljust(per_record * sample_bytes, b"\x00") for record in records], per_record


def _fill(lists: Sequence[bytes], begins: Sequence[bytes], width: int) -> list[bytes] | None:
    """Put the lists into the records in order; None if they do not fit."""
    records, number = [], 0
    for begin in begins:
        record = bytearray(begin)
        while number < len(lists) and len(record) + len(lists[number]) <= width:
            record += lists[number]
            number += 1
        records.append(bytes(record))
    return records if number == len(lists) else None


def _seconds(value: float) -> str:
    return np.format_float_positional(value, precision=12, trim="-")


def _says(value: float) -> bool:
    return float(_seconds(value)) == value
