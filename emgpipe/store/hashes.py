"""The hash of a file's content."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

UNREADABLE: Final = "unreadable"
_CHUNK: Final = 1 << 20


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content as hex; ``unreadable`` if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return UNREADABLE
    return digest.hexdigest()
