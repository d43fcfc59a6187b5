"""WFDB signal files in which samples do not fill whole bytes (formats 212, 310, 311) or hold differences (8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.blocks.blocks import PIECE_BYTES, Block, decode_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from emgpipe.model.recording import Loader


@dataclass(frozen=True, slots=True)
class Packing:
    """Groups of `samples` samples in `n_bytes` bytes; the last group may be cut short.

    Attributes
    ----------
    samples, n_bytes : int
    partial : tuple of int
        Bytes of a group that is cut short after 0, 1, ... samples.
    unpack : callable
        Turns bytes, shape (n_groups, n_bytes), into samples, shape (n_groups, samples).
    """

    samples: int
    n_bytes: int
    partial: tuple[int, ...]
    unpack: Callable[[NDArray[np.uint8]], NDArray[np.int16]]

    def bytes_for(self, n_samples: int) -> int:
        """Return the bytes that hold this many samples.

        >>> PACKINGS["212"].bytes_for(3), PACKINGS["310"].bytes_for(5)
        (5, 8)
        """
        groups, rest = divmod(n_samples, self.samples)
        return groups * self.n_bytes + self.partial[rest]

    def samples_in(self, n_bytes: int) -> int:
        """Return how many samples this many bytes hold."""
        groups, rest = divmod(n_bytes, self.n_bytes)
        return groups * self.samples + sum(needed <= rest for needed in self.partial[1:])


def unpack_212(groups: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Turn bytes, shape (n, 3), into two 12-bit samples each, shape (n, 2)."""
    low, middle, high = (groups[:, place].astype(np.int16) for place in range(3))
    first = low | ((middle & 0x0F) << 8)
    second = high | ((middle & 0xF0) << 4)
    return _signed(np.stack([first, second], axis=1), 12)


def unpack_310(groups: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Turn bytes, shape (n, 4), into three 10-bit samples each; the third is split over both 16-bit words."""
    words = np.ascontiguousarray(groups).view("<u2").astype(np.int32)
    third = ((words[:, 0] >> 11) & 0x1F) | (((words[:, 1] >> 11) & 0x1F) << 5)
    both = (words >> 1) & 0x3FF
    return _signed(np.stack([both[:, 0], both[:, 1], third], axis=1).astype(np.int16), 10)


def unpack_311(groups: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Turn bytes, shape (n, 4), into three 10-bit samples each, the first in the lowest bits."""
    words = np.ascontiguousarray(groups).view("<u4")
    samples = (words >> np.array([0, 10, 20], dtype=np.uint32)) & np.uint32(0x3FF)
    return _signed(samples.astype(np.int16), 10)


def _signed(samples: NDArray[np.int16], bits: int) -> NDArray[np.int16]:
    unused = np.int16(16 - bits)
    return (samples << unused) >> unused


PACKINGS = {
    "212": Packing(2, 3, (0, 2), unpack_212),
    "310": Packing(3, 4, (0, 2, 4), unpack_310),
    "311": Packing(3, 4, (0, 2, 3), unpack_311),
}


@dataclass(frozen=True, slots=True)
class PackedBlock(Block):
    """A block whose frames are packed; columns and `frame_bytes` describe them as unpacked 16-bit numbers."""

    packing: str = "212"

    def load(self, indices: Sequence[int], first: int, last: int) -> list[NDArray[np.float64]]:
        """Return the samples of some columns in frames first..last, in one pass over the file."""
        columns = [self.columns[index] for index in indices]
        samples = [np.empty((last - first, column.per_frame)) for column in columns]
        step = max(1, PIECE_BYTES // self.frame_bytes)
        with self.path.open("rb", buffering=0) as handle:
            for frame in range(first, last, step):
                stop = min(frame + step, last)
                piece = self._unpacked(handle, frame, stop)
                for column, out in zip(columns, samples, strict=True):
                    decode_column(piece, column, 0, out[frame - first : stop - first])
        return [values.reshape(-1) for values in samples]

    def _unpacked(self, handle: object, frame: int, stop: int) -> NDArray[np.uint8]:
        """Return frames as bytes of 16-bit numbers, shape (n_frames, frame_bytes)."""
        packing, in_frame = PACKINGS[self.packing], self.frame_bytes // 2
        group, end = frame * in_frame // packing.samples, stop * in_frame
        groups = -(-end // packing.samples) - group
        raw = np.zeros(groups * packing.n_bytes, dtype=np.uint8)
        begin = group * packing.n_bytes
        self.read_bytes(handle, self.offset + begin, raw[: packing.bytes_for(end) - begin])  # type: ignore[arg-type]
        skipped = frame * in_frame - group * packing.samples
        flat = packing.unpack(raw.reshape(groups, packing.n_bytes)).reshape(-1)
        wanted = np.ascontiguousarray(flat[skipped : skipped + (stop - frame) * in_frame])
        return wanted.view(np.uint8).reshape(stop - frame, self.frame_bytes)


@dataclass(frozen=True, slots=True)
class DifferenceLoader:
    """Sum up stored differences: ``(initial + sum of differences - zero) * scale``; always read from the beginning."""

    differences: Loader
    initial: float
    zero: float
    scale: float

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop."""
        sums: NDArray[np.float64] = np.cumsum(self.differences(0, stop))[start:]
        return (sums + (self.initial - self.zero)) * self.scale


@dataclass(frozen=True, slots=True)
class SkewLoader:
    """Undo a skew: sample i of the channel is stored `shift` samples later; NaN where the file ends before."""

    stored: Loader
    shift: int
    n_samples: int

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop."""
        samples = np.full(max(stop - start, 0), np.nan)
        last = min(stop + self.shift, self.n_samples)
        if last > start + self.shift:
            samples[: last - start - self.shift] = self.stored(start + self.shift, last)
        return samples
