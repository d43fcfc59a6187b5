"""MAT-files of version 7.3 written with h5py as MATLAB lays them out: classes in attributes, arrays transposed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

HEADER = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan 01 00:00:00 2024 HDF5 schema 1.00 ."


def write_mat73(path: Path, variables: dict[str, Any]) -> Path:
    """Write numbers, text, dict (struct), list of dict (struct array) and list (cell)."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            put(file, name, value)
    with path.open("r+b") as handle:
        handle.write(HEADER.ljust(116, b" ") + bytes(8) + b"\x00\x02IM")
    return path


def put(group: h5py.Group, name: str, value: Any) -> h5py.Dataset | h5py.Group:
    if isinstance(value, dict):
        made = group.create_group(name)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
        for field, inner in value.items():
            put(made, field, inner)
        return made
    if isinstance(value, list) and value and isinstance(value[0], dict):
        made = group.create_group(name)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
        for field in value[0]:
            references(made, field, [one[field] for one in value])
        return made
    if isinstance(value, list):
        made = references(group, name, value)
        made.attrs["MATLAB_class"] = np.bytes_("cell")
        return made
    return put_array(group, name, value)


def references(group: h5py.Group, name: str, values: list[Any]) -> h5py.Dataset:
    hidden = group.file.require_group("#refs#")
    links = np.empty((len(values), 1), dtype=h5py.ref_dtype)
    for index, value in enumerate(values):
        links[index, 0] = put(hidden, f"r{len(hidden)}", value).ref
    return group.create_dataset(name, data=links, dtype=h5py.ref_dtype)


def put_array(group: h5py.Group, name: str, value: Any) -> h5py.Dataset:
    if isinstance(value, str):
        matlab = "char"
        stored = np.frombuffer(value.encode("utf-16-le"), "<u2").reshape(1, -1)
    else:
        stored = np.atleast_2d(np.asarray(value))
        matlab = {"b": "logical", "f": "double"}.get(stored.dtype.kind, str(stored.dtype))
    empty = stored.size == 0
    data = np.array([0, 0], dtype=np.uint64) if empty else np.ascontiguousarray(stored.T)
    made = group.create_dataset(name, data=data.astype(np.uint8) if matlab == "logical" else data)
    made.attrs["MATLAB_class"] = np.bytes_(matlab)
    if matlab in {"char", "logical"}:
        made.attrs["MATLAB_int_decode"] = np.int32(2 if matlab == "char" else 1)
    if empty:
        made.attrs["MATLAB_empty"] = np.int32(1)
    return made
