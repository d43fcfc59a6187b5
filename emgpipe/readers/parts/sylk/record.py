"""One line of a SYLK file, parsed character by character: text, formats, formulas and whatever is unusual."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from typing import NamedTuple

from emgpipe.readers.parts.tables.layout import MISSING

_ESCAPE = re.compile(r"\x1bN(?:([ABCDHJK])([A-Za-z])|(.))")
_ACCENTS = {"A": "\u0300", "B": "\u0301", "C": "\u0302", "D": "\u0303", "H": "\u0308", "J": "\u030a", "K": "\u0327"}
_MOST = 2**53


class Record(NamedTuple):
    """A line: row and column are 0 where it leaves them out."""

    row: int = 0
    column: int = 0
    number: float | None = None
    text: str = ""
    is_end: bool = False


@functools.lru_cache(maxsize=4096)
def parse_record(line: bytes, encoding: str) -> Record:
    """Parse one line; the same few lines of words stand in most rows, so they are remembered.

    >>> parse_record(b'C;Y1;X2;K"a;;b"', "ascii"), parse_record(b"F;P0;X3", "ascii")
    (Record(row=1, column=2, number=None, text='a;b', is_end=False), \
Record(row=0, column=3, number=None, text='', is_end=False))
    """
    before, mark, rest = line.rstrip(b"\r\n").partition(b';K"')
    inside, _, after = rest.rpartition(b'"') if b'"' in rest else (rest, b"", b"")
    fields = _fields((before + after).decode(encoding, errors="replace"))
    kind = fields.get("", "")
    if kind == "E":
        return Record(is_end=True)
    if kind not in {"C", "F"}:
        return Record()
    row, column = _place(fields.get("Y", "")), _place(fields.get("X", ""))
    if kind == "F":
        return Record(row, column)
    number, text = _value(inside.decode(encoding, errors="replace") if mark else fields.get("K", ""))
    return Record(row, column, number, text)


def _value(written: str) -> tuple[float | None, str]:
    """Return the number or the text in a cell."""
    number = _number(written)
    if number is not None or written.lower() in MISSING or written.startswith("#"):
        return number, ""
    return None, plain_text(written)


def plain_text(written: str) -> str:
    r"""Undo SYLK's escapes: doubled semicolons and quotes, accented letters and signs such as the micro sign.

    >>> plain_text("a;;b"), plain_text("\x1bN5V"), plain_text("\x1bNHu")
    ('a;b', 'µV', 'ü')
    """
    text = _ESCAPE.sub(_letter, written.replace(";;", ";").replace('""', '"'))
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _letter(found: re.Match[str]) -> str:
    accent, letter, sign = found.groups()
    if accent:
        return unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return chr(ord(sign) | 0x80) if ord(sign) < 0x80 else sign


def _fields(line: str) -> dict[str, str]:
    """Return the fields by letter; the record type has no letter."""
    kind, *parts = line.split(";")
    fields = {part[0]: part[1:] for part in parts if part}
    fields[""] = kind.strip()
    return fields


def _place(digits: str) -> int:
    return min(int(digits), _MOST) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0


def _number(written: str) -> float | None:
    try:
        number = float(written if "." in written else written.replace(",", ".", 1))
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in written else None
