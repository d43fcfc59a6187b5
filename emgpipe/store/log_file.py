"""A log file: the one file that grows, and so the one that is not written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from emgpipe.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def open_log(path: Path) -> TextIO:
    """Open a file to add lines to; each is handed to the system when it ends, so that a killed process leaves it.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    try:
        return path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
    except OSError as error:
        raise StoreError(f"the log {path} cannot be written ({error.strerror or error}); name another file") from error
