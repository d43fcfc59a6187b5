"""Student's t, sign flips and signed ranks of paired differences, against R, published answers and enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.statistics.paired_tests import paired_differences, paired_t, sign_flip_p, signed_ranks, smallest_p
from emgpipe.statistics.sign_flips import sign_flips
from tests.statistics.paired_data import DEPRESSION, DOC, MILEAGE, NEGOTIATION, SLEEP, WEIGHT

VALUES = st.lists(st.integers(-6, 6), min_size=1, max_size=9).map(lambda given: np.array(given, dtype=float))


def test_sleep_of_r():
    t = paired_t(paired_differences(*SLEEP))
    assert (t.df, t.n) == (9, 10)
    assert t.t == pytest.approx(-4.062128, abs=5e-7)
    assert t.p == pytest.approx(0.00283289, abs=5e-9)
    assert (t.low, t.high) == pytest.approx((-2.459886, -0.700114), abs=5e-7)


def test_weight_of_real_statistics():
    t = paired_t(paired_differences(*WEIGHT))
    assert (t.t, t.df) == (pytest.approx(6.6896995, abs=5e-8), 14)
    assert t.p == pytest.approx(1.028e-5, abs=5e-9)


def test_mileage_of_columbia():
    t = paired_t(paired_differences(*MILEAGE))
    assert (t.t, t.df) == (pytest.approx(4.4721, abs=5e-5), 9)
    assert t.p / 2 == pytest.approx(0.000775, abs=5e-7)


def test_the_ttest_of_pingouins_manual():
    t = paired_t(paired_differences(*DOC))
    assert (t.t, t.df) == (pytest.approx(-2.307832, abs=5e-7), 4)
    assert t.p == pytest.approx(0.082228, abs=5e-7)
    assert (round(t.low, 2), round(t.high, 2)) == (-1.54, 0.14)


def test_wilcoxon_depression_of_r():
    found = signed_ranks(paired_differences(*DEPRESSION))
    assert (found.v, found.exact) == (40, True)
    assert found.p == 0.0390625
    assert found.p / 2 == 0.01953125


def test_wilcoxon_with_ties_and_a_zero_of_pingouin():
    found = signed_ranks(paired_differences(*NEGOTIATION), zeros="drop")
    assert found.w == 20.5
    assert found.p == pytest.approx(0.288086, abs=5e-7)
    assert found.rank_biserial == pytest.approx(-0.378788, abs=5e-7)


def test_wilcoxon_sleep_of_r_by_the_normal_approximation():
    found = signed_ranks(paired_differences(*SLEEP), zeros="drop", exact=False)
    assert (found.v, found.n, found.exact) == (0, 9, False)
    assert found.p == pytest.approx(0.0090907, abs=5e-8)


@pytest.mark.parametrize("zeros", ["drop", "pratt"])
def test_signed_ranks_equal_scipys(zeros):
    rng = np.random.default_rng(1)
    for n in (3, 8, 15):
        values = rng.standard_normal(n)
        theirs = stats.wilcoxon(values, method="exact")
        assert signed_ranks(values, zeros).p == pytest.approx(theirs.pvalue)
    values = np.round(rng.standard_normal(60), 1)
    theirs = stats.wilcoxon(values, zero_method={"drop": "wilcox"}.get(zeros, zeros), correction=True, method="approx")
    ours = signed_ranks(values, zeros, exact=False)
    assert (ours.w, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_signed_ranks_with_ties_and_zeros_are_what_enumeration_gives(values):
    """Pratt: zeros are ranked with the others, their ranks are then left out."""
    ranks = stats.rankdata(np.abs(values))[values != 0]
    signs = np.sign(values[values != 0])
    sums = np.array([ranks[np.array(s) > 0].sum() for s in itertools.product((-1, 1), repeat=ranks.size)])
    observed = ranks[signs > 0].sum()
    expected = min(1.0, 2 * min(np.mean(sums <= observed), np.mean(sums >= observed)))
    found = signed_ranks(values)
    assert found.p == pytest.approx(expected)
    assert found.v == observed


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_sign_flips_are_what_enumeration_gives(values):
    sums = [abs(np.dot(values, signs)) for signs in itertools.product((-1, 1), repeat=values.size)]
    expected = np.mean(np.array(sums) >= abs(values.sum()) - 1e-9)
    assert sign_flip_p(values, sign_flips(values.size)) == expected


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9, 10])
def test_the_smallest_p_is_reached_when_all_agree(n):
    values = np.arange(1.0, n + 1)
    assert sign_flip_p(values, sign_flips(n)) == smallest_p(n) == 2 / 2**n
    assert signed_ranks(values).p == smallest_p(n)


def test_random_flips_count_the_data_as_one_of_them():
    flips = sign_flips(30, resamples=1000, seed=4)
    assert not flips.exact
    assert sign_flip_p(np.ones(30), flips) == 1 / 1000


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_swapping_the_levels_turns_the_signs(values):
    one, other = paired_t(values), paired_t(-values)
    assert one.p == pytest.approx(other.p, nan_ok=True)
    assert (one.t, one.low) == pytest.approx((-other.t, -other.high), nan_ok=True)
    assert signed_ranks(values).p == pytest.approx(signed_ranks(-values).p)


def test_too_few_or_equal_differences_have_no_test():
    none, one = paired_t(np.array([])), paired_t(np.array([2.0]))
    assert (none.n, none.df, math.isnan(none.mean), math.isnan(none.p)) == (0, 0, True, True)
    assert (one.n, one.mean, math.isnan(one.low), math.isnan(one.t)) == (1, 2.0, True, True)
    same = paired_t(paired_differences(np.array([0.3, 1.7, 12.9]) + 0.1, np.array([0.3, 1.7, 12.9])))
    assert same.mean == pytest.approx(0.1)
    assert math.isnan(same.t)
    assert math.isnan(sign_flip_p(np.array([]), sign_flips(1)))
    assert math.isnan(signed_ranks(np.array([])).p)
    zeros = paired_differences(np.ones(4), np.ones(4))
    assert (signed_ranks(zeros).p, signed_ranks(zeros).n) == (1.0, 0)
    assert sign_flip_p(zeros, sign_flips(4)) == 1.0


def test_missing_values_leave_the_pair_out():
    first, second = np.array([1.0, math.nan, 3.0, 5.0]), np.array([0.5, 1.0, math.nan, 1.0])
    assert paired_differences(first, second).tolist() == [0.5, 4.0]


def test_the_interval_covers_and_the_exact_test_holds_its_level():
    """n = 8, log-normal amplitudes with a spread between participants: 2000 studies."""
    rng = np.random.default_rng(20)
    studies, n, ratio = 2000, 8, 1.15
    flips = sign_flips(n)
    covered = rejected = 0
    for _ in range(studies):
        person = rng.normal(0, 0.5, n)
        noise = rng.normal(0, 0.2, (2, n))
        level, other = np.exp(person + np.log(ratio) + noise[0]), np.exp(person + noise[1])
        t = paired_t(paired_differences(np.log(level), np.log(other)))
        covered += t.low <= math.log(ratio) <= t.high
        null = np.log(level / ratio) - np.log(other)
        rejected += sign_flip_p(null, flips) <= 0.05
    assert 0.93 <= covered / studies <= 0.97
    # 12 of 256 assignments is the largest share below .05.
    assert rejected / studies <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / studies)
    assert rejected / studies >= 0.03
