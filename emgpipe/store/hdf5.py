"""HDF5 files that are whole or not there, and that tell when a single bit of them changed.

Before the HDF5 content stand 512 bytes that the format leaves to its user. They hold the SHA-256 of what follows, so
that a damaged file is noticed before the HDF5 library reads it, which may end the process. Other programs skip them.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from emgpipe.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BLOCK: Final = 512
_BEGINNING: Final = b"emgpipe: HDF5 from byte 512 on, with the SHA-256 "
_CHUNK: Final = 1 << 20


def write_hdf5(path: Path, fill: Callable[[Any], None]) -> None:
    """Let `fill` write into an open HDF5 file, which is made in memory and put on the disk as a whole.

    In memory, because the HDF5 library ends the process (segmentation fault) where it meets a full disk.

    Parameters
    ----------
    path : Path
    fill : callable
        Takes the `h5py.File`; members keep the order in which they are made.

    Raises
    ------
    StoreError
        As `replace_file`.
    """
    import h5py

    made = io.BytesIO()
    with h5py.File(made, "w", track_order=True, userblock_size=_BLOCK) as file:
        fill(file)
    content = made.getbuffer()
    head = _BEGINNING + hashlib.sha256(content[_BLOCK:]).hexdigest().encode() + b"\n"
    content[: len(head)] = head

    def put(temporary: Path) -> None:
        temporary.write_bytes(content)

    replace_file(path, put)


@contextmanager
def open_hdf5(path: Path) -> Iterator[Any]:
    """Open a file to read it, if it still is what `write_hdf5` wrote; files without a digest are opened as they are.

    Raises
    ------
    OSError
        It cannot be read, or is no HDF5 file.
    ValueError
        Its content changed since it was written.
    """
    import h5py

    with path.open("rb") as stored:
        _verify(stored)
    with h5py.File(path, "r") as file:
        yield file


def _verify(stored: io.BufferedReader) -> None:
    head = stored.read(_BLOCK)
    if not head.startswith(_BEGINNING):
        return
    digest = hashlib.sha256()
    while chunk := stored.read(_CHUNK):
        digest.update(chunk)
    if head[len(_BEGINNING) :].split(b"\n")[0] != digest.hexdigest().encode():
        raise ValueError("it is damaged: its content changed since it was written")
