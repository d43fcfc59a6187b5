"""What listing the trials of a study gives: trials, and what was wrong or left out on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Trial


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something stated in the trials table, or a file of the study, is not simply one of the trials.

    Attributes
    ----------
    what : {"trial", "table", "recording"}
        What it is about.
    name : str
        The trial's id where it has one, else the best name there is.
    where : str
        Row of the table (as a spreadsheet counts) or file name.
    message : str
        What was given, what is allowed, what to do.
    status : {"failed", "left out", "warn", "note"}
        Only ``failed`` loses a trial that was meant to be there; ``warn`` is likely to be a mistake.
    participant : str
        Whose trial it is about, where that is known.
    """

    what: Literal["trial", "table", "recording"]
    name: str
    where: str
    message: str
    status: Literal["failed", "left out", "warn", "note"] = "failed"
    participant: str = ""


@dataclass(frozen=True, slots=True)
class TrialList:
    """All trials of a study, sorted by participant, session and order of appearance.

    Attributes
    ----------
    trials : tuple of Trial
    problems : tuple of Problem
        Rows and files that are not trials, with the reason; notes.
    unused_files : tuple of Path
        Files in the folder of the recordings that belong to no trial.
    """

    trials: tuple[Trial, ...]
    problems: tuple[Problem, ...]
    unused_files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A trial as it was stated, all in text: a row of the table, or a file name taken apart.

    Attributes
    ----------
    fields : mapping of str to str
        Column -> text, without empty ones; files are paths relative to the folder of the recordings.
    origin : str
        Where it was stated.
    dated : tuple of str
        Columns in which the spreadsheet holds a date.
    """

    fields: Mapping[str, str]
    origin: str
    dated: tuple[str, ...] = field(default=())

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The columns that name files, the first file first."""
        return tuple(sorted(name for name in self.fields if name == "file" or name.startswith("file_")))
