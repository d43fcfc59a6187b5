"""Cells of SYLK that hold plain numbers, parsed thousands of lines at a time.

The letters of the fields are deleted, and what is left (``;5;1;0.0005``) is a table for pandas' C parser.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.readers.parts.tables.cells import SPELLINGS
from emgpipe.readers.parts.tables.exponents import refuse_huge

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINE_FEED, _QUOTE, _SEMICOLON = 10, 34, 59
_LETTERS = {"K": 1, "X": 2, "Y": 3}
_OTHER = 4
_PLACES = np.array([1, 5, 25], dtype=np.uint8)
"""What a letter counts in the first, second and third field of a line, so that every order has a code of its own."""
_CODE_OF = np.full(256, _OTHER, dtype=np.uint8)
_CODE_OF[[ord(letter) for letter in _LETTERS]] = list(_LETTERS.values())
_FIELDS = {
    order: sum(_LETTERS[letter] * int(_PLACES[place]) for place, letter in enumerate(order))
    for size in (1, 2, 3)
    for order in itertools.permutations("KXY", size)
    if "K" in order
}
"""Orders of fields a line of one number can have, and the code computed for each."""
_IS_NUMBER = np.zeros(256, dtype=bool)
_IS_NUMBER[list(_FIELDS.values())] = True


@dataclass(slots=True)
class Cells:
    """One piece, line by line: row and column are 0 where the line leaves them out."""

    piece: bytes
    ends: NDArray[np.int64]
    is_other: NDArray[np.bool_]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    texts: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, piece: bytes, is_other: NDArray[np.bool_]) -> Cells:
        """Return a piece without any cells yet; `is_other` marks the lines to be parsed one by one."""
        n = is_other.size
        ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == _LINE_FEED)
        return cls(piece, ends, is_other, np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, np.nan))


def numbers_of(piece: bytes) -> Cells | None:
    """Parse the lines that hold one number each; None if what should be a number is none."""
    letters = np.frombuffer(piece, np.uint8)
    ends = np.flatnonzero(letters == _LINE_FEED)
    codes = _orders(letters, ends)
    is_number = _IS_NUMBER[codes]
    starts = np.concatenate([[0], ends[:-1] + 1])
    is_number &= (letters[starts] == ord("C")) & (letters[np.minimum(starts + 1, letters.size - 1)] == _SEMICOLON)
    is_number[np.searchsorted(ends, np.flatnonzero(letters == _QUOTE))] = False
    cells = Cells.of(piece, ~is_number)
    if not is_number.any():
        return cells
    text = piece if is_number.all() else letters[np.repeat(is_number, ends - starts + 1)].tobytes()
    table = _parse_table(text.translate(None, b"CKXY"))
    if table is None or table.shape[0] != int(is_number.sum()):
        return None
    lines = np.flatnonzero(is_number)
    there = np.bincount(codes[lines], minlength=256)
    for order, code in _FIELDS.items():
        if not there[code]:
            continue
        chosen = codes[lines] == code
        fields = {letter: table[chosen, place] for place, letter in enumerate(order)}
        cells.values[lines[chosen]] = fields["K"]
        for letter, target in (("X", cells.columns), ("Y", cells.rows)):
            if letter in fields:
                if not (np.abs(fields[letter]) < 2**53).all():  # also where it is NaN
                    return None
                target[lines[chosen]] = fields[letter]
    return cells


def _orders(letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return a code per line that tells which fields it has, in which order; lines of many fields get none."""
    semicolons = np.flatnonzero(letters == _SEMICOLON)
    after = np.zeros(semicolons.size + len(_PLACES), np.uint8)
    after[: semicolons.size] = _CODE_OF[letters[np.minimum(semicolons + 1, letters.size - 1)]]
    bounds = np.searchsorted(semicolons, ends)
    first = np.concatenate([[0], bounds[:-1]])
    counts = bounds - first
    codes = np.zeros(ends.size, np.uint8)
    for place, worth in enumerate(_PLACES):
        codes += (counts > place) * after[first + place] * worth
    codes[counts > len(_PLACES)] = 0
    return codes


def _parse_table(text: bytes) -> NDArray[np.float64] | None:
    import pandas as pd

    try:
        refuse_huge(text)
        table = pd.read_csv(
            io.BytesIO(text), sep=";", header=None, names=range(4), usecols=[1, 2, 3], dtype=np.float64,
            engine="c", index_col=False,
            decimal="," if b"," in text else ".", na_values=SPELLINGS, skip_blank_lines=False, quoting=3,
        )  # fmt: skip
    except (ValueError, pd.errors.ParserError):
        return None
    return table.to_numpy()
