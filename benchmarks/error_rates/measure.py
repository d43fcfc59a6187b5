"""What an experiment is, and counting how often its methods err."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from benchmarks.error_rates.data import CASES, Case

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA: Final = 0.05
SIZES: Final = (8, 12, 20)
Outcomes = Mapping[str, "NDArray[Any]"]
"""Key of a row -> p values, or whether the interval covers the truth; one per study, NaN where there is no answer."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method.

    Attributes
    ----------
    key, words : str
    holds : frozenset of Case
        Its stated domain: the error rate must be at most .05, of `exact` ones at the attainable level, and the
        coverage at least .95. Elsewhere the figure is shown.
    kind : {"rejects", "covers"}
        Whether the experiment returns p values of a true null hypothesis, or what an interval covers.
    exact : bool
        A permutation test whose level is attained, not only kept, where every null distribution is a permutation's.
    liberal : frozenset of Case
        Where the package calls it liberal.
    """

    key: str
    words: str
    holds: frozenset[Case] = frozenset()
    kind: Literal["rejects", "covers"] = "rejects"
    exact: bool = False
    liberal: frozenset[Case] = frozenset()


@dataclass(frozen=True, slots=True)
class Experiment:
    """Methods that share their simulated studies.

    Attributes
    ----------
    run : callable
        (rng, n, case, studies) -> Outcomes.
    studies : int
        Per case and n, in the full benchmark.
    """

    name: str
    words: str
    run: Callable[[np.random.Generator, int, Case, int], Outcomes]
    rows: tuple[Row, ...]
    studies: int
    cases: tuple[Case, ...] = CASES
    sizes: tuple[int, ...] = SIZES


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a method erred.

    Attributes
    ----------
    errors, studies : int
        Studies without an answer are not counted.
    attainable : float
        The largest p at or below .05 that was seen: the level a discrete test can reach. NaN for intervals.
    """

    errors: int
    studies: int
    attainable: float

    @property
    def rate(self) -> float:
        """Share of wrong rejections, or of intervals that miss the truth."""
        return self.errors / self.studies

    @property
    def slack(self) -> float:
        """Three Monte-Carlo standard errors of a rate of .05."""
        return 3 * math.sqrt(ALPHA * (1 - ALPHA) / self.studies)

    def plus(self, other: Rate) -> Rate:
        """Return both together."""
        return Rate(self.errors + other.errors, self.studies + other.studies, max(self.attainable, other.attainable))


def measure(experiment: Experiment, n: int, case: Case, studies: int, part: int = 0) -> dict[str, Rate]:
    """Run one experiment; the seed follows from its name, n, case and part."""
    rng = np.random.default_rng([zlib.crc32(f"{experiment.name} {case.words}".encode()), n, part])
    outcomes = experiment.run(rng, n, case, studies)
    kinds = {row.key: row.kind for row in experiment.rows}
    return {key: _rate(values, kinds[key]) for key, values in outcomes.items()}


def _rate(values: NDArray[Any], kind: str) -> Rate:
    if kind == "covers":
        return Rate(int(np.count_nonzero(~values)), values.size, math.nan)
    known = values[np.isfinite(values)]
    rejected = known[known <= ALPHA]
    return Rate(rejected.size, known.size, float(rejected.max(initial=0.0)))


Verdict = Literal["held", "liberal as labelled", "labelled liberal, not shown", "assumption does not hold", "NOT HELD"]


def verdict(row: Row, case: Case, rate: Rate) -> Verdict:
    """Judge one figure."""
    too_often = rate.rate > ALPHA + rate.slack
    if case in row.holds:
        below = row.exact and case.equal and rate.rate < rate.attainable - rate.slack
        return "NOT HELD" if too_often or below else "held"
    if case in row.liberal:
        return "liberal as labelled" if too_often else "labelled liberal, not shown"
    return "assumption does not hold"
