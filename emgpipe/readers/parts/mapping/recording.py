"""A mapping and a tree of values make a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.model import Channel, Event, Finding, Recording, Source
from emgpipe.readers.base import guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.mapping.clock import SECONDS, Clocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.readers.parts.mapping.options import Clocked, MappedChannel, MappedEvents, MappedMatrix, MappingOptions
    from emgpipe.readers.parts.mapping.tree import Entry, Tree

MOST_CHANNELS = 2048
"""A matrix with more is the other way round."""
UNIT_NAMES = ("unit", "units", "Unit", "Units", "UNIT", "UNITS")


@dataclass(frozen=True, slots=True)
class _Part:
    """One channel to be: which column or row of which entry, its label, unit as written, and what its rate is from."""

    label: str
    entry: Entry
    axis: Literal[0, 1]
    place: int
    unit: str
    clocked: Clocked


def read_mapped(tree: Tree, options: MappingOptions, why: str, findings: Sequence[Finding] = ()) -> Recording:
    """Return the channels and events a mapping names.

    Parameters
    ----------
    tree : Tree
        What lies in the file.
    options : MappingOptions
        With channels or matrices.
    why : str
        Why this reader was chosen.
    findings : sequence of Finding
        About the mapping itself.

    Raises
    ------
    ReadError
        A path leads nowhere, or what lies there does not fit what the mapping says about it.
    """
    parts = [_channel_part(tree, one, options) for one in options.channels]
    for matrix in options.matrices:
        parts += _matrix_parts(tree, matrix, options)
    labels, notes = unique_labels([part.label for part in parts])
    clocks = Clocks(tree, options)
    channels = tuple(_channel(tree, part, label, clocks) for part, label in zip(parts, labels, strict=True))
    remedy = f"state it in the study file, below `recordings:`, as reading: [{{kind: {tree.reader}, unit: uV, ...}}]"
    return Recording(
        channels,
        Source(tree.path, tree.reader, why),
        _events(tree, options.events) if options.events else (),
        findings=(*findings, *notes, *clocks.findings, *unknown_units(channels, remedy)),
    )


def _channel(tree: Tree, part: _Part, label: str, clocks: Clocks) -> Channel:
    n_samples = part.entry.shape[part.axis]
    timing = clocks.timing(part.clocked, n_samples, part.entry.path)
    unit, factor = scaling_to_base(part.unit)
    loader = tree.loader(part.entry, part.axis, part.place, factor)
    return Channel(
        label, timing.sampling_rate, unit, guess_kind(label, unit), n_samples, loader, start=timing.start
    )  # fmt: skip


def _channel_part(tree: Tree, stated: MappedChannel, options: MappingOptions) -> _Part:
    entry = tree.entry(stated.path, "numbers", "channels")
    axis, place = _place(tree, entry, stated)
    unit = _units(tree, entry, stated.unit, stated.unit_from, 1)[0] or options.unit or ""
    return _Part(stated.label or entry.name, entry, axis, place, unit, stated)


def _place(tree: Tree, entry: Entry, stated: MappedChannel) -> tuple[Literal[0, 1], int]:
    _check_axes(tree, entry, "channels")
    rows, columns = entry.shape if len(entry.shape) == 2 else (entry.shape[0], 1)
    for name, number, count in (("column", stated.column, columns), ("row", stated.row, rows)):
        if number is not None and number > count:
            tree.fail(f"channels: '{entry.path}' has {count} {name}s, there is no {name} {number}")
    if stated.column is not None:
        return 0, stated.column - 1
    if stated.row is not None:
        return 1, stated.row - 1
    if entry.vector_axis is None:
        tree.fail(f"channels: '{entry.path}' is a matrix of {rows} x {columns}; state column or row, or use matrices")
    return (1, 0) if entry.vector_axis == 1 else (0, 0)


def _check_axes(tree: Tree, entry: Entry, asked: str) -> None:
    if len(entry.shape) not in {1, 2} or not entry.size:
        shape = " x ".join(str(length) for length in entry.shape)
        tree.fail(f"{asked}: '{entry.path}' is {shape or 'one number'}; a vector or a matrix of samples is needed")


def _matrix_parts(tree: Tree, stated: MappedMatrix, options: MappingOptions) -> list[_Part]:
    entry = tree.entry(stated.path, "numbers", "matrices")
    _check_axes(tree, entry, "matrices")
    axis = samples_axis(entry) if stated.channels_are is None else 0 if stated.channels_are == "columns" else 1
    if axis is None:
        tree.fail(f"matrices: '{entry.path}' has as many rows as columns; state channels_are: columns, or rows")
    n_channels = entry.shape[1 - axis] if len(entry.shape) == 2 else 1
    if n_channels > MOST_CHANNELS:
        tree.fail(f"matrices: '{entry.path}' would be {n_channels} channels; state channels_are the other way round")
    labels = _labels(tree, entry, stated, n_channels)
    units = _units(tree, entry, stated.unit, stated.unit_from, n_channels)
    return [
        _Part(labels[place], entry, axis, place, units[place] or options.unit or "", stated)
        for place in range(n_channels)
    ]


def samples_axis(entry: Entry) -> Literal[0, 1] | None:
    """Return the axis along which samples run: the longer one; None where both are equally long."""
    if len(entry.shape) == 1 or entry.shape[0] > entry.shape[1]:
        return 0
    return 1 if entry.shape[1] > entry.shape[0] else None


def _labels(tree: Tree, entry: Entry, stated: MappedMatrix, n_channels: int) -> list[str]:
    labels = list(stated.labels)
    if stated.labels_from is not None:
        labels = [text.strip() for text in tree.texts(tree.entry(stated.labels_from, "text", "labels_from").path)]
    if not labels:
        return [entry.name] if n_channels == 1 else [f"{entry.name} {number}" for number in range(1, n_channels + 1)]
    if len(labels) != n_channels:
        tree.fail(
            f"matrices: '{entry.path}' has {n_channels} channels and there are {len(labels)} labels; "
            "give one label per channel, or state channels_are"
        )
    return labels


def _units(tree: Tree, entry: Entry, stated: str | None, source: str | None, n_channels: int) -> list[str]:
    """Return the unit of each channel as written, empty where nothing states one."""
    if stated is not None:
        return [stated] * n_channels
    if source is None:
        source = next((path for name in UNIT_NAMES if (path := f"{entry.path}@{name}") in tree.entries), None)
        if source is None or tree.entries[source].what != "text":
            return [""] * n_channels
    units = [text.strip() for text in tree.texts(tree.entry(source, "text", "unit_from").path)]
    if len(units) == 1:
        return units * n_channels
    if len(units) != n_channels:
        tree.fail(f"unit_from: '{source}' holds {len(units)} units, '{entry.path}' has {n_channels} channels")
    return units


def _events(tree: Tree, stated: MappedEvents) -> tuple[Event, ...]:
    seconds = SECONDS[stated.unit]
    times = _numbers(tree, stated.times, "events: times") * seconds
    labels = ["event"]
    if stated.labels is not None:
        labels = _event_labels(tree, stated.labels)
    durations = np.zeros(times.size)
    if stated.durations is not None:
        durations = _numbers(tree, stated.durations, "events: durations") * seconds
    if len(labels) == 1:
        labels *= times.size
    if not len(labels) == durations.size == times.size:
        tree.fail(f"events: {times.size} times, {len(labels)} labels and {durations.size} durations; give one of each")
    return tuple(
        Event(label, float(time), max(float(duration), 0.0))
        for label, time, duration in zip(labels, times, durations, strict=True)
        if np.isfinite(time) and np.isfinite(duration)
    )


def _numbers(tree: Tree, path: str, asked: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return tree.numbers(tree.entry(path, "numbers", asked).path).reshape(-1)


def _event_labels(tree: Tree, path: str) -> list[str]:
    found = tree.entries.get(path.strip("/"))
    if found is not None and found.what == "numbers":  # codes
        return [f"{code:g}" for code in _numbers(tree, path, "events: labels")]
    return [text.strip() for text in tree.texts(tree.entry(path, "text", "events: labels").path)]
