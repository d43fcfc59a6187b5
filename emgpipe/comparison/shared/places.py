"""One condition at a time, one exercise in one head position, for questions that compare no conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.rows import require_factor
from emgpipe.comparison.shared.scopes import DESIGN, averaged_factors, known_level, ordered_levels
from emgpipe.comparison.shared.wording import MEASURED_POSITION, factor_words, listed, place_words
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Place:
    """The rows of one condition.

    Attributes
    ----------
    text : str
        Such as ``exercise = back_squat, head_position = neutral``; empty where trials state no condition.
    words : str
        The same in words.
    rows : DataFrame
    averaged : str
        Which further factors differ inside a participant's condition, in words; empty if none.
    """

    text: str
    words: str
    rows: pd.DataFrame
    averaged: str


def places(rows: TaskRows, at: Mapping[str, str], vocabulary: Vocabulary, apart: Sequence[str] = ()) -> list[Place]:
    """Return every exercise in every head position, at the levels other factors are held at.

    Parameters
    ----------
    apart : sequence of str
        Further factors whose levels are kept apart.

    Raises
    ------
    ComparisonError
        A factor or a level is not there.
    """
    table = rows.table
    for name, level in at.items():
        require_factor(name, rows.factors, "at:")
        table = table[table[name] == known_level(rows.table, name, level, vocabulary)]
    asked = [*at, *apart]
    told = {"head_position"} if MEASURED_POSITION in asked else set()
    names = list(dict.fromkeys([*(name for name in DESIGN if name in rows.factors and name not in told), *asked]))
    if table.empty:
        held = listed(f"{name} = {level}" for name, level in at.items())
        raise ComparisonError(f"no trial has all of {held} together; see trials.csv for the conditions there are")
    if not names:
        return [Place("", "", table, "")]
    ranks = {name: {level: i for i, level in enumerate(ordered_levels(table, name, vocabulary))} for name in names}
    conditions = sorted(
        set(table[names].itertuples(index=False, name=None)),
        key=lambda levels: [ranks[name][level] for name, level in zip(names, levels, strict=True)],
    )
    return [_place(table, dict(zip(names, levels, strict=True)), rows.factors, vocabulary) for levels in conditions]


def _place(table: pd.DataFrame, levels: Mapping[str, str], factors: Sequence[str], vocabulary: Vocabulary) -> Place:
    for name, level in levels.items():
        table = table[table[name] == level]
    stated = {name: level for name, level in levels.items() if level}
    text = ", ".join(f"{name} = {level}" for name, level in stated.items())
    words = ", ".join(place_words(vocabulary, name, level) for name, level in stated.items())
    first, *held = levels
    others = averaged_factors(table, first, held, [name for name in factors if not name.startswith("compared_")])
    return Place(text, words, table, listed(factor_words(name) for name in others))


def own_means(rows: pd.DataFrame, column: str, by: Sequence[str]) -> pd.Series[float]:
    """Return means over repetitions within the trial, then over trials within each of `by`."""
    trials = rows.groupby([*by, "trial"], sort=True)[column].mean()
    return trials.groupby(level=list(range(len(by))), sort=True).mean()
