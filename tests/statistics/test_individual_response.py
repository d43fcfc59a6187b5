"""Variances against scipy and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from emgpipe.statistics.individual_response import (
    pooled_within,
    response_spread,
    smallest_change,
    variance_gap_interval,
)


def test_pooled_within_is_the_mean_square_of_an_anova():
    rng = np.random.default_rng(1)
    groups = np.repeat([0, 1, 2], [3, 4, 5])
    values = rng.normal(groups, 1)
    found = pooled_within(values, groups)
    parts = [values[groups == group] for group in range(3)]
    assert found.df == 9
    assert found.variance == pytest.approx(sum(((part - part.mean()) ** 2).sum() for part in parts) / 9)
    assert pooled_within(np.append(values, np.nan), np.append(groups, 3)) == found
    assert math.isnan(pooled_within(np.array([1.0, 2.0]), np.array([0, 1])).variance)
    assert pooled_within(np.array([np.nan]), np.array([0])).df == 0


@pytest.mark.parametrize("df", [2, 7, 19])
def test_without_error_the_interval_is_that_of_a_variance(df):
    low, high = variance_gap_interval((3.0, df), (0.0, 40))
    assert (low, high) == pytest.approx(tuple(3 * df / stats.chi2.ppf([0.975, 0.025], df)))
    low, high = variance_gap_interval((0.0, 40), (3.0, df))
    assert (-high, -low) == pytest.approx(tuple(3 * df / stats.chi2.ppf([0.975, 0.025], df)))


@pytest.mark.parametrize(("n", "m"), [(7, 60), (11, 20)])
def test_the_lower_end_is_zero_where_the_f_test_is_at_its_limit(n, m):
    limit = stats.f.ppf(0.975, n, m)
    assert variance_gap_interval((2 * limit, n), (2.0, m))[0] == pytest.approx(0, abs=1e-9)
    assert variance_gap_interval((2 * limit * 1.01, n), (2.0, m))[0] > 0


@pytest.mark.parametrize(("n", "m", "ratio"), [(7, 60, 1.0), (7, 8, 2.0), (11, 100, 1.5), (19, 30, 4.0)])
def test_coverage(n, m, ratio):
    rng = np.random.default_rng(2)
    studies = 1500
    first, second = ratio * rng.chisquare(n, studies) / n, rng.chisquare(m, studies) / m
    ends = np.array([variance_gap_interval((a, n), (b, m)) for a, b in zip(first, second, strict=True)])
    inside = np.mean((ends[:, 0] <= ratio - 1) & (ends[:, 1] >= ratio - 1))
    assert abs(inside - 0.95) < 4 * math.sqrt(0.95 * 0.05 / studies)


def test_spread_that_error_explains_leaves_nothing():
    found = response_spread(np.array([0.1, 0.12, 0.09]), np.array([0.5, 0.7, np.nan]), 20)
    assert found.error == pytest.approx(math.sqrt(0.6))
    assert (found.response, found.low) == (0.0, 0.0)
    assert found.mean == pytest.approx(np.mean([0.1, 0.12, 0.09]))


@pytest.mark.parametrize("differences", [[], [0.3]])
def test_too_few(differences):
    found = response_spread(np.array(differences), np.array([0.1] * len(differences)), 4)
    assert found.n == len(differences)
    assert math.isnan(found.sd)
    assert math.isnan(found.response)


def test_unknown_error():
    found = response_spread(np.array([0.1, 0.3, 0.2]), np.full(3, np.nan), 0)
    assert found.sd == pytest.approx(0.1)
    assert all(math.isnan(value) for value in (found.error, found.response, found.low, found.high))
    assert math.isnan(smallest_change(math.nan, 4))
    assert math.isnan(smallest_change(0.1, 0))
    assert smallest_change(0.04, 8) == pytest.approx(0.2 * stats.t.ppf(0.975, 8))


def test_very_large_numbers_do_not_overflow():
    low, high = variance_gap_interval((1e200, 7), (1e199, 30))
    assert 0 < low < 1e200 < high < math.inf
