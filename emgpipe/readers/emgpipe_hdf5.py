"""HDF5 files that emgpipe wrote (`emgpipe convert`, `emgpipe.writers.hdf5`); the layout is in `docs/convert.md`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Recording, Source
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.described.described import (
    NAME,
    ChannelFacts,
    check_layout,
    checked_facts,
    from_json,
    recording_from,
)
from emgpipe.readers.parts.described.example import hdf5_example
from emgpipe.readers.parts.matlab.hdf5file import (
    Hdf5Loader,
    check_dataset,
    hdf5_contents,
    leads_out,
    member,
    open_hdf5,
    required,
)

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MOST_TEXTS = 1_000_000
"""Events of a recording, at most."""


class EmgpipeHdf5Options(ReaderOptions):
    """What can be stated about these files: nothing of their own, they describe themselves."""

    kind: Literal["emgpipe_hdf5"] = "emgpipe_hdf5"


class EmgpipeHdf5Reader(Reader):
    """HDF5 written by emgpipe: nothing is guessed."""

    name = "emgpipe_hdf5"
    title = "emgpipe HDF5"
    extensions = (".h5", ".hdf5")
    Options = EmgpipeHdf5Options
    states_kinds = True
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept HDF5 with the layout's name among its first attributes."""
        if head.data.startswith(SIGNATURE) and NAME.encode() in head.data:
            return f"HDF5 that begins with '{NAME}'"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the recording as it was written; samples behind loaders."""
        contents = hdf5_contents(path, self.name)
        check_layout(contents.groups[""].get("version"), path, self.name)
        datasets = [one for one in contents.datasets if one.path.startswith("channels/")]
        for one in datasets:
            if len(one.shape) != 1 or one.dtype.kind != "f":
                message = f"'{one.path}' is no column of numbers; convert the original again"
                raise DamagedFileError(message, path=path, reader=self.name)
        written: dict[str, Any] = {
            "channels": [_known(one.attributes) | {"n_samples": one.shape[0]} for one in datasets],
            "acquisition": contents.groups.get("acquisition", {}),
            "read_from": contents.groups[""].get("read_from", ""),
            **_rest(path, self.name),
        }
        facts = checked_facts(written, path, self.name)
        loaders = [Hdf5Loader(path, self.name, one.path) for one in datasets]
        why = self.recognize(Head.of(path)) or NAME
        return recording_from(facts, loaders, Source(path, self.name, why), options, ())

    def example(self) -> dict[str, bytes]:
        """Return a small file: two EMG channels, an angle at another rate, two events."""
        return {"example.h5": hdf5_example()}


def _known(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name in ChannelFacts.model_fields}


def _rest(path: Path, reader: str) -> dict[str, Any]:
    """Return events, findings and personal data as `RecordingFacts` has them."""
    with open_hdf5(path, reader) as file:
        stamps = [required(file, f"events/{name}", path, reader) for name in ("start", "duration")]
        for dataset in stamps:
            check_dataset(dataset, path, reader)
        columns = [np.asarray(dataset[()], dtype=np.float64).tolist() for dataset in stamps]
        labels = _texts(required(file, "events/label", path, reader), path, reader)
        findings = _texts(required(file, "findings", path, reader), path, reader)
        people = member(file, "personal")
        people = _texts(people, path, reader) if people is not None else []
    if len({len(labels), *map(len, columns)}) > 1 or len(people) % 2:
        raise DamagedFileError("its events are incomplete; convert the original again", path=path, reader=reader)
    return {
        "events": [{"label": a, "start": b, "duration": c} for a, b, c in zip(labels, *columns, strict=True)],
        "findings": [from_json(line, path, reader) for line in findings],
        "personal": list(zip(people[::2], people[1::2], strict=True)),
    }


def _texts(dataset: Any, path: Path, reader: str) -> list[str]:
    size = math.prod(dataset.shape)
    if leads_out(dataset) or size > min(MOST_TEXTS, path.stat().st_size):
        message = f"'{dataset.name}' holds {size} texts, more than a recording has; it is damaged"
        raise DamagedFileError(message, path=path, reader=reader)
    if not size:
        return []
    values = np.asarray(dataset[()]).reshape(-1)
    return [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in values]
