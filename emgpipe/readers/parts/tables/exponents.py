"""What would crash pandas' C parser, or stands in no text: looked for in the bytes before they are parsed.

An exponent of ten digits overflows and the process dies (seen with 2.3); zero bytes are what an interrupted copy
leaves where samples were to be; a line without end takes many times its size in memory.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError

if TYPE_CHECKING:
    from pathlib import Path

PIECE_BYTES = 1 << 20
LONGEST = 16
"""More bytes than are needed to recognize such an exponent."""
MOST_LINE_BYTES = 1 << 24
"""A row of a hundred thousand columns takes about one million."""
_HUGE = re.compile(rb"[eE][+-]?\d{10}")


def check_bytes(path: Path, encoding: str, *, most_line: int = MOST_LINE_BYTES) -> None:
    """Look through a text file once, at several times the speed of parsing it.

    Raises
    ------
    ValueError
        It holds an exponent of ten digits or more; pandas raises it about numbers it cannot read.
    ReadError
        It holds zero bytes (`DamagedFileError`), or a line longer than `most_line` bytes.
    """
    rest, line, place, is_huge = b"", 0, 0, False
    is_wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    with path.open("rb") as handle:
        while piece := handle.read(PIECE_BYTES):
            line = _line_so_far(line, piece)
            if line > most_line:
                raise _endless(path, most_line)
            if b"\x00" in piece:
                if not is_wide:
                    raise _zeros(path, place + piece.index(b"\x00"))
                piece = piece.replace(b"\x00", b"")
            text = rest + piece
            is_huge = is_huge or _has_huge(text)
            rest = text[-LONGEST:]
            place = handle.tell()
    if is_huge:
        raise ValueError("an exponent of ten digits or more")


def refuse_huge(piece: bytes) -> None:
    """Raise `ValueError` where a text holds such an exponent.

    >>> refuse_huge(b"1e-5, 2e+04, 0x1e12345")
    """
    if _has_huge(piece):
        raise ValueError("an exponent of ten digits or more")


def _line_so_far(before: int, piece: bytes) -> int:
    """Return the bytes since the last line end; only lines that reach over a whole piece can be too long."""
    end = max(piece.rfind(b"\n"), piece.rfind(b"\r") if b"\n" not in piece else -1)
    return before + len(piece) if end < 0 else len(piece) - end


def _endless(path: Path, most: int) -> ReadError:
    message = (
        f"a line is longer than {most >> 20} MB: the line ends are missing, or far too many columns stand side by "
        "side; export it with one row per sample, or in parts"
    )
    return ReadError(message, path=path)


def _zeros(path: Path, place: int) -> DamagedFileError:
    share = 100.0 * place / max(path.stat().st_size, 1)
    message = (
        f"holds zero bytes from byte {place} on ({share:.0f} % of the file), as an interrupted copy or a full disk "
        "leaves them; copy the file again from where it was recorded"
    )
    return DamagedFileError(message, path=path)


def _has_huge(piece: bytes) -> bool:
    codes = np.frombuffer(piece, dtype=np.uint8)
    places = np.flatnonzero((codes | 32) == ord("e"))
    places = places[places + 10 < codes.size]
    for offset in (4, 5, 8, 10):  # ``e-05,`` ends before the fourth: few are left after that
        following = codes[places + offset]
        places = places[(following >= ord("0")) & (following <= ord("9"))]
    return any(_HUGE.match(piece, place) for place in places.tolist())
