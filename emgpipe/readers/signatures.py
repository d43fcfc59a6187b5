"""What a file that no reader recognizes most likely is: said in the error message, decides nothing."""

from __future__ import annotations

import re
from typing import Final

_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel/Word document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x89HDF", "an HDF5 or MATLAB 7.3 file"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a rich text document"),
    (b"<", "a web page or XML document"),
    (b"{", "a JSON document"),
    (b"ID;P", "a SYLK spreadsheet"),
    (b"Brain Vision", "a BrainVision header or marker file"),
    (b"BrainVision", "a BrainVision header or marker file"),
)

SURE_TEXT = 200
"""So many bytes without a control character are the beginning of a text."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


def known_signature(head: bytes) -> str | None:
    r"""Return what the first bytes are for certain, or None.

    >>> known_signature(b"[\n  {"), known_signature(b"[Header]"), known_signature(b"time,EMG")
    ('a JSON document', None, None)
    """
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t")
    if re.match(rb"\[\s*[\[{\"0-9-]", stripped):
        return "a JSON document"
    return next((name for signature, name in _SIGNATURES if stripped.startswith(signature)), None)


def describe_content(head: bytes) -> str:
    """Return in a few words what the first bytes look like.

    >>> describe_content(b"%PDF-1.7"), describe_content(bytes(100))
    ('a PDF document', 'nothing but zero bytes')
    """
    known = known_signature(head)
    if known is not None:
        return known
    if not head.strip(b"\x00"):
        return "nothing but zero bytes"
    text = head[: head.find(b"\x00")]
    if b"\x00" in head and len(text) >= SURE_TEXT and not _CONTROL.search(text):
        return f"text with zero bytes from byte {len(text)} on (an interrupted copy? then copy the file again)"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary data of an unknown kind"
    if _rows_of_numbers(head) == 1:
        return "text with only one row of numbers"
    return "text without a table of numbers"


def _rows_of_numbers(head: bytes) -> int:
    """Count the lines that hold numbers only, whatever separates them."""
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    return sum(_is_row(line) for line in text.splitlines())


def _is_row(line: str) -> bool:
    cells = [cell for cell in re.split(r"[\s;,|]+", line) if cell]
    try:
        return bool([float(cell) for cell in cells])
    except ValueError:
        return False
