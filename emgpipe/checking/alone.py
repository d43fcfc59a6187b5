"""Files that become complete while a folder is watched, each recording judged by itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emgpipe.checking.arrivals import Signature, signature_of
from emgpipe.checking.lines import line_about
from emgpipe.checking.recordings import check_recording, is_damaged
from emgpipe.errors import EmgpipeError, UnknownFormatError
from emgpipe.reading import choose_supervised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from emgpipe.readers import Reader

PATIENCE: Final = 6
"""Looks at a recording that cannot be read before that is said: a copy may have paused, or a second file may follow."""


@dataclass(slots=True)
class Alone:
    """Judges recordings by themselves.

    Attributes
    ----------
    folder : Path
        Names are told relative to it.
    """

    folder: Path
    _readers: dict[tuple[Path, Signature | None], Reader | EmgpipeError] = field(default_factory=dict)
    _waiting: set[Path] = field(default_factory=set)
    _tried: dict[Path, int] = field(default_factory=dict)
    _bad: set[Path] = field(default_factory=set)

    @property
    def is_bad(self) -> bool:
        """Whether the last check of any recording failed."""
        return bool(self._bad)

    def forget(self, files: Set[Path]) -> None:
        """Leave files to others, and with them what was found in them."""
        self._waiting -= files
        self._bad -= files

    def judge(self, complete: Sequence[Path], pending: frozenset[Path], note: str = "") -> list[str]:
        """Return a line about each recording that is complete; `note` stands behind its name."""
        self._waiting.update(complete)
        lines: list[str] = []
        for path in sorted(self._waiting):
            if path not in self._waiting:  # told with another file of its recording
                continue
            recording, files = self._recording_of(path)
            if files & pending:
                continue
            if recording is not None:
                lines.extend(self._line(recording, files, note))
            else:
                self._waiting.discard(path)
        return lines

    def _line(self, recording: Path, files: set[Path], note: str) -> Iterator[str]:
        verdict = check_recording(recording)
        self._tried[recording] = self._tried.get(recording, 0) + 1
        if verdict.failed and self._tried[recording] < PATIENCE:
            return
        self._waiting -= files
        del self._tried[recording]
        (self._bad.add if verdict.is_bad else self._bad.discard)(recording)
        name = recording.relative_to(self.folder) if recording.is_relative_to(self.folder) else recording.name
        yield line_about(f"{name}{note}", verdict.findings)

    def _recording_of(self, path: Path) -> tuple[Path | None, set[Path]]:
        """Return the recording a file belongs to, and all its files; None for a file that is no recording."""
        above = [folder for folder in path.parents if folder != self.folder and self.folder in folder.parents]
        for folder in reversed(above):
            if not isinstance(self._reader(folder), EmgpipeError):
                return folder, {one for one in self._waiting if folder in one.parents} | {path}
        for beside in (path, *_beside(path)):
            reader = self._reader(beside)
            if isinstance(reader, EmgpipeError):
                continue
            files = {beside, *_companions(reader, beside)}
            if path in files and (beside != path or not self._is_owned(path)):
                return beside, files
        reader = self._reader(path)
        is_other = isinstance(reader, UnknownFormatError) and not is_damaged(path)
        return (None if is_other else path), {path}

    def _is_owned(self, path: Path) -> bool:
        """Tell whether a file belongs to a recording beside it."""
        readers = ((one, self._reader(one)) for one in _beside(path))
        return any(path in _companions(reader, one) for one, reader in readers if not isinstance(reader, EmgpipeError))

    def _reader(self, path: Path) -> Reader | EmgpipeError:
        """Return the reader of a file or folder as it is now, or why there is none."""
        key = (path, signature_of(path))
        if key not in self._readers:
            try:
                self._readers[key] = choose_supervised(path)[0]
            except EmgpipeError as error:
                self._readers[key] = error
            except OSError:
                self._readers[key] = UnknownFormatError("gone", path=path)
        return self._readers[key]


def _beside(path: Path) -> list[Path]:
    """Return the other files of the folder that could name this one as theirs: those whose names begin alike."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file())
    except OSError:
        return []
    begin = path.name.partition(".")[0].rpartition("_")[0] or path.name.partition(".")[0]
    return [path.parent / name for name in names if name.startswith(begin) and name != path.name]


def _companions(reader: Reader, path: Path) -> set[Path]:
    try:
        return {Path(os.path.normpath(path.parent / one)) for one in reader.companions(path)}
    except (EmgpipeError, OSError, ValueError):  # a damaged header: reading it will say so
        return set()
