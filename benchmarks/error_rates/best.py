"""The set not distinguishable from the highest: does it keep the true best, does it leave out anybody of equals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from benchmarks.error_rates.data import CASES, EXCHANGEABLE, NORMAL, Case, draw
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.statistics.best_set import best_set

FLIPS: Final = 500
"""Random sign assignments where there are more than that: the level is the same with any number."""
MISSING: Final = 0.2
_DOMAIN: Final = NORMAL | EXCHANGEABLE
_LEVELS: Final = (3, 5, 10)


def _runs(rng: np.random.Generator, n: int, case: Case, studies: int, missing: float) -> Outcomes:
    found: dict[str, list[Any]] = {}
    for k in _LEVELS:
        just_above = np.zeros(k)
        just_above[0] = 0.01
        two_ahead = np.full(k, -0.4)
        two_ahead[:2] = (0.0, -0.01)
        for drawn in draw(rng, studies, n, k, case):
            scores = drawn[:, rng.permutation(k)]
            known = np.where(rng.random(scores.shape) < missing, np.nan, scores) if missing else scores
            # A level is left out where its p is at most .05.
            found.setdefault(f"equal_{k}", []).append(np.nanmin(best_set(known, resamples=FLIPS).p))
            for name, effects in (("above", just_above), ("ahead", two_ahead)):
                own = best_set(known + effects, resamples=FLIPS)
                found.setdefault(f"{name}_{k}", []).append(own.p[0])
    return {key: np.array(values) for key, values in found.items()}


def run_best(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """All cells there."""
    return _runs(rng, n, case, studies, 0.0)


def run_missing(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """A fifth of the cells missing."""
    return _runs(rng, n, case, studies, MISSING)


def _rows(*, exact: bool) -> tuple[Row, ...]:
    questions = (
        ("equal", "all equal: somebody left out", exact),
        ("above", "one 1 % above all others: left out", False),
        ("ahead", "first of two ahead, by 1 %: left out", False),
    )
    return tuple(
        Row(f"{name}_{k}", f"{k} levels, {words}", _DOMAIN, exact=one)
        for name, words, one in questions
        for k in _LEVELS
    )


BEST: Final = Experiment("best", "Best set", run_best, _rows(exact=True), studies=1500)
BEST_MISSING: Final = Experiment(
    "best_missing", "Best set, a fifth of the cells missing", run_missing, _rows(exact=False), studies=1000,
    cases=CASES[:4],
)  # fmt: skip
