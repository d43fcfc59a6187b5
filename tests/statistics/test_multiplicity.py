"""Holm and Benjamini-Hochberg."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.statistics.multiplicity import adjust

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("given_p", "holm"),
    [
        ([0.50, 0.003, 0.32, 0.054, 0.0003], [0.64, 0.012, 0.64, 0.162, 0.0015]),
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
    ],
)
def test_holm(given_p, holm):
    assert adjust(given_p) == pytest.approx(holm, abs=1e-12)


def test_benjamini_hochberg():
    assert adjust([0.01, 0.02, 0.03, 0.04, 0.05], "benjamini_hochberg") == pytest.approx([0.05] * 5)


@settings(deadline=None, max_examples=50)
@given(P_VALUES)
def test_benjamini_hochberg_is_scipys(p_values):
    assert adjust(p_values, "benjamini_hochberg") == pytest.approx(stats.false_discovery_control(p_values))


@settings(deadline=None, max_examples=50)
@given(P_VALUES, st.randoms())
def test_adjusted_p_values_keep_the_order_and_their_places(p_values, random):
    for correction in ("holm", "benjamini_hochberg"):
        adjusted = adjust(p_values, correction)
        assert (adjusted >= np.array(p_values) - 1e-15).all()
        assert (adjusted <= 1).all()
        order = np.argsort(p_values, kind="stable")
        assert (np.diff(adjusted[order]) >= 0).all()
        places = list(range(len(p_values)))
        random.shuffle(places)
        assert adjust(np.array(p_values)[places], correction) == pytest.approx(adjusted[places])


def test_holm_rejects_what_bonferroni_does_and_more():
    p_values = np.array([0.001, 0.013, 0.02, 0.04])
    assert (adjust(p_values) <= np.minimum(4 * p_values, 1)).all()
    assert (adjust(p_values) <= 0.05).sum() == 4
    assert (4 * p_values <= 0.05).sum() == 1


@pytest.mark.parametrize("correction", ["holm", "benjamini_hochberg", "none"])
def test_missing_p_values_are_no_tests(correction):
    with_gap = adjust([0.01, np.nan, 0.04], correction)
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]] == pytest.approx(adjust([0.01, 0.04], correction))
    assert np.isnan(adjust([np.nan], correction)).all()
    assert adjust([], correction).size == 0


@pytest.mark.parametrize(("n", "tests", "possible"), [(8, 10, False), (9, 10, True), (8, 4, True), (7, 4, False)])
def test_five_head_positions_in_ten_pairs_cannot_be_shown_with_eight_participants(n, tests, possible):
    smallest = adjust([2 / 2**n] * tests)
    assert smallest == pytest.approx([tests * 2 / 2**n] * tests)
    assert (smallest.min() <= 0.05) is np.bool_(possible)
    assert adjust([2 / 2**n] * tests, "benjamini_hochberg") == pytest.approx([2 / 2**n] * tests)


@settings(deadline=None, max_examples=50)
@given(P_VALUES, st.integers(0, 11), st.floats(0, 1))
def test_no_adjusted_p_falls_when_one_p_rises(p_values, place, more):
    raised = np.array(p_values)
    raised[place % raised.size] = max(raised[place % raised.size], more)
    for correction in ("holm", "benjamini_hochberg"):
        assert (adjust(raised, correction) >= adjust(p_values, correction) - 1e-15).all()
