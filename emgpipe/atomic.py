"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable


IN_A_STUDY = "choose another folder with `output: folder:`"


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
    StoreError
        The folder cannot be written, the disk is full, or another program holds the file open.
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
        temporary.replace(path)
    except OSError as error:
        raise StoreError(_why(path, error, remedy)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line ends, whole or not at all; `StoreError` as in `replace_file`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(text.encode("utf-8"))

    replace_file(path, fill)


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _why(path: Path, error: OSError, remedy: str) -> str:
    if isinstance(error, PermissionError):
        return (
            f"{path} cannot be written ({error.strerror}); close it if it is open in a spreadsheet, or {remedy}; "
            "the file that was there is unchanged"
        )
    kept = "; the file that was there is unchanged" if path.is_file() else ""
    return f"{path} cannot be written: {error.strerror or error}; make room for it, or {remedy}{kept}"
