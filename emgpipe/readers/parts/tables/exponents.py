"""Numbers that crash pandas' C parser: an exponent of ten digits overflows and the process dies (seen with 2.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

PIECE_BYTES = 1 << 20
LONGEST = 16
"""More bytes than are needed to recognize such an exponent."""
_HUGE = re.compile(rb"[eE][+-]?\d{10}")


def check_exponents(path: Path) -> None:
    """Raise `ValueError`, as pandas does about numbers it cannot read, where a file holds such an exponent.

    A pass over the bytes at several times the speed of parsing them.
    """
    rest = b""
    with path.open("rb") as handle:
        while piece := handle.read(PIECE_BYTES):
            text = rest + (piece.replace(b"\x00", b"") if b"\x00" in piece else piece)  # zero bytes: UTF-16
            refuse_huge(text)
            rest = text[-LONGEST:]


def refuse_huge(piece: bytes) -> None:
    """Raise `ValueError` where a text holds such an exponent.

    >>> refuse_huge(b"1e-5, 2e+04, 0x1e12345")
    """
    if _has_huge(piece):
        raise ValueError("an exponent of ten digits or more")


def _has_huge(piece: bytes) -> bool:
    codes = np.frombuffer(piece, dtype=np.uint8)
    places = np.flatnonzero((codes | 32) == ord("e"))
    places = places[places + 10 < codes.size]
    for offset in (4, 5, 8, 10):  # ``e-05,`` ends before the fourth: few are left after that
        following = codes[places + offset]
        places = places[(following >= ord("0")) & (following <= ord("9"))]
    return any(_HUGE.match(piece, place) for place in places.tolist())
