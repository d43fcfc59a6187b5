"""HDF5 files of any layout: through a mapping in the study file, or as far as they speak for themselves.

Samples stay in the file until they are asked for. `docs/mapping.md` shows how a study file states where they lie.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.mapping.guess import complete, slow_channels
from emgpipe.readers.parts.mapping.options import Hdf5Options
from emgpipe.readers.parts.mapping.recording import read_mapped
from emgpipe.readers.parts.mapping.tree import Entry, Tree
from emgpipe.readers.parts.matlab.hdf5file import (
    NUMBERS,
    Dataset,
    Hdf5Loader,
    check_dataset,
    hdf5_contents,
    hdf5_text,
    open_hdf5,
    required,
)
from emgpipe.readers.parts.matlab.matfile import HDF5_SIGNATURE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Recording
    from emgpipe.model.recording import Loader
    from emgpipe.readers.parts.matlab.hdf5file import Attribute

USER_BLOCKS = (0, 512, 1024, 2048, 4096, 8192)
"""Where the signature may stand: a program may put its own header before it."""


class Hdf5Reader(Reader):
    """HDF5: any layout, through a mapping."""

    name = "hdf5"
    title = "HDF5"
    extensions = (".h5", ".hdf5", ".hdf", ".he5")
    Options = Hdf5Options
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept HDF5's signature at one of the places it may stand."""
        if any(head.data[place : place + 8] == HDF5_SIGNATURE for place in USER_BLOCKS):
            return "has the HDF5 signature"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the channels the mapping names; without one, what can be meant in one way only."""
        given = options if isinstance(options, Hdf5Options) else Hdf5Options()
        tree = Hdf5Tree(path)
        guess = complete(tree, given)
        recording = read_mapped(tree, guess.options, self.recognize(Head.of(path)) or "", guess.findings)
        return recording if given.is_mapped else slow_channels(recording)

    def example(self) -> dict[str, bytes]:
        """Return a file with a matrix of two channels, their labels, a rate and a unit."""
        import h5py

        time = np.arange(400) / 1000.0
        content = io.BytesIO()
        with h5py.File(content, "w") as file:
            emg = file.create_dataset("trial/emg", data=np.stack([100 * np.sin(500 * time), 80 * np.cos(500 * time)]))
            emg.attrs["unit"] = "uV"
            file["trial/labels"] = ["GMAX RT", "GMED RT"]
            file["trial"].attrs["sampling_rate"] = 1000.0
        return {"example.h5": content.getvalue()}


class Hdf5Tree(Tree):
    """The datasets of an HDF5 file by path, their attributes as ``path@name``, fields of records as ``path/field``."""

    def __init__(self, path: Path) -> None:
        self._attributes: dict[str, Attribute] = {}
        self._fields: dict[str, tuple[str, str]] = {}
        contents = hdf5_contents(path, "hdf5")
        entries = [entry for dataset in contents.datasets for entry in self._of(dataset)]
        for where, attributes in contents.groups.items():
            entries += self._of_attributes(where, attributes)
        unread = [one for one in contents.datasets if one.dtype.kind == "c" or one.dtype.names == ("r", "i")]
        described = [f"{Entry(one.path, one.shape, 'numbers').described} of complex numbers" for one in unread]
        super().__init__(path, "hdf5", entries, described)

    def numbers(self, path: str) -> NDArray[np.float64]:
        """Return all numbers of an entry as float64."""
        if path in self._attributes:
            return np.atleast_1d(np.asarray(self._attributes[path], dtype=np.float64))
        where, field = self._fields.get(path, (path, ""))
        with open_hdf5(self.path, self.reader) as file:
            dataset = required(file, where, self.path, self.reader)
            check_dataset(dataset, self.path, self.reader)
            stored = dataset.fields(field)[()] if field else dataset[()]
        return np.asarray(stored, dtype=np.float64)

    def texts(self, path: str) -> list[str]:
        """Return the texts of an entry."""
        if path in self._attributes:
            value = self._attributes[path]
            return (
                [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, tuple) else []
            )
        with open_hdf5(self.path, self.reader) as file:
            found = hdf5_text(required(file, path, self.path, self.reader), self.path, self.reader)
        return [found] if isinstance(found, str) else found

    def loader(self, entry: Entry, axis: Literal[0, 1], place: int, scale: float) -> Loader:
        """Return a loader of one column or row."""
        where, field = self._fields.get(entry.path, (entry.path, ""))
        with open_hdf5(self.path, self.reader) as file:  # what is declared too large is refused before it is used
            check_dataset(required(file, where, self.path, self.reader), self.path, self.reader)
        return Hdf5Loader(
            self.path, self.reader, where, axis, place if len(entry.shape) == 2 else None, scale, field=field
        )

    def _of(self, dataset: Dataset) -> list[Entry]:
        entries = [*_entries(dataset.path, dataset.shape, dataset.dtype)]
        for name in dataset.dtype.names or ():
            if dataset.dtype[name].kind in NUMBERS and len(dataset.shape) == 1:
                self._fields[f"{dataset.path}/{name}"] = (dataset.path, name)
                entries.append(Entry(f"{dataset.path}/{name}", dataset.shape, "numbers"))
        return entries + self._of_attributes(dataset.path, dataset.attributes)

    def _of_attributes(self, where: str, attributes: dict[str, Attribute]) -> list[Entry]:
        entries = []
        for name, value in attributes.items():
            path = f"{where}@{name}"
            self._attributes[path] = value
            first: Any = value[0] if isinstance(value, tuple) else value
            count = len(value) if isinstance(value, tuple) else 1
            entries.append(Entry(path, (count,), "text" if isinstance(first, str) else "numbers"))
        return entries


def _entries(path: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> list[Entry]:
    import h5py

    if dtype.kind in NUMBERS:
        return [Entry(path, shape, "numbers")]
    if h5py.check_string_dtype(dtype) is not None:
        return [Entry(path, (int(np.prod(shape, dtype=np.int64)),), "text")]
    return []
