"""The names a trials table and a file-name pattern can use; every other name is a further factor."""

from __future__ import annotations

import difflib
import re
from typing import Final

from emgpipe.model.tables import STANDARD_FACTORS

IDENTITY: Final = ("participant", "session", "trial", "role")
SPAN: Final = ("start", "stop", "offset")
MVIC: Final = ("target", "position")
OTHER: Final = ("file", "repetitions", "include", "comment", "confirm")
KNOWN: Final = (*IDENTITY, *SPAN, *MVIC, *STANDARD_FACTORS, *OTHER)
"""Columns of the trials table; ``file_2``, ``offset_2``, ``file_3``, ... stand beside them."""
IN_PATTERN: Final = (*IDENTITY, *MVIC, *STANDARD_FACTORS)
"""Fields of a file-name pattern."""
NUMBERED: Final = re.compile(r"(file|offset)_[2-9]")


def is_factor(name: str) -> bool:
    """Tell whether a column or field describes the condition instead of the trial itself."""
    return name in STANDARD_FACTORS or (name not in KNOWN and NUMBERED.fullmatch(name) is None)


def misspelled(name: str, known: tuple[str, ...]) -> str | None:
    """Return the known name that an unknown one was probably meant to be, or None.

    >>> misspelled("exersise", KNOWN), misspelled("tempo", KNOWN)
    ('exercise', None)
    """
    if name in known or NUMBERED.fullmatch(name):
        return None
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    return near[0] if near else None
