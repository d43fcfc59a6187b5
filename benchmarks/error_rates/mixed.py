"""The mixed model of repetitions: Wald's z and the package's t with few degrees of freedom."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.error_rates.data import CASES, HEIGHT, NORMAL, SPHERICAL_NORMAL, Case, errors
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.errors import ComparisonError
from emgpipe.statistics.mixed import MixedData, fit_mixed

REPETITIONS, LEVELS, NOISE = 3, 3, 0.1
RESPONSE: Final = (0.2, 0.2, 0.2)
"""SD of the participants' own responses to the levels, in equal cases."""
UNEQUAL_RESPONSE: Final = (0.1, 0.2, 0.4)
"""The same in unequal ones."""


def amplitudes(rng: np.random.Generator, n: int, case: Case) -> NDArray[np.float64]:
    """Return log amplitudes without any effect, shape (n, levels, repetitions)."""
    response = np.array(RESPONSE if case.equal else UNEQUAL_RESPONSE)[None, :, None]
    own = errors(rng, case.shape, (1, n, LEVELS, 1))[0] * response
    heights = rng.normal(0, HEIGHT, (n, 1, 1))
    return np.asarray(heights + own + NOISE * rng.normal(size=(n, LEVELS, REPETITIONS)))


def long_form(cells: NDArray[np.float64], *, slopes: bool) -> MixedData:
    """Return the rows of a model with a response of its own per participant and level, or free slopes."""
    k = cells.shape[1]
    person, level, _ = (part.ravel() for part in np.indices(cells.shape))
    there = np.isfinite(cells.ravel())
    person, level = person[there], level[there]
    dummies = (level[:, None] == np.arange(1, k)).astype(float)
    return MixedData(
        response=cells.ravel()[there],
        fixed=np.column_stack([np.ones(len(dummies)), dummies]),
        terms=("intercept", *(f"level {name}" for name in range(1, k))),
        participants=person,
        slopes=dummies if slopes else np.empty((len(dummies), 0)),
        blocks={} if slopes else {"participant x level": person * k + level},
    )


def _fits(rng: np.random.Generator, n: int, case: Case, studies: int, model: str) -> Outcomes:
    """Return p of the last level against the first by z and by t; NaN where the fit is refused."""
    z, t = np.full(studies, math.nan), np.full(studies, math.nan)
    for study in range(studies):
        cells = amplitudes(rng, n, case)
        if model == "missing":
            cells[rng.permutation(n)[: n // 3], rng.integers(0, LEVELS, n // 3)] = np.nan
        try:
            term = fit_mixed(long_form(cells, slopes=model == "slopes")).terms[-1]
        except ComparisonError:
            continue
        df = (n - 1) * (LEVELS - 1) if model == "balanced" else n - 1
        z[study], t[study] = term.p_wald, term.p(df)
    return {"z": z, "t": t}


def run_balanced(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Every participant has every level; own responses of equal spread are in the model."""
    return _fits(rng, n, case, studies, "balanced")


def run_missing(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """A third of the participants lack one level."""
    return _fits(rng, n, case, studies, "missing")


def run_slopes(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Free slopes: own responses of any spread and correlation are in the model."""
    return _fits(rng, n, case, studies, "slopes")


_LOG_NORMAL: Final = tuple(case for case in CASES if case in NORMAL)


def _rows(holds: frozenset[Case], df: str) -> tuple[Row, ...]:
    return (
        Row("z", "Wald's z", liberal=frozenset(CASES)),
        Row("t", f"t with {df} degrees of freedom", holds, liberal=NORMAL - holds),
    )


BALANCED: Final = Experiment(
    "mixed", "Mixed model, random: condition, balanced", run_balanced, _rows(SPHERICAL_NORMAL, "(n - 1)(k - 1)"),
    studies=400, cases=_LOG_NORMAL,
)  # fmt: skip
MISSING: Final = Experiment(
    "mixed_missing", "Mixed model, random: condition, cells missing", run_missing, _rows(SPHERICAL_NORMAL, "n - 1"),
    studies=400, cases=_LOG_NORMAL,
)  # fmt: skip
FREE: Final = Experiment(
    "mixed_slopes", "Mixed model, random: slopes", run_slopes, _rows(NORMAL, "n - 1"), studies=500, cases=_LOG_NORMAL
)
