"""The result of a ranking in plain words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.numbers import ratio_center
from emgpipe.comparison.shared.numbers import ratio_words as end_words
from emgpipe.comparison.shared.wording import factor_words, level_words, listed, people
from emgpipe.statistics.best_set import ALPHA
from emgpipe.statistics.log_ratio import SAME

if TYPE_CHECKING:
    from emgpipe.comparison.ranks.results import LevelResult, PanelResult
    from emgpipe.statistics.log_ratio import PairedRatio
    from emgpipe.vocabulary import Vocabulary

    Named = Callable[[LevelResult], str]

UNADJUSTED: Final = (
    "In these sentences a ratio is first to other, in figures and tables it is other to first; intervals are each for "
    "one ratio, unadjusted. Who is distinguishable from the first is decided for all levels together."
)


def panel_sentence(panel: PanelResult, factor: str, vocabulary: Vocabulary) -> str:
    """Say what ranks first, and which levels are not distinguishable from it."""
    start = panel.words(vocabulary)

    def named(level: LevelResult) -> str:
        return level_words(vocabulary, factor, level.level)

    ranked = panel.ranked
    if len(ranked) < 2:
        measured = listed(named(level) for level in panel.levels)
        why = "no participant has two of them in one session" if len(panel.levels) > 1 else "a ranking needs two"
        return f"{start}: no ranking, measured only in {measured} ({why})."
    parts = [*_places(panel, named), *_shared_ranks(ranked[1:], factor, vocabulary)]
    if lost := [level for level in panel.levels if level.rank is None]:
        parts.append(
            f"{listed(named(level) for level in lost)} cannot be ranked with them, "
            "no participant or chain of participants has both in one session"
        )
    return f"{start}: {'; '.join(parts)}."


def _places(panel: PanelResult, named: Named) -> list[str]:
    first, *others = panel.ranked
    equal = [level for level in others if level.rank == first.rank]
    below = [level for level in others if level.separated and level not in equal]
    open_ones = [level for level in others if level not in equal and level not in below]
    contradicted = [level for level in open_ones if level.paired.low > 1 + SAME]
    alike = [level for level in open_ones if level not in contradicted]
    if not equal and not open_ones and not first.separated:
        return [f"higher in {named(first)} than in {_each(below, named)}"]
    parts = [f"equal in {listed(named(level) for level in (first, *equal))}, which share rank 1"] if equal else []
    too_few = panel.smallest_p > ALPHA
    parts += [] if equal else [f"{named(first)} ranks first{'' if below or too_few else ', no difference shown'}"]
    if alike and too_few:
        parts.append(f"{_each(alike, named)} cannot be separated from it, {_too_few_words(panel)}")
    elif alike:
        parts.append(f"not distinguishable from the first: {_each(alike, named)}")
    if below:
        parts.append(f"shown not to be the highest: {_each(below, named)}")
    if contradicted:
        parts.append(f"those who have both contradict the rank against {_each(contradicted, named)}")
    if first.separated:
        parts.append(f"the participants who have both show {named(first)} not to be the highest")
    return parts


def _too_few_words(panel: PanelResult) -> str:
    return (
        f"because with {people(panel.paired_participants)} the smallest p an exact test can reach is "
        f"{small_p_words(panel.smallest_p)}"
    )


def small_p_words(p: float) -> str:
    """Return a p value with what its first digits say: ``.0625``, ``.0078``, ``1``."""
    return f"{p:.2g}".removeprefix("0") if p < 0.01 else f"{p:.3g}".removeprefix("0")


def _each(levels: Sequence[LevelResult], named: Named) -> str:
    return listed(f"{named(level)} ({ratio_words(level.paired, level.model_ratio)})" for level in levels)


def ratio_words(paired: PairedRatio, model_ratio: float) -> str:
    """Return first / level with its interval and number of participants."""
    if paired.n == 0:
        return f"ratio {end_words(1 / model_ratio)} by the model only, no participant has both"
    up = paired.inverse()
    center = ratio_center(up.ratio, up.low, up.high)
    if math.isnan(up.low):
        return f"ratio {center}, one participant: no interval"
    return f"ratio {center}, 95 % interval {end_words(up.low)} to {end_words(up.high)}, {people(up.n)}"


def _shared_ranks(levels: Sequence[LevelResult], factor: str, vocabulary: Vocabulary) -> list[str]:
    groups: dict[int, list[str]] = {}
    for level in levels:
        if level.tie and level.rank is not None and level.rank > 1:
            groups.setdefault(level.rank, []).append(level_words(vocabulary, factor, level.level))
    return [f"{listed(names)} are equal and share rank {rank}" for rank, names in groups.items()]


def reversed_means(panel: PanelResult, factor: str, vocabulary: Vocabulary) -> str:
    """Say why the raw means stand in another order than the ranks, where they do."""
    ranked = [level for level in panel.ranked if math.isfinite(level.spread.mean)]
    by_mean = sorted(ranked, key=lambda level: -level.spread.mean)
    highest_so_far = math.inf
    agree = True
    for level in ranked:
        agree &= level.spread.mean <= highest_so_far * (1 + SAME) or level.tie
        highest_so_far = level.spread.mean
    if agree:
        return ""
    order = ", ".join(level_words(vocabulary, factor, level.level) for level in by_mean)
    everybody = len(panel.participants)
    if any(level.n < everybody for level in ranked):
        reason = f"not every participant has every {factor_words(factor)}"
    elif any(level.spread.n < level.n for level in ranked):
        reason = "participants without a reference are in the ranks and not in the means"
    else:
        reason = "a participant with high values weighs more in a raw mean"
    return f"The raw means order differently ({order}) because {reason}; the ranks compare inside participants."
