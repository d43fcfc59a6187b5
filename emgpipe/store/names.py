"""Names of the files of sessions that every file system takes, each its own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIX: Final = ".h5"
_LONGEST: Final = 120
"""Bytes of UTF-8 a name may have without its ending: file systems take 255, encrypted ones 143."""
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.", re.IGNORECASE)
"""Names that belong to devices on Windows, whatever follows their first dot."""


def session_path(folder: Path, participant: str, session: str) -> Path:
    """Return where a session's file lies; characters a file system may refuse become their code.

    So does an underscore in the name of a session: A_1 in session x and A in session 1_x are not the same. A long name
    is cut, and ends in a digest of the whole.
    """
    stem = f"{_safe(participant)}_{_safe(session).replace('_', '%5f')}"
    if _RESERVED.match(stem):
        stem = f"%{ord(stem[0]):02x}{stem[1:]}"
    if len(stem.encode()) > _LONGEST:
        stem = _cut(stem, participant, session)
    return folder / "sessions" / f"{stem}{SUFFIX}"


def session_paths(folder: Path, sessions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Path]:
    """Return where the files of all sessions (participant, session) of a study lie.

    Names that differ in upper and lower case only, or in how accents are stored, are one and the same on some file
    systems; these end in a digest.
    """
    plain = {place: session_path(folder, *place) for place in sessions}
    counts = Counter(_folded(path) for path in plain.values())
    return {
        place: path if counts[_folded(path)] == 1 else path.with_name(f"{_cut(path.stem, *place)}{SUFFIX}")
        for place, path in plain.items()
    }


def _safe(text: str) -> str:
    return re.sub(r"[^\w.-]", lambda match: _code(ord(match.group())), text)


def _code(character: int) -> str:
    return f"%{character:02x}" if character < 256 else f"%u{character:06x}"


def _cut(stem: str, participant: str, session: str) -> str:
    """Return the beginning of a name with a digest; no other name holds a ``~``."""
    digest = hashlib.sha256(f"{participant}/{session}".encode()).hexdigest()[:12]
    return f"{stem.encode()[: _LONGEST - 13].decode(errors='ignore')}~{digest}"


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path.name).casefold())
