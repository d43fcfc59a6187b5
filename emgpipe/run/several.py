"""Several studies, one after the other; one that cannot be run does not stop the others."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.config import study_sources
from emgpipe.errors import ConfigError, EmgpipeError
from emgpipe.run.only import of_study, refuse_unknown
from emgpipe.run.opened import open_study

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emgpipe.run.only import Only
    from emgpipe.run.opened import Opened


@dataclass(frozen=True, slots=True)
class Chosen:
    """A study file that was named.

    Attributes
    ----------
    only : mapping or None
        What is asked for of its sessions; None if it has none of them.
    error : str
        Why it cannot be run; empty if it can.
    """

    file: Path
    only: Only | None
    error: str = ""


def study_files(given: Iterable[str]) -> list[Path]:
    """Return the files that are named, each once; ``*`` and ``?`` are understood where the shell left them.

    Raises
    ------
    ConfigError
        No file is of such a name.
    """
    files: dict[str, Path] = {}
    for name in given:
        found = [name]
        if glob.has_magic(name) and not Path(name).exists():
            found = sorted(glob.glob(name))  # noqa: PTH207 - the name may be absolute, or start with ..
            if not found:
                raise ConfigError(f"there is no file of the name {name} (looked in {Path.cwd()})")
        for path in found:
            files.setdefault(os.path.normcase(Path(path).resolve()), Path(path))
    return list(files.values())


def choose(files: Sequence[Path], only: Only) -> list[Chosen]:
    """Look at all studies before the first begins, so that a mistake is told now and not in the morning.

    A file that others take over (``extends:``) and that is no study by itself is left away; those that
    cannot be run come first. A single study is not looked at here: it is when it begins.

    Raises
    ------
    ConfigError
        Two studies have the same folder of results, or no study has a session of a name that is asked for.
    """
    if len(files) == 1:
        return [Chosen(files[0], only)]
    opened: dict[Path, Opened] = {}
    errors: dict[Path, str] = {}
    for file in files:
        try:
            opened[file] = open_study(file)
        except EmgpipeError as error:
            errors[file] = str(error)
    _refuse_same_folder(opened)
    if opened:
        refuse_unknown(only, list(opened.values()))
    parts = {path for file in files for path in _taken_over(file)}
    chosen = [
        Chosen(file, {}, errors[file]) if file in errors else Chosen(file, of_study(only, opened[file]) if only else {})
        for file in files
        if file in opened or file.resolve() not in parts
    ]
    return sorted(chosen, key=lambda one: not one.error)


def _taken_over(file: Path) -> set[Path]:
    """Return the files that a study takes over."""
    try:
        return {path.resolve() for path in study_sources(file)} - {file.resolve()}
    except ConfigError:
        return set()


def _refuse_same_folder(opened: Mapping[Path, Opened]) -> None:
    first: dict[str, Path] = {}
    for file, one in opened.items():
        folder = os.path.normcase(one.folder.resolve())
        other = first.setdefault(folder, file)
        if other != file:
            raise ConfigError(
                f"{other} and {file} both write to {one.folder}: the second would overwrite the first; give one "
                "of them another `name` or `output: folder:`. Nothing was started"
            )
