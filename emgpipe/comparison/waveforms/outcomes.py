"""The participants' own curves of one muscle or channel, and the difference curves of two levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.curve_rows import POINTS, SITE
from emgpipe.comparison.shared.wording import level_words, listed
from emgpipe.errors import ComparisonError
from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

METRIC: Final = "curve"
MOST_MISSING: Final = 0.25
"""A participant who lacks more than this share of a curve is left out of it; who lacks less costs those points only."""


@dataclass(frozen=True, slots=True)
class CurveOutcome:
    """Curves of one muscle (side, placement) or channel: averaged over repetitions, then trials, of each block.

    A block is a participant's session and held conditions, inside which the levels change.

    Attributes
    ----------
    key : tuple of str
        Muscle, side, placement, ``curve``.
    levels : tuple of str
        Those anybody has, in their own order.
    unit : str
        Of `shown`.
    owners, units : tuple of str
        Participant and unit of each block.
    blocks : array, shape (n_blocks, n_levels, n_points)
        NaN where missing.
    """

    key: tuple[str, str, str, str]
    kind: str
    levels: tuple[str, ...]
    unit: str
    owners: tuple[str, ...]
    units: tuple[str, ...]
    blocks: NDArray[np.float64]

    @property
    def participants(self) -> tuple[str, ...]:
        """Each participant once."""
        return tuple(sorted(set(self.owners)))

    def shown(self) -> NDArray[np.float64]:
        """Return the participants' own curves in `unit`, shape (n_participants, n_levels, n_points)."""
        usable = np.array([unit == self.unit for unit in self.units])
        blocks = np.where(usable[:, None, None], self.blocks, np.nan)
        return self.by_participant(blocks)

    def scores(self, scale: Scale) -> NDArray[np.float64]:
        """Return the blocks on a scale: logarithms, or values in `unit`."""
        if scale == "raw":
            usable = np.array([unit == self.unit for unit in self.units])
            return np.where(usable[:, None, None], self.blocks, np.nan)
        return np.log(np.where(self.blocks > 0, self.blocks, np.nan))

    def differences(self, level: str, other: str, scale: Scale) -> NDArray[np.float64]:
        """Return each participant's level - other on a scale, shape (n_participants, n_points).

        The difference is taken inside each block and averaged over the participant's blocks; rounding counts as 0.
        """
        scores = self.scores(scale)
        first, second = (scores[:, self.levels.index(name)] for name in (level, other))
        apart = first - second
        size = 1.0 if scale == "log" else np.maximum(np.abs(first), np.abs(second))
        return self.by_participant(np.where(np.abs(apart) <= SAME * size, 0.0, apart))

    def by_participant(self, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean of each participant's blocks."""
        own = [[place for place, owner in enumerate(self.owners) if owner == person] for person in self.participants]
        return np.array([mean_there(blocks[places]) for places in own]).reshape(len(own), *blocks.shape[1:])


def mean_there(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over the first axis of what is there; NaN where nothing is."""
    there = np.isfinite(values)
    count = there.sum(axis=0)
    total = np.where(there, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def curve_outcomes(curves: pd.DataFrame, scope: Scope) -> tuple[tuple[CurveOutcome, ...], list[str]]:
    """Return the outcomes in the order of the rows, and why others cannot be compared."""
    of_block = [*SITE, "participant", "session", *scope.held, "unit"]
    trials = curves.groupby([*of_block, "level", "trial"], sort=True)[POINTS].mean()
    means = trials.groupby(level=[*of_block, "level"], sort=True).mean().reset_index()
    order = curves[list(SITE)].drop_duplicates().itertuples(index=False, name=None)
    tables: dict[Any, pd.DataFrame] = dict(iter(means.groupby(list(SITE), sort=False)))
    made: list[CurveOutcome] = []
    refused: list[str] = []
    for site in order:
        try:
            made.append(_one(site, tables[site], of_block[len(SITE) :], scope.levels))
        except ComparisonError as error:
            refused.append(str(error))
    return tuple(made), refused


def _one(site: tuple[Any, ...], means: pd.DataFrame, block: list[str], order: Sequence[str]) -> CurveOutcome:
    there = set(means["level"])
    levels = tuple(level for level in order if level in there)
    names = sorted(set(means[block].itertuples(index=False, name=None)))
    places = {name: place for place, name in enumerate(names)}
    blocks = np.full((len(names), len(levels), len(POINTS)), np.nan)
    keys = zip(means[block].itertuples(index=False, name=None), means["level"], strict=True)
    for (name, level), curve in zip(keys, means[POINTS].to_numpy(dtype=float), strict=True):
        blocks[places[name], levels.index(level)] = curve
    units = tuple(str(name[-1]) for name in names)
    kind, *where = (str(part) for part in site)
    key = (where[0], where[1], where[2], METRIC)
    return CurveOutcome(
        key, kind, levels, _shown_unit(units, where), tuple(str(name[0]) for name in names), units, blocks
    )


def _shown_unit(units: Sequence[str], where: Sequence[str]) -> str:
    """Choose a normalized unit where anybody has one."""
    normalized = sorted({unit for unit in units if unit.startswith("%")}) or sorted(set(units))
    if len(normalized) > 1:
        raise ComparisonError(
            f"{', '.join(filter(None, where))}: curves in different units ({', '.join(normalized)}) cannot be "
            "averaged; process all participants with the same normalization"
        )
    return normalized[0]


def enough(differences: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which participants have enough of a difference curve to stay in, shape (n_participants,)."""
    return np.asarray(np.isfinite(differences).mean(axis=1) >= 1 - MOST_MISSING)


def gap_notes(outcome: CurveOutcome, scope: Scope, scale: Scale, vocabulary: Vocabulary) -> Iterator[str]:
    """Say who lacks which level, who has no value in the unit, whose curves have gaps; those alike together."""
    scores = outcome.by_participant(outcome.scores(scale))
    measured = outcome.by_participant(outcome.blocks)
    said: dict[tuple[str, str, str], list[str]] = {}
    for person, own, kept in zip(outcome.participants, scores, measured, strict=True):
        shares = np.isfinite(own).mean(axis=1)
        absent = ~np.isfinite(kept).any(axis=1)
        none = "no logarithm in" if scale == "log" else f"no {outcome.unit or 'value'} in"
        for one, several, words, chosen in (
            ("was", "were", "not measured in", absent),
            ("has", "have", none, ~absent & (shares == 0)),
            ("lacks", "lack", "parts of the curve in", (shares > 0) & (shares < 1)),
        ):
            names = [level_words(vocabulary, scope.factor, outcome.levels[place]) for place in np.flatnonzero(chosen)]
            if names:
                said.setdefault((one, several, f"{words} {listed(names)}"), []).append(person)
    if scale == "log" and (silent := _without_unit(outcome)):
        words = f"no curve in {outcome.unit}: in the ratios, not in the mean curves"
        said["has", "have", words] = silent
    for (one, several, words), people in said.items():
        yield f"{listed(people)} {one if len(people) == 1 else several} {words}"


def _without_unit(outcome: CurveOutcome) -> list[str]:
    shown = {owner for owner, unit in zip(outcome.owners, outcome.units, strict=True) if unit == outcome.unit}
    return [person for person in outcome.participants if person not in shown]
