"""Which files a recording consists of, and whether all of them lie where recordings may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.readers import READERS

if TYPE_CHECKING:
    from pathlib import Path


def files_behind(recording: Path, reader: str) -> tuple[Path, ...]:
    """Return all files that a recording consists of: itself, or what its folder holds, and what its reader adds."""
    inner = sorted(path for path in recording.rglob("*") if path.is_file()) if recording.is_dir() else [recording]
    known = next((one for one in READERS if one.name == reader), None)
    return (*inner, *(known.companions(recording) if known and recording.exists() else ()))


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
