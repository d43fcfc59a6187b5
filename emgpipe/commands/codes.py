"""``emgpipe codes STUDY``: what the participants and files of a study are called in its results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.commands.exits import EXIT_OK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from emgpipe.commands.types import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    codes = commands.add_parser(
        "codes", help="print what participants and files are called in results, where they are hashed (`privacy:`)"
    )
    codes.add_argument("study", type=Path, help="study file (YAML)")
    codes.add_argument("--files", action="store_true", help="print the names of the recordings, too")
    codes.set_defaults(command=_codes)


def _codes(given: argparse.Namespace) -> int:
    from emgpipe.config import list_trials, load_study, portable
    from emgpipe.privacy import Names
    from emgpipe.vocabulary import load_vocabulary

    study = load_study(given.study)
    trials = list_trials(study, load_vocabulary(study.vocabulary)).trials
    names = Names.of(study)
    if not study.privacy.is_hashed:
        print(f"{given.study}: nothing is hashed; results call participants and files as the study does")
        return EXIT_OK
    people = dict.fromkeys(trial.participant for trial in trials)
    _print("participant", [(name, names.participant(name)) for name in people])
    if given.files:
        files = dict.fromkeys(portable(file.path, given.study.parent) for trial in trials for file in trial.files)
        _print("file", [(name, names.file(name)) for name in files])
    print("# this table says who is who: keep it where the salt is, not beside the results")
    return EXIT_OK


def _print(what: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Print two columns with a tab between them, as spreadsheet programs take it over."""
    print(f"{what}\tin results")
    for name, shown in pairs:
        print(f"{name}\t{shown}")
