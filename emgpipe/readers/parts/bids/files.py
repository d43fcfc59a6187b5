"""Which metadata files of a BIDS dataset belong to a recording: the inheritance principle.

A metadata file applies to a recording if it lies in the recording's folder or in one above it, up to the root of the
dataset, and if every ``key-value`` pair in its name stands in the recording's name as well. Of several the deepest
folder wins, then the name with most pairs; JSON files complete each other key by key, tables do not.
BIDS 1.11, common principles, https://bids-specification.readthedocs.io.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROOT_FILE = "dataset_description.json"
MOST_LEVELS = 8
RECORDING = re.compile(r"(?:[a-zA-Z0-9]+-[a-zA-Z0-9+]+_)+emg\.(edf|bdf)", re.IGNORECASE)
USED = ("channels.tsv", "events.tsv", "emg.json")
"""What is read; a recording with none of these is read as a plain file."""
OTHERS = ("electrodes.tsv", "coordsystem.json", "channels.json", "events.json", "electrodes.json")


@dataclass(frozen=True, slots=True)
class BidsName:
    """A file name taken apart: ``sub-01_task-squat_emg.edf`` is ({sub: 01, task: squat}, emg.edf)."""

    entities: frozenset[tuple[str, str]]
    ending: str

    @classmethod
    def of(cls, name: str) -> BidsName:
        """Take a name apart; a part before the ending that is no pair gives an ending that is never asked for."""
        *parts, ending = name.split("_")
        pairs = [part.partition("-") for part in parts]
        if not all(key and value for key, _, value in pairs):
            return cls(frozenset(), name)
        return cls(frozenset((key, value) for key, _, value in pairs), ending)


def sidecars(path: Path, ending: str) -> list[Path]:
    """Return the metadata files of one kind that apply to a recording, the most specific last."""
    wanted = BidsName.of(path.name).entities
    found: list[Path] = []
    for folder in reversed(_levels(path)):
        applicable = []
        for name in _names(folder):
            parts = BidsName.of(name) if name.endswith(ending) else None
            if parts is not None and parts.ending == ending and parts.entities <= wanted:
                applicable.append((len(parts.entities), name))
        found += [folder / name for _, name in sorted(applicable)]
    return found


def companions_of(path: Path) -> tuple[Path, ...]:
    """Return every metadata file that applies to a recording, and the coordinate systems of its electrodes."""
    found = [file for ending in (*USED, *OTHERS) for file in sidecars(path, ending)]
    own = BidsName.of(path.name).entities
    for name in _names(path.parent):
        parts = BidsName.of(name)
        spaces = {pair for pair in parts.entities if pair[0] == "space"}
        if spaces and parts.ending in {"coordsystem.json", "electrodes.tsv"} and parts.entities - spaces <= own:
            found.append(path.parent / name)
    return tuple(dict.fromkeys(found))


def _levels(path: Path) -> list[Path]:
    """Return the recording's folder and those above it, up to the dataset's root; only the folder without a root."""
    above = list(path.absolute().parents)[:MOST_LEVELS]
    for number, folder in enumerate(above):
        if (folder / ROOT_FILE).is_file() or (number and above[number - 1].name.startswith("sub-")):
            return [path.parent, *above[1 : number + 1]]
    return [path.parent]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:  # a folder above that may not be listed
        return []
