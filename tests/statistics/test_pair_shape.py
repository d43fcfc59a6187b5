"""Skewness of the differences between levels: by hand, and whether it warns where the best set goes wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from emgpipe.statistics.pair_shape import pair_shape
from tests.statistics.test_best_set import draw

UNEQUAL = {"spread": (0.1, 0.4)}


def test_by_hand():
    scores = np.random.default_rng(1).normal(size=(9, 3)) ** 3
    pairs = [scores[:, i] - scores[:, j] for i, j in ((0, 1), (0, 2), (1, 2))]
    about = scores - scores.mean(axis=1, keepdims=True)
    found = pair_shape(scores)
    assert found.skewness == pytest.approx(np.mean([abs(stats.skew(pair)) for pair in pairs]))
    assert found.spread_ratio == pytest.approx(about.std(axis=0).max() / about.std(axis=0).min())


def test_participants_own_heights_do_not_matter():
    scores = np.random.default_rng(2).normal(size=(9, 3))
    shifted = pair_shape(scores + 5 * np.arange(9.0)[:, None])
    assert shifted.skewness == pytest.approx(pair_shape(scores).skewness)
    assert shifted.spread_ratio == pytest.approx(pair_shape(scores).spread_ratio)


@pytest.mark.parametrize("scores", [np.ones((8, 3)), np.ones((4, 3)), np.empty((0, 3)), np.full((8, 3), np.nan)])
def test_too_little_says_nothing(scores):
    found = pair_shape(scores)
    assert math.isnan(found.skewness)
    assert not found.skewed


def test_missing_cells_leave_the_pairs_that_are_there():
    scores = np.random.default_rng(3).normal(size=(10, 3))
    scores[6:, 2] = np.nan
    assert pair_shape(scores).skewness == pytest.approx(
        np.mean(
            [abs(stats.skew(scores[:rows, i] - scores[:rows, j])) for i, j, rows in ((0, 1, 10), (0, 2, 6), (1, 2, 6))]
        )
    )


@pytest.mark.parametrize(("n", "k"), [(8, 10), (12, 5), (20, 3)])
def test_it_warns_of_skewed_data_of_unequal_spread_and_seldom_of_normal_ones(n, k):
    rng = np.random.default_rng(n)
    cases = ({"skew": 1.0, **UNEQUAL}, UNEQUAL, {})
    warned = [np.mean([pair_shape(draw(rng, n, np.zeros(k), **case)).skewed for _ in range(300)]) for case in cases]
    assert warned[0] >= 0.8
    assert max(warned[1:]) <= 0.09
