"""The results of one run: found, checked that they belong together, and read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emgpipe.errors import StoreError, suggest
from emgpipe.store import MISSING, RUN_FILE, Stamp, Stamps, file_hash, read_run_file, read_session
from emgpipe.store.small_files import rows_where

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.model import SessionResult

_AGAIN: Final = "make all of it again with: emgpipe run, and the study file"
State = str
"""``unchanged``, ``changed``, ``missing``, or ``hidden`` by its hashed name: a file as it is now against the run."""


@dataclass(slots=True)
class Results:
    """What a run left in a folder.

    Attributes
    ----------
    run : mapping
        The content of its `run.json`.
    code_of : callable
        What a participant is called in the results; known where the study file is.
    """

    folder: Path
    run: Mapping[str, Any]
    code_of: Callable[[str], str] = str
    _sessions: dict[str, SessionResult] = field(default_factory=dict)
    _stamps: Stamps | None = None
    _vouched: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, folder: Path) -> Results:
        """Read the `run.json` of a folder; `StoreError` if there is none that can be used."""
        return cls(folder, read_run_file(folder / RUN_FILE))

    @property
    def study(self) -> str:
        """The name of the study."""
        return str(self.run.get("study", ""))

    @property
    def trials(self) -> dict[str, str]:
        """Trial -> where it was stated."""
        return dict(self.run["trials"])

    @property
    def study_folder(self) -> Path:
        """The folder that names of input files count from."""
        return self.folder / str(self.run["timing"].get("study_folder", ""))

    def input_path(self, name: str) -> Path:
        """Return where an input file is now, or would be."""
        path = self.study_folder / name
        return path if path.exists() else Path(os.path.normpath(path))  # the way there may lead through what is gone

    def session(self, name: str) -> SessionResult:
        """Return what the file of a session says besides its signals.

        Raises
        ------
        StoreError
            The session was not processed, or its file is not the one of this run.
        """
        if name not in self._sessions:
            known = self.run["sessions"].get(name)
            if known is None:
                raise StoreError(
                    f"session {name} has no results: it was lost, or not asked for yet; the reason stands under "
                    f"'outcomes' in {self.folder / RUN_FILE}. Run the study again"
                )
            self._sessions[name] = read_session(self.vouched(str(known["file"]))).result
        return self._sessions[name]

    def rows(self, table: str, **wanted: str) -> list[dict[str, str]]:
        """Return the rows of a table of the results in which columns have certain values, as text.

        Raises
        ------
        StoreError
            The table is not the one of this run.
        """
        if table not in self.run["outputs"]:
            return []
        return rows_where(self.vouched(table), wanted)

    def vouched(self, name: str) -> Path:
        """Return the path of an output, having looked that it is what the run wrote."""
        path, expected = self.folder / name, self.run["outputs"].get(name)
        if name in self._vouched:
            return path
        if expected is None:
            raise StoreError(f"{self.folder / RUN_FILE} knows no {name}; {_AGAIN}")
        found = file_hash(path) if path.is_file() else MISSING
        if found != expected:
            how = "is missing" if found == MISSING else "is not what the run wrote, by its SHA-256 in run.json"
            raise StoreError(f"{path} {how}: it belongs to another run, or somebody changed it; {_AGAIN}")
        self._vouched.add(name)
        return path

    def input_state(self, name: str) -> tuple[str, State]:
        """Return the SHA-256 that an input had at the run, and whether it still has it."""
        recorded = str(self.run["inputs"].get(name, MISSING))
        if (self.run["settings"].get("privacy") or {}).get("paths") == "hashed":
            return recorded, "hidden"
        if self._stamps is None:
            self._stamps = Stamps(self._known())
        now = self._stamps.hash_of(self.input_path(name))
        return recorded, "unchanged" if now == recorded else "missing" if now == MISSING else "changed"

    def _known(self) -> dict[str, Stamp]:
        stamps = self.run["timing"].get("stamps", {}).get("inputs", {})
        return {
            str(self.input_path(name).absolute()): Stamp(size, modified, self.run["inputs"][name])
            for name, (size, modified) in stamps.items()
            if name in self.run["inputs"]
        }


def find_results(given: Path | None, participant: str) -> Results:
    """Return the results that are meant: those of a study file or a folder, or the ones near by that know somebody.

    Raises
    ------
    StoreError
        There are none, or several.
    """
    if given is not None and given.is_file() and given.name != RUN_FILE:
        from emgpipe.config import load_study
        from emgpipe.privacy import Names

        study = load_study(given)
        results = Results.of(study.results_folder)
        if study.privacy.participants == "hashed":
            results.code_of = Names.of(study).participant
        return results
    if given is not None and ((given / RUN_FILE).is_file() or not given.is_dir()):
        return Results.of(given.parent if given.name == RUN_FILE else given)
    near = list(_near(given))
    folded = participant.casefold()
    knowing = [one for one in near if participant in people_of(one)]
    knowing = knowing or [one for one in near if folded in map(str.casefold, people_of(one))]
    knowing = knowing or (near if len(near) == 1 else [])
    if len(knowing) == 1:
        return knowing[0]
    if knowing:
        several = ", ".join(str(one.folder) for one in knowing)
        raise StoreError(f"several results know participant '{participant}': {several}; say which with --study")
    everybody = sorted({name for one in near for name in people_of(one)})
    if everybody:
        there = ", ".join(str(one.folder) for one in near)
        raise StoreError(f"no results in {there} know participant '{participant}'{suggest(participant, everybody)}")
    where = f"in {given}" if given is not None else "in ./processed"
    raise StoreError(f"there are no results {where}; name the study file, or the folder of its results, with --study")


def people_of(results: Results) -> set[str]:
    """Return the participants that results know."""
    return {trial.split("/")[0] for trial in results.trials}


def _near(given: Path | None) -> Iterable[Results]:
    """Yield the results in a folder of results or, without one, where they usually lie."""
    folders = [given] if given is not None else [Path(), Path("processed"), Path("configs/processed")]
    for folder in folders:
        for run in [folder / RUN_FILE, *sorted(folder.glob(f"*/{RUN_FILE}"))]:
            if run.is_file():
                yield Results.of(run.parent)
