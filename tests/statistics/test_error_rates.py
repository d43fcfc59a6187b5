"""Error rates by simulation: every method keeps its level where it is said to, and what is called liberal is.

The short form of `python -m benchmarks.error_rates`, which fills docs/error-rates.md; `make test-long` runs more
studies and the mixed models.
"""

from __future__ import annotations

import functools
import math
import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks import rank_frequency
from benchmarks.error_rates import page, table
from benchmarks.error_rates.__main__ import not_held, unfounded
from benchmarks.error_rates.best import BEST, BEST_MISSING
from benchmarks.error_rates.catalogue import EXPERIMENTS
from benchmarks.error_rates.curves import CURVES
from benchmarks.error_rates.data import CASES, NORMAL, SHAPES, Case, draw, epsilon, mean_amplitude, spreads
from benchmarks.error_rates.groups import GROUPS
from benchmarks.error_rates.measure import ALPHA, SIZES, Rate, measure, verdict
from benchmarks.error_rates.mixed import amplitudes, long_form
from benchmarks.error_rates.pairs import EFFECT, EFFECTS, PAIRS
from benchmarks.error_rates.people import REPEATS, SLOPES
from benchmarks.error_rates.several import CROSSED, SEVERAL
from emgpipe.statistics.friedman import friedman
from emgpipe.statistics.log_ratio import paired_ratio
from emgpipe.statistics.mixed import Term, fit_mixed
from emgpipe.statistics.ordered_trend import page as page_test
from emgpipe.statistics.paired_tests import paired_t
from emgpipe.statistics.rm_anova import one_way

LONG = os.environ.get("EMGPIPE_LONG") == "1"
DOCS = Path(__file__).resolve().parents[2] / "docs"
SHORT = {
    PAIRS.name: 60, EFFECTS.name: 100, SEVERAL.name: 120, CROSSED.name: 150, BEST.name: 40, BEST_MISSING.name: 40,
    CURVES.name: 50, SLOPES.name: 30, GROUPS.name: 60, REPEATS.name: 100,
}  # fmt: skip
"""Studies per n and case."""
UNEQUAL = Case("log-normal", equal=False)
SKEWED = Case("skewed", equal=False)


def slack(studies: int, rate: float = ALPHA) -> float:
    return 3 * math.sqrt(rate * (1 - rate) / studies)


@pytest.mark.parametrize("experiment", [one for one in EXPERIMENTS if LONG or one.name in SHORT], ids=lambda e: e.name)
def test_methods_keep_their_level_in_their_stated_domain(experiment):
    """Over all sizes and kinds of data of a method's domain together; the long form looks at each by itself as well."""
    studies = experiment.studies // 4 if LONG else SHORT[experiment.name]
    found = {(n, case): measure(experiment, n, case, studies) for n in experiment.sizes for case in experiment.cases}
    for row in experiment.rows:
        inside = [
            (case, rates[row.key]) for (_, case), rates in found.items() if case in row.holds and row.key in rates
        ]
        if not inside:
            continue
        together = functools.reduce(Rate.plus, [rate for _, rate in inside])
        assert together.rate <= ALPHA + together.slack, (row.key, together)
        if LONG:
            assert [(case, rate) for case, rate in inside if verdict(row, case, rate) == "NOT HELD"] == [], row.key
        equal = [rate for case, rate in inside if case.equal] if row.exact else []
        tested = sum(rate.studies for rate in equal)
        if equal:  # an exact test also rejects as often as it can
            attainable = sum(rate.attainable * rate.studies for rate in equal) / tested
            assert sum(rate.errors for rate in equal) / tested >= attainable - slack(tested), (row.key, equal)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("case", sorted(NORMAL, key=str), ids=lambda case: case.words)
def test_the_headline_interval_covers_94_to_96_percent(n, case):
    truth = math.exp(EFFECT)
    studies = 40_000 if LONG else 8000  # .01 is four standard errors of 8000
    rng = np.random.default_rng([n, case.equal])
    ratios = [paired_ratio(one[:, 1] + EFFECT, one[:, 0]) for one in draw(rng, studies, n, 2, case)]
    assert 0.94 <= np.mean([ratio.low <= truth <= ratio.high for ratio in ratios]) <= 0.96


def test_the_interval_of_raw_differences_and_the_bootstrap_cover_less():
    """Why neither is the headline."""
    found = measure(PAIRS, 8, SKEWED, 1000 if LONG else 300, part=7)
    for key in ("t_raw", "percentile"):
        assert found[key].rate > ALPHA + found[key].slack, key


def test_exact_tests_of_eight_participants_reach_their_attainable_level():
    rates = [measure(PAIRS, 8, case, 2000 if LONG else 120, part=8) for case in CASES if case != SKEWED]
    for key, attainable in (("sign_flip", 12 / 256), ("wilcoxon", 10 / 256)):
        together = functools.reduce(Rate.plus, [rate[key] for rate in rates])
        assert together.attainable == pytest.approx(attainable), key
        assert together.rate == pytest.approx(attainable, abs=slack(together.studies)), key


def test_uncorrected_f_is_liberal_where_levels_are_not_spherical():
    studies = 6000 if LONG else 1000
    tests = [one_way(scores) for scores in draw(np.random.default_rng(1), studies, 8, 5, UNEQUAL)]
    assert np.mean([test.p <= ALPHA for test in tests]) > ALPHA + slack(studies)
    assert np.mean([test.p_gg <= ALPHA for test in tests]) <= ALPHA + slack(studies)


def test_rank_tests_are_liberal_where_spreads_are_unequal():
    studies = 4000 if LONG else 600
    scores = draw(np.random.default_rng(2), studies, 20, 5, SKEWED)
    for p in ([friedman(one).p for one in scores], [page_test(one).p_permutation for one in scores]):
        assert np.mean(np.array(p) <= ALPHA) > ALPHA + slack(studies)


def test_walds_z_is_liberal_with_eight_participants():
    """With free slopes and complete data z is the paired t of the participants' means, taken as normal."""
    rng = np.random.default_rng(3)
    cells = amplitudes(rng, 8, UNEQUAL)
    assert abs(fit_mixed(long_form(cells, slopes=True)).terms[-1].z) == pytest.approx(
        abs(paired_t(cells[:, -1].mean(axis=1) - cells[:, 0].mean(axis=1)).t), rel=1e-3
    )
    studies = 10_000 if LONG else 1500
    wald, t = [], []
    for scores in draw(rng, studies, 8, 2, UNEQUAL):
        found = paired_t(scores[:, 1] - scores[:, 0])
        term = Term("level", found.mean, found.sd / math.sqrt(8))
        wald.append(term.p_wald)
        t.append(term.p(7))
    assert np.mean(np.array(wald) <= ALPHA) > ALPHA + slack(studies)
    assert np.mean(np.array(t) <= ALPHA) <= ALPHA + slack(studies)


def test_a_bootstrap_frequency_is_no_probability():
    """Of nearly equal levels, those that a bootstrap says are first are first far less often than it says."""
    said, was, counts = rank_frequency.reliability(8, 0.03, studies=1000 if LONG else 250)
    high = rank_frequency.EDGES[:-1] >= 0.65
    stated, true = (np.average(values[high], weights=counts[high]) for values in (said, was))
    assert stated > 0.7
    assert true < stated - slack(int(counts[high].sum()), stated)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_simulated_data_are_what_they_are_said_to_be(case):
    scores = draw(np.random.default_rng(4), 60_000, 2, 5, case).reshape(-1, 5)
    spread, tilt = spreads(5, case)
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=0.012)
    np.testing.assert_allclose(scores.var(axis=0), 0.25 + spread**2 + tilt**2, rtol=0.05)
    np.testing.assert_allclose(np.exp(scores).mean(axis=0), mean_amplitude(5, case), rtol=0.03)
    assert epsilon(5, case) == pytest.approx(1) if case.equal else epsilon(5, case) < 0.65


def test_every_shape_and_spread_is_covered():
    assert {(case.shape, case.equal) for case in CASES} == set(product(SHAPES, (True, False)))


def test_the_published_figures_hold_what_they_say():
    rates = table.read(DOCS / "error-rates.csv")
    there = {(name, n, words) for name, _, n, words in rates}
    assert there == {(one.name, n, case.words) for one in EXPERIMENTS for n in one.sizes for case in one.cases}
    assert {(name, key) for name, key, *_ in rates} == {(one.name, row.key) for one in EXPERIMENTS for row in one.rows}
    assert [*not_held(rates), *unfounded(rates)] == []


def test_the_page_shows_the_figures_of_the_file(tmp_path):
    rates = table.read(DOCS / "error-rates.csv")
    text = (DOCS / "error-rates.md").read_text(encoding="utf-8")
    for experiment in EXPERIMENTS:
        assert page.table(experiment, rates) in text
    table.write(tmp_path / "again.csv", rates)
    assert (tmp_path / "again.csv").read_text() == (DOCS / "error-rates.csv").read_text()
