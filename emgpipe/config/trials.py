"""The trials of a study, from the trials table or from file names: one list, whichever way they are stated."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from emgpipe.config.channels import names_of
from emgpipe.config.drafts import TrialBuilder
from emgpipe.config.filenames import drafts_from_names
from emgpipe.config.folder import RecordingFolder
from emgpipe.config.identity import Stated, with_ids
from emgpipe.config.listing import Draft, Problem, TrialList
from emgpipe.config.spelling import key_of, longest_spellings, same_name
from emgpipe.config.table import drafts_from_table
from emgpipe.config.words import Words
from emgpipe.errors import ConfigError, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.config.recordings import Recordings
    from emgpipe.config.study import Study
    from emgpipe.model import Trial
    from emgpipe.vocabulary import Vocabulary

_DEFAULTS = {"session": "1", "role": "task"}


def list_trials(study: Study, vocabulary: Vocabulary) -> TrialList:
    """List the trials of a study.

    Parameters
    ----------
    study : Study
    vocabulary : Vocabulary
        With the study's additions.

    Returns
    -------
    TrialList
        One bad row or file name is a problem of its own and never stops the others.

    Raises
    ------
    ConfigError
        There is no list at all: the folder or the trials table is missing or cannot be read.
    """
    recordings = study.recordings
    folder = RecordingFolder.of(recordings.folder, allow_outside=recordings.allow_outside)
    words = Words(vocabulary)
    if recordings.trials_path is not None:
        drafts, problems = drafts_from_table(
            _table_path(recordings, recordings.trials_path),
            recordings.sheet,
            comments=study.privacy.comments == "kept",
        )
    else:
        drafts, problems = drafts_from_names(folder.names, recordings.files, words)
    drafts, notes = _one_spelling([replace(draft, fields={**_DEFAULTS, **draft.fields}) for draft in drafts], study)
    stated, wrong = _build(drafts, folder, words)
    trials, doubles = with_ids(stated)
    found = (*problems, *notes, *wrong, *doubles, *_whole_file_twice(trials), *_idle_overrides(study, trials))
    return TrialList(
        trials=tuple(sorted(trials, key=_place)),
        problems=found,
        unused_files=_unused(folder, drafts, found, (recordings.trials_path, recordings.participants_path)),
    )


def _table_path(recordings: Recordings, path: Path) -> Path:
    """Return the path of the trials table; refuse, with the remedy, one that lies one folder too high."""
    above = recordings.folder.parent / path.name
    if not path.exists() and above.is_file():
        raise ConfigError(
            "the trials table is looked for in the folder of the recordings, but it lies in the folder above; write "
            f"`trials: ../{path.name}`, or move it there",
            path=path,
        )
    return path


def _build(drafts: Sequence[Draft], folder: RecordingFolder, words: Words) -> tuple[list[Stated], list[Problem]]:
    stated: list[Stated] = []
    problems: list[Problem] = []
    taken = frozenset(draft.fields[column].replace("\\", "/") for draft in drafts for column in draft.file_columns)
    folder = replace(folder, taken=taken)
    for draft in drafts:
        builder = TrialBuilder(draft, folder, words)
        trial = builder.build()
        if trial is not None:
            stated.append(Stated(trial, draft.fields.get("trial", "")))
        else:
            name = draft.fields.get("file", draft.origin)
            whose = draft.fields.get("participant", "")
            problems.append(Problem("trial", name, draft.origin, "; ".join(builder.wrong), participant=whose))
    return stated, problems


def _one_spelling(drafts: Sequence[Draft], study: Study) -> tuple[list[Draft], list[Problem]]:
    """Give names that differ in leading zeros only the longest spelling found anywhere.

    Spreadsheet programs turn ``01`` into ``1``; file names and the study file usually still have it.
    """
    notes: list[Problem] = []
    changed = list(drafts)
    for column in ("participant", "session", "trial"):
        given = {draft.fields[column] for draft in drafts if column in draft.fields}
        stated = {name for override in study.overrides if (name := getattr(override, column, None)) is not None}
        in_files = {token for draft in drafts for token in _token(draft, column)}
        spelling = longest_spellings(given | {name for name in stated | in_files if key_of(name) in map(key_of, given)})
        changed = [
            replace(draft, fields={**draft.fields, column: spelling[draft.fields[column]]})
            if column in draft.fields
            else draft
            for draft in changed
        ]
        for name in sorted(given):
            if spelling[name] != name:
                message = f"{column} '{name}' and '{spelling[name]}' are taken as one, '{spelling[name]}'"
                notes.append(Problem("table", spelling[name], f"column '{column}'", message, "note"))
    return changed, notes


def _token(draft: Draft, column: str) -> list[str]:
    """Return the first number in a row's file name that equals its participant but for leading zeros."""
    if column != "participant" or "file" not in draft.fields:
        return []
    tokens = re.split(r"[^0-9A-Za-z]+", draft.fields["file"])
    return [token for token in tokens if key_of(token) == key_of(draft.fields.get(column, ""))][:1]


def _whole_file_twice(trials: Sequence[Trial]) -> list[Problem]:
    """Note trials that use the whole of one file: usually a line copied and not changed."""
    first: dict[Path, Trial] = {}
    notes = []
    for trial in trials:
        if trial.start is not None or trial.stop is not None:
            continue
        before = first.setdefault(trial.files[0].path, trial)
        if before is not trial:
            message = (
                f"uses the whole of the same file as {before.origin}; if the file holds several trials, give start and "
                "stop, otherwise correct the file name"
            )
            notes.append(Problem("trial", trial.id, trial.origin, message, "note"))
    return notes


def _idle_overrides(study: Study, trials: Sequence[Trial]) -> list[Problem]:
    """Warn of overrides that concern no trial: usually a misspelled name, and the error they correct stays in."""
    there = sorted({trial.participant for trial in trials})
    called = sorted(name for trial in trials for name in names_of(trial))
    notes = []
    for index, override in enumerate(study.overrides, start=1):
        unknown = [name for name in override.trials or () if name not in called]
        if not any(same_name(override.participant, name) for name in there):
            wrong = f"no trial is of participant '{override.participant}'{suggest(override.participant, there)}"
        elif unknown:
            wrong = f"there is no trial '{unknown[0]}'{suggest(unknown[0], called)}"
        elif not any(override.applies_to(trial) for trial in trials):
            wrong = f"participant '{override.participant}' has no such trial in session '{override.session}'"
        else:
            continue
        notes.append(Problem("table", override.participant, f"overrides, entry {index}", wrong, "warn"))
    return notes


def _place(trial: Trial) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
    return _natural(trial.participant), _natural(trial.session)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sort P2 before P10."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall(r"\d+|\D+", text)]


def _unused(
    folder: RecordingFolder, drafts: Sequence[Draft], problems: Sequence[Problem], tables: Sequence[Path | None]
) -> tuple[Path, ...]:
    """Return the files nobody speaks of."""
    named = {draft.fields[column] for draft in drafts for column in draft.file_columns}
    named.update(problem.name for problem in problems)
    spoken_of = {PurePosixPath(name.replace("\\", "/")).as_posix() for name in named}
    lying_there = [table.resolve() for table in tables if table is not None]
    return tuple(
        path
        for name in folder.names
        if name not in spoken_of and (path := folder.path / name).resolve() not in lying_there
    )
