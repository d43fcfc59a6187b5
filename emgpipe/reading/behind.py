"""Which files a recording consists of, and whether all of them lie where recordings may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.readers import READERS, options_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.readers import ReaderOptions


def files_behind(recording: Path, reader: str, reading: Sequence[ReaderOptions] = ()) -> tuple[Path, ...]:
    """Return all files that a recording consists of: itself, or what its folder holds, and what its reader adds.

    So do the others whose ending it has: a file that is put beside a recording may make it readable, or change who
    reads it.

    Parameters
    ----------
    recording : Path
    reader : str
        That it was read with; empty if it is not known, or if it could not be read.
    reading : sequence of ReaderOptions
        What is stated about files of each format.
    """
    inner = sorted(path for path in recording.rglob("*") if path.is_file()) if recording.is_dir() else [recording]
    if not recording.exists():
        return tuple(inner)
    ending = recording.suffix.lower()
    fitting = (one for one in READERS if one.name == reader or ending in one.extensions)
    beside = [path for one in fitting for path in one.companions(recording, options_for(one, reading))]
    return tuple(dict.fromkeys([*inner, *beside]))


def refuse_links_out(recording: Path, reader: str, folder: Path) -> None:
    """See to it that no part of a recording is a link to a file outside of the folder of the recordings.

    Metadata that a format keeps in folders above, as BIDS does, may lie there, but not behind a link.

    Raises
    ------
    ReadError
        One is.
    """
    inside = folder.resolve()
    for path in files_behind(recording, reader):
        allowed = inside if path.absolute().is_relative_to(folder.absolute()) else path.parent.resolve()
        if not path.resolve().is_relative_to(allowed):
            raise ReadError(
                f"a part of it, '{path.name}', is a link to a file outside of the folder of the recordings; copy the "
                "file there, or set `allow_outside: true` under `recordings`",
                path=recording,
                reader=reader,
            )
