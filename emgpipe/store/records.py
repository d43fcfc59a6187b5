"""Tables inside an HDF5 file: one compound dataset each, text as fixed-length UTF-8, compressed.

Fixed-length text is what MATLAB (`h5read`), R (`rhdf5`) and HDFView read without more ado, and it is read fast.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

_CHUNKS: Final = 16
"""Written at once: text of a fixed length takes many times the room it takes as a list."""
_COMPRESSED: Final = 64
"""Rows above which a table is compressed; below, the chunks would take more room than the rows."""


def write_records(group: Any, name: str, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
    """Write columns of one length as a dataset of records: text as UTF-8, numbers as they are, None as NaN."""
    numbers = {key: _numbers(values) for key, values in columns.items()}
    kinds = np.dtype(
        [(key, _text_kind(columns[key]) if array is None else array.dtype) for key, array in numbers.items()]
    )
    length = len(next(iter(columns.values()), ()))
    packed = {"compression": "gzip", "compression_opts": 1, "shuffle": True} if length > _COMPRESSED else {}
    dataset = group.create_dataset(name, (length,), kinds, fletcher32=length > _COMPRESSED, **packed)
    step = _CHUNKS * dataset.chunks[0] if dataset.chunks else max(length, 1)
    for first in range(0, length, step):
        rows = slice(first, min(first + step, length))
        records = np.empty(rows.stop - first, dtype=kinds)
        for key, array in numbers.items():
            records[key] = _encoded(columns[key][rows]) if array is None else array[rows]
        dataset[rows] = records
    group.file.flush()  # its place in the file must not hang on when the library finds time to write it


def write_frame(group: Any, name: str, table: pd.DataFrame) -> None:
    """Write a tidy table as records, a column a field."""
    write_records(group, name, {str(column): table[column].to_numpy() for column in table.columns})


def read_records(dataset: Any) -> dict[str, list[Any]]:
    """Return the columns of a dataset written by `write_records`: text as str, numbers as float, int or bool."""
    records = _records(dataset)
    return {name: _listed(records[name]) for name in records.dtype.names or ()}


def read_frame(dataset: Any) -> pd.DataFrame:
    """Return a table written by `write_frame`; text as it was, numbers exact."""
    import pandas as pd

    records = _records(dataset)
    columns = {
        name: np.array(_texts(records[name]), dtype=object) if records[name].dtype.kind == "S" else records[name]
        for name in records.dtype.names or ()
    }
    return pd.DataFrame(columns)


def _records(dataset: Any) -> np.ndarray[Any, Any]:
    """Return all records as they lie in the file: h5py's ``dataset[()]`` converts them field by field to the same."""
    from h5py import h5s

    kind = dataset.id.get_type()
    records = np.empty(dataset.shape, dtype=_numpy_kind(kind.encode()))
    if records.dtype.hasobject:  # text of variable length, which nothing here writes
        return np.asarray(dataset[()])
    if records.size:
        dataset.id.read(h5s.ALL, h5s.ALL, records, kind)
    return records


@lru_cache(maxsize=256)
def _numpy_kind(encoded: bytes) -> np.dtype[Any]:
    """Return the numpy type of an HDF5 type; a hundred fields take long to look at, and files of a study are alike."""
    from h5py import h5t

    kind: np.dtype[Any] = h5t.decode(encoded).dtype
    return kind


def _numbers(values: Sequence[Any] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """Return values as float64, int64 or bool where all of them are such; None: they are text."""
    if isinstance(values, np.ndarray) and values.dtype in (np.float64, np.int64, np.bool_):
        return values
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {bool, np.bool_}:
        return np.array(values, dtype=bool)
    if kinds and kinds <= {int, np.int64} and not any(value is None for value in values):
        return np.array(values, dtype=np.int64)
    if kinds <= {float, int, np.float64, np.int64}:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return None


def _text_kind(values: Iterable[Any]) -> Any:
    import h5py

    return h5py.string_dtype("utf-8", max(map(len, _encoded(set(values))), default=0) or 1)


def _encoded(values: Iterable[Any]) -> list[bytes]:
    return [_text(value).encode("utf-8") for value in values]


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN differs from itself


def _listed(column: np.ndarray[Any, Any]) -> list[Any]:
    return _texts(column) if column.dtype.kind == "S" else column.tolist()


def _texts(column: np.ndarray[Any, Any]) -> list[str]:
    """Return text, each distinct value decoded once: columns of tidy tables repeat a few."""
    known: dict[bytes, str] = {}
    listed: list[bytes] = column.tolist()
    for value in listed:
        if value not in known:
            known[value] = value.decode("utf-8")
    return [known[value] for value in listed]
