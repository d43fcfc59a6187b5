"""Which files of a folder are new or rewritten, and complete: their size has not changed for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emgpipe.errors import ReadError

SETTLE: Final = 1.5
"""Seconds that size and time of a file must stay as they are; copying programs write several times a second."""
Signature = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


@dataclass(slots=True)
class Arrivals:
    """Watches a folder with its sub-folders by looking at it again and again.

    Attributes
    ----------
    folder : Path
    settle : float
        Seconds.
    clock : callable
        Gives seconds.
    """

    folder: Path
    settle: float = SETTLE
    clock: Callable[[], float] = time.monotonic
    _known: dict[Path, Signature] = field(default_factory=dict)
    _pending: dict[Path, tuple[Signature, float]] = field(default_factory=dict)

    def begin(self) -> int:
        """Take what is there as known; return how many files that are.

        Raises
        ------
        ReadError
            The folder is missing or cannot be opened.
        """
        try:
            with os.scandir(self.folder):
                pass
        except OSError as error:
            reason = f"the folder cannot be watched ({error.strerror}); check its name"
            raise ReadError(reason, path=self.folder) from error
        self._known = dict(_files(self.folder))
        return len(self._known)

    def poll(self) -> list[Path]:
        """Return the files that are complete since the last time, new ones and rewritten ones, sorted."""
        now, there = self.clock(), dict(_files(self.folder))
        self._known = {path: known for path, known in self._known.items() if path in there}
        self._pending = {path: since for path, since in self._pending.items() if path in there}
        complete = []
        for path, signature in there.items():
            if self._known.get(path) == signature:
                self._pending.pop(path, None)
            elif path not in self._pending or self._pending[path][0] != signature:
                self._pending[path] = (signature, now)
            elif signature[0] and now - self._pending[path][1] >= self.settle:
                self._known[path] = signature
                del self._pending[path]
                complete.append(path)
        return sorted(complete)

    @property
    def pending(self) -> frozenset[Path]:
        """Files that are still being written."""
        return frozenset(self._pending)


def signature_of(path: Path | None) -> Signature | None:
    """Return size and time of a file; None where there is none."""
    try:
        return None if path is None else (path.stat().st_size, path.stat().st_mtime_ns)
    except OSError:
        return None


def _files(folder: Path) -> Iterator[tuple[Path, Signature]]:
    """Yield the files of a folder and its sub-folders; hidden ones, links to folders and results of a run left out."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:  # a folder that was just taken away
        return
    names = {entry.name for entry in entries}
    if {"run.json", "report.html"} <= names:
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.is_file():
                status = entry.stat()
                yield Path(entry.path), (status.st_size, status.st_mtime_ns)
        except OSError:  # gone between two looks
            continue
