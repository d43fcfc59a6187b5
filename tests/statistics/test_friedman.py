"""Friedman's test, Page's test, contrasts and slopes against published numbers, scipy and brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.statistics.friedman import friedman, rank_rows
from emgpipe.statistics.ordered_trend import page, polynomial_weights
from emgpipe.statistics.slopes import least_squares_slope, mean_test
from tests.statistics.repeated import ABDI, CELEBRITY, GROCERIES, WIDE, near

ROUNDING_TIMES = np.array(
    [
        [5.40, 5.50, 5.55], [5.85, 5.70, 5.75], [5.20, 5.60, 5.50], [5.55, 5.50, 5.40], [5.90, 5.85, 5.70],
        [5.45, 5.55, 5.60], [5.40, 5.40, 5.35], [5.45, 5.50, 5.35], [5.25, 5.15, 5.00], [5.85, 5.80, 5.70],
        [5.25, 5.20, 5.10], [5.65, 5.55, 5.45], [5.60, 5.35, 5.45], [5.05, 5.00, 4.95], [5.50, 5.50, 5.40],
        [5.45, 5.55, 5.50], [5.55, 5.55, 5.35], [5.45, 5.50, 5.55], [5.50, 5.45, 5.25], [5.65, 5.60, 5.40],
        [5.70, 5.65, 5.55], [6.30, 6.30, 6.25],
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "chi2", "p"),
    [
        (ABDI, 9.734694, 0.020961),
        (CELEBRITY, 11.526316, 0.009195),
        (GROCERIES, 13.37234, 0.003897),
        (WIDE[np.isfinite(WIDE).all(axis=1)], 11.533333, 0.009165),
        (ROUNDING_TIMES, 11.142857, 0.003805),
    ],
    ids=["Abdi", "celebrity", "groceries", "wide", "rounding times"],
)
def test_published_numbers(scores, chi2, p):
    found = friedman(scores)
    assert (found.chi2, found.p) == (near(chi2), near(p))
    assert found.df == scores.shape[1] - 1
    assert 0 < found.p_permutation <= 1


def test_kendalls_w_of_the_wide_example():
    assert friedman(WIDE[np.isfinite(WIDE).all(axis=1)]).w == near(0.42716)


def test_exact_p_is_that_of_all_orders():
    scores = np.random.default_rng(5).normal(size=(4, 3))
    scores[1, 0] = scores[1, 1]  # a tie
    ranks = rank_rows(scores)
    observed = ((ranks.sum(axis=0) - 8) ** 2).sum()
    every = [
        ((np.sum(orders, axis=0) - 8) ** 2).sum()
        for orders in itertools.product(*(list(itertools.permutations(row)) for row in ranks))
    ]
    found = friedman(scores)
    assert found.exact
    assert found.p_permutation == pytest.approx(np.mean(np.array(every) >= observed - 1e-9))


def test_perfect_agreement_of_four_participants_over_three_levels():
    found = friedman(np.tile([1.0, 2.0, 3.0], (4, 1)))
    assert (found.chi2, found.w) == (8.0, 1.0)
    assert found.p_permutation == pytest.approx(6 / 6**4)  # each of the six common orders once


def test_random_orders_come_near_the_exact_p(monkeypatch):
    scores = np.random.default_rng(6).normal(size=(7, 4)) + np.array([0, 0.3, 0.6, 0.9])
    exact = friedman(scores)
    monkeypatch.setattr("emgpipe.statistics.friedman._exact_distribution", lambda _: None)
    drawn = friedman(scores, resamples=20_000, seed=1)
    assert exact.exact
    assert not drawn.exact
    error = math.sqrt(exact.p_permutation * (1 - exact.p_permutation) / 20_000)
    assert drawn.p_permutation == pytest.approx(exact.p_permutation, abs=4 * error)
    assert friedman(scores, resamples=20_000, seed=1) == drawn


def test_all_ranks_tied():
    found = friedman(np.ones((5, 3)))
    assert np.isnan([found.chi2, found.p, found.w, found.p_permutation]).all()
    trend = page(np.ones((5, 3)))
    assert trend.statistic == trend.expected
    assert np.isnan([trend.z, trend.p_normal, trend.p_permutation]).all()


@pytest.mark.parametrize(("n", "k"), [(3, 3), (6, 4), (8, 5), (12, 3)])
def test_page_agrees_with_scipy(n, k):
    scores = np.random.default_rng(n * k).normal(size=(n, k)) + np.arange(k)
    found, exact = page(scores), stats.page_trend_test(scores, method="exact")
    assert found.statistic == exact.statistic
    assert found.statistic > found.expected
    assert found.exact
    assert found.p_permutation == pytest.approx(min(2 * exact.pvalue, 1))  # two-sided, of a symmetric distribution
    assert found.p_normal == pytest.approx(2 * stats.page_trend_test(scores, method="asymptotic").pvalue)


def test_page_with_ties_by_brute_force():
    scores = np.array([[1.0, 1.0, 2.0], [3.0, 1.0, 3.0], [1.0, 2.0, 3.0]])
    ranks, places = rank_rows(scores), np.array([1, 2, 3])
    observed = (ranks @ places).sum()
    every = np.array(
        [
            sum(np.dot(order, places) for order in orders)
            for orders in itertools.product(*(list(itertools.permutations(row)) for row in ranks))
        ]
    )
    expected = 3 * 3 * 16 / 4
    found = page(scores)
    assert found.expected == expected
    away = np.abs(every - expected) >= abs(observed - expected) - 1e-9
    assert found.p_permutation == pytest.approx(away.mean())


def test_page_over_many_levels_draws_orders():
    scores = np.random.default_rng(3).normal(size=(6, 10))
    found = page(scores, resamples=5000)
    assert not found.exact
    assert found.p_permutation == pytest.approx(found.p_normal, abs=0.03)


def test_contrasts_recover_a_parabola():
    spacing = (-30.0, 0.0, 18.0, 32.0, 50.0)
    x = np.array(spacing)
    linear, quadratic = polynomial_weights(spacing)
    parabola = 3.0 + 0.2 * x - 0.01 * x**2
    assert parabola @ quadratic == pytest.approx(-0.01)  # an inverted U is negative
    assert parabola @ linear == pytest.approx(np.polyfit(x, parabola, 1)[0])
    assert (7 * np.ones(5)) @ linear == pytest.approx(0, abs=1e-14)
    assert x @ quadratic == pytest.approx(0, abs=1e-14)
    assert polynomial_weights((1.0, 2.0))[1] is None


def test_slope_of_pairs_that_are_there():
    x = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    y = np.array([2.0, np.nan, 6.0, 8.0, 5.0])
    assert least_squares_slope(x, y) == pytest.approx(2.0)
    assert math.isnan(least_squares_slope(x[:1], y[:1]))
    assert math.isnan(least_squares_slope(np.ones(4), np.arange(4.0)))


def test_mean_test_is_the_one_sample_t_test():
    values = np.array([0.7, -1.6, -0.2, -1.2, 3.4, 3.7, 0.8, np.nan, 2.0])
    known = values[np.isfinite(values)]
    found, expected = mean_test(values), stats.ttest_1samp(known, 0)
    interval = expected.confidence_interval(0.95)
    assert (found.t, found.p, found.n, found.df) == (
        pytest.approx(expected.statistic),
        pytest.approx(expected.pvalue),
        8,
        7,
    )
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
    every = [abs(np.dot(signs, known)) for signs in itertools.product((1, -1), repeat=8)]
    assert found.p_sign_flip == pytest.approx(np.mean(np.array(every) >= abs(known.sum()) - 1e-9))
    assert found.exact


def test_mean_test_of_few_and_of_equal_values():
    assert math.isnan(mean_test(np.array([np.nan])).mean)
    one = mean_test(np.array([2.0]))
    assert (one.mean, one.n) == (2.0, 1)
    assert np.isnan([one.low, one.p, one.p_sign_flip]).all()
    equal = mean_test(np.full(6, 0.1))
    assert (equal.low, equal.high) == (equal.mean, equal.mean)
    assert math.isnan(equal.p)
    assert equal.p_sign_flip == 2 / 2**6


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 4))
def test_ranks_know_neither_participants_heights_nor_the_order_of_levels(seed, n, k):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, k))
    found = friedman(scores)
    other = friedman((scores + 3 * rng.normal(size=(n, 1)))[rng.permutation(n)][:, rng.permutation(k)])
    assert (other.chi2, other.p_permutation) == (pytest.approx(found.chi2), pytest.approx(found.p_permutation))
    assert page(scores[:, ::-1]).p_permutation == pytest.approx(page(scores).p_permutation)
