"""What a ranking says in words, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.ranks.gaps import gap_sentences
from emgpipe.comparison.ranks.sensitivity import Alternative, Panel, sensitivity_sentences
from emgpipe.comparison.ranks.sentences import (
    UNADJUSTED,
    panel_sentence,
    reversed_means,
    small_p_words,
)
from emgpipe.comparison.shared.wording import factor_words, listed, people
from emgpipe.model import Family
from emgpipe.statistics.pair_shape import pair_shape

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.ranks.order import Resampling
    from emgpipe.comparison.ranks.results import PanelResult
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.statistics.pair_shape import PairShape
    from emgpipe.vocabulary import Vocabulary


def ranking_sentences(
    panels: Sequence[PanelResult],
    alternatives: Mapping[Panel, Sequence[Alternative]],
    factor: str,
    vocabulary: Vocabulary,
) -> tuple[str, ...]:
    """Return one sentence per panel, each followed by what bends it, then what the variants change."""
    said: list[str] = []
    for panel in panels:
        said.append(panel_sentence(panel, factor, vocabulary))
        if means := reversed_means(panel, factor, vocabulary):
            said.append(f"{panel.words(vocabulary)}: {means[:1].lower()}{means[1:]}")
    if any(len(panel.ranked) > 1 for panel in panels):
        said.append(UNADJUSTED)
    said += sensitivity_sentences(panels, alternatives, factor, vocabulary)
    return (*said, *gap_sentences(panels, factor, vocabulary))


def ranking_families(panels: Sequence[PanelResult], vocabulary: Vocabulary) -> tuple[Family, ...]:
    """Return one family per panel: all pairs of its ranked levels."""
    sizes = ((panel.words(vocabulary), len(panel.ranked)) for panel in panels)
    return tuple(Family(name, k * (k - 1) // 2, "max-t") for name, k in sizes if k > 1)


def ranking_basis(
    panels: Sequence[PanelResult], scope: Scope, own: pd.DataFrame, resampling: Resampling, vocabulary: Vocabulary
) -> dict[str, str]:
    """Return what the ranking rests on, in words."""
    everybody = sorted({person for panel in panels for person in panel.participants})
    sessions = int(own["sessions"].max())
    units = listed(dict.fromkeys(panel.unit or "an unknown unit" for panel in panels))
    block = "participant" if sessions == 1 else "participant and session"
    block = listed([block, *(factor_words(name) for name in scope.held)])
    return {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}",
        "values": f"in {units}; repetitions are averaged within the trial, then trials, then sessions, so that the "
        "participant is the unit of analysis",
        "method": f"additive model of the log amplitude, level + block (block: {block}), by least squares over the "
        "cells there are; inside a block the reference (MVIC) cancels; levels not distinguishable from the first by "
        "multiple comparisons with the best, a step-down max-t sign-flip test over participants at 5 % for all levels "
        "of an outcome together",
        "best_set": _best_set_words(panels, resampling),
        "interval": "ratio to the first: paired log ratio of the participants who have both, 95 % t interval, not "
        "adjusted for the number of comparisons nor for the first having been picked as the highest",
        "rank_frequency": _bootstrap_words(panels, resampling),
        "first_in": "participants whose highest level it is, of those who have it and another; an equal highest "
        "counts for each",
        "multiplicity": "5 % for all levels of one outcome together; outcomes are not controlled jointly",
        "assumptions": _assumptions(panels, vocabulary),
        "meaning": "a higher EMG amplitude; it does not by itself show a larger force or a training effect",
    }


def _best_set_words(panels: Sequence[PanelResult], resampling: Resampling) -> str:
    counts = sorted({panel.paired_participants for panel in panels if len(panel.ranked) > 1})
    if not counts:
        return "nothing could be tested"
    exact = [n for n in counts if 2**n <= resampling.resamples]
    signs = [f"all 2^{n} sign assignments" for n in exact]
    if len(exact) < len(counts):
        signs.append(f"{resampling.resamples} random sign assignments (seed {resampling.seed})")
    smallest = sorted({panel.smallest_p for panel in panels if len(panel.ranked) > 1})
    limits = listed(small_p_words(p) for p in smallest)
    return (
        f"{listed(signs)}; the smallest p that can be reached is {limits} (below 6 participants it stays above .05 and "
        "nobody can be separated); p_best is the adjusted p of 'no other level is higher'"
    )


def _bootstrap_words(panels: Sequence[PanelResult], resampling: Resampling) -> str:
    words = (
        f"whole participants were drawn again {resampling.resamples} times (seed {resampling.seed}); a bootstrap "
        "frequency, not a probability that it is first: in simulated studies of 8 participants and 5 levels, levels "
        "with a stated .90 to .97 truly were first in .49 (levels nearly equal) to .90 (far apart)"
    )
    shares = [used / drawn for panel in panels if len(panel.ranked) > 1 for used, drawn in (panel.redrawn,) if drawn]
    if shares and min(shares) < 1:
        words += f"; redrawn studies that lacked a level are left out, at most {1 - min(shares):.1%}".replace("%", " %")
    return words


def _assumptions(panels: Sequence[PanelResult], vocabulary: Vocabulary) -> str:
    """Say what is assumed, and where the differences look skewed that should be symmetric."""
    words = (
        "differences of equal levels are symmetric on the log scale (best set) and normal (interval of the ratio); "
        "levels shift all participants alike (additive model, where cells are missing)"
    )
    found = {
        panel.words(vocabulary): shape
        for panel in panels
        if not math.isnan((shape := pair_shape(_ranked_scores(panel))).skewness)
    }
    if not found:
        return f"{words}; too few participants to check"
    skewed = {name: shape for name, shape in found.items() if shape.skewed}
    checked = f"{len(found)} outcome{'s' if len(found) > 1 else ''}"
    if not skewed:
        return f"{words}; checked in {checked}: differences are no more skewed than normal ones"
    named = "; ".join(f"{name}{_spread_words(shape)}" for name, shape in skewed.items())
    return (
        f"{words}; checked in {checked}: differences are more skewed than normal ones in {len(skewed)} (1 in 20 is "
        f"expected by chance): {named}. Where levels also differ in spread, levels that are equal to the first are "
        "then shown not to be the highest in 15 to 27 % of studies instead of 5 %"
    )


def _ranked_scores(panel: PanelResult) -> NDArray[np.float64]:
    return panel.cells.scores[:, [panel.cells.levels.index(level.level) for level in panel.ranked]]


def _spread_words(shape: PairShape) -> str:
    ratio = shape.spread_ratio
    return "" if math.isnan(ratio) else f" (largest SD of a level {ratio:.1f} times the smallest)"
