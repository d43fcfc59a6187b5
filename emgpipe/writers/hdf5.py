"""HDF5 in emgpipe's own layout, version 1; nothing is lost. `docs/convert.md` describes it.

::

    /                   attributes: layout = "emgpipe recording", version, read_from
    /channels/<nnn>     float64 (n,); attributes: label, sampling_rate, unit, kind, muscle, side, guessed, placement,
                        start, copy_of
    /events             start, duration (float64), label (text), all (m,)
    /acquisition        attributes: what is stated
    /findings           text (k,), one JSON object each
    /personal           text (p, 2): name and value; only if it was asked for

Opens in HDFView, MATLAB (`h5read`), R (`rhdf5`) and Python (`h5py`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.readers.parts.described.described import LAYOUT, NAME, channel_fields, stated
from emgpipe.writers.base import Writer, pieces

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Channel, Finding, Recording

CHUNK = 1 << 15
"""Samples that are packed together: 256 KiB."""


class Hdf5Writer(Writer):
    """HDF5: float64 samples, every fact as an attribute."""

    name = "hdf5"
    title = "HDF5"
    extensions = (".h5", ".hdf5")

    def write(self, recording: Recording, path: Path) -> list[Finding]:
        """Fill the file; every channel in pieces."""
        import h5py

        with h5py.File(path, "w", track_order=True) as file:
            file.attrs["layout"] = NAME
            file.attrs["version"] = LAYOUT
            file.attrs["read_from"] = _text(recording.source.reader)
            group = file.create_group("channels", track_order=True)
            for number, channel in enumerate(recording.channels, start=1):
                _write_channel(group, f"{number:03d}", channel)
            _write_rest(file, recording)
        return []


def _write_channel(group: Any, name: str, channel: Channel) -> None:
    n = channel.n_samples
    packed: dict[str, Any] = {"chunks": (min(n, CHUNK),), "compression": "gzip", "compression_opts": 1, "shuffle": True}
    dataset = group.create_dataset(name, shape=(n,), dtype="<f8", **(packed if n else {}))
    start = 0
    for piece in pieces(channel, 8 * CHUNK):
        dataset[start : start + piece.size] = piece
        start += piece.size
    for field, value in channel_fields(channel).items():
        if field != "n_samples":
            dataset.attrs[field] = _text(value) if isinstance(value, str) else value


def _write_rest(file: Any, recording: Recording) -> None:
    import h5py

    text = h5py.string_dtype("utf-8")
    events = file.create_group("events")
    events["start"] = np.array([event.start for event in recording.events], dtype=np.float64)
    events["duration"] = np.array([event.duration for event in recording.events], dtype=np.float64)
    events.create_dataset("label", data=[_text(event.label) for event in recording.events], dtype=text)
    acquisition = file.create_group("acquisition")
    for name, value in stated(recording.acquisition).items():
        acquisition.attrs[name] = _text(value) if isinstance(value, str) else value
    lines = [json.dumps(stated(finding)) for finding in recording.findings]
    file.create_dataset("findings", data=lines, dtype=text)
    if recording.personal:
        pairs = [[_text(name), _text(value)] for name, value in recording.personal]
        file.create_dataset("personal", data=pairs, dtype=text)


def _text(value: str) -> str:
    return value.replace("\x00", " ")  # which ends a text in HDF5
