"""A study under the names of its results: as the study calls participants and files, or hashes in their place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from emgpipe.config import Participants, Problem, TrialList, portable
from emgpipe.portable_results import portable_listing, portable_session
from emgpipe.privacy import Names, Text
from emgpipe.reading import files_behind
from emgpipe.stated_files import decisions_files, stated_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.model import Decision, SessionResult, Trial

Value = TypeVar("Value")
_TELLING = (
    "participants are hashed and names of files are not: {count} of {total} recordings have the participant in their "
    "name, so that results still say who is who; set `paths: hashed` under `privacy`, too"
)


@dataclass(frozen=True, slots=True)
class Naming:
    """Gives everything that is stated about a study the names of its results.

    Attributes
    ----------
    folder : Path
        Of the study file; names of files count from it.
    text : Text
        Rewords messages about the whole study.
    """

    names: Names
    folder: Path
    text: Text

    @classmethod
    def of(cls, study: Study, folder: Path, listing: TrialList, decisions: Iterable[Decision]) -> Naming:
        """Return what gives names; `ConfigError` if the study asks for hashes and there is no usable salt."""
        names = Names.of(study)
        people = {one.participant for one in listing.trials} | {one.participant for one in listing.problems}
        people |= {one.participant for one in study.overrides} | {one.participant for one in decisions}
        files = [*(file.path for trial in listing.trials for file in trial.files), *listing.unused_files]
        inside = portable(study.recordings.folder, folder)
        files += [*stated_tables(study), *decisions_files(study)]
        known = [*(portable(path, folder) for path in files), *_unread(listing, inside)]
        return cls(names, folder, Text.of(names, sorted(people), known, inside))

    def trials(self, listing: TrialList) -> TrialList:
        """Return the trials under their names in results, sorted by them; their files can still be opened."""
        if not self.names.participants:
            return listing
        trials = sorted(map(self.names.renamed, listing.trials), key=lambda one: one.participant)
        return replace(listing, trials=tuple(trials))

    def messages(self, listing: TrialList) -> TrialList:
        """Return a list of trials whose problems, and files that belong to none, have the names of results."""
        named = portable_listing(listing, self.folder, self.text)
        if not self.names.paths:
            return named
        unused = tuple(Path(self.names.file(portable(path, self.folder))) for path in named.unused_files)
        return replace(named, unused_files=tuple(sorted(unused)))

    def people(self, people: Participants | None) -> Participants | None:
        """Return the participants table under the names of results."""
        if people is None or not self.names.participants:
            return people
        rows = [{**row, "participant": self.names.participant(row["participant"])} for row in people.rows]
        return replace(people, rows=tuple(sorted(rows, key=lambda row: row["participant"])))

    def session(self, result: SessionResult) -> SessionResult:
        """Return a session as results have it."""
        return portable_session(result, self.folder, self.text)

    def hidden(self, by_name: Mapping[str, Value]) -> dict[str, Value]:
        """Return what is known of files, by their names in results and sorted by them."""
        return dict(sorted((self.names.file(name), value) for name, value in by_name.items()))

    def own_names(self, by_name: Mapping[str, Value], trials: Iterable[Trial]) -> dict[str, Value]:
        """Return what results say of recordings by their own names; others than those of the trials are left out."""
        if not self.names.paths:
            return dict(by_name)
        own = self.names.shown(portable(file.path, self.folder) for trial in trials for file in trial.files)
        return {own[name]: value for name, value in by_name.items() if name in own}

    def revealed(self, run: Mapping[str, Any], trials: Sequence[Trial], sources: Iterable[Path]) -> dict[str, Any]:
        """Return the `run.json` of the run before with files by their own names, as far as they are still there."""
        if not self.names.paths or not run:
            return dict(run)
        readers = self.own_names(run["readers"], trials)
        recordings = dict.fromkeys(file.path for trial in trials for file in trial.files)
        behind = (files_behind(path, readers.get(portable(path, self.folder), "")) for path in recordings)
        own = self.names.shown(portable(path, self.folder) for path in (*chain.from_iterable(behind), *sources))
        inputs = {own[name]: value for name, value in run["inputs"].items() if name in own}
        timing = dict(run["timing"])
        stamps = dict(timing.get("stamps", {}))
        stamps["inputs"] = {own[name]: one for name, one in stamps.get("inputs", {}).items() if name in own}
        return {**run, "readers": readers, "inputs": inputs, "timing": {**timing, "stamps": stamps}}

    def doubts(self, trials: Sequence[Trial]) -> list[Problem]:
        """Warn where hashes of participants help nobody, because names of files say who is who."""
        if not self.names.participants or self.names.paths:
            return []
        files = {file.path: trial.own_names[0] for trial in trials for file in trial.files}
        count = sum(name in portable(path, self.folder) for path, name in files.items())
        message = _TELLING.format(count=count, total=len(files))
        return [Problem("table", "privacy", "study file", message, "warn")] if count else []


def _unread(listing: TrialList, inside: str) -> list[str]:
    """Return the files that only problems name: those of rows and names that are no trials."""
    return [f"{inside}/{one.name}" for one in listing.problems if "." in one.name and one.what != "table"]
