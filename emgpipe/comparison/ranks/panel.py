"""Rank the levels of one panel: one muscle, side, placement and metric in one scope."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.shared.cells import own_scores, usable
from emgpipe.comparison.shared.outcomes import shown_column
from emgpipe.statistics.additive import AdditiveFit, fit_additive
from emgpipe.statistics.log_ratio import NO_RATIO, SAME, PairedRatio, paired_ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the `n` participants' own values in the panel's unit; NaN where there are too few."""

    n: int
    mean: float
    sd: float
    geometric_mean: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a level lacks: participants without a trial, amplitudes without a logarithm, repetitions without one.

    `unusable` names participant and amplitude, such as ``P02: 0``.
    """

    absent: tuple[str, ...]
    unusable: tuple[str, ...]
    unmeasured: int


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level of a panel; amplitudes in the panel's unit, ratios are level / first.

    Attributes
    ----------
    rank : int or None
        None where the level cannot be compared with the ranked ones.
    n : int
        Participants with this level, normalized or not.
    adjusted : float
        Geometric mean by the additive model, as if every participant had every level.
    paired, model_ratio
        Ratio to the first, by the participants who have both and by the model.
    first_count, first_of : int
        Participants whose highest level this is, of those who have it and another.
    """

    level: str
    rank: int | None
    tie: bool
    n: int
    spread: Spread
    adjusted: float
    paired: PairedRatio
    model_ratio: float
    first_count: int
    first_of: int
    gaps: Gaps


@dataclass(frozen=True, slots=True)
class PanelResult:
    """A panel's levels: the ranked ones in rank order, then those that cannot be ranked.

    `not_measured` are the levels of the scope this muscle has no trial of.
    """

    key: tuple[str, str, str, str]
    unit: str
    participants: tuple[str, ...]
    levels: tuple[LevelResult, ...]
    not_measured: tuple[str, ...]

    @property
    def ranked(self) -> tuple[LevelResult, ...]:
        """The levels that have a rank."""
        return tuple(level for level in self.levels if level.rank is not None)


def rank_panel(
    key: tuple[str, str, str, str], blocks: pd.DataFrame, own: pd.DataFrame, order: Sequence[str], held: Sequence[str]
) -> PanelResult:
    """Return the ranking of one panel.

    Parameters
    ----------
    blocks, own : DataFrame
        Its rows of `block_cells` and `own_values`.
    order : sequence of str
        The levels in their own order, which decides between equal ones.
    held : sequence of str
        Held factors.

    Raises
    ------
    ComparisonError
        The participants' values are in different units.
    """
    there = set(own["level"])
    levels = [level for level in order if level in there]
    column, unit = shown_column(own)
    (_, scores), values = own_scores(blocks, levels, held), _wide(own, column, levels)
    fit = fit_additive(scores)
    ranks = _ranks(fit, scores)
    sequence = sorted(range(len(levels)), key=lambda i: (ranks.get(i, len(levels) + 1), i))
    results: list[LevelResult] = []
    for i in sequence:
        count, of = _firsts(scores, i)
        first, ranked = sequence[0], i in ranks
        result = LevelResult(
            level=levels[i],
            rank=ranks.get(i),
            tie=ranked and list(ranks.values()).count(ranks[i]) > 1,
            n=_measured(own, levels[i]),
            spread=_spread(values[:, i]),
            adjusted=_adjusted(values, fit, i) if ranked else math.nan,
            paired=_to_first(scores, i, first) if ranked else NO_RATIO,
            model_ratio=math.exp(fit.effects[i] - fit.effects[first]) if ranked else math.nan,
            first_count=count,
            first_of=of,
            gaps=_gaps(blocks, own, levels[i]),
        )
        results.append(result)
    absent = tuple(level for level in order if level not in there)
    return PanelResult(key, unit, tuple(sorted(set(own["participant"]))), tuple(results), absent)


def _ranks(fit: AdditiveFit, scores: NDArray[np.float64]) -> dict[int, int]:
    """Return level index -> rank for the largest connected set of levels; equal effects share a rank."""
    component = _main_component(fit, scores)
    if component is None:
        return {}
    members = sorted(np.flatnonzero(fit.components == component), key=lambda i: -fit.effects[i])
    ranks: dict[int, int] = {}
    leader = members[0]
    for place, i in enumerate(members, start=1):
        if fit.effects[leader] - fit.effects[i] > SAME or place == 1:
            leader = i
            ranks[int(i)] = place
        else:
            ranks[int(i)] = ranks[int(leader)]
    return ranks


def _main_component(fit: AdditiveFit, scores: NDArray[np.float64]) -> int | None:
    """Return the component with the most paired cells, or None if no participant has two levels."""
    there = np.isfinite(scores)
    paired = there[there.sum(axis=1) > 1]
    sizes = [int(paired[:, fit.components == c].sum()) for c in range(int(fit.components.max(initial=-1)) + 1)]
    return int(np.argmax(sizes)) if sizes and max(sizes) > 0 else None


def _wide(own: pd.DataFrame, column: str, levels: Sequence[str]) -> NDArray[np.float64]:
    table = own.set_index(["participant", "level"])[column].unstack("level").reindex(columns=list(levels))
    return table.to_numpy(dtype=float)


def _to_first(scores: NDArray[np.float64], level: int, first: int) -> PairedRatio:
    if level == first:
        return PairedRatio(1.0, math.nan, math.nan, int(np.isfinite(scores[:, level]).sum()))
    return paired_ratio(scores[:, level], scores[:, first])


def _adjusted(values: NDArray[np.float64], fit: AdditiveFit, level: int) -> float:
    """Return the level's effect on top of what the average participant shows in the unit of `values`."""
    same = fit.components == fit.components[level]
    logs = np.full(values.shape, np.nan)
    np.log(values, out=logs, where=np.isfinite(values) & (values > 0))
    beyond = (logs - fit.effects)[:, same]
    counts = np.isfinite(beyond).sum(axis=1)
    if not counts.any():
        return math.nan
    persons = np.nansum(beyond, axis=1)[counts > 0] / counts[counts > 0]
    return math.exp(float(fit.effects[level]) + float(persons.mean()))


def _spread(values: NDArray[np.float64]) -> Spread:
    known = values[np.isfinite(values)]
    positive = known[known > 0]
    return Spread(
        n=known.size,
        mean=float(known.mean()) if known.size else math.nan,
        sd=float(known.std(ddof=1)) if known.size > 1 else math.nan,
        geometric_mean=math.exp(float(np.log(positive).mean())) if positive.size else math.nan,
    )


def _firsts(scores: NDArray[np.float64], level: int) -> tuple[int, int]:
    eligible = scores[np.isfinite(scores[:, level]) & (np.isfinite(scores).sum(axis=1) > 1)]
    if not len(eligible):
        return 0, 0
    highest = np.nanmax(eligible, axis=1)
    return int((eligible[:, level] >= highest - SAME).sum()), len(eligible)


def _measured(own: pd.DataFrame, level: str) -> int:
    rows = own[own["level"] == level]
    return int((rows["amplitude"].notna() | rows["value"].notna()).sum())


def _gaps(blocks: pd.DataFrame, own: pd.DataFrame, level: str) -> Gaps:
    mine = blocks[blocks["level"] == level]
    bad = mine[~usable(mine["amplitude"])]
    have = set(own.loc[own["level"] == level, "participant"])
    return Gaps(
        absent=tuple(sorted(set(own["participant"]) - have)),
        unusable=tuple(
            f"{who}: {'no amplitude' if math.isnan(amount) else f'amplitude {amount:g} {unit}'}"
            for who, amount, unit in bad[["participant", "amplitude", "amplitude_unit"]].itertuples(index=False)
        ),
        unmeasured=int(mine["unmeasured"].sum()),
    )
