"""Rank the levels of one panel: one muscle, side, placement and metric in one scope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.ranks.results import Certainty, LevelResult, PanelResult, Spread
from emgpipe.statistics.bootstrap_ranks import RankFrequencies, bootstrap_ranks
from emgpipe.statistics.log_ratio import NO_RATIO, SAME, PairedRatio, paired_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.comparison.ranks.matrices import PanelCells
    from emgpipe.comparison.ranks.order import Order, Resampling
    from emgpipe.statistics.additive import AdditiveFit
    from emgpipe.statistics.best_set import BestSet


def rank_panel(
    key: tuple[str, str, str, str],
    kind: str,
    cells: PanelCells,
    order: Order,
    levels: Sequence[str],
    resampling: Resampling,
) -> PanelResult:
    """Return the ranking of one panel.

    Parameters
    ----------
    kind : str
        ``emg`` or ``ratio``.
    order : Order
        Of these cells.
    levels : sequence of str
        All levels of the scope.
    """
    members = list(order.members)
    drawn = bootstrap_ranks(
        cells.scores[:, members], cells.people, resamples=resampling.resamples, seed=resampling.seed
    )
    certain = {i: _certainty(order.best, drawn, place) for place, i in enumerate(members)}
    last = len(cells.levels) + 1
    sequence = sorted(range(len(cells.levels)), key=lambda i: (order.ranks.get(i, last), i))
    return PanelResult(
        key=key,
        kind=kind,
        unit=cells.unit,
        cells=cells,
        levels=tuple(_level(i, sequence[0], cells, order, certain.get(i)) for i in sequence),
        not_measured=tuple(level for level in levels if level not in cells.levels),
        smallest_p=order.best.smallest_p,
        paired_participants=order.best.n,
        redrawn=(drawn.used, drawn.drawn),
    )


def _level(i: int, first: int, cells: PanelCells, order: Order, certainty: Certainty | None) -> LevelResult:
    count, of = _firsts(cells.scores, i)
    ranked, fit = i in order.ranks, order.fit
    return LevelResult(
        level=cells.levels[i],
        rank=order.ranks.get(i),
        certainty=certainty,
        tie=ranked and list(order.ranks.values()).count(order.ranks[i]) > 1,
        n=cells.measured[i],
        spread=_spread(cells.values[:, i]),
        adjusted=_adjusted(cells.values, fit, i) if ranked else math.nan,
        paired=_to_first(cells.scores, i, first) if ranked else NO_RATIO,
        model_ratio=math.exp(fit.effects[i] - fit.effects[first]) if ranked else math.nan,
        first_count=count,
        first_of=of,
        gaps=cells.gaps[i],
    )


def _certainty(best: BestSet, drawn: RankFrequencies, place: int) -> Certainty:
    return Certainty(
        in_best_set=bool(best.members[place]),
        p_best=float(best.p[place]),
        frequency=tuple(float(share) for share in drawn.frequency[place]),
        mean_rank=float(drawn.mean[place]),
        rank_low=float(drawn.low[place]),
        rank_high=float(drawn.high[place]),
    )


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
