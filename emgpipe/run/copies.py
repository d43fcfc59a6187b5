"""Copies of the small tables a run read, so that it can be repeated when they have changed or gone.

The study file is not among them: its settings stand in `run.json`, every default filled in. See
`emgpipe.config.table_copy` for what else is not copied.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from emgpipe.config import portable
from emgpipe.config.folder import RecordingFolder
from emgpipe.config.table_copy import table_copy
from emgpipe.stated_files import decisions_files, stated_tables
from emgpipe.store.small_files import write_file

if TYPE_CHECKING:
    from emgpipe.run.opened import Opened

INPUTS: Final = "inputs"
"""Sub-folder of the results that holds the copies."""


def write_copies(opened: Opened) -> dict[str, Path]:
    """Copy the tables of a study into its results, as far as they may be kept there.

    Returns
    -------
    dict of str to Path
        The table, from the folder of the study file on -> its copy.

    Raises
    ------
    StoreError
        A copy cannot be written.
    """
    if opened.study.privacy.is_limited:
        return {}  # they say who is who, and what comments say
    people = opened.study.recordings.participants_path
    known = {trial.participant for trial in opened.listing.trials}
    copies: dict[str, Path] = {}
    for path in dict.fromkeys([*stated_tables(opened.study), *decisions_files(opened.study)]):
        content = table_copy(path, people=known if path == people else None) if path.is_file() else None
        if content is not None:
            name = portable(path, opened.file.parent)
            copies[name] = opened.folder / INPUTS / _inside(name)
            write_file(copies[name], content)
    return copies


def files_listed(opened: Opened) -> tuple[str, ...]:
    """Return the files in the folder of the recordings: what belongs to no trial is said in the results, too."""
    recordings = opened.study.recordings
    return RecordingFolder.of(recordings.folder, allow_outside=recordings.allow_outside).names


def way_between(start: Path, to: Path) -> str:
    """Return the way from one folder to another, such as ``../..``; absolute where they lie on different drives."""
    try:
        return Path(os.path.relpath(to.resolve(), start.resolve())).as_posix()
    except ValueError:  # another drive
        return to.resolve().as_posix()


def _inside(name: str) -> str:
    """Return a path that stays inside a folder: ``..`` becomes ``_``, an absolute path a relative one."""
    parts = PurePosixPath(name.replace("\\", "/").replace(":", "_")).parts
    return "/".join("_" if part == ".." else part for part in parts if part != "/")
