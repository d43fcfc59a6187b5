"""What EDF+ and BDF+ do not hold as the recording had it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import make_finding
from emgpipe.writers.base import shown_unit
from emgpipe.writers.edf_records import EXACT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Finding
    from emgpipe.model.finding import Level
    from emgpipe.writers.edf import Track
    from emgpipe.writers.edf_records import Records

MOST_DRIFT = 1e-6
"""A rate that differs by more (relative) shifts the end of ten minutes by a sample of a 2000 Hz channel."""
EXACT_SAMPLES = 1e-12
"""Rounding below this part of the largest sample is that of the arithmetic."""
SHOWN = 4
"""Labels that are named in a message."""
BACK = "emgpipe reads them back exactly"


def findings_of(
    records: Records, labels: Sequence[str], tracks: Sequence[Track], errors: NDArray[np.float64]
) -> list[Finding]:
    """Return the largest rounding error of each channel, and everything that other programs see differently."""
    findings = [_precision(track, float(error)) for track, error in zip(tracks, errors, strict=True)]
    findings += [_gaps(track) for track in tracks]
    findings += [_rates(records, tracks), _filling(records, tracks), _labels(labels, tracks), _starts(tracks)]
    return [finding for finding in findings if finding is not None]


def _precision(track: Track, error: float) -> Finding | None:
    largest = max(abs(track.extent.low), abs(track.extent.high))
    if error <= EXACT_SAMPLES * largest:
        return None
    unit, factor = shown_unit(track.channel.unit)
    shown = error * factor
    reason = f"samples are rounded to steps of {track.scale.bits} bits; the largest error is {shown:.3g} {unit}"
    remedy = "write .bdf (24 bits) or .h5 (exact) where this matters" if track.scale.bits == 16 else ""
    return make_finding("precision", "note", reason, remedy, channel=track.channel.label, value=shown, unit=unit)


def _gaps(track: Track) -> Finding | None:
    count = track.extent.n_missing
    if not count:
        return None
    unit, factor = shown_unit(track.channel.unit)
    reason = (
        f"{count} missing samples are stored as {track.filling * factor:g} {unit} and annotated as 'emgpipe missing'; "
        f"emgpipe reads them as missing, other programs as this value"
    )
    return make_finding(
        "gaps_filled", "warn", reason, "leave the annotated spans out in other programs",
        channel=track.channel.label, value=float(count), unit="samples",
    )  # fmt: skip


def _rates(records: Records, tracks: Sequence[Track]) -> Finding | None:
    if records.rate_error <= EXACT:
        return None
    seconds = max(track.channel.duration for track in tracks) * records.rate_error
    reason = (
        f"the sampling rates cannot be said exactly in the header: they differ by up to {records.rate_error:.2g} of "
        f"their value, {seconds * 1e3:.3g} ms at the end of the recording; {BACK}"
    )
    level: Level = "warn" if records.rate_error > MOST_DRIFT else "note"
    return make_finding("rate_changed", level, reason, "write .h5 for other programs", value=records.rate_error)


def _filling(records: Records, tracks: Sequence[Track]) -> Finding | None:
    most = 0.0
    for track, per_record in zip(tracks, records.per_record, strict=True):
        surplus = records.count * per_record - track.channel.n_samples - track.skip
        most = max(most, surplus / track.channel.sampling_rate)
    if not most:
        return None
    reason = f"data records hold whole numbers of samples, so up to {most:.3g} s are filled in at the end; {BACK}"
    return make_finding("end_filled", "note", reason, value=most, unit="s")


def _labels(labels: Sequence[str], tracks: Sequence[Track]) -> Finding | None:
    changed = [
        f"'{track.channel.label}' as '{label}'"
        for track, label in zip(tracks, labels, strict=True)
        if track.channel.label != label
    ]
    if not changed:
        return None
    shown = ", ".join(changed[:SHOWN]) + (f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else "")
    reason = f"labels have at most 16 plain characters in the header; {BACK}, other programs see {shown}"
    return make_finding("labels_shortened", "note", reason, value=float(len(changed)))


def _starts(tracks: Sequence[Track]) -> Finding | None:
    late = max(abs(track.late) for track in tracks)
    filled = max(track.skip / track.channel.sampling_rate for track in tracks)
    if not filled and late < 1e-9:
        return None
    reason = (
        f"channels begin at different times; up to {filled:.6g} s are filled in before the first sample, and other "
        f"programs see a channel up to {late * 1e3:.3g} ms from its time; {BACK}"
    )
    return make_finding("starts_aligned", "note", reason, value=late, unit="s")
