"""What a session's numbers went through on the way, kept between runs: a cache that may be deleted at any time.

::

    kept/numbers/<participant>_<session>.zip    measured numbers (float64) and findings (JSON) of single trials
    kept/signals/<participant>_<session>.zip    filtered signals and envelopes (float64), as far as there is room

Ordinary ZIP archives, not compressed; each member is named after what it was made of, see `emgpipe.kept`. A member
whose checksum is wrong, or an archive that is no archive, counts as not there. A file that cannot be written is not
written: a run does not depend on it. Results do not come from here unless they are the same to the last bit, so that
`run.json` does not list these files.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

FOLDER: Final = "kept"
_KINDS: Final = ("numbers", "signals")
_UNREADABLE: Final = (zipfile.BadZipFile, OSError, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError)
"""What a damaged archive may raise; each of them means that the value is made again."""
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def kept_paths(session_file: Path) -> tuple[Path, Path]:
    """Return where numbers and signals of a session are kept, given where its HDF5 file lies."""
    folder, name = session_file.parent.parent / FOLDER, f"{session_file.name.removesuffix('.h5')}.zip"
    return folder / _KINDS[0] / name, folder / _KINDS[1] / name


def forget_others(folder: Path, session_files: Iterable[Path]) -> None:
    """Remove what is kept in a study's folder of sessions that it no longer has."""
    there = {path for one in session_files for path in kept_paths(one)}
    for kind in _KINDS:
        for path in (folder / FOLDER / kind).glob("*.zip"):
            if path not in there:
                with contextlib.suppress(OSError):
                    path.unlink()


class KeptFile:
    """One archive: the values of the run before are found in it, new ones are put beside them.

    As a context manager it is written at the end, in one step, if anything was put into it; without what was not asked
    for. After an error it stays as it was.

    Parameters
    ----------
    room : float
        Bytes that the values may take; those that no longer fit are not kept. 0: nothing is, and what was is removed.
    """

    def __init__(self, path: Path, room: float = math.inf) -> None:
        self._path, self._room = path, room
        self._before: zipfile.ZipFile | None = None
        self._now: zipfile.ZipFile | None = None
        self._temporary: Path | None = None
        self._used: dict[str, None] = {}
        self._is_broken = False

    def __enter__(self) -> KeptFile:
        with contextlib.suppress(*_UNREADABLE):
            if self._room <= 0:
                self._path.unlink(missing_ok=True)
            else:
                self._before = zipfile.ZipFile(self._path)
        return self

    def find(self, name: str) -> bytes | None:
        """Return the value of a name; None if there is none, or if it is damaged."""
        try:
            if self._now is not None and name in self._now.NameToInfo:
                return None  # made a moment ago: a file that is being written to is not read
            return self._from_before(name)
        except _UNREADABLE:
            return None

    def _from_before(self, name: str) -> bytes | None:
        info = self._before.NameToInfo.get(name) if self._before else None
        if self._before is None or info is None or info.compress_type != zipfile.ZIP_STORED:
            return None
        content = self._before.read(info)  # compares the checksum
        if name not in self._used:
            self._room -= len(content)
            self._used[name] = None
        return content

    def put(self, name: str, parts: Sequence[bytes | memoryview]) -> None:
        """Keep a value, if it fits."""
        size = sum(map(len, parts))
        if self._is_broken or size > self._room or (self._now is not None and name in self._now.NameToInfo):
            return
        try:
            self._write(name, parts, size)
        except OSError:
            self._is_broken = True  # a full disk, or a folder that is read-only
            return
        self._room -= size

    def _write(self, name: str, parts: Sequence[bytes | memoryview], size: int) -> None:
        if self._now is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            prefix = f".{self._path.name[:40]}."
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=prefix, suffix=".part")
            os.close(descriptor)
            self._temporary = Path(temporary)
            self._now = zipfile.ZipFile(temporary, "w")
        info = zipfile.ZipInfo(name, _DATE)
        info.file_size = size
        with self._now.open(info, "w") as member:
            for part in parts:
                member.write(part)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the archive, if that is needed and nothing went wrong."""
        is_whole = kind is None and not self._is_broken
        with contextlib.suppress(*_UNREADABLE):
            if is_whole and self._now is not None:
                self._take_over()
                self._now.close()
                self._close_before()
                if self._temporary is not None:
                    self._temporary.chmod(0o644)
                    self._temporary.replace(self._path)
        self._close()

    def _take_over(self) -> None:
        """Write what was found before, and is still of use, beside the new values."""
        for name in self._used:
            content = self._before.read(name) if self._before else b""
            self._write(name, (content,), len(content))

    def _close_before(self) -> None:
        if self._before is not None:
            self._before.close()

    def _close(self) -> None:
        with contextlib.suppress(*_UNREADABLE):
            self._close_before()
        with contextlib.suppress(*_UNREADABLE):
            if self._now is not None:
                self._now.close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                self._temporary.unlink(missing_ok=True)
