"""Samples that lie in one regular binary block, read and scaled in pieces.

C3D, EDF/BDF and WFDB keep their samples in *frames* (data records) of constant size, in which every channel has its
fixed places: a `Column`. That is all there is to know. The file is opened for each request and read in pieces: a
memory map would kill the process if the file shrank under it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO
    from pathlib import Path

    from numpy.typing import NDArray

PARTED_BYTES = 16 << 20
"""So many bytes of samples are decoded by two threads, each half of the frames."""
PIECE_BYTES = 1 << 20
"""Small enough to stay in the processor's cache, large enough to make calls cheap."""
SCATTERED_BYTES = 2048
"""Columns with this many bytes in one piece per frame are read alone; otherwise whole frames are."""

FLOATS = frozenset({"<f4", ">f4", "dec32"})
SPECIAL = {"int24": 3, "dec32": 4}
"""Bytes per sample of the types numpy does not have."""


@dataclass(frozen=True, slots=True)
class Column:
    """One channel in a frame; its samples are ``(stored - zero) * scale + shift``, infinite ones become NaN.

    Attributes
    ----------
    first : int
        Byte of the channel's first sample in a frame.
    stride : int
        Bytes from one sample of the channel to its next.
    per_frame : int
        Samples of the channel in a frame.
    dtype : str
        A numpy type, ``int24`` (little-endian, as in BDF) or ``dec32`` (VAX F float, as in DEC C3D files).
    missing : int or None
        The stored number that means "no sample here", given as NaN.
    """

    first: int
    stride: int
    per_frame: int
    dtype: str
    scale: float = 1.0
    zero: float = 0.0
    shift: float = 0.0
    missing: int | None = None

    @property
    def end(self) -> int:
        """The byte of a frame behind the channel's last sample."""
        return self.first + self.stride * (self.per_frame - 1) + item_size(self.dtype)


@dataclass(frozen=True, slots=True)
class Block:
    """Where the frames lie: `n_frames` frames of `frame_bytes` bytes from byte `offset` on."""

    path: Path
    reader: str
    offset: int
    frame_bytes: int
    n_frames: int
    columns: tuple[Column, ...]

    def load(self, indices: Sequence[int], first: int, last: int) -> list[NDArray[np.float64]]:
        """Return the samples of some columns in frames first..last, in one pass over the file."""
        columns = [self.columns[index] for index in indices]
        samples = [np.empty((last - first, column.per_frame)) for column in columns]
        begin, end = min(column.first for column in columns), max(column.end for column in columns)
        if not SCATTERED_BYTES <= end - begin <= self.frame_bytes // 2:
            begin, end = 0, self.frame_bytes
        step = max(1, PIECE_BYTES // (end - begin))

        def fill(start: int, stop: int) -> None:
            buffer = np.empty((min(step, stop - start), end - begin), dtype=np.uint8)
            with self.path.open("rb", buffering=0) as handle:
                for frame in range(start, stop, step):
                    piece = buffer[: stop - frame]
                    self._read_frames(handle, self.offset + (first + frame) * self.frame_bytes + begin, piece)
                    for column, out in zip(columns, samples, strict=True):
                        decode_column(piece, column, begin, out[frame : frame + piece.shape[0]])

        n_frames = last - first
        if sum(values.nbytes for values in samples) < PARTED_BYTES or n_frames < 2:
            fill(0, n_frames)
        else:  # numpy lets go of Python's lock, and most of the time goes into memory touched for the first time
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(fill, (0, n_frames // 2), (n_frames // 2, n_frames)))
        return [values.reshape(-1) for values in samples]

    def _read_frames(self, handle: FileIO, position: int, piece: NDArray[np.uint8]) -> None:
        if piece.shape[1] == self.frame_bytes:
            self.read_bytes(handle, position, piece.reshape(-1))
            return
        for number, row in enumerate(piece):
            self.read_bytes(handle, position + number * self.frame_bytes, row)

    def read_bytes(self, handle: FileIO, position: int, out: NDArray[np.uint8]) -> None:
        """Fill `out` from a position of the file; `DamagedFileError` if the file ends before."""
        handle.seek(position)
        done = handle.readinto(out.data)
        while done < out.size:
            count = handle.readinto(out[done:].data)
            if not count:
                message = "the file has become shorter since it was opened; read it again"
                raise DamagedFileError(message, path=self.path, reader=self.reader)
            done += count


def decode_column(piece: NDArray[np.uint8], column: Column, begin: int, out: NDArray[np.float64]) -> None:
    """Pick one column out of frames and scale it.

    Parameters
    ----------
    piece : array of bytes, shape (n_frames, width)
        Whole frames, or the part of each that starts at byte `begin`.
    column : Column
    begin : int
    out : array, shape (n_frames, per_frame)
    """
    stored = _pick(piece, column, begin)
    with np.errstate(invalid="ignore", over="ignore"):  # damaged floats can be anything, signaling NaN too
        out[...] = stored
        if column.zero:
            out -= column.zero
        out *= column.scale
        if column.shift:
            out += column.shift
    if column.dtype in FLOATS or not np.isfinite(column.scale):
        out[np.isinf(out)] = np.nan
    if column.missing is not None:
        out[stored == column.missing] = np.nan


def _pick(piece: NDArray[np.uint8], column: Column, begin: int) -> NDArray[np.generic]:
    shape, steps = (piece.shape[0], column.per_frame), (piece.shape[1], column.stride)
    if column.dtype in SPECIAL:
        size = SPECIAL[column.dtype]
        return decode(np.ndarray((*shape, size), np.uint8, piece, column.first - begin, (*steps, 1)), column.dtype)
    return np.ndarray(shape, np.dtype(column.dtype), piece, column.first - begin, steps)


def item_size(dtype: str) -> int:
    """Return the bytes one stored sample takes.

    >>> item_size("int24"), item_size("<i2")
    (3, 2)
    """
    return SPECIAL.get(dtype) or np.dtype(dtype).itemsize


def decode(stored: NDArray[np.uint8], dtype: str) -> NDArray[np.generic]:
    """Turn bytes, shape (..., item size), into numbers, shape (...)."""
    if dtype == "int24":
        low = stored[..., 0].astype(np.int32) | (stored[..., 1].astype(np.int32) << 8)
        return low | (stored[..., 2].astype(np.int8).astype(np.int32) << 16)
    if dtype == "dec32":
        return decode_dec(np.ascontiguousarray(stored))
    return np.ascontiguousarray(stored).view(dtype)[..., 0]


def decode_dec(stored: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn VAX F floats, bytes of shape (..., 4), into IEEE floats, shape (...).

    The two 16-bit words are swapped and the exponent is larger by 2 (bias 128 and a mantissa in 0.5 to 1, against
    127 and 1 to 2). Numbers below 2e-38 become zero; both machines' zero has the exponent 0.
    """
    words = stored.view("<u2").astype(np.uint32)
    bits = (words[..., 0] << np.uint32(16)) | words[..., 1]
    exponent = (bits >> np.uint32(23)) & np.uint32(0xFF)
    return np.where(exponent > 2, bits - np.uint32(2 << 23), np.uint32(0)).view(np.float32)
