"""Parameters of a C3D file as plain numbers and texts, whatever the processor that wrote them."""

from __future__ import annotations

from typing import Any

import numpy as np

from emgpipe.readers.parts.blocks.blocks import decode, item_size

INTEL, DEC, MIPS = 84, 85, 86
NUMBERS = {
    INTEL: {1: "u1", 2: "<i2", 4: "<f4"},
    DEC: {1: "u1", 2: "<i2", 4: "dec32"},
    MIPS: {1: "u1", 2: ">i2", 4: ">f4"},
}


class Parameters:
    """Parameters by ``GROUP:NAME``, as numbers or texts; missing and malformed ones are empty."""

    def __init__(self, library: Any, processor: int) -> None:
        self._library, self._types = library, NUMBERS[processor]

    def numbers(self, name: str, *, unsigned: bool = False) -> list[float]:
        """Return all values of a numeric parameter."""
        found = self._library.get(name)
        if found is None or found.bytes_per_element not in self._types:
            return []
        dtype = self._types[found.bytes_per_element]
        dtype = dtype.replace("i2", "u2") if unsigned else dtype
        size = item_size(dtype)
        count = min(found.num_elements, len(found.bytes) // size)
        stored = np.frombuffer(found.bytes[: count * size], dtype=np.uint8).reshape(count, size)
        return [float(value) for value in decode(stored, dtype).tolist()]

    def all_numbers(self, name: str, *, unsigned: bool = False) -> list[float]:
        """Return the values of a parameter and of its continuations: one parameter holds 255 at most."""
        collected = self.numbers(name, unsigned=unsigned)
        for number in range(2, 10):
            if len(collected) % 255 or not (more := self.numbers(f"{name}{number}", unsigned=unsigned)):
                break
            collected += more
        return collected

    def number(self, name: str, *, unsigned: bool = False) -> float | None:
        """Return the first value of a numeric parameter."""
        values = self.numbers(name, unsigned=unsigned)
        return values[0] if values else None

    def texts(self, name: str) -> list[str]:
        """Return the strings of a parameter and of its continuations ``NAME2``, ``NAME3``, ..."""
        collected: list[str] = []
        for suffix in ("", *(str(number) for number in range(2, 10))):
            found = self._library.get(name + suffix)
            if found is None or found.bytes_per_element not in {-1, 1}:
                break
            width = (found.dimensions[0] if found.dimensions else len(found.bytes)) or 1
            rows = found.num_elements // width
            pieces = (found.bytes[row * width : (row + 1) * width] for row in range(rows))
            collected += [_text(piece) for piece in pieces]
        return collected


def _text(piece: bytes) -> str:
    try:
        decoded = piece.decode("utf-8")
    except UnicodeDecodeError:
        decoded = piece.decode("cp1252", errors="replace")
    return decoded.replace("\x00", " ").strip()
