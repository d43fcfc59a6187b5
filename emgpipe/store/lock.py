"""One run at a time in a folder of results: a lock of the operating system, which ends with the process that holds it.

The lock lies on `<folder>/.lock`; its text says who holds it, for the message to whoever comes second. Where the file
system has no locks (some network drives), that text itself is the lock.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.atomic import sweep
from emgpipe.errors import StoreError
from emgpipe.store.owner import Owner, read_owner, write_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_FILE: Final = ".lock"
_BUSY: Final = frozenset({errno.EACCES, errno.EAGAIN})
_FAR: Final = 1 << 30
"""Where the locked byte lies on Windows, where a lock on the text itself would keep others from reading it."""
_held: dict[tuple[int, str], Owner] = {}
"""The folders that this process holds, with its number: a forked child holds nothing."""


@contextlib.contextmanager
def hold(folder: Path, words: str) -> Iterator[str]:
    """Hold a folder of results, which is made if need be, so that nobody else writes there meanwhile.

    What a process that was killed left of unfinished files is removed.

    Parameters
    ----------
    words : str
        What is being done, as a command that its user knows.

    Yields
    ------
    str
        What the process before left behind when it was killed, in words; empty if it ended well.

    Raises
    ------
    StoreError
        Somebody else holds the folder, or it cannot be written to.
    """
    key = (os.getpid(), str(folder.resolve()))
    path = folder / LOCK_FILE
    if key in _held:  # a lock of the operating system is no obstacle to the process that holds it
        raise StoreError(_in_use(path, _held[key]))  # not read from the file: to close it would give the lock back
    me = _held[key] = Owner.me(words)
    try:
        handle, before = _taken(path, me)
        try:
            yield _left_words(before, sweep(folder))
        finally:
            sweep(folder)  # what workers left that were killed meanwhile, or ended by Ctrl-C
            _give_back(path, handle)
    finally:
        _held.pop(key, None)


def _taken(path: Path, me: Owner) -> tuple[int, Owner | None]:
    """Take the lock; return its open file, and who held it before and did not give it back."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            handle, is_new = _opened(path)
            try:
                before = None if is_new else read_owner(path)
                if not _locked(handle):
                    _take_without_locks(before, is_new=is_new)
                if _is_same(path, handle):
                    write_owner(handle, me)
                    return handle, before
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)  # whoever held it took the file away just now
    except _BusyError:
        raise StoreError(_in_use(path, read_owner(path))) from None
    except OSError as error:
        raise StoreError(
            f"{path.parent} cannot be written to ({error.strerror or error}); allow it, or choose another folder with "
            "`output: folder:`; nothing was changed"
        ) from error


class _BusyError(Exception):
    """Somebody else holds the lock."""


def _opened(path: Path) -> tuple[int, bool]:
    """Open the lock file; tell whether it was not there before."""
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o644), True
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags), False
    return os.open(path, flags | os.O_CREAT, 0o644), False


def _locked(handle: int) -> bool:
    """Lock an open file for this process alone; False where the file system has no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            raise _BusyError from error
        return False
    return True


def _take_without_locks(before: Owner | None, *, is_new: bool) -> None:
    """Take a lock file by its text: it is free if it was not there, or if the process it names has ended.

    Two processes that find the same dead owner in the same instant could both take it; only a file system with locks
    rules that out.
    """
    if not is_new and (before is None or not before.is_dead):
        raise _BusyError


def _is_same(path: Path, handle: int) -> bool:
    """Tell whether the locked file is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _give_back(path: Path, handle: int) -> None:
    """Remove the lock file, unless its folder went meanwhile or it is somebody else's by now, and let go of it."""
    if sys.platform == "win32":
        os.close(handle)  # an open file cannot be removed there
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return
    with contextlib.suppress(OSError):
        if _is_same(path, handle):
            path.unlink()
    os.close(handle)


def _in_use(path: Path, owner: Owner | None) -> str:
    who = owner.words if owner else "another run of emgpipe"
    where = f"Wait for its end, or stop it; nothing was changed. If nothing of the kind is running, delete {path}"
    if owner and owner.host != platform.node():
        where = f"Look there whether it is still running; if it is not, delete {path}. Nothing was changed"
    return f"{path.parent} is in use by {who}. {where}"


def _left_words(before: Owner | None, unfinished: int) -> str:
    if before is None and not unfinished:
        return ""
    who = f"{before.words}, did not come to its end" if before else "an earlier run did not come to its end"
    files = f"; unfinished files of it were removed: {unfinished}" if unfinished else ""
    return f"{who}{files}"
