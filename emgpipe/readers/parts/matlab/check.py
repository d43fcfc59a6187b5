"""Whether a MAT-file of version 4 to 7 can hold what it declares: looked at before anything is allocated.

`scipy.io` follows declared sizes and nesting without a limit, so both are checked here first. Numbers are skipped and
compressed ones are not even unpacked, so that this costs little.

Layout: MathWorks, *MAT-File Format*, chapters 1 (version 5) and 2 (version 4).
"""

from __future__ import annotations

import math
import os
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from emgpipe.errors import DamagedFileError

if TYPE_CHECKING:
    from pathlib import Path

MOST_DEPTH = 32
"""Structs within structs beyond this depth are no recording."""
EXPANSION = 1100
"""zlib never packs more tightly than 1 : 1032."""
PIECE_BYTES = 1 << 16
MOST_BLANKS = 4096
"""Text may declare a length and hold nothing: it is blanks."""

_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _OBJECT, _CHAR = 1, 2, 3, 4
_NUMBERS = range(6, 16)
_WIDTHS_4 = (8, 4, 4, 2, 2, 1)


@dataclass
class _Stream:
    """The bytes of one variable, as they lie in the file or unpacked on the way; `left` is how many there can be."""

    handle: BinaryIO
    stored: int
    order: str
    where: tuple[Path, str]
    unpacker: zlib._Decompress | None = None
    left: int = field(init=False)
    ready: bytes = field(default=b"", init=False)

    def __post_init__(self) -> None:
        self.left = self.stored * (EXPANSION if self.unpacker else 1)

    def read(self, count: int) -> bytes:
        """Return the next bytes, all of them."""
        if count > self.left:
            self.fail("is cut off")
        self.left -= count
        if self.unpacker is None:
            found = self.handle.read(count)
        else:
            while len(self.ready) < count and self._unpack():
                pass
            found, self.ready = self.ready[:count], self.ready[count:]
        if len(found) < count:
            self.fail("is cut off")
        return found

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        if self.unpacker is None:
            self.handle.seek(count, os.SEEK_CUR)
            self.left -= count
            return
        while count > 0:
            step = min(count, PIECE_BYTES)
            self.read(step)
            count -= step

    def fail(self, what: str) -> NoReturn:
        path, reader = self.where
        raise DamagedFileError(f"a variable {what}; save the file in MATLAB again", path=path, reader=reader)

    def _unpack(self) -> bool:
        assert self.unpacker is not None  # noqa: S101 - asked by the callers
        packed = self.unpacker.unconsumed_tail
        if not packed:
            packed = self.handle.read(min(PIECE_BYTES, self.stored))
            self.stored -= len(packed)
        try:
            piece = self.unpacker.decompress(packed, PIECE_BYTES)
        except zlib.error as error:
            self.fail(f"cannot be unpacked ({error})")
        self.ready += piece
        return bool(piece) or bool(packed and not self.unpacker.eof)


def check_version_5(handle: BinaryIO, path: Path, reader: str) -> None:
    """Walk through the variables of a version 5 to 7 file.

    Raises
    ------
    DamagedFileError
        One is cut off, declares more elements than it has bytes, or nests too deeply.
    """
    size = handle.seek(0, os.SEEK_END)
    handle.seek(126)
    order = "<" if handle.read(2) == b"IM" else ">"
    position = 128
    while position + 8 <= size:
        handle.seek(position)
        kind, count = struct.unpack(f"{order}2I", handle.read(8))
        stream = _Stream(handle, count, order, (path, reader))
        position += 8 + count
        if kind not in {_MATRIX, _COMPRESSED}:
            stream.fail(f"begins with the unknown type {kind}")
        if position > size:
            stream.fail(f"is declared as {count} bytes, {position - size} more than the file has")
        if kind == _COMPRESSED:
            stream.unpacker = zlib.decompressobj()
            stream.left = count * EXPANSION
            kind, count = struct.unpack(f"{order}2I", stream.read(8))
            if kind != _MATRIX or count > stream.left:
                stream.fail(f"is declared as {count} bytes, more than its packed form can hold")
        _check_matrix(stream, count, 0)


def check_version_4(handle: BinaryIO, path: Path, reader: str) -> None:
    """Walk through the headers of a version 4 file; raises as `check_version_5`."""
    size = handle.seek(0, os.SEEK_END)
    position = 0
    while position + 20 <= size:
        handle.seek(position)
        header = handle.read(20)
        order = "<" if 0 <= struct.unpack("<i", header[:4])[0] < 5000 else ">"
        kind, rows, columns, imaginary, length = struct.unpack(f"{order}5i", header)
        precision = kind // 10 % 10
        if min(kind, rows, columns, length) < 0 or imaginary not in {0, 1} or precision >= len(_WIDTHS_4):
            raise DamagedFileError("a variable's header makes no sense; save it again", path=path, reader=reader)
        position += 20 + length + rows * columns * _WIDTHS_4[precision] * (1 + imaginary)
        if position > size:
            message = f"a variable is declared as {rows} x {columns}, more than a file of {size} bytes can hold"
            raise DamagedFileError(f"{message}; save it again", path=path, reader=reader)


def _check_matrix(stream: _Stream, count: int, depth: int) -> int:
    """Check one matrix of `count` bytes and pass over it; returns `count`."""
    if depth > MOST_DEPTH:
        stream.fail(f"nests deeper than {MOST_DEPTH} levels")
    begin = stream.left
    if not count:
        return 0
    flags, _ = _small(stream)
    if len(flags) < 4:
        stream.fail("has no class")
    kind = struct.unpack(f"{stream.order}I", flags[:4])[0] & 0xFF
    if kind in {_CELL, _STRUCT, _OBJECT, _CHAR, *_NUMBERS}:
        dims, _ = _small(stream)
        _small(stream)  # the name
        shape = struct.unpack(f"{stream.order}{len(dims) // 4}i", dims[: len(dims) // 4 * 4])
        if any(length < 0 for length in shape):
            stream.fail(f"has the impossible shape {shape}")
        n_elements = math.prod(shape)
        if kind in {_CELL, _STRUCT, _OBJECT}:
            _check_members(stream, kind, n_elements, count - (begin - stream.left), depth)
        else:
            _check_numbers(stream, n_elements, count - (begin - stream.left))
    rest = count - (begin - stream.left)
    if rest < 0:
        stream.fail("is longer than it declares")
    if depth or stream.unpacker is None:  # the end of a packed variable is nobody's concern
        stream.skip(rest)
    return count


def _check_members(stream: _Stream, kind: int, n_elements: int, room: int, depth: int) -> None:
    before = stream.left
    n_fields = 1
    if kind == _OBJECT:
        _small(stream)  # the class's name
    if kind != _CELL:
        width, _ = _small(stream)
        names, _ = _small(stream)
        length = struct.unpack(f"{stream.order}i", width[:4])[0] if len(width) >= 4 else 0
        n_fields = len(names) // length if length > 0 else 0
    room -= before - stream.left
    n_members = n_elements * n_fields
    if n_members * 8 > room or (n_elements > 1 and not n_fields):
        stream.fail(f"declares {n_elements} elements, more than its {room} bytes can hold")
    for _ in range(n_members):
        tag, count = struct.unpack(f"{stream.order}2I", stream.read(8))
        room -= 8 + count
        if tag != _MATRIX or room < 0:
            stream.fail("has a member that cannot be told from damage")
        _check_matrix(stream, count, depth + 1)


def _check_numbers(stream: _Stream, n_elements: int, room: int) -> None:
    if room < 8:
        if n_elements:
            stream.fail(f"declares {n_elements} elements and has none")
        return
    _, count = _tag(stream)
    if count > room or n_elements > max(count, MOST_BLANKS):
        stream.fail(f"declares {n_elements} elements and {count} bytes; there are {room} bytes")


def _tag(stream: _Stream) -> tuple[bytes, int]:
    """Return what stands in the tag itself, and how many bytes the element has."""
    head = stream.read(8)
    first, second = struct.unpack(f"{stream.order}2I", head)
    small = first >> 16
    return (head[4 : 4 + small], small) if small else (b"", second)


def _small(stream: _Stream) -> tuple[bytes, int]:
    """Return the content of an element that is never large: flags, dimensions, names."""
    content, count = _tag(stream)
    if content or not count:
        return content, count
    if count > PIECE_BYTES * 16:
        stream.fail(f"has a name or shape of {count} bytes")
    content = stream.read(count)
    if count % 8:
        stream.skip(8 - count % 8)
    return content, count
