"""Groups and trends against scipy, and permutation tests at the level they can attain."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.statistics.trend_on import slope_on, spearman
from emgpipe.statistics.two_groups import assignments_of, relabel, welch, welch_f

ONE = np.array([1.2, 0.4, 2.2, 1.9, 3.1])
OTHER = np.array([0.2, -0.4, 1.0, 0.5])


def test_welch_is_scipys():
    found = welch(ONE, OTHER)
    expected = stats.ttest_ind(ONE, OTHER, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert (found.t, found.df, found.p) == pytest.approx((expected.statistic, expected.df, expected.pvalue))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_welch_f_of_two_groups_is_t_squared():
    t, f = welch(ONE, OTHER), welch_f([ONE, OTHER])
    assert (f.f, f.df_between, f.df_within, f.p) == pytest.approx((t.t**2, 1, t.df, t.p))


def test_welch_f_of_three_groups_by_the_formula_of_1951():
    groups = [ONE, OTHER, np.array([2.0, 2.5, 4.1, 3.3, 2.2, 2.9])]
    weights = np.array([g.size / g.var(ddof=1) for g in groups])
    means = np.array([g.mean() for g in groups])
    grand = (weights * means).sum() / weights.sum()
    lack = sum((1 - w / weights.sum()) ** 2 / (g.size - 1) for w, g in zip(weights, groups, strict=True))
    f = ((weights * (means - grand) ** 2).sum() / 2) / (1 + 2 * 1 / 8 * lack)
    found = welch_f(groups)
    assert (found.f, found.df_within) == pytest.approx((f, 8 / (3 * lack)))
    assert found.p == pytest.approx(stats.f.sf(f, 2, 8 / (3 * lack)))


def test_all_assignments_each_once():
    values = np.concatenate([ONE, OTHER])
    statistics = []
    for chosen in itertools.combinations(range(9), 5):
        rest = [i for i in range(9) if i not in chosen]
        statistics.append(abs(stats.ttest_ind(values[list(chosen)], values[rest], equal_var=False).statistic))
    observed = abs(stats.ttest_ind(ONE, OTHER, equal_var=False).statistic)
    found = relabel([ONE, OTHER])
    assert (found.exact, found.tried) == (True, 126)
    assert found.p == pytest.approx(np.mean(np.array(statistics) >= observed * (1 - 1e-9)))


def test_several_groups_are_dealt_out_completely():
    groups = [ONE[:2], OTHER[:2], np.array([5.0, 6.0])]
    assert assignments_of([2, 2, 2]) == relabel(groups).tried == 90


def test_random_assignments_are_near_the_exact_p():
    exact, drawn = relabel([ONE, OTHER], 10_000), relabel([ONE, OTHER], 125, seed=3)
    assert not drawn.exact
    assert drawn.p == pytest.approx(exact.p, abs=0.1)
    assert drawn == relabel([ONE, OTHER], 125, seed=3)


def test_permutation_p_keeps_its_level_where_groups_are_alike():
    rng = np.random.default_rng(7)
    p = np.array([relabel([rng.exponential(size=5), rng.exponential(size=6)]).p for _ in range(400)])
    for level in (0.05, 0.1, 0.5):
        assert (p <= level).mean() <= level + 3 * math.sqrt(level * (1 - level) / 400)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-100, 100), st.floats(1e-3, 1e3))
def test_where_zero_lies_and_the_unit_decide_nothing(seed, shift, unit):
    rng = np.random.default_rng(seed)
    groups = [rng.normal(size=4), rng.normal(size=4)]
    moved = [unit * group + shift for group in groups]
    assert welch(*moved).p == pytest.approx(welch(*groups).p, rel=1e-4)
    assert relabel(moved).p == pytest.approx(relabel(groups).p)
    assert relabel(groups[::-1]).p == pytest.approx(relabel(groups).p)


@pytest.mark.parametrize(
    ("one", "other"), [([1.0, 1.0], [1.0, 1.0]), ([2.0, 2.0], [1.0, 1.0]), ([1.0], [2.0, 3.0]), ([], [1.0, 2.0])]
)
def test_groups_without_spread_or_participants(one, other):
    found = welch(np.array(one), np.array(other))
    assert math.isnan(found.p)
    assert math.isnan(found.low)
    if one and other:
        assert found.difference == pytest.approx(np.mean(one) - np.mean(other))
    assert math.isnan(welch_f([np.array(one), np.array(other)]).p)


def test_permutations_of_groups_without_spread():
    assert relabel([np.ones(3), np.ones(3)]).p == 1
    assert relabel([np.full(3, 2.0), np.ones(3)]).p == pytest.approx(2 / 20)
    assert math.isnan(relabel([np.ones(1), np.ones(3)]).p)


def test_slope_is_scipys():
    x, y = np.array([1.0, 2, 4, 7, 8, 11]), np.array([0.3, 0.1, 0.9, 1.2, 1.0, 1.9])
    found, expected = slope_on(x, y), stats.linregress(x, y)
    half = stats.t.ppf(0.975, 4) * expected.stderr
    assert (found.slope, found.p, found.df) == pytest.approx((expected.slope, expected.pvalue, 4))
    assert (found.low, found.high) == pytest.approx((expected.slope - half, expected.slope + half))


def test_spearman_is_scipys_and_exact_for_six():
    x, y = np.array([1.0, 2, 2, 7, 8, 11]), np.array([0.3, 0.1, 0.9, 1.2, 1.2, 1.9])
    found = spearman(x, y)
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)
    rhos = np.array([stats.spearmanr(x, y[list(order)]).statistic for order in itertools.permutations(range(6))])
    assert (found.p.exact, found.p.tried) == (True, 720)
    assert found.p.p == pytest.approx(np.mean(np.abs(rhos) >= abs(found.rho) - 1e-9))


def test_no_trend_without_spread():
    flat, x = np.ones(4), np.arange(4.0)
    assert math.isnan(slope_on(flat, x).slope)
    assert slope_on(x, flat).slope == 0
    assert math.isnan(slope_on(x, 2 * x).p)
    assert math.isnan(spearman(x, flat).rho)
    assert math.isnan(spearman(x[:2], x[:2]).p.p)
