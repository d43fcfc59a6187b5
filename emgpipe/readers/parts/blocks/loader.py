"""Loaders of the columns of a block, which look ahead.

Every channel is loaded on its own, but a program that asks for one whole channel after the other would make the file
be read once per channel. So the second whole channel of a file brings some of those that follow with it, decoded in
the same pass; they are held, for one file at a time and never more than `AHEAD_BYTES`, until they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError
from emgpipe.readers.parts.blocks.blocks import Block, Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

AHEAD_BYTES = 128 << 20


@dataclass(frozen=True, slots=True)
class BlockLoader:
    """Load one column of a block, as float64."""

    block: Block
    index: int

    @property
    def column(self) -> Column:
        """The column that is loaded."""
        return self.block.columns[self.index]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop.

        Raises
        ------
        ReadError
            The file has vanished, or is shorter than when it was opened.
        """
        n_frames, per_frame = self.block.n_frames, self.column.per_frame
        first, last = start // per_frame, min(-(-stop // per_frame), n_frames)
        if stop <= start or last <= first:
            return np.empty(0)
        try:
            if last - first == n_frames:
                flat = read_ahead(self.block, self.index)
            else:
                (flat,) = self.block.load([self.index], first, last)
        except OSError as error:
            raise ReadError(f"cannot be read any more ({error.strerror})", path=self.block.path) from error
        skipped = first * per_frame
        return flat[start - skipped : stop - skipped]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Columns of a block that were decoded before they were asked for.

    Attributes
    ----------
    block : Block
    version : tuple of int
        What the file looked like: its number, size and time of change.
    index : int
        The column asked for last.
    samples : dict of int to array
        Each is handed out once.
    """

    block: Block
    version: tuple[int, ...]
    index: int
    samples: dict[int, NDArray[np.float64]]


_ahead: list[Ahead] = []


def read_ahead(block: Block, index: int) -> NDArray[np.float64]:
    """Return a whole column; from the second one on that is asked for in order, decode some that follow with it."""
    status = block.path.stat()
    version = (status.st_ino, status.st_size, status.st_mtime_ns)
    last = _ahead[0] if _ahead else None
    follows = last is not None and last.version == version and last.block == block
    if follows and last is not None:
        known = last.samples.pop(index, None)
        if known is not None:
            return known
    indices = [index]
    if follows and last is not None and index > last.index and not last.samples:
        indices = _group(block, index)
    wanted, *others = block.load(indices, 0, block.n_frames)
    if not (follows and last is not None and last.samples):
        _ahead[:] = [Ahead(block, version, indices[-1], dict(zip(indices[1:], others, strict=True)))]
    return wanted


def _group(block: Block, index: int) -> list[int]:
    """Return the column and those after it that together stay within the limit."""
    indices, n_bytes = [index], 0
    for other in range(index + 1, len(block.columns)):
        n_bytes += 8 * block.n_frames * block.columns[other].per_frame
        if n_bytes > AHEAD_BYTES:
            break
        indices.append(other)
    return indices
