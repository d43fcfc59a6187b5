"""The participants' own numbers of one panel as matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.ranks.results import Gaps
from emgpipe.comparison.shared.cells import own_scores, usable
from emgpipe.comparison.shared.outcomes import require_one_unit, shown_column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PanelCells:
    """One panel; `levels` are those anybody has, in their own order.

    Attributes
    ----------
    names : tuple of str
        The participant of each row of `scores`.
    scores : array, shape (n_rows, n_levels)
        Log amplitudes in volts; differences inside a row have a meaning. NaN where missing.
    everybody : tuple of str
        The participants of the rows of `values`.
    values : array, shape (n_participants, n_levels)
        In `unit`; NaN where there is no reference.
    measured : tuple of int
        Participants with an amplitude or a value, by level.
    gaps : tuple of Gaps
        By level.
    """

    levels: tuple[str, ...]
    names: tuple[str, ...]
    scores: NDArray[np.float64]
    everybody: tuple[str, ...]
    values: NDArray[np.float64]
    unit: str
    measured: tuple[int, ...]
    gaps: tuple[Gaps, ...]

    @property
    def people(self) -> NDArray[np.int64]:
        """The number of the participant of each row of `scores`."""
        return np.unique(np.array(self.names, dtype=str), return_inverse=True)[1].astype(np.int64)


def panel_cells(blocks: pd.DataFrame, own: pd.DataFrame, order: Sequence[str], held: Sequence[str]) -> PanelCells:
    """Return one panel.

    Parameters
    ----------
    blocks, own : DataFrame
        Its rows of `block_cells` and `own_values`.
    order : sequence of str
        The levels in their own order.
    held : sequence of str
        Held factors.

    Raises
    ------
    ComparisonError
        The participants' values, or their amplitudes, are in different units.
    """
    require_one_unit(blocks)
    there = set(own["level"].to_numpy())
    levels = tuple(level for level in order if level in there)
    column, unit = shown_column(own)
    names, scores = own_scores(blocks, levels, held)
    everybody = tuple(sorted(set(own["participant"].to_numpy())))
    values, measured = _wide(own, column, everybody, levels)
    gaps = _gaps(blocks, own, everybody, levels)
    return PanelCells(levels, names, scores, everybody, values, unit, measured, gaps)


def _wide(
    own: pd.DataFrame, column: str, everybody: Sequence[str], levels: Sequence[str]
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    rows = [everybody.index(person) for person in own["participant"].to_numpy()]
    columns = np.array([levels.index(level) for level in own["level"].to_numpy()], dtype=np.int64)
    values = np.full((len(everybody), len(levels)), np.nan)
    values[rows, columns] = own[column].to_numpy(dtype=float)
    known = np.isfinite(own["amplitude"].to_numpy(dtype=float)) | np.isfinite(own["value"].to_numpy(dtype=float))
    measured = np.bincount(columns[known], minlength=len(levels))
    return values, tuple(int(n) for n in measured)


def _gaps(blocks: pd.DataFrame, own: pd.DataFrame, everybody: Sequence[str], levels: Sequence[str]) -> tuple[Gaps, ...]:
    have = set(zip(own["participant"].to_numpy(), own["level"].to_numpy(), strict=True))
    unmeasured, unusable = blocks["unmeasured"].to_numpy() > 0, ~usable(blocks["amplitude"]).to_numpy()
    lost = blocks.loc[unmeasured, ["level", "unmeasured"]].to_numpy() if unmeasured.any() else ()
    named = ["level", "participant", "amplitude", "amplitude_unit"]
    bad = blocks.loc[unusable, named].to_numpy() if unusable.any() else ()
    return tuple(
        Gaps(
            absent=tuple(person for person in everybody if (person, level) not in have),
            unusable=tuple(
                f"{who}: {'no amplitude' if np.isnan(amount) else f'amplitude {amount:g} {unit}'}"
                for where, who, amount, unit in bad
                if where == level
            ),
            unmeasured=sum(int(count) for where, count in lost if where == level),
        )
        for level in levels
    )
