"""A study as it was at its run, laid out again in an empty folder: settings, tables and recordings in their places."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from emgpipe.atomic import write_text
from emgpipe.errors import StoreError
from emgpipe.store import MISSING, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emgpipe.provenance.results import Results

STUDY: Final = "study.yaml"
_YAML: Final = (".yaml", ".yml")
_DEEPER: Final = "d"
"""A folder between the new one and the study file for each folder that paths lead up: nothing is written above."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A study that can be run.

    Attributes
    ----------
    study : Path
        Its study file.
    recordings : int
        How many input files were laid out or found in their place.
    changed, missing : tuple of str
        Those that are not what they were at the run, and those that are not there.
    """

    study: Path
    recordings: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]


def stage(results: Results, into: Path, raw: Path | None = None) -> Staged:
    """Lay out in a folder what a run was made of.

    Recordings are linked where the file system can (a second name for the same content, which takes no room), else
    copied. Files that belonged to no trial are laid out as well, empty where they are gone: their names are in results.

    Parameters
    ----------
    results : Results
    into : Path
        A folder that is empty or not there.
    raw : Path, optional
        Where the recordings are now, if not where they were.

    Raises
    ------
    StoreError
        The folder is in use, the results are not whole, or they do not say what was run.
    """
    settings, stated = results.run["settings"], results.run["stated"]
    if not stated:
        raise StoreError(
            f"{results.folder}: the study keeps names out of its results (`privacy`), so that they do not hold what a "
            "repetition needs; run the study file again into another folder: emgpipe run"
        )
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise StoreError(f"{into} is there already; delete it, or choose another folder with --into")
    names = [*results.run["inputs"], settings["recordings"]["folder"], settings["output"]["folder"]]
    home = into.joinpath(*[_DEEPER] * max(map(_depth, names)))
    found = list(_inputs(results, raw))
    states = {one.name: _lay_out(one, home) for one in found}
    for one in _others(results, raw):
        _lay_out(one, home)
    write_text(home / STUDY, study_text(stated, raw))
    if stated.get("extends"):  # what it says is among the settings, and so is its name
        write_text(home / stated["extends"], _as_yaml({"name": stated["name"]}))
    return Staged(
        home / STUDY,
        sum(state != "missing" for state in states.values()),
        tuple(name for name, state in states.items() if state == "changed"),
        tuple(name for name, state in states.items() if state == "missing"),
    )


@dataclass(frozen=True, slots=True)
class _Input:
    """A file to lay out: its name from the study file on, where its content is now, and what that should be."""

    name: str
    source: Path
    sha256: str
    is_copy: bool = False


def _inputs(results: Results, raw: Path | None) -> Iterator[_Input]:
    """Yield the tables and recordings of a run; study files are made from its settings."""
    copies, inside = results.run["copies"], str(results.run["settings"]["recordings"]["folder"])
    for name, digest in results.run["inputs"].items():
        if name in copies:
            yield _Input(name, results.vouched(copies[name]), digest, is_copy=True)
        elif _within(name, inside) is not None or not name.endswith(_YAML):
            yield _Input(name, _source(results, name, raw), digest)


def _others(results: Results, raw: Path | None) -> Iterator[_Input]:
    """Yield the files of the recordings' folder that the run listed and did not read."""
    inside = PurePosixPath(str(results.run["settings"]["recordings"]["folder"]))
    for listed in results.run["listed"]:
        name = (inside / listed).as_posix()
        if name not in results.run["inputs"]:
            yield _Input(name, _source(results, name, raw), "")


def _source(results: Results, name: str, raw: Path | None) -> Path:
    """Return where a file is now."""
    below = _within(name, str(results.run["settings"]["recordings"]["folder"]))
    return results.input_path(name) if raw is None or below is None else raw / below


def _within(name: str, folder: str) -> str | None:
    path = PurePosixPath(name)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None


def _lay_out(one: _Input, home: Path) -> str:
    """Put a file in its place; return whether it is ``unchanged``, ``changed`` or ``missing``."""
    target = home / one.name  # an absolute name stays where it is
    if not one.sha256:
        if not target.exists():
            _link(one.source, target)
        return "unchanged"
    if not one.source.is_file():
        return "unchanged" if one.sha256 == MISSING else "missing"
    if target != one.source:
        _link(one.source, target, copy=one.is_copy)
    return "unchanged" if one.is_copy or file_hash(target) == one.sha256 else "changed"


def _link(source: Path, target: Path, *, copy: bool = False) -> None:
    """Give a file a second name; copy it where that cannot be done; make an empty one where it is gone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_file():
        target.touch()
        return
    try:
        if copy:
            raise OSError
        os.link(source.resolve(), target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)


def _depth(name: str) -> int:
    """Return how many folders above the study file a path leads.

    >>> _depth("../../raw/a.csv"), _depth("raw/a.csv"), _depth("lab/../../raw")
    (2, 0, 1)
    """
    return Path(os.path.normpath(name)).parts.count("..")


def study_text(stated: Mapping[str, Any], raw: Path | None = None) -> str:
    """Return a study file that states settings; its results and recordings are not where an absolute path says."""
    given = json.loads(json.dumps(stated))
    output, recordings = given.get("output", {}), given["recordings"]
    if PurePosixPath(output.get("folder", "")).is_absolute():  # the results must not be written over
        output["folder"] = "processed"
    if raw is not None and PurePosixPath(recordings["folder"]).is_absolute():
        recordings["folder"] = str(raw.resolve())
    return _as_yaml(given)


def _as_yaml(content: Mapping[str, Any]) -> str:
    """Return YAML that means exactly this: JSON is YAML, line by line for the sections."""
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items()]
    return "# Written from the settings in run.json, every default filled in.\n" + "\n".join(lines) + "\n"
