"""What lies in a file without a fixed layout, by path: the same view of MAT-files and of HDF5."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from emgpipe.errors import ReadError, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model.recording import Loader

LISTED = 24
"""Entries an error message lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: numbers of some shape, or texts; `shape` of texts is how many there are."""

    path: str
    shape: tuple[int, ...]
    what: Literal["numbers", "text"]

    @property
    def size(self) -> int:
        """How many elements."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    @property
    def described(self) -> str:
        """Path and shape for a message."""
        return f"'{self.path}' ({' x '.join(str(length) for length in self.shape)})"

    @property
    def vector_axis(self) -> int | None:
        """The axis along which a vector runs; None for a matrix."""
        long = [axis for axis, length in enumerate(self.shape) if length != 1]
        return None if len(long) > 1 else long[0] if long else 0

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.replace("@", "/").rsplit("/", 1)[-1]


class Tree(ABC):
    """The entries of one file; values are read when asked for."""

    def __init__(self, path: Path, reader: str, entries: list[Entry], unread: Sequence[str] = ()) -> None:
        self.path, self.reader = path, reader
        self.unread = tuple(unread)
        """What is there and cannot be samples, for a message."""
        self.entries = {entry.path: entry for entry in entries}

    @abstractmethod
    def numbers(self, path: str) -> NDArray[np.float64]:
        """Return all numbers of an entry as float64."""

    @abstractmethod
    def texts(self, path: str) -> list[str]:
        """Return the texts of an entry."""

    @abstractmethod
    def loader(self, entry: Entry, axis: Literal[0, 1], place: int, scale: float) -> Loader:
        """Return a loader of one column (samples along `axis` 0) or row (`axis` 1), times `scale`."""

    def entry(self, path: str, what: Literal["numbers", "text"], asked: str) -> Entry:
        """Return the entry at a path that the study file names; `asked` is the setting.

        Raises
        ------
        ReadError
            There is none, or it is of the other sort; suggests the nearest.
        """
        wanted = path.strip("/")
        found = self.entries.get(wanted)
        if found is None:
            near = suggest(wanted, self.entries) or f"; it holds: {', '.join(list(self.entries)[:LISTED]) or 'nothing'}"
            self.fail(f"{asked}: there is nothing at '{path}' in the file{near}")
        if found.what != what:
            self.fail(f"{asked}: '{path}' holds {found.what}, not {what}")
        return found

    def fail(self, message: str) -> NoReturn:
        """Raise a `ReadError` about this file."""
        raise ReadError(message, path=self.path, reader=self.reader)

    def scalar(self, path: str, asked: str) -> float:
        """Return the single number at a path; raises as `entry`."""
        entry = self.entry(path, "numbers", asked)
        if entry.size != 1:
            self.fail(f"{asked}: '{path}' holds {entry.size} numbers, one is needed")
        return float(self.numbers(entry.path).reshape(-1)[0])
