"""Encoding of text files, from their first bytes."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes(range(9)) + bytes(range(14, 27)) + bytes(range(28, 32))


def detect_encoding(head: bytes) -> str | None:
    """Return the encoding of a text, or None for bytes that are no text.

    The end-of-file mark of DOS programs (Ctrl-Z) does not count.

    UTF-8 and UTF-16 by their marks, UTF-16 without a mark by its zero bytes, else UTF-8 if it decodes, else CP1252,
    which Windows programs write.

    >>> detect_encoding("µV".encode("cp1252")), detect_encoding(bytes(8))
    ('cp1252', None)
    """
    head = head.rstrip(b"\x1a\r\n")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name if _decodes(head, name) else None
    if b"\x00" in head:
        return _unmarked_utf16(head)
    if len(head.translate(None, _CONTROL)) < len(head):
        return None
    return "utf-8" if _decodes(head, "utf-8") else "cp1252"


def decode_head(head: bytes, encoding: str) -> str:
    """Decode the beginning of a file, which may end inside a character."""
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)


def split_lines(text: str) -> list[str]:
    r"""Cut a text at line feeds, carriage returns and both together, and at nothing else.

    >>> split_lines("a\r\nb\rc\n")
    ['a', 'b', 'c', '']
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _unmarked_utf16(head: bytes) -> str | None:
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.9 * len(zeros) and head.count(0) <= len(zeros) and _decodes(head, name):
            return name
    return None


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return False
    return True
