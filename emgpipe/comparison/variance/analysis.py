"""One outcome at a time: analysis of variance, Friedman's test and trends over the participants who are complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.shared.wording import listed, people
from emgpipe.errors import ComparisonError
from emgpipe.statistics.friedman import Friedman, friedman
from emgpipe.statistics.ordered_trend import Page, contrast, page, polynomial_weights
from emgpipe.statistics.rm_anova import Effect, one_way, two_way
from emgpipe.statistics.slopes import MeanTest, mean_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.variance.crossing import Design


@dataclass(frozen=True, slots=True)
class Resampling:
    """How permutation tests draw where they cannot count."""

    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Trends over the ordered levels of one factor, averaged over the other where there are two.

    Attributes
    ----------
    factor : str
    spacing : tuple of float
        Where the levels stand.
    per : str
        What slopes are per: ``level``, or ``unit`` where the levels are numbers.
    linear, quadratic : MeanTest
        On the analysis scale; no quadratic one for two levels.
    """

    factor: str
    spacing: tuple[float, ...]
    per: str
    page: Page
    linear: MeanTest
    quadratic: MeanTest | None


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests of one outcome.

    Attributes
    ----------
    participants : tuple of str
        Those who have every level; the tests rest on them.
    left_out : mapping of str to tuple of str
        Everybody else -> the levels without a usable number.
    effects : tuple of Effect
        In the order of `Design.effects`.
    friedman : Friedman or None
        One factor only.
    """

    outcome: OutcomeCells
    design: Design
    participants: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    effects: tuple[Effect, ...]
    friedman: Friedman | None
    trends: tuple[Trend, ...]


def analyze(
    outcome: OutcomeCells,
    everybody: Sequence[str],
    design: Design,
    spacings: Mapping[str, tuple[float, ...]],
    drawing: Resampling,
) -> Tested:
    """Test one outcome.

    Parameters
    ----------
    everybody : sequence of str
        All participants of whom the outcome has a number, usable or not.
    spacings : mapping of str to tuple of float
        Factors whose trend is asked for -> where their levels stand.

    Raises
    ------
    ComparisonError
        Fewer than two participants have every level, or a level was never measured.
    """
    places = _places(outcome, design)
    scores, shown = outcome.scores[:, places], outcome.values[:, places]
    complete: NDArray[np.bool_] = np.asarray(np.isfinite(scores).all(axis=1))
    left_out = _left_out(outcome, everybody, design, complete)
    if np.count_nonzero(complete) < 2:
        raise ComparisonError(_too_few(int(np.count_nonzero(complete)), left_out))
    heights = _heights(shown[complete], outcome.scale)
    cube = scores[complete].reshape(-1, *(len(levels) for levels in design.levels))
    crossed = len(design.factors) == 2
    effects = two_way(cube, heights) if crossed else (one_way(cube, heights),)
    trends = [
        _trend(factor, cube.mean(axis=2 - axis) if crossed else cube, spacings[factor], drawing)
        for axis, factor in enumerate(design.factors)
        if factor in spacings
    ]
    ranks = None if crossed else friedman(cube, drawing.resamples, drawing.seed)
    people = tuple(name for name, there in zip(outcome.participants, complete, strict=True) if there)
    return Tested(outcome, design, people, left_out, effects, ranks, tuple(trends))


def _places(outcome: OutcomeCells, design: Design) -> list[int]:
    if outcome.refusal:
        raise ComparisonError(outcome.refusal)
    absent = [level for level in design.combined if level not in outcome.levels]
    if absent:
        raise ComparisonError(f"not measured in {listed(one.replace('_', ' ') for one in absent)}")
    return [outcome.levels.index(level) for level in design.combined]


def _left_out(
    outcome: OutcomeCells, everybody: Sequence[str], design: Design, complete: NDArray[np.bool_]
) -> dict[str, tuple[str, ...]]:
    used = {name for name, there in zip(outcome.participants, complete, strict=True) if there}
    known: dict[str, set[str]] = {name: set() for name in everybody if name not in used}
    for name, row in zip(outcome.participants, outcome.scores, strict=True):
        if name in known:
            known[name] |= {level for level, score in zip(outcome.levels, row, strict=True) if np.isfinite(score)}
    return {name: tuple(one for one in design.combined if one not in levels) for name, levels in known.items()}


def _too_few(n: int, left_out: Mapping[str, tuple[str, ...]]) -> str:
    have = f"only {people(n)} has" if n else "nobody has"
    why = f" (incomplete: {listed(left_out)})" if left_out else ""
    return (
        f"{have} a usable number in every level{why}, and an analysis of variance needs two participants; compare the "
        "levels in pairs, which keeps participants who miss some"
    )


def _heights(shown: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Return each participant's mean of the shown values on the analysis scale; NaN for all where one has none."""
    if not np.isfinite(shown).all() or (scale == "log" and (shown <= 0).any()):
        return np.full(len(shown), np.nan)
    return np.asarray((np.log(shown) if scale == "log" else shown).mean(axis=1))


def _trend(factor: str, scores: NDArray[np.float64], spacing: tuple[float, ...], drawing: Resampling) -> Trend:
    linear, quadratic = polynomial_weights(spacing)
    of_levels = spacing == tuple(range(1, len(spacing) + 1))
    bent = None if quadratic is None else mean_test(contrast(scores, quadratic), drawing.resamples, drawing.seed)
    order = np.argsort(spacing)
    return Trend(
        factor,
        spacing,
        "level" if of_levels else "unit",
        page(scores[:, order], drawing.resamples, drawing.seed),
        mean_test(contrast(scores, linear), drawing.resamples, drawing.seed),
        bent,
    )
