"""Effect sizes by their denominators, against published numbers; the noncentral t interval and its trap."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from emgpipe.statistics.effect_sizes import (
    average_effects,
    difference_effects,
    hedges_factor,
    noncentrality_interval,
)
from emgpipe.statistics.paired_tests import paired_differences
from tests.statistics.paired_data import DOC, SLEEP


def test_sleep_of_r():
    of_differences = difference_effects(paired_differences(*SLEEP))
    assert of_differences.dz.value == pytest.approx(-1.284558, abs=5e-7)
    assert (of_differences.dz.low, of_differences.dz.high) == pytest.approx((-2.118017, -0.414628), abs=6e-7)
    assert of_differences.gz.value == pytest.approx(-1.173925, abs=5e-7)
    average = average_effects(*SLEEP)
    assert average.dav.value == pytest.approx(-0.832181, abs=5e-7)
    assert average.dav_mean_sd == pytest.approx(-0.833496, abs=5e-7)
    assert average.drm == pytest.approx(-0.822177, abs=5e-7)
    assert average.r == pytest.approx(0.79517, abs=5e-6)
    assert average.gav.value == pytest.approx(-0.832181 * 0.957646, abs=1e-6)


def test_hedges_factors():
    assert hedges_factor(9) == pytest.approx(0.913875, abs=5e-7)
    assert hedges_factor(18) == pytest.approx(0.957646, abs=5e-7)
    assert math.isnan(hedges_factor(1))


def test_pingouins_cohen_is_dav_and_not_dz():
    average = average_effects(*DOC)
    assert abs(average.dav.value) == pytest.approx(0.250801, abs=5e-7)
    assert abs(difference_effects(paired_differences(*DOC)).dz.value) > 1
    # Its hedges, .22653, takes the usual approximation 1 - 3 / (4 df - 1) of J.
    assert abs(average.dav.value) * (1 - 3 / (4 * 8 - 1)) == pytest.approx(0.22653, abs=5e-6)
    assert abs(average.gav.value) == pytest.approx(0.22653, abs=2e-4)


@pytest.mark.parametrize("t", [-4.062128, 4.062128, -40.0, 900.0])
def test_trap_noncentral_t_of_opposite_signs(t):
    """The distribution function can be NaN for a t and a noncentrality of opposite signs: -4.06 and +50, 9 df."""
    low, high = noncentrality_interval(t, 9)
    size = abs(t)
    near, far = (low, high) if t > 0 else (-high, -low)
    assert near < size < far
    assert stats.nct.cdf(size, 9, near) == pytest.approx(0.975, abs=1e-8)
    assert stats.nct.cdf(size, 9, far) == pytest.approx(0.025, abs=1e-8)


def test_trap_the_solver_does_not_go_where_the_distribution_function_is_nan(monkeypatch):
    known = noncentrality_interval(-4.062128, 9)
    real = special.nctdtr

    def nan_for_opposite_signs(df, noncentrality, t):
        return math.nan if noncentrality * t < 0 else real(df, noncentrality, t)

    monkeypatch.setattr(special, "nctdtr", nan_for_opposite_signs)
    assert noncentrality_interval(-4.062128, 9) == known
    assert math.isfinite(known[0])
    # Where the root itself lies there, the end is missing and not wrong.
    assert math.isnan(noncentrality_interval(0.5, 9)[0])
    assert math.isfinite(noncentrality_interval(0.5, 9)[1])


def test_the_interval_of_a_small_t_reaches_over_zero():
    low, high = noncentrality_interval(0.5, 7)
    assert low < 0 < high
    assert stats.nct.cdf(0.5, 7, low) == pytest.approx(0.975)


@settings(deadline=None, max_examples=100)
@given(st.floats(-1e12, 1e12), st.integers(1, 60), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_hold_t_or_are_absent_without_a_warning(t, df, confidence):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = noncentrality_interval(t, df, confidence)
    assert math.isnan(low) or low <= t + 2.6 * (1 + abs(t))
    assert math.isnan(low) or math.isnan(high) or low < high
    if abs(t) < 1000:
        assert low < t < high or df < 3


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-5, 5), min_size=3, max_size=12), st.floats(0.1, 50))
def test_signs_and_units(values, unit):
    rng = np.random.default_rng(len(values))
    level = np.array(values)
    other = level + rng.standard_normal(level.size)
    there, back = average_effects(level, other), average_effects(other * unit, level * unit)
    assert (there.dav.value, there.drm) == pytest.approx((-back.dav.value, -back.drm), nan_ok=True)
    assert there.dav.low == pytest.approx(-back.dav.high, nan_ok=True)
    assert there.r == pytest.approx(back.r, nan_ok=True)


def test_without_spread_or_pairs_there_is_no_effect_size():
    assert math.isnan(difference_effects(np.array([1.0])).dz.value)
    assert math.isnan(difference_effects(np.full(5, 0.2)).dz.value)
    assert math.isnan(average_effects(np.array([1.0, 2.0]), np.array([2.0, 5.0])).dav.value)
    two = difference_effects(np.array([1.0, 2.0]))
    assert two.dz.value == pytest.approx(1.5 / math.sqrt(0.5))
    assert math.isnan(two.gz.value)
    constant = average_effects(np.ones(4), np.array([1.0, 2.0, 3.0, 5.0]))
    assert math.isnan(constant.r)
    assert math.isnan(constant.drm)
    assert math.isfinite(constant.dav.value)


def test_dz_interval_covers_the_true_effect():
    """2000 studies of 8 participants with a true dz of 0.8; 95 % of the intervals hold it, dav's of its own too."""
    rng = np.random.default_rng(5)
    studies, n, r, dz = 2000, 8, 0.7, 0.8
    spread = math.sqrt(2 * (1 - r))
    held = held_average = 0
    for _ in range(studies):
        other = rng.standard_normal(n)
        level = r * other + math.sqrt(1 - r**2) * rng.standard_normal(n) + dz * spread
        found = difference_effects(level - other).dz
        average = average_effects(level, other).dav
        held += found.low <= dz <= found.high
        held_average += average.low <= dz * spread <= average.high
    assert 0.935 <= held / studies <= 0.965
    assert 0.92 <= held_average / studies <= 0.97
