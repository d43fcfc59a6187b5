"""Names of arrays: the SHA-256 of their samples, or the name of the result they are."""

from __future__ import annotations

import hashlib
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def bytes_of(array: Array) -> memoryview:
    """Return the samples as bytes, the same on every machine; not copied where they lie so already."""
    return np.ascontiguousarray(array, dtype="<f8").view(np.uint8).data


class Digests:
    """Names arrays of float64, each of them once; arrays must not be written to afterwards.

    An array that a pure function made is named after what it was made of, and a piece of it after its place in it:
    hashing the samples would say the same and take longer.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], str]] = {}

    def name(self, array: Array, digest: str) -> None:
        """State the name of an array."""
        self._known[id(array)] = (weakref.ref(array), digest)

    def of(self, array: Array) -> str:
        """Return the name of an array."""
        known = self._find(array) or self._piece(array)
        if known is None:
            known = hashlib.sha256(bytes_of(array)).hexdigest()
            self.name(array, known)
        return known

    def _find(self, array: Any) -> str | None:
        reference, digest = self._known.get(id(array), (None, ""))
        return digest if reference is not None and reference() is array else None  # an id is used again

    def _piece(self, array: Array) -> str | None:
        whole = self._find(array.base) if isinstance(array.base, np.ndarray) else None
        if whole is None or array.base is None or not array.flags.c_contiguous:
            return None
        first = array.__array_interface__["data"][0] - array.base.__array_interface__["data"][0]
        return f"{whole}[{first // array.itemsize}:{array.size}]"
