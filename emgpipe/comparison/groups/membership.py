"""Who belongs to which group: a column of the participants table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ComparisonError, suggest

if TYPE_CHECKING:
    import pandas as pd


_MISSING: Final = frozenset({"", "n/a", "nan"})
"""How a table says that there is no value; n/a is that of BIDS."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A column of the participants table.

    Attributes
    ----------
    column : str
    groups : tuple of str
        In order, the one the others are compared with first; empty where the column is numeric.
    of : mapping of str to str
        Participant -> group, or number as text.
    """

    column: str
    groups: tuple[str, ...]
    of: Mapping[str, str]

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers to be compared as such."""
        return not self.groups

    def number(self, participant: str) -> float:
        """Return a participant's number, NaN without one."""
        return _number(self.of.get(participant, ""))

    def without(self, participants: Sequence[str]) -> tuple[str, ...]:
        """Return those of these participants who have no value in the column."""
        return tuple(name for name in participants if name not in self.of)


def membership(
    participants: pd.DataFrame, column: str, measured: Sequence[str], *, against: str = "", numeric: bool | None = None
) -> Membership:
    """Return who of the measured participants belongs where.

    Parameters
    ----------
    measured : sequence of str
        Participants of the metrics table.
    against : str
        The group the others are compared with; empty, the first.
    numeric : bool or None
        None: a column of numbers with more than two different ones is numeric.

    Raises
    ------
    ComparisonError
        No such table or column, fewer than two groups, or texts where numbers are meant.
    """
    if participants.empty or "participant" not in participants.columns:
        raise ComparisonError(
            f"group '{column}' needs a participants table; name one in the study file, with a column 'participant' and "
            f"a column '{column}'"
        )
    columns = [str(name) for name in participants.columns if name != "participant"]
    if column not in columns:
        raise ComparisonError(
            f"the participants table has no column '{column}'{suggest(column, columns) or '.'} There are: "
            f"{', '.join(columns) or 'none'}"
        )
    of = {name: text for name, text in _values(participants, column).items() if name in set(measured)}
    there = sorted(set(of.values()), key=lambda text: (_number(text) if _is_number(text) else math.inf, text))
    if len(there) < 2:
        raise ComparisonError(
            f"group '{column}': the measured participants have {'only ' + there[0] if there else 'no value'}; "
            "a comparison needs two different ones"
        )
    return Membership(column, _groups(column, there, against, numeric=numeric), of)


def _values(participants: pd.DataFrame, column: str) -> dict[str, str]:
    """Return participant -> value of the column; `ComparisonError` where somebody has two."""
    texts = participants[column].astype(object).where(participants[column].notna(), "").astype(str).str.strip()
    of: dict[str, str] = {}
    for name, text in zip(participants["participant"].astype(str), texts, strict=True):
        if text.casefold() in _MISSING:
            continue
        if of.setdefault(name, text) != text:
            raise ComparisonError(
                f"participant {name} stands in the participants table with {column} '{of[name]}' and '{text}'; "
                "keep one row per participant"
            )
    return of


def _groups(column: str, there: list[str], against: str, *, numeric: bool | None) -> tuple[str, ...]:
    numbers = all(_is_number(text) for text in there)
    if numeric and not numbers:
        words = next(text for text in there if not _is_number(text))
        raise ComparisonError(f"group '{column}' is said to be numeric, but holds '{words}'; correct it, or leave out")
    if against and against not in there:
        known = ", ".join(there)
        raise ComparisonError(f"no participant has {column} '{against}'{suggest(against, there) or '.'} Known: {known}")
    if numeric or (numeric is None and numbers and len(there) > 2 and not against):
        return ()
    return tuple(sorted(there, key=lambda text: text != against))


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def _is_number(text: str) -> bool:
    return math.isfinite(_number(text))
