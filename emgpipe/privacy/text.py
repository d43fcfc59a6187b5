"""Sentences that name participants or files -> the same sentences with the names of results."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emgpipe.privacy.names import Names

_CALLED: Final = re.compile(r"(?<=participant ')[^']+(?=')")
"""Whoever a message calls a participant is one, known or not."""


@dataclass(frozen=True, slots=True)
class Text:
    """Rewords messages of one study, or of one session.

    Attributes
    ----------
    people : tuple of (pattern, str)
        What a participant is called -> the name in results.
    files : tuple of (str, str)
        What a file is called -> its name in results, the longest first: a path before the name in it.
    """

    names: Names
    people: tuple[tuple[re.Pattern[str], str], ...] = ()
    files: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, names: Names, people: Iterable[str], files: Iterable[str], inside: str = "") -> Text:
        """Return what rewords messages about some participants and files.

        Parameters
        ----------
        files : iterable of str
            Paths from the folder of the study file on.
        inside : str
            The folder of the recordings: messages name files in it without it.
        """
        called = dict.fromkeys(name for name in people if name) if names.participants else {}
        patterns = [(re.compile(_as_participant(name)), names.participant(name)) for name in called]
        known = _called(names, dict.fromkeys(files), inside) if names.paths else {}
        return cls(names, tuple(patterns), tuple(sorted(known.items(), key=lambda pair: -len(pair[0]))))

    def hidden(self, text: str) -> str:
        """Return a text in which nothing hashed stands as it was."""
        for called, name in self.files:
            if called in text:
                text = re.sub(rf"(?<!\w){re.escape(called)}(?!\w)", name, text)
        for pattern, name in self.people:
            text = pattern.sub(name, text)
        if self.names.participants:
            text = _CALLED.sub(lambda match: self.names.participant(match[0]), text)
        return text


def _as_participant(name: str) -> str:
    """Return the pattern of a participant's name; a bare number is one only where it must be."""
    if name.isdecimal():
        number = rf"0*{int(name)}"
        return rf"(?<=')(?<!\w'){number}(?=')|(?<=participant ){number}\b|(?<![\w./]){number}(?=/)"
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _called(names: Names, files: Iterable[str], inside: str) -> dict[str, str]:
    """Return everything that messages call files, with the names in results.

    The name without its folder, and without its ending where it holds a digit: `P03_squat_1` is no ordinary word.
    """
    called: dict[str, str] = {}
    for path in files:
        pure, name = PurePosixPath(path), names.file(path)
        called[path] = called[path.removeprefix(f"{inside}/")] = name
        bare = [pure.name, pure.stem] if any(letter.isdecimal() for letter in pure.stem) else [pure.name]
        for one in bare:
            ending = PurePosixPath(name).suffix if one == pure.name else ""
            same = f"{PurePosixPath(name).stem}{ending}"
            called[one] = same if called.get(one, same) == same else names.file(one)
    return called
