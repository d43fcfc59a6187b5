"""Where the recordings are and which trial each of them is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from emgpipe.config.patterns import parse_pattern
from emgpipe.joining import AnyJoin, StatedOffset
from emgpipe.model.trial import Role
from emgpipe.readers import READERS, ReaderOptions
from emgpipe.settings import Settings, StudyPath, one_of

if TYPE_CHECKING:
    AnyReaderOptions = ReaderOptions
else:
    AnyReaderOptions = one_of(tuple(reader.Options for reader in READERS))


def _parsable(pattern: str) -> str:
    parse_pattern(pattern)
    return pattern


class FilePattern(Settings):
    """File names that say what was done, such as ``{participant}_{exercise}_{head_position}_{trial}.csv``."""

    pattern: Annotated[str, AfterValidator(_parsable)] = Field(min_length=1)
    """The file's name with fields in braces, sub-folders allowed. Fields: participant, session, trial, role, target, position, exercise, head_position, load, load_basis, working_side, order; other names become factors. * stands for any text."""  # noqa: E501 - one line in the JSON Schema
    role: Role | None = None
    """What such files are: task (default), mvic, rest or calibration."""
    companion: str | None = Field(default=None, min_length=1)
    """Name of a second file of the same trial; {stem} is the first file's name without its ending."""
    offset: float | None = None
    """Seconds to add to the companion's times; 0 with a warning if not given."""
    factors: dict[str, str] = Field(default_factory=dict)
    """What is the same for all such files, such as {load_basis: 10RM}."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Refuse a pattern that can never make a trial."""
        given = {token.text for token in parse_pattern(self.pattern) if token.kind == "field"} | set(self.factors)
        if self.role is not None and "role" in given:
            raise ValueError("the role is given twice, as {role} in the pattern and as `role:`; keep one of them")
        role = self.role or self.factors.get("role") or ("any" if "role" in given else "task")
        needed = {"task": ["exercise"], "mvic": ["target"]}.get(role, [])
        for name in ["participant", *needed]:
            if name not in given:
                raise ValueError(
                    f"the pattern '{self.pattern}' has no field {{{name}}}; add it to the pattern, or give it for all "
                    f"files as `factors: {{{name}: ...}}`"
                )
        if self.companion is not None and "{" in self.companion.replace("{stem}", ""):
            raise ValueError("companion: the only field is {stem}, the first file's name without its ending")
        return self


class Recordings(Settings):
    """The folder of the recordings, and either a trials table or file-name patterns."""

    folder: StudyPath
    """Folder of the recordings, relative to this file; nothing is ever written to it."""
    trials: Path | None = None
    """A trials table (CSV, .xlsx, .xls or .ods), relative to the folder of the recordings."""
    sheet: str | None = None
    """Which sheet of a workbook holds the trials; the first one if not given."""
    participants: Path | None = None
    """A table with one row per participant (sex, age, group, ...), relative to the folder of the recordings."""
    participants_sheet: str | None = None
    """Which sheet of a workbook holds the participants; the first one if not given."""
    files: tuple[FilePattern, ...] = ()
    """File-name patterns, tried in this order; a file belongs to the first that fits."""
    joining: AnyJoin = Field(default_factory=StatedOffset)
    """How a second file of a trial is laid on the clock of the first: by the stated offset, an event, or a channel."""
    reading: tuple[AnyReaderOptions, ...] = ()
    """What is known about the files of a format and does not stand in them, such as a sampling rate."""
    allow_outside: bool = False
    """Let the trials table name files outside the folder of the recordings."""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        """Exactly one of the two ways to list trials."""
        if self.trials is not None and self.files:
            raise ValueError("both `trials` and `files` are given; keep the trials table or the file-name patterns")
        if self.trials is None and not self.files:
            raise ValueError(
                "neither `trials` nor `files` is given; name a trials table (trials: trials.csv) or file-name patterns"
            )
        if self.sheet is not None and self.trials is None:
            raise ValueError("`sheet` is given without `trials`; it chooses a sheet of the trials table")
        if self.participants_sheet is not None and self.participants is None:
            raise ValueError("`participants_sheet` is given without `participants`; name the participants table")
        kinds = [str(getattr(options, "kind", "")) for options in self.reading]
        twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
        if twice:
            raise ValueError(f"reading: kind '{twice}' is given twice; put all its settings into one entry")
        return self

    @property
    def trials_path(self) -> Path | None:
        """The trials table as a path that can be opened."""
        return None if self.trials is None else self.folder / self.trials

    @property
    def participants_path(self) -> Path | None:
        """The participants table as a path that can be opened."""
        return None if self.participants is None else self.folder / self.participants
