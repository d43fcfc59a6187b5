"""Files as they come out of broken disks, interrupted copies and editors: bytes with a few changes in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = 2048
"""Bytes at the beginning of a file in which changes do most."""
ABSURD: tuple[bytes, ...] = (
    b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\xc0\x7f", b"\0\0\0\x80", b"-999", b"1e99", b"nan ",
    b"-1  ", b"9999999999", b"inf", b'"', b"\n", b";;;;", b"\t\t", b"\xef\xbb\xbf", b"\0",
)  # fmt: skip
"""What numbers and separators are replaced by."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a file.

    Attributes
    ----------
    kind : {"flip", "insert", "delete", "replace", "cut", "double"}
    place : float
        Where, 0 to 1: of the header, or of the whole file.
    in_header : bool
    data : bytes
        What is put there; its length also says how much is deleted or doubled.
    """

    kind: str
    place: float
    in_header: bool
    data: bytes

    def apply(self, content: bytes) -> bytes:
        """Return the changed content."""
        area = min(len(content), HEADER) if self.in_header else len(content)
        at = int(self.place * area)
        size = max(len(self.data), 1)
        match self.kind:
            case "flip":
                changed = bytes(one ^ (other or 1) for one, other in zip(content[at:], self.data, strict=False))
                return content[:at] + changed + content[at + len(changed) :]
            case "insert":
                return content[:at] + self.data + content[at:]
            case "delete":
                return content[:at] + content[at + size :]
            case "replace":
                return content[:at] + self.data + content[at + len(self.data) :]
            case "cut":
                return content[:at]
            case "double":
                return content[: at + 50 * size] + content[at:]
        raise ValueError(f"change '{self.kind}' is not known")


KINDS = ("flip", "insert", "delete", "replace", "cut", "double")


def damaged(content: bytes, changes: Iterable[Change]) -> bytes:
    """Return content with changes made one after another.

    >>> damaged(b"0123456789", [Change("delete", 0.5, False, b"xx")])
    b'01234789'
    """
    for change in changes:
        content = change.apply(content)
    return content
