"""One number per participant: dose slopes, repetition trends, individual responses, reliability."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from benchmarks.error_rates.data import CASES, HEIGHT, NORMAL, SPHERICAL_NORMAL, SYMMETRIC, Case, draw, errors
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.comparison.trends.series import over_repetitions
from emgpipe.statistics.dose_response import own_dose
from emgpipe.statistics.icc import reliability
from emgpipe.statistics.individual_response import pooled_within, response_spread
from emgpipe.statistics.slopes import mean_test

_FLIPS: Final = 1000
OWN_SLOPE: Final = 0.005
"""SD of the participants' own slopes per degree, about a mean of 0."""
OWN_TREND: Final = 0.02
"""SD of the participants' own slopes per repetition."""
_REPETITIONS: Final = 8
_EQUAL: Final = tuple(case for case in CASES if case.equal)


def run_slopes(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Follow amplitude over the measured angle, and over the repetitions of a set."""
    found: dict[str, list[Any]] = {row.key: [] for row in SLOPES.rows}
    for scores in draw(rng, studies, n, 5, case):
        angles = np.linspace(-20, 20, 5) + rng.normal(0, 4, (n, 5))
        follow = scores + errors(rng, case.shape, (1, n))[0][:, None] * OWN_SLOPE * angles
        one_block = np.zeros(5, dtype=np.int64)
        own = np.array([own_dose(x, y, one_block, apart=5.0).slope for x, y in zip(angles, follow, strict=True)])
        dose, trend = mean_test(own, _FLIPS), mean_test(_trends(rng, n, case), _FLIPS)
        for key, test in (("dose", dose), ("trend", trend)):
            found[f"{key}_t"].append(test.p)
            found[f"{key}_flip"].append(test.p_sign_flip)
            found[f"{key}_interval"].append(test.low <= 0 <= test.high)
    return {key: np.array(values) for key, values in found.items()}


def _trends(rng: np.random.Generator, n: int, case: Case) -> np.ndarray[Any, Any]:
    """Return each participant's slope over repetitions whose errors carry over to the next."""
    numbers = np.arange(1.0, _REPETITIONS + 1)
    noise = errors(rng, case.shape, (1, n, _REPETITIONS))[0]
    for place in range(1, _REPETITIONS):
        noise[:, place] = 0.6 * noise[:, place - 1] + 0.8 * noise[:, place]
    if not case.equal:
        noise *= np.linspace(0.5, 2.0, _REPETITIONS)
    logs = 0.1 * noise + errors(rng, case.shape, (1, n))[0][:, None] * OWN_TREND * numbers
    series = [over_repetitions(numbers, np.exp(one), "log") for one in logs]
    return np.array([one.slope for one in series if one is not None])


SLOPES: Final = Experiment(
    "slopes",
    "Slopes inside participants",
    run_slopes,
    tuple(
        row
        for key, words in (("dose", "slope over the measured angle"), ("trend", "slope over 8 repetitions"))
        for row in (
            Row(f"{key}_interval", f"{words}: t interval", NORMAL, "covers"),
            Row(f"{key}_t", f"{words}: t", NORMAL),
            Row(f"{key}_flip", f"{words}: sign flips", SYMMETRIC),
        )
    ),
    studies=2000,
)


def run_repeats(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Three trials each: intraclass correlations; two levels of three repetitions: SD of individual responses."""
    found: dict[str, list[Any]] = {row.key: [] for row in REPEATS.rows}
    trial, shift, response = 0.25, 0.1, 0.15
    for _ in range(studies):
        heights = HEIGHT * errors(rng, case.shape, (1, n))[0][:, None]
        noise = errors(rng, case.shape, (1, n, 3))[0]
        one_way, two_way = heights + trial * noise, heights + trial * noise + shift * rng.normal(size=(1, 3))
        total = HEIGHT**2 + trial**2
        by_chance, found_two = reliability(one_way).one_way, reliability(two_way)
        if case in NORMAL:
            amplitudes = reliability(np.exp(one_way)).one_way
            true = math.expm1(HEIGHT**2) / math.expm1(total)
            found["icc_raw"].append(amplitudes.low <= true <= amplitudes.high)
        found["icc_1"].append(by_chance.low <= HEIGHT**2 / total <= by_chance.high)
        agreement, consistency = found_two.agreement, found_two.consistency
        found["icc_2"].append(agreement.low <= HEIGHT**2 / (total + shift**2) <= agreement.high)
        found["icc_3"].append(consistency.low <= HEIGHT**2 / total <= consistency.high)
        found["response"].append(_response_covered(rng, n, case, response))
    return {key: np.array(values) for key, values in found.items() if values}


def _response_covered(rng: np.random.Generator, n: int, case: Case, response: float) -> bool:
    cells = 0.15 * errors(rng, case.shape, (1, n, 2, 3))[0]
    differences = cells[:, 1].mean(axis=1) - cells[:, 0].mean(axis=1) + response * errors(rng, case.shape, (1, n))[0]
    groups = np.repeat(np.arange(2), 3)
    inside = [pooled_within(own.ravel(), groups) for own in cells]
    variances = np.array([one.variance * 2 / 3 for one in inside])
    found = response_spread(differences, variances, sum(one.df for one in inside))
    return found.low <= response <= found.high and not math.isnan(found.response)


REPEATS: Final = Experiment(
    "repeats",
    "Repeated measurements",
    run_repeats,
    (
        Row("icc_1", "ICC(1,1), interval", SPHERICAL_NORMAL, "covers"),
        Row("icc_2", "ICC(2,1), interval", SPHERICAL_NORMAL, "covers"),
        Row("icc_3", "ICC(3,1), interval", SPHERICAL_NORMAL, "covers"),
        Row("icc_raw", "ICC(1,1), interval, of amplitudes whose logs are normal", kind="covers"),
        Row("response", "SD of individual responses, interval", SPHERICAL_NORMAL, "covers"),
    ),
    studies=3000,
    cases=_EQUAL,
)
