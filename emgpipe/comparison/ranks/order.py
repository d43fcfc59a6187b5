"""The order of one panel's levels, and which of them may be the highest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.statistics.additive import AdditiveFit, fit_additive
from emgpipe.statistics.best_set import BestSet, best_set
from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.comparison.ranks.matrices import PanelCells


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often signs are flipped and participants are drawn again, and the seed of both."""

    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Order:
    """The ranks of the levels that can be ranked together.

    Attributes
    ----------
    ranks : dict of int to int
        Index of the level -> rank; equal effects share a rank.
    members : tuple of int
        The keys of `ranks` in the levels' own order; `best` is about these.
    """

    fit: AdditiveFit
    ranks: dict[int, int]
    members: tuple[int, ...]
    best: BestSet


def order_of(cells: PanelCells, resampling: Resampling) -> Order:
    """Rank the largest connected set of levels."""
    fit = fit_additive(cells.scores)
    ranks = _ranks(fit, cells.scores)
    members = tuple(sorted(ranks))
    best = best_set(cells.scores[:, list(members)], cells.people, resamples=resampling.resamples, seed=resampling.seed)
    return Order(fit, ranks, members, best)


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
