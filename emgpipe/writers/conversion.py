"""A recording read and written in another format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe import readers
from emgpipe.errors import StoreError
from emgpipe.writers import choose_writer, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emgpipe.model import Finding, Recording
    from emgpipe.readers import ReaderOptions
    from emgpipe.writers import Writer

    Read = Callable[[Path, Sequence[ReaderOptions]], Recording]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was converted: the recording as it was read, the format, and what the file holds in another way."""

    recording: Recording
    writer: Writer
    path: Path
    findings: tuple[Finding, ...]


def convert(
    source: Path,
    target: Path,
    *,
    force: bool = False,
    keep_personal_data: bool = False,
    read: Read = readers.read,
) -> Conversion:
    """Read a recording and write it in the format that the ending of `target` names.

    Parameters
    ----------
    source : Path
        A file, or a folder where the recording is a folder.
    target : Path
    force : bool
        Replace a file that is there; never one that belongs to `source`.
    keep_personal_data : bool
        Read and write what the recording says about the person.
    read : callable
        ``read(path, options) -> Recording``.

    Raises
    ------
    ReadError
        `source` cannot be read.
    StoreError
        `target` cannot be written.
    """
    writer = choose_writer(target)
    _check_apart(target, (source,))
    if target.exists() and not force:
        raise StoreError(f"{target} is there already; choose another name, or replace it with --force")
    options = [_keeping(reader) for reader in readers.READERS] if keep_personal_data else []
    recording = read(source, options)
    _check_apart(target, _companions(source, recording.source.reader))
    findings = write(recording, target, force=force, keep_personal_data=keep_personal_data)
    return Conversion(recording, writer, target, findings)


def _keeping(reader: readers.Reader) -> ReaderOptions:
    return reader.Options(keep_personal_data=True)


def _companions(source: Path, name: str) -> tuple[Path, ...]:
    """Return the other files of the recording, as the reader called `name` knows them."""
    return next((reader.companions(source) for reader in readers.READERS if reader.name == name), ())


def _check_apart(target: Path, sources: Sequence[Path]) -> None:
    if _is_one_of(target, sources):
        raise StoreError(f"{target} belongs to the recording that is to be converted; choose another name")


def _is_one_of(target: Path, sources: Sequence[Path]) -> bool:
    """Say whether a path leads to one of the files, or into one of the folders, whatever links it goes through."""
    return any(
        _resolved(one) in (_resolved(target), *_resolved(target).parents) or _same(one, target) for one in sources
    )


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads back to itself
        return Path(path.absolute())


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
