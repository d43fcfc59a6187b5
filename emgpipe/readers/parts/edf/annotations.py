r"""Annotations of EDF+ and BDF+: events, and the start time of each data record.

A record's annotation signal holds time-stamped lists (TALs): ``+onset[\x15duration]\x14text\x14...\x14\x00``. The
first one of each record has an empty text and says when the record starts (EDF+ specification, 2.2.2 and 2.2.4).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Event, Finding, make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.edf.header import EdfHeader

_TAL = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14([^\x00]*)\x00")


@dataclass(frozen=True, slots=True)
class Annotations:
    """Events and record starts (s, shape (n_records,)); None where a record does not say. `begin`: of the first."""

    events: tuple[Event, ...] = ()
    record_starts: NDArray[np.float64] | None = None
    findings: tuple[Finding, ...] = ()
    begin: float = 0.0


def read_annotations(header: EdfHeader, path: Path) -> Annotations:
    """Read all annotation signals; event times count from the first data record."""
    signals = [signal for signal in header.signals if signal.is_annotation and signal.per_record]
    if not signals or not header.n_records:
        return Annotations()
    starts = np.full(header.n_records, np.nan)
    found: list[Event] = []
    unread = 0
    with path.open("rb") as handle:
        for record in range(header.n_records):
            for order, signal in enumerate(signals):
                handle.seek(header.data_start + record * header.record_bytes + signal.offset)
                stored = handle.read(signal.per_record * header.sample_bytes)
                lists = list(_lists(stored))
                unread += not lists and bool(stored.strip(b"\x00"))
                if order == 0 and lists:
                    starts[record] = lists[0][0]
                found += [Event(text, onset, span) for onset, span, texts in lists for text in texts]
    known = bool(np.isfinite(starts).all())
    begin = float(starts[0]) if math.isfinite(starts[0]) else 0.0
    events = tuple(sorted((Event(e.label, e.start - begin, e.duration) for e in found), key=lambda e: e.start))
    return Annotations(events, starts if known else None, _findings(unread, events, header), begin)


def _lists(stored: bytes) -> Iterator[tuple[float, float, list[str]]]:
    for match in _TAL.finditer(stored):
        onset, span, texts = match.groups()
        words = [text.decode("utf-8", errors="replace").strip() for text in texts.split(b"\x14")]
        yield float(onset), float(span or 0.0), [word for word in words if word]


def _findings(unread: int, events: tuple[Event, ...], header: EdfHeader) -> tuple[Finding, ...]:
    findings = []
    if unread:
        reason = f"the annotations of {unread} data records cannot be understood and are missing from the events"
        findings.append(make_finding("annotations_damaged", "warn", reason, "compare the events with the original"))
    duration = header.n_records * header.record_duration
    outside = sum(not 0.0 <= event.start <= duration for event in events)
    if outside and not header.is_interrupted:
        reason = f"{outside} of {len(events)} events lie outside the recording of {duration:.3f} s"
        findings.append(make_finding("events_outside", "warn", reason, "check the events before using them"))
    return tuple(findings)
