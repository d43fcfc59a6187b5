from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from emgpipe.statistics.counterbalance import assign_orders, balance, williams_sequences
from emgpipe.statistics.power import fewest_participants, paired_power, smallest_effect, smallest_p


@pytest.mark.parametrize(
    ("n", "dz"), [(7, 1.27), (8, 1.16), (10, 1.00), (12, 0.89), (13, 0.85), (16, 0.75), (20, 0.66)]
)
def test_smallest_effect_with_80_percent_power(n, dz):
    assert smallest_effect(n) == pytest.approx(dz, abs=0.006)


def test_power_is_that_of_simulated_studies():
    rng = np.random.default_rng(1)
    differences = rng.standard_normal((20_000, 9)) + 0.8
    found = stats.ttest_1samp(differences, 0, axis=1).pvalue < 0.05
    assert paired_power(0.8, 9) == pytest.approx(found.mean(), abs=0.01)
    assert paired_power(0.0, 9) == pytest.approx(0.05, abs=1e-6)


def test_power_of_huge_effects_is_one_and_not_nan():
    assert [paired_power(dz, n) for dz in (10, 60, 90) for n in (5, 20)] == pytest.approx([1.0] * 6, abs=1e-6)
    assert math.isinf(smallest_effect(2, alpha=1e-9))


def test_smallest_p_of_exact_tests():
    assert [smallest_p(n) for n in (5, 6, 7, 8, 9, 10)] == pytest.approx(
        [0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625, 0.001953125]
    )


def test_five_positions_in_ten_pairs_need_nine_participants_and_against_neutral_eight():
    assert fewest_participants(10) == 9
    assert fewest_participants(4) == 8
    assert fewest_participants(1) == 6


@pytest.mark.parametrize("k", range(2, 12))
def test_williams_design_is_balanced(k):
    sequences = williams_sequences(k)
    assert len(sequences) == (k if k % 2 == 0 else 2 * k)
    assert all(sorted(row) == list(range(k)) for row in sequences)
    assert balance(sequences).even


@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 10_000))
def test_orders_are_permutations_even_over_whole_blocks_and_repeatable(k, participants, seed):
    orders = assign_orders(k, participants, seed)
    assert len(orders) == participants
    assert all(sorted(order) == list(range(k)) for order in orders)
    assert orders == assign_orders(k, participants, seed)
    block = 1 if k == 1 else k * (1 + k % 2)
    if participants % block == 0:
        assert balance(orders).even
    counted = balance(orders)
    assert np.ptp(counted.in_period) <= min(participants, 4)
