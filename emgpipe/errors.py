"""Every error and warning emgpipe raises on purpose.

::

    EmgpipeError
    ├── ConfigError              a study file or trials table cannot be used   (path, line, column)
    │   └── StudyFileError       several places of a study file are wrong      (problems)
    ├── ReadError                a recording cannot be read                    (path, reader)
    │   ├── UnknownFormatError   no reader recognizes the content
    │   └── DamagedFileError     the format is known, the content is cut off or contradicts itself
    ├── SignalError              samples cannot be processed                   (channel, step)
    ├── UnitError                a unit is unknown or cannot be converted
    ├── VocabularyError          a muscle, exercise or head position is not known
    ├── SegmentationError        repetitions cannot be found
    ├── ComparisonError          a comparison cannot be made from these tables
    ├── StoreError               something cannot be written to or read from `processed/`
    │   └── DiskError            nothing can be written any more: the disk is full, read-only or broken
    ├── StoppedError             a run was to stop at the first failure, and there was one
    └── MissingPackageError      an optional package is needed                 (package, extra)

A message gives the value, what is allowed, and the remedy, in words a person who does not program can act on.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class EmgpipeError(Exception):
    """Base of all errors that emgpipe raises on purpose; its text is written for the user."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state: subclasses take keyword arguments, and errors cross process borders."""
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[EmgpipeError], args: tuple[object, ...], state: dict[str, object]) -> EmgpipeError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigError(EmgpipeError):
    """A study file or a trials table cannot be used as it is.

    Parameters
    ----------
    message : str
        What was given, what is allowed, what to do.
    path : Path, optional
        The file at fault.
    line, column : int, optional
        Position in it, counted from 1.
    """

    def __init__(
        self, message: str, *, path: Path | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        self.message, self.path, self.line, self.column = message, path, line, column
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class StudyFileError(ConfigError):
    """Everything that is wrong with a study file, in the order of the file.

    Parameters
    ----------
    problems : sequence of ConfigError
        At least one, each with its own position; the error itself stands at the first.
    """

    def __init__(self, problems: Sequence[ConfigError]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.message, path=first.path, line=first.line, column=first.column)
        self.args = ("\n".join(str(problem) for problem in self.problems),)


class ReadError(EmgpipeError):
    """A recording cannot be read; names the file and, where one was chosen, the reader."""

    def __init__(self, message: str, *, path: Path | None = None, reader: str | None = None) -> None:
        self.message, self.path, self.reader = message, path, reader
        place = f"{path}: " if path is not None else ""
        super().__init__(f"{place}{f'[{reader}] ' if reader else ''}{message}")


class UnknownFormatError(ReadError):
    """No reader recognizes the content of the file."""


class DamagedFileError(ReadError):
    """The format is recognized, but the content is cut off or contradicts itself."""


class SignalError(EmgpipeError):
    """Samples cannot be processed; names the channel and the step where known."""

    def __init__(self, message: str, *, channel: str | None = None, step: str | None = None) -> None:
        self.message, self.channel, self.step = message, channel, step
        prefix = f"{step}: " if step else ""
        suffix = f" (channel '{channel}')" if channel else ""
        super().__init__(f"{prefix}{message}{suffix}")


class UnitError(EmgpipeError):
    """A unit is unknown, or two units do not measure the same thing."""


class VocabularyError(EmgpipeError):
    """A muscle, exercise or head position is not in the vocabulary."""


class SegmentationError(EmgpipeError):
    """Repetitions cannot be found in a trial."""


class ComparisonError(EmgpipeError):
    """A comparison cannot be made from the tables it was given."""


class StoreError(EmgpipeError):
    """An output cannot be written or read."""


class DiskError(StoreError):
    """Nothing can be written any more: the disk is full, read-only or broken."""


class StoppedError(EmgpipeError):
    """A run was to stop at the first failure, and there was one; what was finished is kept."""


class MissingPackageError(EmgpipeError):
    """An optional package is needed; the message gives the command that installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"{purpose} needs the package '{package}'; install it with: pip install 'emgpipe[{extra}]'")


def suggest_file(given: str, there: Iterable[str], *, count: int = 3) -> str:
    """Return what `suggest` does for names of files, whose endings do not make them alike.

    >>> suggest_file("nope.csv", ["two.csv", "note.csv"]), suggest_file("a.csv", ["a.c3d", "b.csv"])
    ("; did you mean 'note.csv'?", "; did you mean 'a.c3d'?")
    """
    by_stem: dict[str, list[str]] = {}
    for name in there:
        by_stem.setdefault(_stem(name), []).append(name)
    near = difflib.get_close_matches(_stem(given), list(by_stem), n=count, cutoff=0.6)
    names = [name for stem in near for name in sorted(by_stem[stem])][:count]
    return "; did you mean " + " or ".join(f"'{name}'" for name in names) + "?" if names else ""


def _stem(name: str) -> str:
    return name.rpartition(".")[0].casefold() or name.casefold()


def suggest(given: str, allowed: Iterable[str], *, count: int = 3) -> str:
    """Return ``"; did you mean 'a' or 'b'?"`` for the nearest allowed names, or an empty string.

    >>> suggest("bandpas", ["bandpass", "rectify"])
    "; did you mean 'bandpass'?"
    """
    by_folded = {name.casefold(): name for name in allowed}
    near = difflib.get_close_matches(given.casefold(), list(by_folded), n=count, cutoff=0.6)
    if not near:
        return ""
    return "; did you mean " + " or ".join(f"'{by_folded[name]}'" for name in near) + "?"
