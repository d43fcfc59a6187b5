"""Where a question about the measured angle is asked: held at levels, or once per level of a factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.rows import require_factor
from emgpipe.comparison.shared.scopes import known_level, ordered_levels
from emgpipe.comparison.shared.wording import listed, place_words
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows a question is asked about, as `text` (``exercise = back_squat``) and in `words`; both may be empty."""

    text: str
    words: str
    rows: pd.DataFrame

    @property
    def title_end(self) -> str:
        """`` in barbell hip thrust``, or nothing."""
        return f" in {self.words}" if self.words else ""


def asked_in(rows: TaskRows, at: Mapping[str, str], within: str | None, vocabulary: Vocabulary) -> list[Asked]:
    """Return the rows at the levels `at`, once per level of `within`.

    Raises
    ------
    ComparisonError
        A factor or a level is not there, or no trial has all of them.
    """
    table = rows.table
    fixed: dict[str, str] = {}
    for name, given in at.items():
        require_factor(name, rows.factors, "at:")
        fixed[name] = known_level(rows.table, name, given, vocabulary)
        table = table[table[name] == fixed[name]]
    if table.empty:
        held = listed(f"{name} = {level}" for name, level in fixed.items())
        raise ComparisonError(f"no trial has all of {held}")
    if within is None:
        return [_asked(table, fixed, vocabulary)]
    require_factor(within, rows.factors, "within:")
    levels = ordered_levels(table, within, vocabulary)
    return [_asked(table[table[within] == level], {**fixed, within: level}, vocabulary) for level in levels]


def _asked(table: pd.DataFrame, fixed: Mapping[str, str], vocabulary: Vocabulary) -> Asked:
    text = ", ".join(f"{name} = {level}" for name, level in fixed.items())
    words = listed(place_words(vocabulary, name, level) for name, level in fixed.items())
    return Asked(text, words, table.reset_index(drop=True))
