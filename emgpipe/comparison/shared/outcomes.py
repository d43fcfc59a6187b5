"""Outcomes: which numbers a comparison is about, and each outcome as a matrix of participants by levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.comparison.shared.cells import PANEL, Scale, block_cells, own_scores, own_values, usable
from emgpipe.comparison.shared.wording import factor_words, level_words, listed, panel_words
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

Key = tuple[str, str, str, str]
"""Muscle (or channel, or ratio), side, placement, metric."""


@dataclass(frozen=True, slots=True)
class OutcomeCells:
    """One outcome in one scope: every participant's own value at every level.

    Attributes
    ----------
    key : tuple of str
        Muscle, side, placement, metric.
    kind : str
        ``emg``, ``ratio``, or the kind of the channel (``angle``, ...).
    unit : str
        Of `values`.
    scale : {"log", "raw"}
        Of `scores`.
    levels : tuple of str
        In their own order; at least one, those nobody has left out.
    participants : tuple of str
        Of each row. A participant whose sessions share no level has several rows, which then share no level.
    scores : array, shape (n_rows, n_levels)
        Logarithms of amplitudes in volts (`log`), or values (`raw`); NaN where missing. Differences inside a row have
        a meaning, differences between rows have not: rest tests on differences inside rows.
    values : array, shape (n_rows, n_levels)
        What is shown: values in `unit` (normalized where anybody has a reference), NaN where there is none.
    notes : tuple of str
        Who lacks what, and which numbers have no logarithm, in words.
    refusal : str
        Why there is no value at all, such as units that cannot be averaged; then there are no levels either.
    """

    key: Key
    kind: str
    unit: str
    scale: Scale
    levels: tuple[str, ...]
    participants: tuple[str, ...]
    scores: NDArray[np.float64]
    values: NDArray[np.float64]
    notes: tuple[str, ...]
    refusal: str = ""

    def words(self, vocabulary: Vocabulary) -> str:
        """Return the outcome as the beginning of a sentence."""
        return panel_words(vocabulary, self.key, self.kind)


def outcome_cells(
    rows: pd.DataFrame, scope: Scope, factor: str, vocabulary: Vocabulary
) -> tuple[tuple[OutcomeCells, ...], pd.DataFrame]:
    """Return the outcomes of a scope and the participants' own values they rest on.

    Parameters
    ----------
    rows : DataFrame
        The chosen rows of the scope; see `emgpipe.comparison.shared.conditions`.
    factor : str
        The column of the levels.

    Returns
    -------
    outcomes : tuple of OutcomeCells
        Outcomes in the order of `rows`.
    cells : DataFrame
        One row per participant, level and outcome; see `emgpipe.comparison.shared.cells.own_values`.

    Notes
    -----
    An outcome whose values cannot be averaged has its `refusal`, and does not stop the others.
    """
    blocks = block_cells(rows, factor, scope.held)
    own = own_values(blocks)
    kinds = rows.drop_duplicates(list(PANEL)).set_index(list(PANEL))["kind"]
    of_blocks, of_own = (_by_key(table) for table in (blocks, own))
    made = tuple(_one(key, str(kind), (of_blocks[key], of_own[key]), scope, vocabulary) for key, kind in kinds.items())
    return made, own


def _by_key(table: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(table.groupby(list(PANEL), sort=False)))


def scale_of(kind: str) -> Scale:
    """Return the scale an outcome of this kind is compared on."""
    return "log" if kind in ("emg", "ratio") else "raw"


def _one(
    key: Any, kind: str, tables: tuple[pd.DataFrame, pd.DataFrame], scope: Scope, vocabulary: Vocabulary
) -> OutcomeCells:
    blocks, own = tables
    scale = scale_of(kind)
    try:
        column, unit = shown_column(own)
        require_one_unit(blocks)
    except ComparisonError as error:
        none = np.empty((0, 0))
        return OutcomeCells(key, kind, "", scale, (), (), none, none, (), str(error))
    there = set(own["level"])
    levels = tuple(level for level in scope.levels if level in there)
    participants, scores = own_scores(blocks, levels, scope.held, scale)
    wide = own.set_index(["participant", "level"])[column].unstack("level").reindex(columns=list(levels))
    values = wide.reindex(list(participants)).to_numpy(dtype=float).reshape(scores.shape)
    values = np.where(np.isfinite(scores), values, np.nan)
    notes = (*_notes(tables, levels, scale, scope, vocabulary), *_apart(participants, scope))
    return OutcomeCells(key, kind, unit, scale, levels, participants, scores, values, notes)


def shown_column(own: pd.DataFrame) -> tuple[str, str]:
    """Choose the column to show, and its unit: normalized values where anybody has one, else amplitudes.

    Raises
    ------
    ComparisonError
        The values are in different units.
    """
    for column, name in (("value", "unit"), ("amplitude", "amplitude_unit")):
        rows = own[own[column].notna()]
        units = sorted(set(rows[name]))
        if len(units) > 1:
            raise ComparisonError(
                f"values in different units ({', '.join(unit or 'none' for unit in units)}) cannot be averaged; "
                "process all participants with the same normalization"
            )
        if units:
            return column, units[0]
    return "amplitude", ""


def require_one_unit(rows: pd.DataFrame) -> None:
    """Raise `ComparisonError` where amplitudes are in several units: their ratio would be that of the units."""
    units = sorted(set(rows.loc[rows["amplitude"].notna(), "amplitude_unit"]))
    if len(units) > 1:
        named = ", ".join(unit or "none" for unit in units)
        raise ComparisonError(f"amplitudes in different units ({named}) cannot be compared; bring them to one unit")


def _notes(
    tables: tuple[pd.DataFrame, pd.DataFrame], levels: Sequence[str], scale: Scale, scope: Scope, vocabulary: Vocabulary
) -> Iterator[str]:
    """Say who was not measured where, and whose amplitude has no logarithm."""
    blocks, own = tables
    everybody = sorted(set(own["participant"]))
    have = set(own[["participant", "level"]].itertuples(index=False, name=None))
    for person in everybody:
        absent = [level_words(vocabulary, scope.factor, level) for level in levels if (person, level) not in have]
        if absent:
            yield f"{person} was not measured in {listed(absent)}"
    bad = blocks[~usable(blocks["amplitude"], scale)]
    for person, level, amount in bad[["participant", "level", "amplitude"]].itertuples(index=False, name=None):
        what = "no amplitude" if np.isnan(amount) else f"amplitude {amount:g}"
        yield f"{person} has {what} in {level_words(vocabulary, scope.factor, level)}, left out"


def _apart(participants: Sequence[str], scope: Scope) -> Iterator[str]:
    """Say whose levels cannot all be compared, because sessions or held conditions share none of them."""
    where = listed(["sessions", *(f"{factor_words(name, several=True)}" for name in scope.held)], "or")
    for person in dict.fromkeys(participants):
        if participants.count(person) > 1:
            yield f"{person} did some levels only in different {where}, between which they are not compared"
