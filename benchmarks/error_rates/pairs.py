"""Two levels: intervals and tests of paired differences, their families, equivalence."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.error_rates.data import NORMAL, SYMMETRIC, Case, draw, mean_amplitude, spreads
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.statistics.effect_sizes import difference_effects
from emgpipe.statistics.equivalence import two_one_sided
from emgpipe.statistics.log_ratio import paired_ratio
from emgpipe.statistics.multiplicity import adjust
from emgpipe.statistics.paired_tests import paired_t, sign_flip_p, signed_ranks
from emgpipe.statistics.sign_flips import sign_flips

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVELS: Final = 5
EFFECT: Final = math.log(1.25)
"""The true log ratio where an interval is asked for, and the margin of equivalence."""
_REDRAWS: Final = 2000


def run_pairs(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Compare the last level with the first, all with the first, and all with all."""
    flips = sign_flips(n)
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=_REDRAWS) / n
    first, *_, last = mean_amplitude(LEVELS, case)
    truth = math.exp(EFFECT) * last - first
    found: dict[str, list[Any]] = {row.key: [] for row in PAIRS.rows}
    for scores in draw(rng, studies, n, LEVELS, case):
        one, other = scores[:, -1], scores[:, 0]
        differences = one - other
        ratio = paired_ratio(one + EFFECT, other)
        raw = paired_t(np.exp(one + EFFECT) - np.exp(other))
        low, high = np.quantile(drawn @ differences, (0.025, 0.975))
        found["t_log"].append(ratio.low <= math.exp(EFFECT) <= ratio.high)
        found["t_raw"].append(raw.low <= truth <= raw.high)
        found["percentile"].append(low <= 0 <= high)
        found["t"].append(paired_t(differences).p)
        found["sign_flip"].append(sign_flip_p(differences, flips))
        found["wilcoxon"].append(signed_ranks(differences).p)
        found["tost"].append(two_one_sided(differences + EFFECT, -EFFECT, EFFECT).p)
        found["holm_4"].append(_smallest(scores, [(0, level) for level in range(1, LEVELS)]))
        found["holm_10"].append(_smallest(scores, list(combinations(range(LEVELS), 2))))
    return {key: np.array(values) for key, values in found.items()}


def _smallest(scores: NDArray[np.float64], pairs: list[tuple[int, int]]) -> float:
    """Return the smallest adjusted p of a family in which no null hypothesis is wrong."""
    return float(adjust([paired_t(scores[:, one] - scores[:, other]).p for one, other in pairs], "holm").min())


PAIRS: Final = Experiment(
    "pairs",
    "Two levels",
    run_pairs,
    (
        Row("t_log", "t interval of the log ratio (the headline)", NORMAL, "covers"),
        Row("t_raw", "t interval of the difference in %MVIC", kind="covers"),
        Row("percentile", "percentile bootstrap over participants (not in the package)", kind="covers"),
        Row("t", "paired t of the logs", NORMAL),
        Row("sign_flip", "sign flips of the mean log ratio", SYMMETRIC, exact=True),
        Row("wilcoxon", "Wilcoxon's signed ranks of the log ratios", SYMMETRIC, exact=True),
        Row("holm_4", "paired t, Holm over 4 comparisons: any wrong", NORMAL),
        Row("holm_10", "paired t, Holm over 10 comparisons: any wrong", NORMAL),
        Row("tost", "two one-sided t: equivalence claimed at the margin", NORMAL),
    ),
    studies=6000,
)


def run_effects(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Return whether the interval of dz holds the true one."""
    spread, tilt = spreads(LEVELS, case)
    true = EFFECT / math.sqrt(spread[0] ** 2 + spread[-1] ** 2 + (tilt[-1] - tilt[0]) ** 2)
    covered = []
    for scores in draw(rng, studies, n, LEVELS, case):
        dz = difference_effects(scores[:, -1] - scores[:, 0] + EFFECT).dz
        covered.append(dz.low <= true <= dz.high)
    return {"dz": np.array(covered)}


EFFECTS: Final = Experiment(
    "effects",
    "Effect size",
    run_effects,
    (Row("dz", "interval of dz by the noncentral t", NORMAL, "covers"),),
    studies=3000,
)
