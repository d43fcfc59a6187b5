"""Put a draft beside the recordings, never among them: the study file and the trials table it names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.atomic import replace_file
from emgpipe.config import TrialList, list_trials, load_study
from emgpipe.drafting.study_text import study_text
from emgpipe.drafting.table_text import table_bytes
from emgpipe.errors import StoreError
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from emgpipe.drafting.draft import Draft

REMEDY = "choose another place with --out"


@dataclass(frozen=True, slots=True)
class Written:
    """The two files, and the trials that the study file lists as it stands."""

    study: Path
    trials: Path
    listed: TrialList


def draft_paths(study: Path) -> tuple[Path, Path]:
    """Return the paths of the study file and of the trials table beside it."""
    return study, study.with_name("trials.csv" if study.stem == "study" else f"{study.stem}_trials.csv")


def check_free(study: Path, folder: Path, *, force: bool = False, is_asked: bool = True) -> None:
    """Refuse to write over files that are there, and, unless it was asked for, among the recordings.

    Raises
    ------
    StoreError
        With the remedy.
    """
    if not is_asked and study.resolve().is_relative_to(folder.resolve()):
        raise StoreError(
            f"{study} would lie among the recordings in {folder}; say where to write it: --out ../study.yaml (or "
            "--out study.yaml to have it there)"
        )
    there = [path for path in draft_paths(study) if path.exists()]
    if there and not force:
        raise StoreError(
            f"{' and '.join(map(str, there))} exist{'s' if len(there) == 1 else ''} already; give another name with "
            "--out, or --force to replace them"
        )


def write_draft(draft: Draft, study: Path, *, force: bool = False) -> Written:
    """Write the study file and its trials table, and load both.

    Parameters
    ----------
    draft : Draft
    study : Path
        Where the study file goes; the table goes beside it.
    force : bool
        Replace files that are there.

    Raises
    ------
    StoreError
        Files of these names exist, or the folder cannot be written to.
    """
    folder = draft.survey.folder
    check_free(study, folder, force=force)
    study, trials = draft_paths(study)
    vocabulary = load_vocabulary()
    text = study_text(
        draft, folder=_relative(folder, study.parent), trials=_relative(trials, folder), vocabulary=vocabulary
    )
    _write(trials, table_bytes(draft.rows))
    _write(study, text.encode("utf-8", "replace"))
    loaded = load_study(study)
    return Written(study, trials, list_trials(loaded, load_vocabulary(loaded.vocabulary)))


def _write(path: Path, content: bytes) -> None:
    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    replace_file(path, fill, remedy=REMEDY)


def _relative(path: Path, start: Path) -> str:
    """Return the way from one place to another, with ``/``; the whole path where they are on different drives."""
    try:
        return Path(os.path.relpath(path.resolve(), start.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
