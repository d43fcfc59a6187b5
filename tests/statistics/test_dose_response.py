"""Lines and parabolas inside participants."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgpipe.statistics.dose_response import count_positions, highest_inside, own_dose, within_blocks

ONE = np.zeros(5, dtype=np.int64)
ANGLES = np.array([-30.0, 0.0, 18.0, 32.0, 50.0])


def test_a_known_parabola_comes_back():
    scores = 3.0 + 0.02 * ANGLES - 0.0005 * ANGLES**2
    fit = own_dose(ANGLES, scores, ONE, apart=5)
    assert fit.positions == 5
    assert (fit.lowest, fit.highest) == (-30, 50)
    assert (fit.linear, fit.curvature) == pytest.approx((0.02, -0.0005))
    assert fit.inner_highest == pytest.approx(20)
    assert fit.slope == pytest.approx(np.polyfit(ANGLES, scores, 1)[0])


def test_blocks_have_heights_of_their_own():
    block = np.array([0, 0, 0, 1, 1, 1, 2], dtype=np.int64)
    angles = np.array([0.0, 10, 20, 30, 40, 50, 99])
    scores = 0.1 * angles + np.array([0, 0, 0, 7, 7, 7, -50])
    fit = own_dose(angles, scores, block, apart=5)
    assert fit.slope == pytest.approx(0.1)
    assert fit.curvature == pytest.approx(0, abs=1e-9)
    assert fit.highest == 50, "a value alone in its block says nothing and is left out"


@given(st.lists(st.floats(-60, 60), min_size=3, max_size=8), st.floats(-5, 5), st.floats(-40, 40))
def test_shifting_all_doses_moves_the_range_and_not_the_slope(angles, height, shift):
    dose = np.array(angles)
    score = height + np.sin(dose)
    block = np.zeros(dose.size, dtype=np.int64)
    one, other = (own_dose(x, score, block, apart=5) for x in (dose, dose + shift))
    assert other.lowest == pytest.approx(one.lowest + shift)
    if one.width > 1:
        assert other.slope == pytest.approx(one.slope, rel=1e-6, abs=1e-9)


def test_equal_scores_have_no_slope_made_of_rounding():
    scores = np.log(np.full(5, 1.1e-4 * 3))
    fit = own_dose(ANGLES, scores + np.array([0, 1e-15, 0, -1e-15, 0]), ONE, apart=5)
    assert fit.slope == 0
    assert fit.curvature == 0


def test_too_little_has_no_fit():
    assert math.isnan(own_dose(ANGLES[:3], ANGLES[:3], ONE[:3], apart=5).curvature)
    alone = own_dose(ANGLES, ANGLES, np.arange(5), apart=5)
    assert alone.positions == 5
    assert math.isnan(alone.width)
    assert math.isnan(alone.slope)
    same = own_dose(np.full(3, 4.0), ANGLES[:3], ONE[:3], apart=5)
    assert same.positions == 1
    assert math.isnan(same.slope)


@pytest.mark.parametrize(("angles", "apart", "count"), [
    ([0, 4, 8, 12, 16], 5, 3), ([0, 0, 0], 5, 1), ([0, 0, 1], 0, 2), ([10, 0, 5], 5, 3), ([3], 5, 1)])  # fmt: skip
def test_positions_are_counted_apart(angles, apart, count):
    assert count_positions(np.array(angles, dtype=float), apart) == count


def test_the_highest_point_lies_inside_or_nowhere():
    assert highest_inside(0.02, -0.0005, -30, 50) == pytest.approx(20)
    assert math.isnan(highest_inside(0.02, -0.0005, -30, 19))
    assert math.isnan(highest_inside(0.02, 0.0005, -30, 50))
    assert math.isnan(highest_inside(math.nan, math.nan, -30, 50))


def test_within_blocks():
    found = within_blocks(np.array([1.0, 3, 10]), np.array([0, 0, 1], dtype=np.int64))
    assert found.tolist() == [-1, 1, 0]
