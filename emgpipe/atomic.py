"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.errors import DiskError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


IN_A_STUDY = "choose another folder with `output: folder:`"
_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""Errors that the next file would meet as well."""
_UNFINISHED: Final = re.compile(r"\..*\.[a-z0-9_]{8}\.part")
_WAITS: Final = (0.05, 0.2, 0.5)
"""Seconds between tries: virus scanners and indexers of Windows hold a new file for a moment."""
_aside: ContextVar[tuple[Path, dict[Path, Path]] | None] = ContextVar("_aside", default=None)
"""Where content goes whose file is held open, and what went there."""


def replace_file(path: Path, write: Callable[[Path], None], *, remedy: str = IN_A_STUDY) -> None:
    """Let `write` fill a temporary file in the same folder, flush it, and put it in place of `path` in one step.

    Parameters
    ----------
    path : Path
    write : callable
        Takes the path of the temporary file, which exists and is empty.
    remedy : str
        What to do where the folder cannot be written to; part of the message.

    Raises
    ------
    DiskError
        The disk is full, read-only or broken; other files would fail as well.
    StoreError
        The folder cannot be written, or another program holds the file open (but see `going_on`).
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        os.close(descriptor)
        temporary = Path(name)
        write(temporary)
        _flush(temporary)
        temporary.chmod(0o644)
        if not _put(temporary, path):
            _put_aside(temporary, path)
    except OSError as error:
        kind = DiskError if error.errno in _DISK else StoreError
        raise kind(_why(path, error, remedy)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all; `StoreError` as in `replace_file`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(text.encode("utf-8"))

    replace_file(path, fill)


@contextlib.contextmanager
def going_on() -> Iterator[dict[Path, Path]]:
    """Go on where a file is held open by another program: it stays as it was, and nothing is raised.

    Yields
    ------
    dict of Path to Path
        Filled meanwhile: the file that could not be replaced -> where the content lies that was meant for it, until
        the end.
    """
    with tempfile.TemporaryDirectory(prefix="emgpipe-") as folder:
        held: dict[Path, Path] = {}
        before = _aside.set((Path(folder), held))
        try:
            yield held
        finally:
            _aside.reset(before)


def sweep(folder: Path) -> int:
    """Remove the temporary files that killed processes left in a folder and below; return how many there were.

    Only while nobody else writes there: a file that is being written looks the same.
    """
    found = [Path(place, name) for place, _, names in os.walk(folder) for name in names if _UNFINISHED.fullmatch(name)]
    for path in found:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(found)


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _put(temporary: Path, path: Path) -> bool:
    """Rename; where somebody holds the file open (Windows) try again for a moment, then tell so."""
    for wait in (*_WAITS, 0):
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(wait)
        else:
            _flush_folder(path.parent)
            return True
    return False


def _put_aside(temporary: Path, path: Path) -> None:
    """Lay content aside for as long as `going_on` lasts; without it a file that is held open is an error."""
    aside = _aside.get()
    if aside is None:
        raise PermissionError(errno.EACCES, "another program holds it open")
    folder, held = aside
    place = held.setdefault(path, folder / str(len(held)) / path.name)  # a file may be written twice
    place.parent.mkdir(exist_ok=True)
    shutil.move(temporary, place)


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where folders can be flushed (not on Windows)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _why(path: Path, error: OSError, remedy: str) -> str:
    kept = "; the file that was there is unchanged" if _is_file(path) else ""
    if isinstance(error, PermissionError):
        return (
            f"{path} cannot be written ({error.strerror}); close it if it is open in a spreadsheet, or {remedy}{kept}"
        )
    if isinstance(error, IsADirectoryError):
        return f"{path} cannot be written: a folder of that name is in the way; remove it, or {remedy}"
    if error.errno == errno.ENAMETOOLONG:
        return f"{path} cannot be written: its name is too long for this disk; use shorter names, or {remedy}"
    first = "make room for it" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "look after the disk"
    return f"{path} cannot be written: {error.strerror or error}; {first}, or {remedy}{kept}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the folder cannot be entered
        return False
