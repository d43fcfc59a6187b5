"""EDF+ (16 bits) and BDF+ (24 bits): what other programs read, and emgpipe reads back with rates, labels and gaps.

Samples are rounded to the steps of the format; how far is measured and said. Everything the header has no place for
stands in annotations (`emgpipe.readers.parts.described.edf`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import StoreError
from emgpipe.readers.base import guess_kind
from emgpipe.readers.parts.described.described import LAYOUT, channel_fields, stated
from emgpipe.writers.base import Writer
from emgpipe.writers.edf_findings import findings_of
from emgpipe.writers.edf_header import Signals, header_bytes, short_labels
from emgpipe.writers.edf_ranges import Extent, Scale, extent_of, scale_for
from emgpipe.writers.edf_records import Records, divide
from emgpipe.writers.edf_texts import description_lists, event_lists, missing_lists, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording

PIECE_BYTES = 1 << 24
"""Of records that are made at a time."""
MOST_FILLED = 20
"""A file that would be larger than its samples by this factor is refused."""


class EdfWriter(Writer):
    """EDF+C: 16 bits."""

    name = "edf"
    title = "EDF+, 16 bits"
    extensions = (".edf",)
    bits = 16

    def write(self, recording: Recording, path: Path) -> list[Finding]:
        """Fill the file in pieces of records."""
        plan = _plan(recording, self.bits)
        width = self.bits // 8
        annotations, per_record = packed(_lists(recording, plan), plan.records.count, plan.records.duration, width)
        errors = np.zeros(len(plan.tracks))
        with path.open("wb") as handle:
            signals = Signals(plan.labels, tuple(track.scale for track in plan.tracks), self.bits)
            handle.write(header_bytes(signals, plan.records, per_record, recording.acquisition))
            for piece in _pieces(plan, annotations, width, errors):
                handle.write(piece.tobytes())
        return findings_of(plan.records, plan.labels, plan.tracks, errors)


class BdfWriter(EdfWriter):
    """BDF+C: 24 bits."""

    name = "bdf"
    title = "BDF+, 24 bits"
    extensions = (".bdf",)
    bits = 24


@dataclass(frozen=True, slots=True)
class Track:
    """A channel on its way into the file; `skip` samples before its first bring all channels to one start."""

    channel: Channel
    extent: Extent
    scale: Scale
    skip: int
    late: float
    """How much later (s) the channel begins than the skipped samples say; other programs do not see it."""

    @property
    def filling(self) -> float:
        """What stands where no sample is: the value nearest to zero that is in the channel's range."""
        return min(max(0.0, self.extent.low), self.extent.high)

    def samples(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop of the file, missing ones as NaN."""
        samples = np.full(stop - start, np.nan)
        first, last = max(start - self.skip, 0), min(stop - self.skip, self.channel.n_samples)
        if first < last:
            samples[first + self.skip - start : last + self.skip - start] = self.channel.read(first, last)
        return samples


@dataclass(frozen=True, slots=True)
class _Plan:
    labels: tuple[str, ...]
    tracks: tuple[Track, ...]
    records: Records
    offset: float
    """Time of the file's first sample on the recording's clock (s)."""


def _plan(recording: Recording, bits: int) -> _Plan:
    channels = recording.channels
    offset = min(channel.start for channel in channels)
    skips = [round((channel.start - offset) * channel.sampling_rate) for channel in channels]
    lengths = [channel.n_samples + skip for channel, skip in zip(channels, skips, strict=True)]
    if sum(lengths) > MOST_FILLED * sum(channel.n_samples for channel in channels) + 1_000_000:
        raise StoreError("channels begin so far apart that EDF would hold mostly filling; write .h5 instead")
    records = divide([channel.sampling_rate for channel in channels], lengths, bits // 8)
    tracks = []
    for channel, skip in zip(channels, skips, strict=True):
        extent = extent_of(channel)
        late = channel.start - offset - skip / channel.sampling_rate
        tracks.append(Track(channel, extent, scale_for(channel.unit, extent, bits), skip, late))
    return _Plan(short_labels([channel.label for channel in channels]), tuple(tracks), records, offset)


def _pieces(
    plan: _Plan, annotations: list[bytes], width: int, errors: NDArray[np.float64]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the data records as bytes; put the largest rounding error of each channel into `errors`."""
    per_record = plan.records.per_record
    record_bytes = width * sum(per_record) + len(annotations[0])
    step = max(PIECE_BYTES // record_bytes, 1)
    for first in range(0, plan.records.count, step):
        last = min(first + step, plan.records.count)
        out = np.empty((last - first, record_bytes), dtype=np.uint8)
        place = 0
        for index, (track, count) in enumerate(zip(plan.tracks, per_record, strict=True)):
            samples = track.samples(first * count, last * count)
            there = ~np.isnan(samples)
            stored = track.scale.store(np.where(there, samples, track.filling))
            error = np.abs(track.scale.load(stored) - samples, where=there, out=np.zeros(samples.size))
            errors[index] = max(errors[index], float(error.max()))
            stored_bytes = stored.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :width]
            out[:, place : place + count * width] = stored_bytes.reshape(last - first, count * width)
            place += count * width
        out[:, place:] = np.frombuffer(b"".join(annotations[first:last]), dtype=np.uint8).reshape(last - first, -1)
        yield out


def _lists(recording: Recording, plan: _Plan) -> list[bytes]:
    """Return all annotations: the description, the events, and where samples are missing."""
    events, exact = event_lists(recording.events, plan.offset)
    fields: dict[str, Any] = {"layout": LAYOUT, "channels": _described(plan)}
    if recording.events and not exact:
        fields["events"] = [
            {"label": one.label, "start": one.start, "duration": one.duration} for one in recording.events
        ]
    if acquisition := stated(recording.acquisition):
        fields["acquisition"] = acquisition
    if findings := [stated(finding) for finding in recording.findings if finding.level != "note"]:
        fields["findings"] = findings
    if recording.personal:
        fields["personal"] = recording.personal
    if recording.source.reader:
        fields["read_from"] = recording.source.reader
    marks = [
        one
        for track in plan.tracks
        for one in missing_lists(
            track.channel.label,
            track.extent.missing,
            track.channel.sampling_rate,
            track.channel.start - plan.offset,
        )
    ]
    return [*description_lists(fields), *events, *marks]


def _described(plan: _Plan) -> list[dict[str, Any]]:
    """Return per channel what a reader would not take from the header in the same way."""
    described = []
    for track, label, per_record in zip(plan.tracks, plan.labels, plan.records.per_record, strict=True):
        unit = track.channel.unit
        taken = {
            "label": label, "sampling_rate": per_record / float(plan.records.duration), "unit": unit,
            "kind": guess_kind(label, unit), "n_samples": plan.records.count * per_record, "muscle": "", "side": "",
            "guessed": False, "placement": "", "start": 0.0, "copy_of": "",
        }  # fmt: skip
        fields = {name: value for name, value in channel_fields(track.channel).items() if value != taken[name]}
        if track.skip:
            fields["skip"] = track.skip
        if track.extent.missing:
            fields["missing"] = track.extent.missing
        described.append(fields)
    return described
