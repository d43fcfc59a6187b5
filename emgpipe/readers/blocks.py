"""Samples that lie in one regular binary block, read and scaled in pieces.

C3D and EDF/BDF keep their samples in *frames* (data records) of constant size, in which every channel has its fixed
places. That is all a loader has to know. The file is opened for each request and read in pieces: a memory map would
kill the process if the file shrank under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_BYTES = 1 << 20
"""Small enough to stay in the processor's cache, large enough to make calls cheap."""
SCATTERED_BYTES = 2048
"""A channel with this many bytes in one piece per frame is read alone; otherwise whole frames are."""

FLOATS = frozenset({"<f4", ">f4", "dec32"})
SPECIAL = {"int24": 3, "dec32": 4}
"""Bytes per sample of the types numpy does not have."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where the frames lie: `n_frames` frames of `frame_bytes` bytes from byte `offset` on."""

    path: Path
    reader: str
    offset: int
    frame_bytes: int
    n_frames: int


@dataclass(frozen=True, slots=True)
class BlockLoader:
    """Load one channel of a block: ``(stored - zero) * scale + shift`` in float64; infinite values become NaN.

    Attributes
    ----------
    block : Block
    first : int
        Byte of the channel's first sample in a frame.
    stride : int
        Bytes from one sample of the channel to its next.
    per_frame : int
        Samples of the channel in a frame.
    dtype : str
        A numpy type, ``int24`` (little-endian, as in BDF) or ``dec32`` (VAX F float, as in DEC C3D files).
    """

    block: Block
    first: int
    stride: int
    per_frame: int
    dtype: str
    scale: float = 1.0
    zero: float = 0.0
    shift: float = 0.0

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop.

        Raises
        ------
        ReadError
            The file has vanished, or is shorter than when it was opened.
        """
        n_frames = self.block.n_frames
        first, last = start // self.per_frame, min(-(-stop // self.per_frame), n_frames)
        if stop <= start or last <= first:
            return np.empty(0)
        samples = np.empty((last - first, self.per_frame))
        try:
            with self.block.path.open("rb", buffering=0) as handle:
                self._fill(handle, first, samples)
        except OSError as error:
            raise ReadError(f"cannot be read any more ({error.strerror})", path=self.block.path) from error
        flat = samples.reshape(-1)
        skipped = first * self.per_frame
        return flat[start - skipped : stop - skipped]

    def _fill(self, handle: FileIO, first: int, samples: NDArray[np.float64]) -> None:
        width = self.stride * (self.per_frame - 1) + item_size(self.dtype)
        alone = width == self.per_frame * item_size(self.dtype) and width >= SCATTERED_BYTES
        row_bytes = width if alone else self.block.frame_bytes
        step = max(1, PIECE_BYTES // row_bytes)
        buffer = np.empty((min(step, samples.shape[0]), row_bytes), dtype=np.uint8)
        for frame in range(0, samples.shape[0], step):
            piece = buffer[: samples.shape[0] - frame]
            begin = self.block.offset + (first + frame) * self.block.frame_bytes
            if alone:
                for number, row in enumerate(piece):
                    self._read(handle, begin + number * self.block.frame_bytes + self.first, row)
            else:
                self._read(handle, begin, piece.reshape(-1))
            stored = self._pick(piece.reshape(-1), piece.shape[0], 0 if alone else self.first)
            self._scale(stored, samples[frame : frame + piece.shape[0]])

    def _read(self, handle: FileIO, position: int, out: NDArray[np.uint8]) -> None:
        handle.seek(position)
        done = 0
        while done < out.size:
            count = handle.readinto(out[done:].data)
            if not count:
                message = "the file has become shorter since it was opened; read it again"
                raise DamagedFileError(message, path=self.block.path, reader=self.block.reader)
            done += count

    def _pick(self, piece: NDArray[np.uint8], n_frames: int, first: int) -> NDArray[np.generic]:
        steps = (piece.size // n_frames, self.stride)
        if self.dtype in SPECIAL:
            shape = (n_frames, self.per_frame, SPECIAL[self.dtype])
            return decode(np.ndarray(shape, np.uint8, piece, first, (*steps, 1)), self.dtype)
        return np.ndarray((n_frames, self.per_frame), np.dtype(self.dtype), piece, first, steps)

    def _scale(self, stored: NDArray[np.generic], out: NDArray[np.float64]) -> None:
        with np.errstate(invalid="ignore", over="ignore"):  # damaged floats can be anything, signaling NaN too
            np.subtract(stored, self.zero, out=out, dtype=np.float64, casting="unsafe")
            out *= self.scale
            if self.shift:
                out += self.shift
        if self.dtype in FLOATS:
            out[np.isinf(out)] = np.nan


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
