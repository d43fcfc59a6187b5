"""The folder of the recordings: which files lie there, and the path to one that is named."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from emgpipe.errors import ConfigError, suggest

_LITTER = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class RecordingFolder:
    """A folder of recordings and the names of its files, relative to it, with ``/``, sorted.

    Attributes
    ----------
    taken : frozenset of str
        Names that a trial has: a misspelled one is none of them.
    """

    path: Path
    names: tuple[str, ...]
    allow_outside: bool = False
    taken: frozenset[str] = frozenset()

    @classmethod
    def of(cls, path: Path, *, allow_outside: bool = False) -> RecordingFolder:
        """List a folder with its sub-folders; hidden files and those of the operating system do not count.

        Raises
        ------
        ConfigError
            It is not there, or is a file.
        """
        if not path.is_dir():
            what = "is a file" if path.exists() else f"does not exist{_beside(path)}"
            raise ConfigError(
                f"the folder of the recordings, {path}, {what}; check `recordings: folder`, which counts from the "
                "folder of the study file"
            )
        names: list[str] = []
        for folder, subfolders, files in os.walk(path):
            subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
            inside = Path(folder).relative_to(path)
            names.extend((inside / name).as_posix() for name in files if not _litter(name))
        return cls(path, tuple(sorted(names)), allow_outside)

    def find(self, name: str) -> Path:
        """Return the path of a file named in the study.

        Raises
        ------
        ConfigError
            It is not there (near names are suggested), or lies outside the folder.
        """
        path = self.path / self._as_stored(name.replace("\\", "/"))
        try:
            inside = path.resolve().is_relative_to(self.path.resolve())
            exists = path.exists()
        except (OSError, ValueError, RuntimeError):
            raise ConfigError(f"'{name[:80]}' cannot be the name of a file") from None
        if not inside and not self.allow_outside:
            raise ConfigError(
                f"the file '{name}' lies outside the folder of the recordings; copy it there, or set "
                "`allow_outside: true` under `recordings`"
            )
        if not exists:
            near = suggest(name, (there for there in self.names if there not in self.taken))
            raise ConfigError(f"the file '{name}' is not in {self.path}; record or copy it, or correct its name{near}")
        return path

    def _as_stored(self, name: str) -> str:
        """Return a name with its accents as the folder has them: macOS stores ``é`` as ``e`` and an accent."""
        wanted = unicodedata.normalize("NFC", name)
        if name in self.names or wanted.isascii():
            return name
        return next((there for there in self.names if unicodedata.normalize("NFC", there) == wanted), name)


def _beside(path: Path) -> str:
    """Name the folders beside a missing one."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_dir() and not _litter(entry.name))
    except OSError:
        return f" (nor does {path.parent})"
    return f" (beside it: {', '.join(names[:5])})" if names else ""


def _litter(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _LITTER
