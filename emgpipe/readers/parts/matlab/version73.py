"""MAT-files of version 7.3, which are HDF5: MATLAB's classes stand in attributes, arrays lie transposed.

A cell array is a dataset of references into the group ``#refs#``, text is a dataset of UTF-16 code units, an empty
array is a dataset that holds its shape, a struct is a group, and in a struct array every field is a dataset of
references without a class of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.readers.parts.matlab.check import MOST_DEPTH
from emgpipe.readers.parts.matlab.hdf5file import EXPANSION, check_dataset, hdf5_text, member, open_hdf5

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MOST_VALUES = 100_000
"""Structs, cells and arrays together; references may lead in circles, so a small file could hold endless ones."""


def names_in_hdf5(path: Path) -> tuple[str, ...]:
    """Return the names of the variables at the top."""
    import h5py

    with h5py.File(path, "r") as file:
        return tuple(name for name in file if not name.startswith("#"))


def load_hdf5_mat(path: Path, reader: str, names: Sequence[str] | None) -> dict[str, object]:
    """Return the variables, or those called `names`, as the tree that `parts.matlab.matfile` describes."""
    with open_hdf5(path, reader) as file:
        visit = _Visit(file, path, reader)
        return {
            name: visit.value(member(file, name), 0)
            for name in file
            if not name.startswith("#") and (names is None or name in names)
        }


@dataclass
class _Visit:
    """One walk through a file; counts what it follows, so that references in circles come to an end."""

    file: Any
    path: Path
    reader: str
    visited: int = field(default=0, init=False)
    loaded: int = field(default=0, init=False)
    branch: set[Any] = field(default_factory=set, init=False)

    def value(self, item: Any, depth: int) -> object:
        import h5py

        self.visited += 1
        if depth > MOST_DEPTH or self.visited > MOST_VALUES:
            message = f"nests deeper than {MOST_DEPTH} levels or holds more than {MOST_VALUES} values"
            raise DamagedFileError(f"{message}; save the signals alone", path=self.path, reader=self.reader)
        if item is None or item.id in self.branch or "MATLAB_object_decode" in item.attrs:
            return None  # what holds itself is left out where it comes again
        self.branch.add(item.id)
        try:
            if isinstance(item, h5py.Group):
                return self._struct(item, depth)
            return self._dataset(item, depth) if isinstance(item, h5py.Dataset) else None
        finally:
            self.branch.discard(item.id)

    def _struct(self, group: Any, depth: int) -> object:
        if "MATLAB_sparse" in group.attrs:
            return None
        members = {name: member(group, name) for name in group}
        arrays = [member for member in members.values() if _is_references(member) and not _class(member)]
        if members and len(arrays) == len(members):
            return self._struct_array(members, depth)
        return {name: self.value(member, depth + 1) for name, member in members.items()}

    def _struct_array(self, members: dict[str, Any], depth: int) -> list[dict[str, object]]:
        fields = {name: self._references(member, depth) for name, member in members.items()}
        length = min(len(values) for values in fields.values())
        return [{name: values[index] for name, values in fields.items()} for index in range(length)]

    def _references(self, dataset: Any, depth: int) -> list[object]:
        check_dataset(dataset, self.path, self.reader, references=True)
        # HDF5 lists the last axis fastest and MATLAB's arrays lie transposed: this is MATLAB's column order.
        return [self.value(self.file[one] if one else None, depth + 1) for one in dataset[()].reshape(-1)]

    def _dataset(self, dataset: Any, depth: int) -> object:
        import h5py

        name = _class(dataset)
        if dataset.attrs.get("MATLAB_empty"):
            return {"char": "", "cell": [], "struct": []}.get(name, np.empty((0, 0)))
        if _is_references(dataset):
            return self._references(dataset, depth)
        if h5py.check_string_dtype(dataset.dtype) is not None:
            return hdf5_text(dataset, self.path, self.reader)
        if dataset.dtype.kind not in "biuf" and dataset.dtype.names != ("real", "imag"):
            return None
        values = self._numbers(dataset)
        return _text(values) if name == "char" else values

    def _numbers(self, dataset: Any) -> NDArray[Any]:
        check_dataset(dataset, self.path, self.reader)
        self.loaded += dataset.nbytes  # one dataset may be referred to many times
        if self.loaded > EXPANSION * self.path.stat().st_size:
            raise DamagedFileError("holds more numbers than it can", path=self.path, reader=self.reader)
        stored = np.asarray(dataset[()])
        values: NDArray[Any] = np.atleast_2d(stored).T if stored.ndim != 1 else stored[:, np.newaxis]
        return values["real"] + 1j * values["imag"] if values.dtype.names else values


def _class(item: Any) -> str:
    if item is None:
        return ""
    name = item.attrs.get("MATLAB_class", b"")
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _is_references(item: Any) -> bool:
    import h5py

    return isinstance(item, h5py.Dataset) and h5py.check_ref_dtype(item.dtype) is h5py.Reference


def _text(values: Any) -> object:
    rows = [row.astype("<u2").tobytes().decode("utf-16-le", "replace") for row in values]
    return rows[0] if len(rows) == 1 else rows or ""
