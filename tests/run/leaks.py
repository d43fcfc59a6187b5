"""Look for words in everything under a folder: in names, in bytes, and inside HDF5, ZIP and Parquet files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HDF5, BLOCK = b"\x89HDF", 512
"""How an HDF5 file begins, and how many bytes of another's may stand before that."""
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")


def leaks(folder: Path, words: Iterable[str]) -> list[str]:
    """Return which of the words stand where; letter case aside."""
    needles = [(word, form) for word in words for form in _forms(word)]
    found = []
    for path in sorted(folder.rglob("*")):
        where = path.relative_to(folder).as_posix()
        content = [where.encode(), *(_contents(path.read_bytes()) if path.is_file() else ())]
        text = b"\n".join(content).lower()
        found += sorted({f"{word} in {where}" for word, form in needles if form in text})
    return found


def _forms(word: str) -> set[bytes]:
    return {word.lower().encode(encoding, errors="ignore") for encoding in ENCODINGS}


def _contents(data: bytes) -> Iterator[bytes]:
    yield data
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _contents(archive.read(name))
    elif HDF5 in (data[:4], data[BLOCK : BLOCK + 4]):
        with h5py.File(io.BytesIO(data)) as file:
            yield from _attributes(file)
            names: list[str] = []
            file.visit(names.append)
            for name in names:
                yield name.encode()
                yield from _attributes(file[name])
                if isinstance(file[name], h5py.Dataset):
                    yield _as_bytes(file[name][()])
    elif data.startswith(b"PAR1"):
        import pandas as pd

        yield pd.read_parquet(io.BytesIO(data)).to_csv().encode()


def _attributes(one: Any) -> Iterator[bytes]:
    for name, value in one.attrs.items():
        yield name.encode()
        yield _as_bytes(value)


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    array = np.asarray(value)
    return repr(array.tolist()).encode() if array.dtype.kind in "OSUV" else array.tobytes()
