"""How long a child may take over a request, and how much memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Generous for whole files, so that only damaged ones meet them.

    Attributes
    ----------
    seconds : float
        For a request about a small file.
    bytes_per_second : float
        The slowest reading that is allowed for: text from a network drive.
    memory : int
        Bytes for a small file.
    memory_per_byte : float
        Bytes more for every byte of the file; text takes 2.5 times its samples, which may be compressed in the file.
    most_memory : float
        Part of the machine's memory that is never exceeded.
    """

    seconds: float = 60.0
    bytes_per_second: float = 1e6
    memory: int = 4 * GIB
    memory_per_byte: float = 12.0
    most_memory: float = 0.75

    def time_for(self, path: Path) -> float:
        """Return the seconds that one request about a recording may take."""
        return self.seconds + size_of(path) / self.bytes_per_second

    def memory_for(self, path: Path) -> int:
        """Return the bytes of memory that reading a recording may take."""
        wanted = self.memory + self.memory_per_byte * size_of(path)
        return int(min(wanted, self.most_memory * _physical_memory()))


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of the files in a folder; 0 where they cannot be asked."""
    try:
        return sum(one.stat().st_size for one in _files(path))
    except OSError:
        return 0


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder) / name for name in names)


def _physical_memory() -> float:
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # Windows does not say; its limit is the one above
        return 64.0 * GIB
