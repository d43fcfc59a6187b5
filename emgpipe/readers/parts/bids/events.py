"""``events.tsv`` as events, beside the annotations that the file may hold as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Event, Finding, make_finding
from emgpipe.readers.parts.bids.tables import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LABELS = ("trial_type", "value", "event_type", "description")
"""Columns that name an event, the most telling first."""
SAME_TIME = 0.001


def table_events(rows: Sequence[Mapping[str, str]], duration: float) -> tuple[list[Event], list[Finding]]:
    """Return the events of a table; onsets count from the first sample."""
    events, findings, unusable = [], [], 0
    for row in rows:
        onset, span = number(row.get("onset")), number(row.get("duration"))
        if onset is None or (span is not None and span < 0):
            unusable += 1
            continue
        label = next((row[name] for name in LABELS if row.get(name)), "event")
        events.append(Event(label, onset, span or 0.0))
    if unusable:
        reason = f"{unusable} of {len(rows)} rows of events.tsv have no usable onset and duration and are left out"
        findings.append(make_finding("events_damaged", "warn", reason, "mend onset and duration, both in seconds"))
    outside = sum(not 0.0 <= event.start <= duration for event in events)
    if outside:
        reason = f"{outside} of {len(events)} events in events.tsv lie outside the recording of {duration:.3f} s"
        findings.append(make_finding("events_outside", "warn", reason, "check the events before using them"))
    return sorted(events, key=lambda event: event.start), findings


def merge_events(in_file: Sequence[Event], in_table: Sequence[Event]) -> tuple[Event, ...]:
    """Return both, without annotations that the table repeats."""
    times: dict[str, list[float]] = {}
    for event in in_table:
        times.setdefault(event.label, []).append(event.start)
    own = [e for e in in_file if all(abs(e.start - start) > SAME_TIME for start in times.get(e.label, ()))]
    return tuple(sorted([*own, *in_table], key=lambda event: event.start))
