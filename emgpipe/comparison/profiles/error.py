"""Each participant's own measurement error, from the repetitions inside a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.statistics.individual_response import WithinSpread, pooled_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import Key

Block = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnError:
    """What the repetitions of one participant say about one outcome.

    Attributes
    ----------
    within : WithinSpread
        Between the repetitions of a trial, pooled over the participant's trials, on the analysis scale.
    shares : mapping of block to mapping of level to float
        The part of that variance which is left in the mean of a block's level: 1 / m with one trial of m repetitions.
    """

    within: WithinSpread
    shares: Mapping[Block, Mapping[str, float]]

    def difference(self, level: str, other: str) -> float:
        """Return the error variance of the participant's difference of two levels; NaN where it is not known."""
        sums = [own[level] + own[other] for own in self.shares.values() if level in own and other in own]
        if not sums or not self.within.df:
            return float("nan")
        return self.within.variance * sum(sums) / len(sums) ** 2


def own_errors(
    rows: pd.DataFrame, factor: str, held: Sequence[str], scales: Mapping[Key, Scale]
) -> dict[tuple[Key, str], OwnError]:
    """Return the own error of each outcome and participant.

    Parameters
    ----------
    rows : DataFrame
        One row per repetition and outcome.
    factor : str
        The column of the levels.
    scales : mapping of outcome to {"log", "raw"}
    """
    found: dict[tuple[Key, str], OwnError] = {}
    for key, own in rows.groupby([*PANEL, "participant"], sort=True):
        muscle, side, placement, metric, person = (str(part) for part in key)
        outcome = (muscle, side, placement, metric)
        if outcome in scales:
            found[outcome, person] = _one(own, factor, held, scales[outcome])
    return found


def _one(rows: pd.DataFrame, factor: str, held: Sequence[str], scale: Scale) -> OwnError:
    values = rows["amplitude"].to_numpy(dtype=float)
    if scale == "log":
        values = np.log(np.where(values > 0, values, np.nan))
    blocks = list(rows[["session", *held]].itertuples(index=False, name=None))
    cells: list[Any] = list(zip(blocks, rows[factor], rows["trial"], strict=True))
    numbers = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
    groups = np.array([numbers[cell] for cell in cells], dtype=int)
    counts = np.bincount(groups[np.isfinite(values)], minlength=len(numbers))
    trials: dict[Block, dict[str, list[float]]] = {}
    for (block, level, _), count in zip(numbers, counts, strict=True):
        if count:
            trials.setdefault(block, {}).setdefault(str(level), []).append(1 / float(count))
    shares = {
        block: {level: sum(parts) / len(parts) ** 2 for level, parts in own.items()} for block, own in trials.items()
    }
    return OwnError(pooled_within(values, groups), shares)
