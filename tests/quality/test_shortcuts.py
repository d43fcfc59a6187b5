"""What is skipped for speed must not change what is found."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.quality.figures import Figures
from emgpipe.quality.flat import may_hold
from emgpipe.quality.lines import AROUND, LOWEST, SHARPNESS, find_lines
from emgpipe.quality.mains import HALF_WIDTH, NEIGHBORHOOD, SHARPNESS_OF_FEW, hum_of
from emgpipe.quality.packets import _matches


def spectrum(seed: int, step: float, n_segments: int) -> Figures:
    """Return a ragged spectrum with lines, some of them at the mains."""
    rng = np.random.default_rng(seed)
    frequencies = np.arange(round(1000.0 / step)) * step
    density = rng.gamma(5.0, 0.2, frequencies.size)
    for line in (*rng.uniform(20.0, 480.0, 5), 50.0, 100.0, 150.0):
        density[round(line / step)] += rng.uniform(0.0, 40.0)
    return Figures(np.zeros(2), 2000.0, 0.0, np.ones(1), frequencies, density, n_segments)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), step=st.sampled_from([0.5, 0.499, 1.0]))
def test_lines_are_those_above_the_median_around_them(seed, step):
    figures, half = spectrum(seed, step, 5), round(AROUND / step)
    density = figures.density
    expected = [
        at
        for at in range(half, round(480.0 / step))
        if density[at] > SHARPNESS * np.median(density[at - half : at + half + 1])
        and density[at] >= density[at - 1]
        and density[at] > density[at + 1]
        and at * step >= LOWEST
    ]
    lines, powers = find_lines(figures)
    inside = lines < 479.0
    wanted = [at for at in expected if at * step < 479.0]
    np.testing.assert_array_equal(powers[inside], density[wanted])
    assert wanted  # lines were put in


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), step=st.sampled_from([0.5, 0.499, 1.0]))
def test_mains_is_what_stands_above_the_median_beside_it(seed, step):
    figures = spectrum(seed, step, 1)
    total = 0.0
    excess = []
    for peak in np.arange(50.0, 450.0, 50.0):
        away = np.abs(figures.frequencies - peak)
        within = figures.density[away <= HALF_WIDTH]
        floor = np.median(figures.density[(away >= NEIGHBORHOOD[0]) & (away <= NEIGHBORHOOD[1] + 1e-9)])
        is_peak = within.max() >= SHARPNESS_OF_FEW * floor
        excess.append(max(np.sum(within - floor) * step, 0.0) if is_peak else 0.0)
    if excess[0] > 0.0 or sum(one > 0.0 for one in excess[2::2]) >= 2:
        total = sum(excess)
    np.testing.assert_allclose(hum_of(figures, (50.0,)).rms ** 2, total, rtol=1e-9)


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.integers(0, 2), max_size=200), shortest=st.integers(2, 40))
def test_equal_samples_in_a_row_are_never_ruled_out(values, shortest):
    samples = np.asarray(values, dtype=np.float64)
    runs = np.split(samples, np.flatnonzero(np.diff(samples)) + 1)
    if max(map(len, runs)) >= shortest:
        assert may_hold(samples, shortest)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), lag=st.integers(12, 60), n_blocks=st.integers(0, 5))
def test_all_blocks_that_come_again_are_matched(seed, lag, n_blocks):
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal(5000)
    starts = rng.choice(np.arange(1, 40), n_blocks, replace=False) * 120
    for start in starts.tolist():
        samples[start : start + lag] = samples[start - lag : start]
    expected = sorted((start, start + lag, lag) for start in starts.tolist())
    assert list(_matches(samples, 10, 1000)) == expected
