"""Two groups of participants whose log ratios are compared: the interaction of group and level."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.error_rates.data import CASES, EQUAL, EXCHANGEABLE, NORMAL, SPHERICAL_NORMAL, Case, errors
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.statistics.trend_on import slope_on, spearman
from emgpipe.statistics.two_groups import relabel, welch, welch_f

_FLIPS: Final = 1000
_UNEQUAL: Final = frozenset(CASES) - EXCHANGEABLE
FEW: Final = 8
"""Participants with whom groups of uneven size, or three groups, hold two or three each."""
WIDER: Final = 3.0
"""How many times as wide the second group's log ratios are, where spreads are unequal."""


def run_groups(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Compare the first half of the participants with the second; follow a number everybody brings."""
    found: dict[str, list[Any]] = {row.key: [] for row in GROUPS.rows}
    widths = np.where(np.arange(n) < n // 2, 1.0, 1.0 if case.equal else WIDER)
    for both in errors(rng, case.shape, (studies, n, 2)):
        ratios = EQUAL * (both[:, 1] - both[:, 0])
        groups = [part * width for part, width in zip(np.split(ratios, 2), widths[[0, -1]], strict=True)]
        found["welch"].append(welch(*groups).p)
        found["relabel"].append(relabel(groups, _FLIPS).p)
        # Uneven sizes, the smaller group the wider one.
        cut = 5 * n // 8
        sized = [ratios[:cut], ratios[cut:] * widths[-1]]
        found["welch_few" if n <= FEW else "welch_sized"].append(welch(*sized).p)
        found["relabel_sized"].append(relabel(sized, _FLIPS).p)
        third = np.array_split(ratios * widths, 3)
        found["welch_f_few" if n <= FEW else "welch_f"].append(welch_f(third).p)
        years = np.sort(rng.gamma(2.0, size=n))
        found["slope"].append(slope_on(years, ratios * widths).p)
        found["spearman"].append(spearman(years, ratios * widths, _FLIPS).p.p)
    return {key: np.array(values) for key, values in found.items() if values}


GROUPS: Final = Experiment(
    "groups",
    "Between participants",
    run_groups,
    (
        Row("welch", "two groups of n / 2: Welch's t", NORMAL),
        Row("relabel", "two groups of n / 2: permutation", EXCHANGEABLE, exact=True),
        Row("welch_few", "5 against 3: Welch's t", SPHERICAL_NORMAL, liberal=_UNEQUAL),
        Row("welch_sized", "5 n / 8 against the rest: Welch's t", NORMAL),
        Row("relabel_sized", "5 n / 8 against the rest: permutation", EXCHANGEABLE, exact=True),
        Row("welch_f_few", "3, 3 and 2: Welch's F", SPHERICAL_NORMAL, liberal=_UNEQUAL),
        Row("welch_f", "three groups of n / 3: Welch's F", NORMAL),
        Row("slope", "slope on a number: t", SPHERICAL_NORMAL),
        Row("spearman", "Spearman's rho: permutation", EXCHANGEABLE, exact=True),
    ),
    studies=2500,
)
