"""Bootstrap ranks against refits one by one, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.statistics.additive import fit_additive
from emgpipe.statistics.bootstrap_ranks import bootstrap_ranks


def by_refits(scores, resamples, seed):
    """Draw participants as the function does, fit each drawn study by itself, and count ranks."""
    n, k = scores.shape
    picked = np.random.default_rng(seed).integers(0, n, size=(resamples, n))
    tally, used = np.zeros((k, k)), 0
    for rows in picked:
        fit = fit_additive(scores[rows])
        if (fit.components != 0).any():
            continue
        used += 1
        for level, effect in enumerate(fit.effects):
            tally[level, int((fit.effects > effect + 1e-9).sum())] += 1
    return tally / used, used


@pytest.mark.parametrize("missing", [0.0, 0.2, 0.45])
def test_equals_refits_one_by_one(missing):
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(9, 4)) - [0, 0.2, 0.4, 0.6]
    scores[rng.random(scores.shape) < missing] = np.nan
    scores = scores[np.isfinite(scores).sum(axis=1) > 1]
    frequency, used = by_refits(scores, 400, 5)
    found = bootstrap_ranks(scores, resamples=400, seed=5)
    np.testing.assert_allclose(found.frequency, frequency)
    assert (found.used, found.drawn) == (used, 400)
    np.testing.assert_allclose(found.mean, frequency @ [1, 2, 3, 4])


def test_mean_and_percentiles_by_hand():
    # Two participants who disagree: both drawn from one (1/4 each) or one of each (1/2), where level 0 is ahead.
    scores = np.array([[3.0, 0.0], [0.0, 1.0]])
    found = bootstrap_ranks(scores, resamples=20_000)
    assert found.frequency[0] == pytest.approx([0.75, 0.25], abs=0.012)
    assert found.mean == pytest.approx([1.25, 1.75], abs=0.012)
    assert found.low.tolist() == [1, 1]
    assert found.high.tolist() == [2, 2]


def test_a_clear_order_always_comes_again():
    found = bootstrap_ranks(np.tile([0.3, 0.1, 0.2], (8, 1)) + np.arange(8.0)[:, None])
    assert found.frequency.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert found.low.tolist() == found.high.tolist() == [1, 3, 2]


def test_equal_levels_share_the_better_rank():
    found = bootstrap_ranks(np.ones((6, 3)), resamples=100)
    assert found.frequency[:, 0].tolist() == [1, 1, 1]


def test_one_participant_repeats_itself():
    assert bootstrap_ranks(np.array([[2.0, 1.0]]), resamples=50).mean.tolist() == [1, 2]


def test_participants_with_one_level_do_not_count():
    scores = np.random.default_rng(1).normal(size=(6, 3))
    alone = np.vstack([scores, [1.0, np.nan, np.nan], [np.nan] * 3])
    np.testing.assert_array_equal(bootstrap_ranks(alone).frequency, bootstrap_ranks(scores).frequency)


def test_rows_of_one_participant_are_drawn_together():
    scores = np.full((4, 4), np.nan)
    scores[:2, :2], scores[2:, 2:] = [[1.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [0.0, 2.0]]
    chain = np.vstack([scores, [np.nan, 0.0, 0.0, np.nan], [np.nan, 0.0, 0.0, np.nan]])
    people = np.array([0, 1, 0, 1, 2, 3])
    found = bootstrap_ranks(chain, people, resamples=300)
    assert found.used < 300  # a redrawn study without a participant who connects the two parts cannot rank


@pytest.mark.parametrize("scores", [np.zeros((0, 3)), np.zeros((0, 0)), np.full((4, 2), np.nan),
                                    np.array([[1.0, 0.0, np.nan, np.nan], [np.nan, np.nan, 1.0, 0.0]])])  # fmt: skip
def test_what_is_not_connected_has_no_frequencies(scores):
    found = bootstrap_ranks(scores, resamples=100)
    assert found.used == 0
    assert np.isnan(found.frequency).all()
    assert len(found.mean) == scores.shape[1]


def test_forty_levels_with_holes_keep_to_their_memory():
    rng = np.random.default_rng(7)
    scores = np.where(rng.random((20, 40)) < 0.2, np.nan, rng.normal(size=(20, 40)))
    found = bootstrap_ranks(scores, resamples=1000)
    assert found.frequency.sum(axis=1) == pytest.approx(np.ones(40))
