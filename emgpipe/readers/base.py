"""The contract of a reader: can you read it, and read it.

To add a format: copy the file of a reader that resembles it, write the three methods, add one line to
`emgpipe.readers.READERS`. The contract tests in ``tests/readers/test_contract.py`` then cover it by themselves,
starting from the bytes `Reader.example` returns.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from emgpipe.settings import Settings
from emgpipe.units import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Kind, Recording

HEAD_BYTES = 65536

_NOT_EMG: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("ecg", re.compile(r"\b(ecg|ekg|heart)|(ecg|ekg)\b", re.IGNORECASE)),
    ("trigger", re.compile(r"trig|sync|marker|\bstatus\b|\bevents?\b|switch|digital", re.IGNORECASE)),
    ("other", re.compile(r"\b(eeg|eog|resp\w*|temp\w*|mic\w*|voltage\.[fm][xyz]\w*)\b", re.IGNORECASE)),
)
_BY_LABEL: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("angular_velocity", re.compile(r"gyro|ang(ular)?[ _.]?vel", re.IGNORECASE)),
    ("acceleration", re.compile(r"\bacc(el\w*)?\b|accel|\bacc[._ ]?[xyz]|_acc\b", re.IGNORECASE)),
    ("angle", re.compile(r"angle|gonio|flexion|pitch|inclin|\bhip\b|\bknee\b|\bneck\b", re.IGNORECASE)),
    ("force", re.compile(r"force|torque|moment|load[ _]?cell|\b[fm][xyz]\d*\b", re.IGNORECASE)),
)
_EMG_LABEL = re.compile(
    r"emg|glut|g[ _]?max|g[ _]?med|bicep|hamst|rect(us)?[ _]?fem|vast(us)?|erect|semit|tibial|gastroc|soleus"
    r"|deltoid|trapez|\b[rl]?(bf|st|rf|vl|vm|ta|gm|gl|es)\b",
    re.IGNORECASE,
)
_BY_QUANTITY: dict[str, Kind] = {
    "voltage": "emg",
    "angle": "angle",
    "acceleration": "acceleration",
    "angular velocity": "angular_velocity",
    "force": "force",
    "moment": "force",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, all that a reader may look at to recognize it."""

    path: Path
    data: bytes
    size: int

    @classmethod
    def of(cls, path: Path) -> Head:
        """Read the first 64 KiB of a file; `OSError` if it cannot be opened."""
        with path.open("rb") as handle:
            return cls(path, handle.read(HEAD_BYTES), path.stat().st_size)


class ReaderOptions(Settings):
    """What a study file can tell one reader; each reader's options add a ``kind`` and their fields."""


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
    """

    name: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]
    Options: ClassVar[type[ReaderOptions]]

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
    def example(self) -> bytes:
        """Return the content of a small whole file of this format, for the contract tests and the docs."""


def guess_kind(label: str, unit: str) -> Kind:
    """Say what a channel measures, from its unit first and its label second.

    A voltage is EMG unless the label says otherwise; without a known unit only the label counts, and a label that
    says nothing gives ``other``.

    >>> guess_kind("GMAX RT", "V"), guess_kind("Trigger", "V"), guess_kind("hip flexion", "unknown")
    ('emg', 'trigger', 'angle')
    """
    for kind, words in _NOT_EMG:
        if words.search(label) and not re.search(r"emg", label, re.IGNORECASE):
            return kind
    known = BY_NAME.get(unit)
    if known is not None and known.quantity in _BY_QUANTITY:
        return _BY_QUANTITY[known.quantity]
    if known is not None and known.quantity != "counts":
        return "other"
    if re.search(r"emg", label, re.IGNORECASE):
        return "emg"
    by_label = next((kind for kind, words in _BY_LABEL if words.search(label)), None)
    return by_label or ("emg" if _EMG_LABEL.search(label) else "other")
