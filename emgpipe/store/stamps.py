"""Hashes of files, remembered by size and time stamp so that a file that was not touched is not read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from emgpipe.store.hashes import UNREADABLE, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MISSING = "missing"
"""Stands for the hash of a file that is not there."""


class Stamp(NamedTuple):
    """What tells cheaply that a file was not touched, and the hash of its content at that time."""

    size: int
    modified: int
    """Nanoseconds; compared for equality only, so that a clock that was set back does no harm."""
    hash: str


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Return size and time stamp of a file; None if it is not there."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


@dataclass(slots=True)
class Stamps:
    """Gives hashes of files.

    Attributes
    ----------
    known : dict
        Absolute path -> stamp, of earlier runs and of this one.
    verify : bool
        Read every file, whatever its stamp says; once.
    """

    known: dict[str, Stamp] = field(default_factory=dict)
    verify: bool = False
    _verified: set[str] = field(default_factory=set)

    def hash_of(self, path: Path) -> str:
        """Return the SHA-256 of a file; ``missing`` or ``unreadable`` where there is none."""
        name, now = str(path.absolute()), stamp_of(path)
        if now is None:
            return MISSING
        before = self.known.get(name)
        if before is not None and before[:2] == now and (not self.verify or name in self._verified):
            return before.hash
        found = file_hash(path)
        if found != UNREADABLE:
            self.known[name] = Stamp(*now, found)
            self._verified.add(name)
        return found

    def forget(self, paths: Iterable[Path]) -> None:
        """Read these files again when asked: they were just written, and a clock may tick slower than that."""
        for path in paths:
            self.known.pop(str(path.absolute()), None)

    def of(self, files: Mapping[str, str], folder: Path) -> dict[str, tuple[int, int]]:
        """Return the stamps that files of these hashes had when they were hashed, by their names in a folder."""
        found = {name: self.known.get(str((folder / name).absolute())) for name in files}
        return {name: stamp[:2] for name, stamp in found.items() if stamp is not None and stamp.hash == files[name]}

    def is_same(self, path: Path, content: str) -> bool:
        """Tell whether a file has the content of that hash."""
        return self.hash_of(path) == content
