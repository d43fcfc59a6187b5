"""Noraxon's MATLAB export, as MAT-file of version 5 or 7.3: one struct with ``info`` and ``movements``.

Movements are parts of one record; where there are several they are laid out on one clock with missing samples between
them, and each becomes an event with its name.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.errors import ReadError, suggest
from emgpipe.model import Channel, Event, Finding, Recording, Source, channel_from_array, make_finding
from emgpipe.readers.base import HEAD_BYTES, Head, Reader, ReaderOptions
from emgpipe.readers.labels import unique_labels, unknown_units
from emgpipe.readers.parts.matlab.matfile import load_mat, mat_version
from emgpipe.readers.parts.noraxon.header import NoraxonHeader, clean_key
from emgpipe.readers.parts.noraxon.labels import kind_of, scaling
from emgpipe.readers.parts.noraxon.mat_example import mat_example
from emgpipe.readers.parts.noraxon.movements import MatSignal, Movement, read_movement, scalar, structs, text
from emgpipe.readers.parts.noraxon.recording import STATE_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BETWEEN = 1.0
"""Missing time (s) that is put between movements whose own times do not follow each other."""
MOST_GAP = 4.0
"""Movements that claim more missing than recorded time by this factor are put one after the other."""
_COMPRESSED = (b"\x0f\x00\x00\x00", b"\x00\x00\x00\x0f")


class NoraxonMatOptions(ReaderOptions):
    """What can be stated about Noraxon MAT-files."""

    kind: Literal["noraxon_mat"] = "noraxon_mat"
    movement: str | None = None
    """Name or number (from 1) of the only movement to read; all by default."""


class NoraxonMatReader(Reader):
    """A MAT-file with ``movements.sources.signals``, each signal with its own rate and unit."""

    name = "noraxon_mat"
    title = "Noraxon MAT"
    extensions = (".mat",)
    Options = NoraxonMatOptions
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept a MAT-file whose struct has a field ``movements``."""
        version = mat_version(head.data, head.size)
        has_movements = _in_hdf5(head.path) if version == "7.3" else version == "5" and _in_version_5(head)
        return f"a MAT-file (version {version}) with a Noraxon record in it" if has_movements else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every signal of every movement as channels; markers and movements as events."""
        given = options if isinstance(options, NoraxonMatOptions) else NoraxonMatOptions()
        records = [found for value in load_mat(path, self.name).values() for found in structs(value)]
        records = [found for found in records if "movements" in found]
        trees = [tree for record in records for tree in structs(record["movements"])]
        movements = _chosen([read_movement(tree, i) for i, tree in enumerate(trees, start=1)], given.movement, path)
        findings = [finding for movement in movements for finding in movement.findings]
        movements = [movement for movement in movements if movement.signals]
        if not movements:
            first = f" ({findings[0].reason})" if findings else ""
            raise ReadError(f"has no movement with signals{first}; export again", path=path, reader=self.name)
        offsets, notes = _offsets(movements)
        channels, doubts = _channels(movements, offsets)
        findings += [*notes, *doubts, *unknown_units(channels, STATE_UNIT)]
        header = _header(records)
        return Recording(
            channels,
            Source(path, self.name, f"a MAT-file with a Noraxon record of {len(movements)} movement(s)"),
            _events(movements, offsets),
            header.acquisition,
            tuple(findings),
            header.personal if given.keep_personal_data else (),
        )

    def example(self) -> dict[str, bytes]:
        """Return a record of one movement: two EMG signals, an angle of another rate, two markers."""
        return {"example.mat": mat_example()}


def _in_version_5(head: Head) -> bool:
    """Look for the field names, which stand at the beginning of a struct, compressed or not."""
    first = head.data[128:HEAD_BYTES]
    if first[:4] in _COMPRESSED:
        try:
            first = zlib.decompressobj().decompress(first[8:], HEAD_BYTES)
        except zlib.error:
            return False
    return b"movements\x00" in first


def _in_hdf5(path: Path) -> bool:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            groups = [file.get(name) for name in file if isinstance(file.get(name, getlink=True), h5py.HardLink)]
            return any(isinstance(group, h5py.Group) and "movements" in group for group in groups)
    except Exception:  # noqa: BLE001 - a question about foreign bytes; the reader that reads them says what is wrong
        return False


def _chosen(movements: list[Movement], wanted: str | None, path: Path) -> list[Movement]:
    if wanted is None:
        return movements
    named = [movement for movement in movements if movement.name.casefold() == wanted.strip().casefold()]
    if not named and wanted.strip().isdecimal() and 0 < int(wanted) <= len(movements):
        named = [movements[int(wanted) - 1]]
    if len(named) != 1:
        names = [movement.name for movement in movements]
        near = suggest(wanted, names) or f"; it holds {', '.join(dict.fromkeys(names[:20]))}"
        what = "no movement" if not named else f"{len(named)} movements"
        message = f"has {what} '{wanted}'{near}; name one, or give its number from 1 to {len(movements)}"
        raise ReadError(message, path=path, reader=NoraxonMatReader.name)
    return named


def _offsets(movements: Sequence[Movement]) -> tuple[list[float], list[Finding]]:
    """Return when each movement begins on the recording's clock (s)."""
    if len(movements) == 1:
        return [0.0], []
    reason = f"holds {len(movements)} movements; each is an event, the time between them is missing (NaN)"
    notes = [make_finding("several_movements", "note", reason, "cut trials by these events, or state movement: NAME")]
    begins = [movement.begin for movement in movements]
    recorded = sum(movement.duration for movement in movements)
    if all(begin is not None for begin in begins):
        stated = [(begin or 0.0) - (begins[0] or 0.0) for begin in begins]
        stops = [begin + movement.duration for begin, movement in zip(stated, movements, strict=True)]
        follow = all(later >= stop - 1e-3 for stop, later in zip(stops, stated[1:], strict=False))
        if follow and stops[-1] <= (1 + MOST_GAP) * recorded:
            return stated, notes
    offsets, now = [], 0.0
    for movement in movements:
        offsets.append(now)
        now += movement.duration + BETWEEN
    reason = f"the times of the movements do not follow each other; they are put {BETWEEN:g} s apart"
    return offsets, [*notes, make_finding("time_origin", "note", reason)]


def _channels(movements: Sequence[Movement], offsets: Sequence[float]) -> tuple[tuple[Channel, ...], list[Finding]]:
    """Join signals of the same name, unit and rate over all movements."""
    joined: dict[tuple[str, str, float, int], list[tuple[float, MatSignal]]] = {}
    for movement, offset in zip(movements, offsets, strict=True):
        seen: dict[tuple[str, str, float], int] = {}
        for signal in movement.signals:
            key = (signal.name, signal.unit, signal.sampling_rate)
            seen[key] = seen.get(key, 0) + 1
            joined.setdefault((*key, seen[key]), []).append((offset + signal.begin, signal))
    labels, notes = unique_labels([name for name, *_ in joined], word="signal")
    channels = tuple(_channel(label, parts) for label, parts in zip(labels, joined.values(), strict=True))
    return channels, notes


def _channel(label: str, parts: list[tuple[float, MatSignal]]) -> Channel:
    start, first = parts[0]
    unit, factor = scaling(first.unit)
    samples = first.samples
    if len(parts) > 1:
        places = [round((begin - start) * first.sampling_rate) for begin, _ in parts]
        samples = np.full(max(p + signal.samples.size for p, (_, signal) in zip(places, parts, strict=True)), np.nan)
        for place, (_, signal) in zip(places, parts, strict=True):
            samples[max(place, 0) : place + signal.samples.size] = signal.samples[max(-place, 0) :]
    samples[np.isinf(samples)] = np.nan
    samples *= factor  # these arrays are this reader's own
    kind = kind_of(label, unit)
    return channel_from_array(label, samples, first.sampling_rate, unit=unit, kind=kind, start=start)


def _events(movements: Sequence[Movement], offsets: Sequence[float]) -> tuple[Event, ...]:
    events = [
        Event(event.label, event.start + offset, event.duration)
        for movement, offset in zip(movements, offsets, strict=True)
        for event in movement.events
    ]
    if len(movements) > 1:
        pairs = zip(movements, offsets, strict=True)
        events += [Event(movement.name, offset, movement.duration) for movement, offset in pairs]
    return tuple(sorted(events, key=lambda event: (event.start, -event.duration)))


def _header(records: Sequence[dict[str, object]]) -> NoraxonHeader:
    fields = []
    for record in records:
        for found in structs(record.get("info")):
            for key, value in found.items():
                number = scalar(value)
                written = text(value) or ("" if number is None else f"{number:.12g}")
                fields.append((clean_key(key), written))
    return NoraxonHeader(tuple(fields))
