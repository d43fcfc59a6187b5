"""How much of a disk may be taken by what only saves time."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Final

from emgpipe.store.kept_file import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

RESERVE: Final = 1e9
"""Bytes that stay free for results, of this study and of whatever else writes there."""


def room_to_keep(folder: Path, asked: float) -> float:
    """Return how many bytes of signals may be kept in a folder of results: as many as asked for, if the disk has them.

    Parameters
    ----------
    asked : float
        Bytes.
    """
    kept = 0
    with contextlib.suppress(OSError):
        kept = sum(path.stat().st_size for path in (folder / FOLDER).rglob("*.zip"))
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    return max(min(asked, shutil.disk_usage(there).free + kept - RESERVE), 0.0)
