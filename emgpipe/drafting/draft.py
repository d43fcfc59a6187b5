"""A folder of recordings -> everything a study file and a trials table say, with what is uncertain."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.drafting.channels import DraftChannel, draft_channels
from emgpipe.drafting.given import GivenTable, given_table
from emgpipe.drafting.pairs import second_files
from emgpipe.drafting.repetitions import DraftDetector, draft_detector, files_of
from emgpipe.drafting.rows import Row, rows_from_names
from emgpipe.drafting.survey import Seen, Survey, survey
from emgpipe.errors import ConfigError, VocabularyError
from emgpipe.readers import choose as choose_reader
from emgpipe.readers import read as read_recording
from emgpipe.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.drafting.survey import Progress
    from emgpipe.readers.folders import Choose
    from emgpipe.readers.preview import Read
    from emgpipe.vocabulary import Vocabulary

NO_EMG = "no channel of it is EMG, and no recording of a similar name has any: fill in what it belongs to"
NO_OFFSET = "how many seconds must be added to the times of '{name}'? Empty: both files start together"
_SAYS_NOTHING = ("raw", "data", "recordings", "emg", "export", "exports", "messungen", "daten")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a study file and a trials table can say about a folder.

    Attributes
    ----------
    survey : Survey
    name : str
        Of the study.
    rows : tuple of Row
        Of the trials table.
    channels : tuple of DraftChannel
    detector : DraftDetector
    given : GivenTable or None
        The trials table that lay in the folder.
    """

    survey: Survey
    name: str
    rows: tuple[Row, ...]
    channels: tuple[DraftChannel, ...]
    detector: DraftDetector
    given: GivenTable | None = None

    @property
    def understood(self) -> tuple[Row, ...]:
        """The rows that can be trials."""
        return tuple(row for row in self.rows if row.is_included)

    @property
    def tasks(self) -> tuple[Row, ...]:
        """The task trials among them."""
        return tuple(row for row in self.understood if row.role == "task")


def draft_study(
    folder: Path, *, read: Read = read_recording, choose: Choose = choose_reader, progress: Progress | None = None
) -> Draft:
    """Draft a study from a folder of recordings; nothing is written.

    Parameters
    ----------
    folder : Path
    read, choose : callable
        Read one recording, and find its reader, as `emgpipe.readers.read` and `choose` do.
    progress : callable, optional
        Called with the number of recordings looked at and the number of all.

    Raises
    ------
    ConfigError
        There is nothing to draft from: no recording, or none that can be read.
    ReadError
        The folder is missing or cannot be opened.
    """
    vocabulary = load_vocabulary()
    found = survey(folder, read, choose, progress)
    given = given_table(folder)
    if given is not None:
        found = _without(found, given.path.name)
    if not any(seen.channels for seen in found.recordings):
        reasons = "".join(f"\n  {seen.name}: {seen.problem}" for seen in found.recordings[:5])
        raise ConfigError(f"none of the recordings in this folder can be read{reasons}", path=folder)
    rows = _rows(found.recordings, vocabulary)
    if given is not None:
        rows = _after_given(given, rows, vocabulary)
    channels = draft_channels(found.recordings)
    tasks = [row for row in rows if row.is_included and row.role == "task"]
    seen = {one.name: one for one in found.recordings}
    return Draft(found, _name(folder), tuple(rows), channels, draft_detector(tasks, seen, channels), given)


def _without(found: Survey, name: str) -> Survey:
    """Take the trials table out of the recordings."""
    return replace(
        found,
        recordings=tuple(seen for seen in found.recordings if seen.name != name),
        others=tuple((other, reason) for other, reason in found.others if other != name),
    )


def _rows(recordings: Sequence[Seen], vocabulary: Vocabulary) -> list[Row]:
    """Return the rows of all recordings; every recording stands in one of them."""
    seconds = second_files(recordings)
    belonging = {name for names in seconds.values() for name in names}
    first = [seen for seen in recordings if seen.name not in belonging]
    has_any_emg = any(seen.has_emg for seen in recordings)
    made = []
    for seen, row in zip(first, rows_from_names([seen.name for seen in first], vocabulary), strict=True):
        missing = row.missing
        if seen.problem:
            missing = f"the recording cannot be read: {seen.problem}"
        elif has_any_emg and not seen.has_emg:
            missing = NO_EMG
        made.append(_with_seconds(replace(row, missing=missing), seconds.get(seen.name, [])))
    return made


def _with_seconds(row: Row, names: Sequence[str]) -> Row:
    for number, name in enumerate(names, start=2):
        doubts = (*row.doubts, f"offset_{number}: " + NO_OFFSET.format(name=name))
        row = replace(row, fields={**row.fields, f"file_{number}": name}, doubts=doubts)
    return row


def _after_given(given: GivenTable, guessed: Sequence[Row], vocabulary: Vocabulary) -> list[Row]:
    """Return the rows of the given table, and behind them the recordings it does not speak of, left out."""
    rows = [_given_row(cells, given.path.name, vocabulary) for cells in given.rows]
    missing = f"not in {given.path.name}: if it belongs to the study, check what was guessed and write yes in include"
    new = [row for row in guessed if not given.files.intersection(files_of(row))]
    return [*rows, *(replace(row, missing=row.missing or missing) for row in new)]


def _given_row(cells: Mapping[str, str], table: str, vocabulary: Vocabulary) -> Row:
    """Take over a row; words the vocabulary knows become its ids, others stay for the person to see."""
    fields = {"role": "task", **cells}
    fields["role"] = fields["role"].casefold()
    for column, look_up in (("exercise", vocabulary.exercise), ("head_position", vocabulary.head_position)):
        if column in fields:
            with suppress(VocabularyError):
                fields[column] = look_up(fields[column]).id
    return Row(fields, understood=f"taken from {table}")


def _name(folder: Path) -> str:
    """Return the name of the study: the folder's, or that of the folder above where it is called ``raw``."""
    resolved = folder.resolve()
    for name in (resolved.name, resolved.parent.name):
        plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60]
        if plain and plain.casefold() not in _SAYS_NOTHING:
            return plain
    return "study"
