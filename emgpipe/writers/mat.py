"""MATLAB's MAT-file, version 5, with one struct ``emgpipe``; nothing is lost. `docs/convert.md` describes it.

::

    emgpipe.layout         'emgpipe recording'
    emgpipe.version        1
    emgpipe.read_from      name of the reader of the original
    emgpipe.channels(k)    label, sampling_rate, unit, kind, muscle, side, guessed, placement, start, copy_of,
                           samples (n x 1)
    emgpipe.events         start, duration (m x 1), label (m x 1 cell)
    emgpipe.acquisition    a field per fact, empty where it is not stated
    emgpipe.findings       k x 1 cell, one JSON text each
    emgpipe.personal       p x 2 cell: name and value
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import StoreError
from emgpipe.readers.parts.described.described import LAYOUT, NAME, channel_fields, stated
from emgpipe.writers.base import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Acquisition, Channel, Finding, Recording

MOST_BYTES = 2**31 - 2**20
"""A variable of version 5 counts its bytes in 31 bits; the struct is one variable."""
OVERHEAD = 4096
"""Bytes a channel takes beside its samples, generously."""


class MatWriter(Writer):
    """MATLAB version 5: float64 samples in one struct; all of them are in memory while it is written."""

    name = "mat"
    title = "MATLAB"
    extensions = (".mat",)

    def write(self, recording: Recording, path: Path) -> list[Finding]:
        """Fill the file; `StoreError` above 2 GB."""
        size = sum(8 * channel.n_samples + OVERHEAD for channel in recording.channels)
        if size > MOST_BYTES:
            message = f"{size / 1e9:.1f} GB of samples do not fit into a MAT-file, which holds 2 GB; write .h5 instead"
            raise StoreError(f"{message}, which MATLAB reads with h5read")
        from scipy.io import savemat

        struct = {"emgpipe": _struct(recording)}
        savemat(str(path), struct, appendmat=False, oned_as="column", do_compression=False, long_field_names=True)
        return []


def _struct(recording: Recording) -> dict[str, Any]:
    events = recording.events
    return {
        "layout": NAME,
        "version": float(LAYOUT),
        "read_from": recording.source.reader,
        "channels": _channels(recording.channels),
        "events": {
            "start": np.array([event.start for event in events], dtype=np.float64).reshape(-1, 1),
            "duration": np.array([event.duration for event in events], dtype=np.float64).reshape(-1, 1),
            "label": _cell([[event.label] for event in events], 1),
        },
        "acquisition": _all_fields(recording.acquisition),
        "findings": _cell([[json.dumps(stated(finding))] for finding in recording.findings], 1),
        "personal": _cell([list(pair) for pair in recording.personal], 2),
    }


def _channels(channels: Sequence[Channel]) -> NDArray[Any]:
    names = [name for name in channel_fields(channels[0]) if name != "n_samples"]
    array = np.empty((1, len(channels)), dtype=[(name, object) for name in [*names, "samples"]])
    for index, channel in enumerate(channels):
        fields = channel_fields(channel)
        for name in names:
            value = fields[name]
            array[0, index][name] = value if isinstance(value, str) else float(value)
        array[0, index]["samples"] = channel.read().reshape(-1, 1)
    return array


def _all_fields(acquisition: Acquisition) -> dict[str, Any]:
    """Return every field, since MATLAB's structs have at least one; empty where nothing is stated."""
    fields = stated(acquisition)
    return {name: fields.get(name, np.empty((0, 0))) for name in type(acquisition).__dataclass_fields__}


def _cell(rows: list[list[str]], width: int) -> NDArray[Any]:
    cell = np.empty((len(rows), width), dtype=object)
    for index, row in enumerate(rows):
        cell[index, :] = row
    return cell
