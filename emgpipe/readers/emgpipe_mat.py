"""MAT-files that emgpipe wrote (`emgpipe convert`, `emgpipe.writers.mat`); the layout is in `docs/convert.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Recording, Source
from emgpipe.model.recording import ArrayLoader
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.described.described import (
    NAME,
    ChannelFacts,
    check_layout,
    checked_facts,
    from_json,
    recording_from,
)
from emgpipe.readers.parts.described.example import mat_example
from emgpipe.readers.parts.matlab.matfile import load_mat, mat_names, mat_version

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class EmgpipeMatOptions(ReaderOptions):
    """What can be stated about these files: nothing of their own, they describe themselves."""

    kind: Literal["emgpipe_mat"] = "emgpipe_mat"


class EmgpipeMatReader(Reader):
    """MAT written by emgpipe: nothing is guessed."""

    name = "emgpipe_mat"
    title = "emgpipe MAT"
    extensions = (".mat",)
    Options = EmgpipeMatOptions
    states_kinds = True
    is_fragile = True  # scipy crashes on some damaged structs

    def recognize(self, head: Head) -> str | None:
        """Accept a MAT-file of version 5 whose only variable is ``emgpipe``."""
        if mat_version(head.data, head.size) == "5" and mat_names(head.path) == ("emgpipe",):
            return "MAT-file with the variable 'emgpipe'"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the recording as it was written."""
        tree = _Tree(load_mat(path, self.name, ("emgpipe",)).get("emgpipe"), path)
        if tree.text("layout") != NAME:
            raise tree.damaged("its struct 'emgpipe' is no recording")
        check_layout(tree.value("version"), path, self.name)
        channels = [_Tree(one, path) for one in tree.structs("channels")]
        samples = [channel.column("samples") for channel in channels]
        names = [name for name in ChannelFacts.model_fields if name != "n_samples"]
        written: dict[str, Any] = {
            "channels": [
                {name: channel.value(name) for name in names} | {"n_samples": column.size}
                for channel, column in zip(channels, samples, strict=True)
            ],
            "events": _events(_Tree(tree.value("events"), path)),
            "acquisition": _stated(tree.value("acquisition")),
            "findings": [from_json(line, path, self.name) for line in tree.texts("findings")],
            "personal": _pairs(tree.texts("personal")),
            "read_from": tree.text("read_from"),
        }
        facts = checked_facts(written, path, self.name)
        source = Source(path, self.name, "MAT-file with the variable 'emgpipe'")
        return recording_from(facts, [ArrayLoader(column) for column in samples], source, options, ())

    def example(self) -> dict[str, bytes]:
        """Return a small file: two EMG channels, an angle at another rate, two events."""
        return {"example.mat": mat_example()}


class _Tree:
    """A struct as `load_mat` gives it, asked for what should be there."""

    def __init__(self, fields: object, path: Path) -> None:
        self.fields, self.path = fields if isinstance(fields, dict) else {}, path

    def damaged(self, what: str) -> DamagedFileError:
        return DamagedFileError(f"{what}; convert the original again", path=self.path, reader=EmgpipeMatReader.name)

    def value(self, name: str) -> Any:
        """Return a field; a single number as float, no text as an empty one."""
        if name not in self.fields:
            raise self.damaged(f"'{name}' is missing")
        found = self.fields[name]
        if isinstance(found, np.ndarray):
            return float(found.real.reshape(-1)[0]) if found.size == 1 else found
        return found

    def text(self, name: str) -> str:
        return str(self.value(name))

    def structs(self, name: str) -> list[object]:
        found = self.value(name)
        return list(found) if isinstance(found, list) else [found]

    def column(self, name: str) -> NDArray[np.float64]:
        found = np.asarray(self.fields.get(name))
        if found.dtype.kind not in "biuf":
            raise self.damaged(f"'{name}' holds no numbers")
        column = found.astype(np.float64).reshape(-1)
        column[np.isinf(column)] = np.nan
        return column

    def texts(self, name: str) -> list[str]:
        found = self.value(name)
        if isinstance(found, str):
            return [found]
        return [str(one) for one in found] if isinstance(found, list) else []


def _events(tree: _Tree) -> list[dict[str, Any]]:
    start, duration, labels = tree.column("start").tolist(), tree.column("duration").tolist(), tree.texts("label")
    if not len(start) == len(duration) == len(labels):
        raise tree.damaged("its events are incomplete")
    return [{"label": a, "start": b, "duration": c} for a, b, c in zip(labels, start, duration, strict=True)]


def _stated(fields: object) -> dict[str, Any]:
    if not isinstance(fields, dict):
        return {}
    tree = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in fields.items()}
    return {name: value[0][0] if isinstance(value, list) else value for name, value in tree.items() if _full(value)}


def _full(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and len(value) == 1 and np.size(value) == 1)


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    """Undo MATLAB's order: a cell of p x 2 comes column by column."""
    half = len(texts) // 2
    return list(zip(texts[:half], texts[half:], strict=len(texts) % 2 == 0))
