"""Reliability against the published table, by properties, and on data that have no answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.errors import ComparisonError
from emgpipe.statistics.icc import FORMS, reliability

SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def coefficients(values):
    found = reliability(np.asarray(values, dtype=float))
    return {name: take(found) for name, take in FORMS.items()}


def test_shrout_and_fleiss_1979():
    found = reliability(SHROUT_FLEISS)
    s = found.squares
    assert (s.between, s.within, s.trials, s.error) == pytest.approx(
        (11.241667, 6.263889, 32.486111, 1.019444), abs=1e-6
    )
    values = {name: c.value for name, c in coefficients(SHROUT_FLEISS).items()}
    expected = {"icc_1_1": 0.165742, "icc_2_1": 0.289764, "icc_3_1": 0.714841, "icc_1_k": 0.442797,
                "icc_2_k": 0.620051, "icc_3_k": 0.909316}  # fmt: skip
    assert values == pytest.approx(expected, abs=1e-6)
    assert s.between / s.within == pytest.approx(1.794678, abs=1e-6)
    assert s.between / s.error == pytest.approx(11.027248, abs=1e-6)
    intervals = {name: (c.low, c.high) for name, c in coefficients(SHROUT_FLEISS).items()}
    assert intervals["icc_1_1"] == pytest.approx((-0.13, 0.72), abs=0.005)
    assert intervals["icc_2_1"] == pytest.approx((0.02, 0.76), abs=0.005)
    assert intervals["icc_3_1"] == pytest.approx((0.342, 0.946), abs=0.0006)
    assert found.sem_consistency == pytest.approx(1.009675, abs=1e-6)
    assert found.sem_agreement == pytest.approx(2.502776, abs=1e-6)
    assert found.mdc_consistency == pytest.approx(2.798677, abs=1e-6)


def test_average_forms_by_their_own_formulas():
    s = reliability(SHROUT_FLEISS).squares
    found = coefficients(SHROUT_FLEISS)
    assert found["icc_1_k"].value == pytest.approx((s.between - s.within) / s.between)
    assert found["icc_3_k"].value == pytest.approx((s.between - s.error) / s.between)
    assert found["icc_2_k"].value == pytest.approx((s.between - s.error) / (s.between + (s.trials - s.error) / s.n))
    low = 1 - stats.f.ppf(0.975, 5, 15) * s.error / s.between
    assert found["icc_3_k"].low == pytest.approx(low)


def test_variation_by_hand():
    found = reliability(np.array([[1.0, 3.0], [10.0, 30.0]]))
    assert found.cv == pytest.approx(math.sqrt(2) / 2)
    variance = np.log(3) ** 2 / 2
    assert found.cv_log == pytest.approx(math.sqrt(math.exp(variance) - 1))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(2, 5), st.floats(1e-6, 1e6))
def test_properties(seed, n, k, unit):
    rng = np.random.default_rng(seed)
    values = 5 + rng.normal(0, 1, (n, 1)) + rng.normal(0, 0.7, (n, k))
    one = coefficients(values)
    for name, other in coefficients(unit * values).items():
        assert other.value == pytest.approx(one[name].value, rel=1e-6, abs=1e-9, nan_ok=True)
    for name, other in coefficients(rng.permutation(values)).items():
        assert other.value == pytest.approx(one[name].value, rel=1e-6, abs=1e-9, nan_ok=True)
    shifted = coefficients(values + rng.normal(0, 3, (1, k)))
    assert shifted["icc_3_1"].value == pytest.approx(one["icc_3_1"].value, rel=1e-6, abs=1e-9, nan_ok=True)
    for name in ("icc_1_1", "icc_2_1", "icc_3_1"):
        c = one[name]
        assert -1 / (k - 1) - 1e-9 <= c.value <= 1 or name == "icc_2_1"
        assert not c.low > c.value + 1e-9
        assert not c.value > c.high + 1e-9


def test_intervals_cover_what_they_say():
    rng = np.random.default_rng(4)
    n, k, studies = 10, 3, 1000
    covered = {"icc_1_1": 0, "icc_2_1": 0, "icc_3_1": 0}
    for _ in range(studies):
        person, error = 1.5 * rng.normal(size=(n, 1)), rng.normal(size=(n, k))
        plain, shifted = coefficients(person + error), coefficients(person + error + 0.5 * rng.normal(size=(1, k)))
        covered["icc_1_1"] += plain["icc_1_1"].low <= 2.25 / 3.25 <= plain["icc_1_1"].high
        covered["icc_3_1"] += shifted["icc_3_1"].low <= 2.25 / 3.25 <= shifted["icc_3_1"].high
        covered["icc_2_1"] += shifted["icc_2_1"].low <= 2.25 / 3.5 <= shifted["icc_2_1"].high
    margin = 3 * math.sqrt(0.05 * 0.95 / studies)
    for name, count in covered.items():
        assert count / studies == pytest.approx(0.95, abs=margin), name


def test_all_values_equal_have_no_coefficient():
    found = coefficients(np.full((4, 3), 2.0))
    assert all(math.isnan(part) for c in found.values() for part in (c.value, c.low, c.high))
    assert reliability(np.full((4, 3), 2.0)).cv == 0


def test_negative_coefficients_are_kept():
    found = coefficients([[1, 2], [2, 1]])
    assert found["icc_1_1"].value == found["icc_3_1"].value == pytest.approx(-1)
    assert math.isnan(found["icc_1_k"].value)


def test_perfect_agreement_and_perfect_consistency():
    assert all(c.value == c.low == c.high == 1 for c in coefficients([[1, 1], [2, 2], [3, 3]]).values())
    shifted = coefficients([[1, 2], [2, 3], [3, 4]])
    assert shifted["icc_3_1"].value == 1
    assert shifted["icc_2_1"].value < 1


@pytest.mark.parametrize("unit", [1e-200, 1e150])
def test_extreme_units(unit):
    assert coefficients(unit * SHROUT_FLEISS)["icc_2_1"].value == pytest.approx(0.289764, abs=1e-6)


def test_values_without_logarithm_have_no_cv():
    found = reliability(np.array([[1.0, -1.0], [2.0, 3.0], [4.0, 0.0]]))
    assert math.isnan(found.cv)
    assert math.isnan(found.cv_log)


@pytest.mark.parametrize("values", [np.ones((1, 3)), np.ones((3, 1)), np.array([[1.0, np.nan], [1.0, 2.0]])])
def test_too_little_is_refused(values):
    with pytest.raises(ComparisonError, match="reliability needs"):
        reliability(values)
