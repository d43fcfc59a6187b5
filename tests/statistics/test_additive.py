"""The additive fit against a plain least-squares fit with dummy variables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.statistics.additive import connected_levels, fit_additive

NAN = np.nan


def dummy_fit(cells: np.ndarray) -> np.ndarray:
    """Level effects by an explicit design matrix, the first level as the base."""
    blocks, levels = np.nonzero(np.isfinite(cells))
    design = np.zeros((blocks.size, cells.shape[0] + cells.shape[1] - 1))
    design[np.arange(blocks.size), blocks] = 1
    rows = levels > 0
    design[np.flatnonzero(rows), cells.shape[0] + levels[rows] - 1] = 1
    solution = np.linalg.lstsq(design, cells[blocks, levels], rcond=None)[0]
    return np.concatenate([[0.0], solution[cells.shape[0] :]])


def test_a_full_table_gives_column_means():
    cells = np.log([[1.0, 2.0, 4.0], [3.0, 5.0, 7.0]])
    fit = fit_additive(cells)
    np.testing.assert_allclose(fit.effects, cells.mean(axis=0) - cells.mean(), atol=1e-14)
    assert fit.components.tolist() == [0, 0, 0]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 6))
def test_holes_agree_with_dummy_variables(seed, blocks, levels):
    rng = np.random.default_rng(seed)
    cells = rng.normal(0, 1, (blocks, levels)) + 5 * rng.normal(0, 1, (blocks, 1))
    cells[rng.random(cells.shape) < 0.3] = NAN
    cells[0] = rng.normal(0, 1, levels)  # one full block connects all levels
    fit = fit_additive(cells)
    np.testing.assert_allclose(fit.effects - fit.effects[0], dummy_fit(cells), atol=1e-9)


def test_exact_effects_come_back_from_a_chain_of_pairs():
    truth = np.array([0.0, 1.0, -0.5, 2.0])
    cells = np.full((3, 4), NAN)
    for block, pair in enumerate([(0, 1), (1, 2), (2, 3)]):
        cells[block, list(pair)] = truth[list(pair)] + 10 * block
    fit = fit_additive(cells)
    np.testing.assert_allclose(fit.effects - fit.effects[0], truth, atol=1e-12)


def test_unconnected_parts_are_told_apart():
    cells = np.array([[1.0, 2.0, NAN, NAN, NAN], [NAN, NAN, 5.0, 3.0, NAN]])
    fit = fit_additive(cells)
    assert fit.components.tolist() == [0, 0, 1, 1, -1]
    np.testing.assert_allclose(fit.effects, [-0.5, 0.5, 1.0, -1.0, NAN], atol=1e-12)


@pytest.mark.parametrize("cells", [np.empty((0, 3)), np.full((4, 3), NAN)])
def test_nothing_measured(cells):
    fit = fit_additive(cells)
    assert np.isnan(fit.effects).all()
    assert fit.components.tolist() == [-1, -1, -1]


def test_connection_through_a_late_block():
    there = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]], dtype=bool)
    assert connected_levels(there).tolist() == [0, 0, 0, 0]
