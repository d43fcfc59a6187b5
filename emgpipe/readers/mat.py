"""MAT-files of any layout, all versions: through a mapping in the study file, or as far as they speak for themselves.

MATLAB fixes no place for a signal, its rate or its unit. `docs/mapping.md` shows how a study file states them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.model.recording import ArrayLoader
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.mapping.guess import complete, slow_channels
from emgpipe.readers.parts.mapping.options import MatOptions
from emgpipe.readers.parts.mapping.recording import read_mapped
from emgpipe.readers.parts.mapping.tree import Entry, Tree
from emgpipe.readers.parts.matlab.matfile import load_mat, mat_version

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Recording
    from emgpipe.model.recording import Loader

MOST_ENTRIES = 100_000


class MatReader(Reader):
    """MAT v4 to v7.3: any layout, through a mapping."""

    name = "mat"
    title = "MATLAB file"
    extensions = (".mat",)
    Options = MatOptions
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept the marks of versions 5 to 7.3, or a first header that can only be version 4."""
        version = mat_version(head.data, head.size)
        return None if version is None else f"a MATLAB file of version {version}"

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the channels the mapping names; without one, what can be meant in one way only."""
        given = options if isinstance(options, MatOptions) else MatOptions()
        tree = MatTree(path, load_mat(path, self.name))
        guess = complete(tree, given)
        recording = read_mapped(tree, guess.options, self.recognize(Head.of(path)) or "", guess.findings)
        return recording if given.is_mapped else slow_channels(recording)

    def example(self) -> dict[str, bytes]:
        """Return a version 5 file: a matrix of two channels, their labels, a rate and a unit."""
        from scipy.io import savemat

        time = np.arange(400) / 1000.0
        emg = np.stack([100 * np.sin(500 * time), 80 * np.cos(500 * time)], axis=1)
        labels = np.array(["GMAX RT", "GMED RT"], dtype=object)
        content: Any = io.BytesIO()
        savemat(content, {"emg": emg, "fs": 1000.0, "labels": labels, "unit": "uV"})
        return {"example.mat": content.getvalue()}


class MatTree(Tree):
    """The values of a MAT-file by path; they are in memory."""

    def __init__(self, path: Path, variables: dict[str, object]) -> None:
        self._values: dict[str, Any] = {}
        self._unread: list[str] = []
        entries: list[Entry] = []
        self._collect(variables, "", entries)
        super().__init__(path, "mat", entries, self._unread)

    def numbers(self, path: str) -> NDArray[np.float64]:
        """Return all numbers of an entry as float64."""
        return np.asarray(self._values[path], dtype=np.float64)

    def texts(self, path: str) -> list[str]:
        """Return the texts of an entry."""
        return list(self._values[path])

    def loader(self, entry: Entry, axis: Literal[0, 1], place: int, scale: float) -> Loader:
        """Return a loader over one column or row."""
        stored = self._values[entry.path]
        samples = np.array(stored[:, place] if axis == 0 else stored[place, :], dtype=np.float64)
        samples *= scale
        samples[np.isinf(samples)] = np.nan
        return ArrayLoader(samples)

    def _collect(self, value: object, path: str, entries: list[Entry]) -> None:
        if len(entries) > MOST_ENTRIES:
            return
        texts = _texts(value)
        if texts is not None:
            self._values[path] = texts
            entries.append(Entry(path, (len(texts),), "text"))
        elif isinstance(value, dict):
            for name, member in value.items():
                self._collect(member, f"{path}/{name}" if path else name, entries)
        elif isinstance(value, list):
            for number, member in enumerate(value, start=1):
                self._collect(member, f"{path}/{number}", entries)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            self._values[path] = value
            entries.append(Entry(path, value.shape, "numbers"))
        elif isinstance(value, np.ndarray) and value.dtype.kind == "c":
            self._unread.append(f"{Entry(path, value.shape, 'numbers').described} of complex numbers")


def _texts(value: object) -> list[str] | None:
    """Return a text or a list of texts as such; cells within cells are texts too."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not value:
        return None
    inner = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in value]
    return list(inner) if all(isinstance(one, str) for one in inner) else None
