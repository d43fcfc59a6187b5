"""Two one-sided tests and the four verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.statistics.equivalence import two_one_sided, verdict
from emgpipe.statistics.paired_tests import paired_differences
from tests.statistics.paired_data import SLEEP


@pytest.mark.parametrize(("margin", "p"), [(2.0, 0.154157), (2.5, 0.021117)])
def test_sleep(margin, p):
    found = two_one_sided(paired_differences(*SLEEP), -margin, margin)
    assert found.p == pytest.approx(p, abs=5e-7)
    assert found.difference.p == pytest.approx(0.00283289, abs=5e-9)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=10).filter(lambda values: np.ptp(values) > 1e-3),
       st.floats(0.05, 4))  # fmt: skip
def test_the_narrow_interval_lies_inside_exactly_when_equivalence_is_shown(values, margin):
    found = two_one_sided(np.array(values), -margin, margin)
    inside = -margin < found.low and found.high < margin
    assert inside == (found.p < 0.05) or found.p == pytest.approx(0.05)
    swapped = two_one_sided(-np.array(values), -margin, margin)
    assert (found.p, found.p_low) == pytest.approx((swapped.p, swapped.p_high))


@pytest.mark.parametrize(
    ("mean", "margin", "expected"),
    [
        (0.0, 0.2, "equivalent"),
        (0.5, 0.2, "different"),
        (0.1, 0.2, "different but negligible"),
        (0.15, 0.05, "different"),
        (0.03, 0.04, "undecided"),
    ],
)
def test_verdicts(mean, margin, expected):
    differences = mean + np.array([-0.1, -0.05, 0.0, 0.05, 0.1, -0.08, 0.08, 0.0])
    found = two_one_sided(differences, -margin, margin)
    assert verdict(found.difference.p, found.p) == expected


def test_nothing_known_is_undecided():
    assert verdict(math.nan, math.nan) == "undecided"
    for values in ([], [0.1], [0.1, 0.1, 0.1]):
        found = two_one_sided(np.array(values), -1, 1)
        assert math.isnan(found.p)
        assert math.isnan(found.low)


def test_equivalence_is_claimed_falsely_in_at_most_five_percent():
    """The true difference is the margin itself: 2000 studies of 8."""
    rng = np.random.default_rng(11)
    studies = 2000
    claimed = sum(two_one_sided(rng.normal(0.22, 0.1, 8), -0.22, 0.22).p <= 0.05 for _ in range(studies))
    assert 0.03 <= claimed / studies <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / studies)
