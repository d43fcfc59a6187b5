"""Memory: what was used is kept for what comes next, what has to wait goes to disk, and how much it was at most."""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakSet, finalize

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

LARGEST: Final = 31 << 20
"""Bytes; the allocator of glibc learns from blocks of up to 32 MiB."""
WINDOW: Final = 64 << 20
"""Bytes of a file of arrays that are mapped at a time; an array that is larger gets a window of its own size."""


@cache
def keep_memory() -> None:
    """Let the allocator keep memory that is freed, up to 62 MiB, instead of handing it back each time.

    A minute of a channel is a megabyte. By default glibc gives blocks of that size back to the system as soon as they
    are free, and fetches them again for the next step of the work, page by page: a third of the time of all. It learns
    from the largest block that was ever freed; so one is taken, never written to, and freed. Elsewhere nothing happens.
    """
    np.empty(LARGEST, dtype=np.uint8)


def peak_memory() -> int:
    """Return the most bytes this process held at once; 0 where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


@dataclass(slots=True, eq=False, weakref_slot=True)
class Aside:
    """Lays arrays into a nameless temporary file, from which the system fetches what is used again.

    The file is gone with the last of its arrays, even if the process is killed. Where a file cannot be mapped in this
    way (Windows), or the disk is full, arrays stay in memory.

    Attributes
    ----------
    folders : tuple of Path
        Where the file may lie; the first that can be written to is taken.
    """

    folders: tuple[Path, ...]
    _file: int = -1
    _size: int = 0
    _windows: list[tuple[mmap.mmap, int]] = field(default_factory=list)
    _is_off: bool = os.name != "posix"

    def lay(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same values as a read-only array that lies in the file."""
        if self._is_off or not values.size:
            return values
        try:
            return self._laid(np.ascontiguousarray(values))
        except OSError:  # disk full, or too many files are open: slower or not, the work goes on
            self._is_off = True
            return values

    def release(self) -> None:
        """Take the arrays out of the memory of this process; they are fetched again where they are used."""
        for window, _ in self._windows:
            window.madvise(mmap.MADV_DONTNEED)

    def _laid(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._file < 0:
            self._file = _nameless(self.folders)
            finalize(self, os.close, self._file)
            _OPEN.add(self)
        window, begin = self._room(values.nbytes)
        content, written = values.data.cast("B"), 0
        while written < len(content):
            written += os.pwrite(self._file, content[written:], begin + self._size + written)
        place, self._size = self._size, self._size + values.nbytes
        return np.frombuffer(window, dtype=np.float64, count=values.size, offset=place).reshape(values.shape)

    def _room(self, size: int) -> tuple[mmap.mmap, int]:
        """Return the window with room for so many bytes, and where it begins in the file."""
        if not self._windows or self._size + size > len(self._windows[-1][0]):
            begin = sum(len(window) for window, _ in self._windows)
            length = -(-max(size, WINDOW) // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
            os.ftruncate(self._file, begin + length)
            window = mmap.mmap(self._file, length, access=mmap.ACCESS_READ, offset=begin)
            self._windows.append((window, begin))
            self._size = 0
        return self._windows[-1]


_OPEN: Final[WeakSet[Aside]] = WeakSet()


def holds_aside() -> bool:
    """Tell whether arrays of this process were laid aside: then memory matters more than time."""
    return bool(_OPEN)


def set_aside(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same values, laid aside with the others where there are any, and released."""
    for one in tuple(_OPEN):
        laid = one.lay(values)
        one.release()
        return laid
    return values


def release_memory() -> None:
    """Take all arrays that were laid aside out of the memory of this process, where nobody looks at them just now.

    Harmless at any time: what is being used is fetched again.
    """
    for one in tuple(_OPEN):
        one.release()


def _nameless(folders: Iterable[Path]) -> int:
    """Return the descriptor of a new file that no folder shows."""
    for folder in (*folders, None):
        with suppress(OSError), tempfile.TemporaryFile(dir=folder) as file:
            return os.dup(file.fileno())
    raise OSError("no folder can be written to")
