"""Annotation files of a WFDB record as events."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from emgpipe.model import Event, Finding, make_finding

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 64 << 20


def read_annotations(path: Path, frame_rate: float, duration: float) -> tuple[tuple[Event, ...], list[Finding]]:
    """Return the events in the annotation file beside a header.

    Parameters
    ----------
    path : Path
        The annotation file, such as ``record.atr``.
    frame_rate : float
        In Hz; used where the file has no time resolution of its own.
    duration : float
        Of the recording in s.
    """
    try:
        if not path.is_file():
            return (), []
        size = path.stat().st_size
        parsed = _parse(path) if 0 < size <= MOST_BYTES else None
    except Exception as error:  # noqa: BLE001 - the package raises whatever its parts raise
        return (), [_damaged(path, str(error))]
    if parsed is None:
        return (), [_damaged(path, f"{size} bytes")]
    rate = float(getattr(parsed, "fs", None) or frame_rate)
    events = tuple(
        Event(_label(symbol, note), int(sample) / rate)
        for sample, symbol, note in zip(parsed.sample, parsed.symbol, parsed.aux_note, strict=True)
    )
    outside = sum(not 0.0 <= event.start <= duration for event in events)
    if not outside:
        return events, []
    reason = f"{outside} of {len(events)} events in {path.name} lie outside the recording of {duration:.3f} s"
    return events, [make_finding("events_outside", "warn", reason, "check the events before using them")]


def _parse(path: Path) -> Any:
    import wfdb

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return wfdb.rdann(str(path.absolute().with_suffix("")), path.suffix[1:])


def _label(symbol: str, note: str) -> str:
    return " ".join(str(note or "").replace("\x00", " ").split()) or str(symbol)


def _damaged(path: Path, why: str) -> Finding:
    reason = f"the annotations in {path.name} cannot be understood ({why[:100]}) and are missing from the events"
    return make_finding("annotations_damaged", "warn", reason, "compare the events with the original")
