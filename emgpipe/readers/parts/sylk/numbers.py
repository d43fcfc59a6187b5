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
_FIELDS = {
    order: sum(ord(letter) << 8 * place for place, letter in enumerate(order))
    for size in (1, 2, 3)
    for order in itertools.permutations("KXY", size)
    if "K" in order
}
"""Orders of fields a line of one number can have, and the code computed for each."""


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
    is_number = np.isin(codes, list(_FIELDS.values()))
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
    for order, code in _FIELDS.items():
        chosen = codes[lines] == code
        if not chosen.any():
            continue
        fields = {letter: table[chosen, place] for place, letter in enumerate(order)}
        cells.values[lines[chosen]] = fields["K"]
        for letter, target in (("X", cells.columns), ("Y", cells.rows)):
            if letter in fields:
                if not (np.abs(fields[letter]) < 2**53).all():  # also where it is NaN
                    return None
                target[lines[chosen]] = fields[letter]
    return cells


def _orders(letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a code per line that tells which fields it has, in which order; lines of many fields get none."""
    semicolons = np.flatnonzero(letters == _SEMICOLON)
    after = letters[np.minimum(semicolons + 1, letters.size - 1)].astype(np.int64)
    bounds = np.searchsorted(semicolons, np.concatenate([[0], ends]))
    first, counts = bounds[:-1], np.diff(bounds)
    codes = np.zeros(ends.size, np.int64)
    padded = np.concatenate([after, np.zeros(4, np.int64)])
    for place in range(3):
        codes += np.where(counts > place, padded[first + place] << 8 * place, 0)
    codes[counts > 3] = 0
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
