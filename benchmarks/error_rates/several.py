"""Several levels: analysis of variance with its corrections, rank tests, ordered trends, interaction."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.error_rates.data import CASES, EXCHANGEABLE, NORMAL, SPHERICAL_NORMAL, SYMMETRIC, Case, draw
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.statistics.friedman import friedman
from emgpipe.statistics.ordered_trend import page, polynomial_weights
from emgpipe.statistics.rm_anova import one_way, two_way
from emgpipe.statistics.slopes import mean_test

LEVELS: Final = 5
_UNEQUAL: Final = frozenset(CASES) - EXCHANGEABLE
_FLIPS: Final = 1000


def run_several(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Test whether five levels without any effect differ."""
    slope, _ = polynomial_weights(range(1, LEVELS + 1))
    found: dict[str, list[Any]] = {row.key: [] for row in SEVERAL.rows}
    for scores in draw(rng, studies, n, LEVELS, case):
        effect, ranks, trend = one_way(scores), friedman(scores), mean_test(scores @ slope, _FLIPS)
        found["f"].append(effect.p)
        found["gg"].append(effect.p_gg)
        found["hf"].append(effect.p_hf)
        found["friedman"].append(ranks.p)
        found["friedman_permutation"].append(ranks.p_permutation)
        found["page"].append(page(scores).p_permutation)
        found["linear"].append(trend.p)
        found["linear_flip"].append(trend.p_sign_flip)
    return {key: np.array(values) for key, values in found.items()}


SEVERAL: Final = Experiment(
    "several",
    "Five levels",
    run_several,
    (
        Row("f", "F, uncorrected", SPHERICAL_NORMAL, liberal=_UNEQUAL),
        Row("gg", "F, Greenhouse-Geisser (the one quoted)", NORMAL),
        Row("hf", "F, Huynh-Feldt", SPHERICAL_NORMAL, liberal=_UNEQUAL),
        Row("friedman", "Friedman, chi squared", EXCHANGEABLE, liberal=_UNEQUAL),
        Row("friedman_permutation", "Friedman, permutation", EXCHANGEABLE, exact=True, liberal=_UNEQUAL),
        Row("page", "Page, permutation", EXCHANGEABLE, exact=True, liberal=_UNEQUAL),
        Row("linear", "linear contrast, t", NORMAL),
        Row("linear_flip", "linear contrast, sign flips", SYMMETRIC, exact=True),
    ),
    studies=5000,
)


def run_crossed(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Test the interaction of two exercises and three positions without any effect."""
    found: dict[str, list[float]] = {"interaction": [], "interaction_gg": []}
    for scores in draw(rng, studies, n, 6, case):
        interaction = two_way(scores.reshape(n, 2, 3))[2]
        found["interaction"].append(interaction.p)
        found["interaction_gg"].append(interaction.p_gg)
    return {key: np.array(values) for key, values in found.items()}


CROSSED: Final = Experiment(
    "crossed",
    "Two factors, 2 x 3 levels",
    run_crossed,
    (
        Row("interaction", "F of the interaction, uncorrected", SPHERICAL_NORMAL),
        Row("interaction_gg", "F of the interaction, Greenhouse-Geisser", NORMAL),
    ),
    studies=5000,
)
