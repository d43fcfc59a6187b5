from __future__ import annotations

import numpy as np
import pytest

from emgpipe.chain.smoothing import low_pass
from emgpipe.chain.stretches import finite_runs
from emgpipe.segmentation.phases import slope
from emgpipe.segmentation.smoothing import fill_short_gaps, moving_mean
from emgpipe.segmentation.turning_points import turning_points


@pytest.mark.parametrize("rate", [20.0, 50.0, 100.0, 2000.0])
def test_low_pass_gain_is_3_db_at_its_cutoff(rate):
    times = np.arange(round(20 * rate)) / rate
    result = low_pass(np.sin(2 * np.pi * 6 * times), rate, 6.0)
    middle = result[round(5 * rate) : round(15 * rate)]
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_low_pass_above_half_the_rate_changes_nothing():
    values = np.arange(10.0)
    np.testing.assert_array_equal(low_pass(values, 10.0, 6.0), values)


def test_low_pass_keeps_gaps_and_takes_single_samples():
    values = np.array([1.0, np.nan, *np.full(50, 3.0), np.nan])
    result = low_pass(values, 100.0, 6.0)
    np.testing.assert_array_equal(np.isnan(result), np.isnan(values))
    np.testing.assert_allclose(result[2:52], 3.0)
    assert result[0] == pytest.approx(1.0)


def test_fill_short_gaps():
    values = np.array([np.nan, 0.0, np.nan, np.nan, 3.0, np.nan, np.nan, np.nan, 0.0, np.nan])
    np.testing.assert_allclose(fill_short_gaps(values, 2), [np.nan, 0, 1, 2, 3, np.nan, np.nan, np.nan, 0, np.nan])
    assert finite_runs(values) == [slice(1, 2), slice(4, 5), slice(8, 9)]


def test_moving_mean_against_a_plain_loop():
    values = np.random.default_rng(0).normal(size=40)
    values[17] = np.nan
    expected = values.copy()
    for run in finite_runs(values):
        for at in range(run.start, run.stop):
            expected[at] = values[max(at - 3, run.start) : min(at + 4, run.stop)].mean()
    np.testing.assert_allclose(moving_mean(values, 7), expected)


def test_slope_of_a_line_is_exact_up_to_the_ends():
    np.testing.assert_allclose(slope(3.0 * np.arange(20) + 5, 4), 3.0)
    np.testing.assert_allclose(slope(np.array([0.0, 2.0]), 9), 2.0)


@pytest.mark.parametrize(
    ("values", "turns", "begins_high"),
    [
        ([0, 1, 0, 1, 0], [], False),
        ([0, 5, 0, 5, 0], [0, 1, 2, 3, 4], False),
        ([0, 1, 5, 4, 6, 0], [0, 4, 5], False),
        ([5, 0, 5], [0, 1, 2], True),
        ([3, 5, 0, 1], [1, 2], True),
        ([0.0], [], False),
    ],
)
def test_turning_points(values, turns, begins_high):
    assert turning_points(np.array(values, float), 3.0) == (turns, begins_high)
