"""What lies in a folder: the recordings, each one once, and the files no reader can read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.errors import EmgpipeError, ReadError, UnknownFormatError
from emgpipe.readers import Reader
from emgpipe.readers import choose as choose_reader
from emgpipe.readers.base import Head
from emgpipe.readers.signatures import describe_content

if TYPE_CHECKING:
    from collections.abc import Iterator

LITTER = ("thumbs.db", "desktop.ini")
LINKED = "a link to a folder; links are not followed here: name that folder itself"
RESULTS = "the results of a run of emgpipe, no recordings"
NO_READER = "which no reader can read"
Choose = Callable[[Path], tuple[Reader, str]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds.

    Attributes
    ----------
    recordings : tuple of Path
        Files, and folders that are one recording, sorted by path; the files that belong to a recording (sidecars,
        data files of a header) are not listed.
    others : tuple of (Path, str)
        Everything else, with the reason why it cannot be read.
    """

    recordings: tuple[Path, ...]
    others: tuple[tuple[Path, str], ...]


def recordings_in(folder: Path, *, choose: Choose = choose_reader) -> Listing:
    """List a folder with its sub-folders, judging every file by its content.

    Hidden files and those of the operating system do not count. A sub-folder that is a recording is listed as one and
    not entered. Links to files are followed; links to folders are named and not followed, so there is no loop.

    Parameters
    ----------
    folder : Path
        The folder itself may be a recording.
    choose : callable
        Finds the reader for a path, as `emgpipe.readers.choose` does.

    Raises
    ------
    ReadError
        The folder is missing, is a file, or cannot be opened.
    """
    if not folder.is_dir():
        raise ReadError("this is no folder; name one that holds recordings", path=folder)
    found: dict[Path, Reader] = {}
    others: dict[Path, str] = {}
    for path in _entries(folder, others, found, choose):
        try:
            found[path] = choose(path)[0]
        except (EmgpipeError, OSError) as error:
            others[path] = _reason(path, error)
    belonging = _companions(found)
    return Listing(
        tuple(path for path in sorted(found) if path not in belonging),
        tuple((path, others[path]) for path in sorted(others) if path not in belonging),
    )


def _entries(folder: Path, others: dict[Path, str], found: dict[Path, Reader], choose: Choose) -> Iterator[Path]:
    """Yield the files; folders that are recordings go to `found`, folders that cannot be entered to `others`."""

    def refused(error: OSError) -> None:
        path = Path(error.filename or folder)
        if path == folder:
            raise ReadError(f"the folder cannot be opened ({error.strerror}); ask for read access", path=folder)
        others[path] = f"the folder cannot be opened ({error.strerror})"

    for name, subfolders, files in os.walk(folder, onerror=refused):
        place = Path(name)
        if "run.json" in files and "report.html" in files:
            others[place] = RESULTS
            subfolders.clear()
            continue
        reader = _folder_reader(place, choose)
        if reader is not None:
            found[place] = reader
            subfolders.clear()
            continue
        linked = [one for one in subfolders if (place / one).is_symlink() and not _litter(one)]
        others.update({place / one: LINKED for one in linked})
        subfolders[:] = sorted(one for one in subfolders if one not in linked and not _litter(one))
        yield from (place / one for one in sorted(files) if not _litter(one))


def _folder_reader(folder: Path, choose: Choose) -> Reader | None:
    try:
        return choose(folder)[0]
    except (EmgpipeError, OSError):
        return None


def _companions(found: dict[Path, Reader]) -> set[Path]:
    """Return the files that belong to a recording; one that belongs to another claims nothing itself."""
    belonging: set[Path] = set()
    for path in sorted(found):
        if path in belonging:
            continue
        try:
            own = found[path].companions(path)
        except (EmgpipeError, OSError, ValueError):  # a damaged header: reading it will say so
            continue
        belonging.update(Path(os.path.normpath(one)) for one in own)
        belonging.update(path.parent / one for one in own if not one.is_absolute() and one.parent == Path())
        belonging.discard(path)
    return belonging


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, UnknownFormatError):
        try:
            return f"{describe_content(Head.of(path).data)}, {NO_READER}"
        except OSError:
            return "of no known format"
    return error.message if isinstance(error, ReadError) else str(error)


def is_foreign(reason: str) -> bool:
    """Say whether a reason of `Listing.others` means that the file is no recording, rather than that it failed."""
    return reason == RESULTS or reason.endswith(NO_READER)


def _litter(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in LITTER
