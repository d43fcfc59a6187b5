"""A study that is about to be run: its file, its trials, its people and what was decided before."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe.config import (
    KnownPlaces,
    Problem,
    list_participants,
    list_trials,
    load_study,
    placed,
    read_decisions,
    stated_decisions,
    study_sources,
)
from emgpipe.errors import ConfigError
from emgpipe.run.named import Naming
from emgpipe.stated_files import decisions_files, stated_tables
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from emgpipe.config import Participants, Study, TrialList
    from emgpipe.model import Decision, Trial
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Opened:
    """A study and everything that is stated about it.

    Attributes
    ----------
    decisions : tuple of Decision
        Of the decisions table, their places known.
    settings : mapping
        The study file with every default filled in, as plain data.
    naming : Naming
        What participants and files are called in results.
    """

    file: Path
    study: Study
    vocabulary: Vocabulary
    listing: TrialList
    people: Participants | None
    decisions: tuple[Decision, ...]
    settings: dict[str, Any]
    naming: Naming

    @property
    def folder(self) -> Path:
        """Where results go."""
        return self.study.results_folder

    @property
    def all_decisions(self) -> tuple[Decision, ...]:
        """What the study file decides, then the decisions table."""
        return (*stated_decisions(self.study, self.listing), *self.decisions)

    @property
    def sessions(self) -> tuple[tuple[Trial, ...], ...]:
        """The trials, session by session."""
        trials = sorted(self.listing.trials, key=_place)
        return tuple(tuple(group) for _, group in groupby(trials, key=_place))

    @property
    def sources(self) -> set[Path]:
        """Every file that is read besides the recordings."""
        return {*study_sources(self.file), *stated_tables(self.study), *decisions_files(self.study)}


def open_study(path: str | Path) -> Opened:
    """Read a study file and list its trials.

    Raises
    ------
    ConfigError
        The study file or its trials table cannot be used, or there is no trial at all.
    """
    file = Path(path)
    study = load_study(file)
    vocabulary = load_vocabulary(study.vocabulary)
    listing = list_trials(study, vocabulary)
    _refuse_impossible(study, listing, file)
    people = list_participants(study.recordings, (trial.participant for trial in listing.trials))
    stated, wrong = read_decisions(study.quality.decisions, vocabulary)
    naming = Naming.of(study, file.parent, listing, stated)
    named = naming.trials(listing)
    decisions, unknown = placed(naming.names.decisions(stated), KnownPlaces.of(named.trials))
    doubts = (*naming.doubts(named.trials), *_alike(listing))
    noticed = (*(people.problems if people else ()), *wrong, *unknown, *doubts)
    study = naming.names.study(study)
    return Opened(
        file=file,
        study=study,
        vocabulary=vocabulary,
        listing=naming.messages(replace(named, problems=(*listing.problems, *noticed))),
        people=naming.people(people),
        decisions=decisions,
        settings=naming.names.settings(study, file.parent),
        naming=naming,
    )


def _refuse_impossible(study: Study, listing: TrialList, file: Path) -> None:
    folder, raw = study.results_folder.resolve(), study.recordings.folder.resolve()
    if folder == raw or raw in folder.parents:
        raise ConfigError(
            f"output: folder: {folder} lies inside the recordings {raw}, which are never written to", path=file
        )
    if folder in raw.parents:
        raise ConfigError(
            f"recordings: folder: {raw} lies inside the folder of the results, {folder}, which may be deleted and made "
            "again; choose another with `output: folder:`, or another `name`",
            path=file,
        )
    if not listing.trials:
        reasons = "; ".join(problem.message for problem in listing.problems[:5])
        raise ConfigError(f"no trial can be processed. {reasons or f'No file in {raw} fits the study.'}", path=file)


def _alike(listing: TrialList) -> list[Problem]:
    """Notice participants that are likely to be one person, typed in two ways."""
    names: dict[str, list[str]] = {}
    for name in sorted({trial.participant for trial in listing.trials}):
        names.setdefault(unicodedata.normalize("NFC", name).casefold(), []).append(name)
    return [
        Problem(
            "table",
            ", ".join(same),
            "participants",
            f"the participants {' and '.join(same)} differ in capital letters or stored accents only, and count as "
            f"{len(same)} people; if they are one person, write the name the same way everywhere",
            "warn",
        )
        for same in names.values()
        if len(same) > 1
    ]


def _place(trial: Trial) -> tuple[str, str]:
    return trial.participant, trial.session
