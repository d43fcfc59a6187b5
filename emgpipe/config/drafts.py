"""Drafts -> trials: numbers, files and names of the vocabulary; everything wrong with one is said at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from emgpipe.config.fieldnames import is_factor
from emgpipe.config.listing import Draft
from emgpipe.errors import ConfigError, VocabularyError
from emgpipe.model import Trial, TrialFile

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.config.folder import RecordingFolder
    from emgpipe.config.words import Words
    from emgpipe.model import Role

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_SIDES = {
    "left": "left",
    "l": "left",
    "links": "left",
    "right": "right",
    "r": "right",
    "rechts": "right",
    "both": "both",
}
_MAY_BE_DATES = ("session", "comment")
_NEEDED = {"task": "exercise", "mvic": "target"}


def number_of(text: str) -> float | None:
    """Return a number written with a decimal point or a decimal comma, or None.

    >>> number_of("1,5"), number_of("1.5"), number_of("1:30"), number_of("1.000,5")
    (1.5, 1.5, None, None)
    """
    if not _NUMBER.fullmatch(text.strip()):
        return None
    value = float(text.strip().replace(",", "."))
    return value if math.isfinite(value) else None


@dataclass(slots=True)
class TrialBuilder:
    """Reads the fields of one draft and collects what is wrong."""

    draft: Draft
    folder: RecordingFolder
    words: Words
    wrong: list[str] = field(default_factory=list)

    def build(self) -> Trial | None:
        """Return the trial, still without its id, or None; the reasons are then in `wrong`."""
        fields = self.draft.fields
        self._dates()
        role = next(iter(self._ids("role")), "task")
        needed = _NEEDED.get(role)
        if needed and needed not in fields:
            self.wrong.append(f"'{needed}' is not given; a trial of role {role} needs it")
        trial = Trial(
            id="",
            participant=self._name("participant"),
            session=self._name("session"),
            role=cast("Role", role),
            files=self._files(),
            start=self._number("start"),
            stop=self._number("stop"),
            targets=self._ids("target"),
            position=fields.get("position", ""),
            factors=self._factors(),
            repetitions=self._count("repetitions"),
            comment=fields.get("comment", ""),
            origin=self.draft.origin,
        )
        if trial.start is not None and trial.stop is not None and trial.start >= trial.stop:
            self.wrong.append(f"start = {trial.start:g} s must lie before stop = {trial.stop:g} s")
        return None if self.wrong else trial

    def _dates(self) -> None:
        for column in self.draft.dated:
            if column and column not in _MAY_BE_DATES:
                self.wrong.append(
                    f"column '{column}' holds a date ({self.draft.fields.get(column)}); format the column as text in "
                    "the spreadsheet program and type the value again"
                )

    def _name(self, column: str) -> str:
        text = self.draft.fields.get(column, "")
        if not text:
            self.wrong.append(f"column '{column}' is empty")
        elif _NOT_IN_NAMES.search(text) or text.startswith("."):
            self.wrong.append(f"column '{column}' holds '{text}'; use letters, digits, spaces, - and _ only")
        return text

    def _number(self, column: str) -> float | None:
        text = self.draft.fields.get(column)
        if text is None:
            return None
        value = number_of(text)
        if value is None:
            self.wrong.append(f"column '{column}' holds '{text}'; write a number of seconds, such as 12.5")
        return value

    def _count(self, column: str) -> int | None:
        text = self.draft.fields.get(column)
        if text is None:
            return None
        value = number_of(text)
        if value is None or value < 1 or value != round(value):
            self.wrong.append(f"column '{column}' holds '{text}'; write a whole number, 1 or more")
            return None
        return round(value)

    def _ids(self, name: str) -> tuple[str, ...]:
        text = self.draft.fields.get(name)
        if text is None:
            return ()
        try:
            return self.words.ids(name, text)
        except VocabularyError as error:
            self.wrong.append(f"column '{name}': {error}")
            return ()

    def _files(self) -> tuple[TrialFile, ...]:
        files = []
        if "file" not in self.draft.fields:
            self.wrong.append("column 'file' is empty")
        for column in self.draft.file_columns:
            offset = self._number(column.replace("file", "offset"))
            path = self._path(self.draft.fields[column])
            if path is not None:
                files.append(TrialFile(path, offset or 0.0, is_stated=offset is not None))
        return tuple(files)

    def _path(self, name: str) -> Path | None:
        try:
            return self.folder.find(name)
        except ConfigError as error:
            self.wrong.append(error.message)
            return None

    def _factors(self) -> dict[str, str]:
        factors: dict[str, str] = {}
        for name, text in self.draft.fields.items():
            if name in ("exercise", "head_position"):
                factors[name] = next(iter(self._ids(name)), text)
            elif name == "working_side":
                factors[name] = self._side(text)
            elif is_factor(name):
                value = number_of(text) if name == "load" else None
                factors[name] = text if value is None else f"{value:g}"
        return factors

    def _side(self, text: str) -> str:
        side = _SIDES.get(text.casefold())
        if side is None:
            self.wrong.append(f"column 'working_side' holds '{text}'; write left, right or both")
        return side or text
