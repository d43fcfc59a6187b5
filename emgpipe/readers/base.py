"""The contract of a reader: can you read it, and read it.

To add a format: copy the file of a reader that resembles it, write the three methods, add one line to
`emgpipe.readers.READERS`. The contract tests in ``tests/readers/test_contract.py`` then cover it by themselves,
starting from the files `Reader.example` returns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from emgpipe.readers.kinds import guess_kind
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Recording

__all__ = ["HEAD_BYTES", "Head", "Reader", "ReaderOptions", "guess_kind"]
HEAD_BYTES = 65536
MOST_RATE = 1e6
"""Hz; a larger sampling rate in a file is damage or a misunderstanding."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, or the names in a folder: what a reader looks at to recognize a recording.

    Attributes
    ----------
    path : Path
    data : bytes
        The first 64 KiB; empty for a folder.
    size : int
        Bytes of the whole file; 0 for a folder.
    entries : tuple of str
        Names in the folder, sorted; empty for a file.
    """

    path: Path
    data: bytes
    size: int
    entries: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path) -> Head:
        """Look at a file or a folder; `OSError` if it cannot be opened."""
        if path.is_dir():
            usable = (entry.name for entry in path.iterdir() if entry.is_file() or entry.is_dir())  # a pipe would hang
            return cls(path, b"", 0, tuple(sorted(usable)))
        with path.open("rb") as handle:
            return cls(path, handle.read(HEAD_BYTES), path.stat().st_size)


class ReaderOptions(Settings):
    """What a study file can tell one reader; each reader's options add a ``kind`` and their fields."""

    keep_personal_data: bool = False
    """Keep names, birth dates and the like that stand in the file; they are dropped otherwise."""


class Reader(ABC):
    """One file format.

    Attributes
    ----------
    name : str
        Short name, the ``kind`` of its options.
    title : str
        What a technician calls it.
    extensions : tuple of str
        Usual file name endings, lower case with the dot; used in messages and to break ties, never alone.
    Options : type
        The pydantic model of what can be stated about such files.
    is_folder : bool
        True for a format whose recording is a folder; such readers are asked about folders only, others about files.
    is_text : bool
        True where a file consists of lines, so that its first megabytes are a shorter recording.
    is_fragile : bool
        True where a C library parses the file, which may crash or hang on damaged ones.
    states_kinds : bool
        True where the files say what each channel measures, so that nothing is concluded from unit and label.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    Options: ClassVar[type[ReaderOptions]]
    is_folder: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    is_fragile: ClassVar[bool] = False
    states_kinds: ClassVar[bool] = False

    @abstractmethod
    def recognize(self, head: Head) -> str | None:
        """Say in a few words why this reader can read the file, or return None; judges content."""

    @abstractmethod
    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the recording; samples behind loaders where the format allows.

        Raises
        ------
        ReadError
            The only error a reader may raise, naming the file, the reader and the remedy.
        """

    @abstractmethod
    def example(self) -> dict[str, bytes]:
        """Return the files of a small whole recording, for the contract tests and the docs.

        Names with their content; the first is the file to open, or the whole is the folder to open.
        """

    def companions(self, path: Path, options: ReaderOptions | None = None) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the other files that belong to the recording at `path` and are no recordings themselves.

        Most formats have none. Options are those of this reader; its defaults if not given.
        """
        return ()
