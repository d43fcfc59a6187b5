"""RMS and linear envelope against formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emgpipe.chain import LinearEnvelope, Rms
from emgpipe.chain.moving import centered_mean, highest_mean, odd_window, window_sums


@pytest.mark.parametrize(
    ("rate", "width"), [(1000.0, 101), (2000.0, 201), (2148.148, 215), (1259.259, 125), (10.0, 1), (100.0, 11)]
)
def test_window_is_the_nearest_odd_number_of_samples(rate, width):
    assert odd_window(0.1, rate) == width
    assert abs(width - 0.1 * rate) <= 1


@given(arrays(np.float64, st.integers(1, 300), elements=st.floats(0, 1e3)), st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_window_sums_equal_a_convolution(samples, width):
    width = min(width, samples.size)
    assert np.allclose(window_sums(samples, width), np.convolve(samples, np.ones(width), "valid"), rtol=1e-9, atol=1e-9)


def test_quiet_stretch_after_a_loud_one_keeps_its_digits():
    samples = np.concatenate([np.full(1000, 1e9), np.full(1000, 1e-9)])
    quiet = window_sums(samples, 101)[1500:]
    assert quiet == pytest.approx(101e-9, rel=1e-12)


def test_edges_shrink_instead_of_fading():
    mean = centered_mean(np.full(500, 2.0), 101)
    assert mean == pytest.approx(2.0, rel=1e-12)
    ramp = np.arange(500.0)
    assert centered_mean(ramp, 101)[0] == pytest.approx(ramp[:51].mean())
    assert centered_mean(ramp, 101)[-1] == pytest.approx(ramp[-51:].mean())


def test_window_longer_than_the_signal_takes_all_of_it():
    assert centered_mean(np.array([1.0, 3.0]), 101) == pytest.approx(2.0)


@pytest.mark.parametrize("rate", [1000.0, 2148.148])
def test_rms_of_a_sine_is_flat_at_its_amplitude_over_root_two(rate):
    time = np.arange(int(5 * rate)) / rate
    envelope = Rms(window=0.1).apply(3.0 * np.sin(2 * np.pi * 100 * time), rate)
    inside = envelope[int(rate) : -int(rate)]
    assert inside.mean() == pytest.approx(3 / np.sqrt(2), rel=0.005)
    assert inside.max() == pytest.approx(inside.mean(), rel=0.01)


@given(st.floats(1e-6, 1e6), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_envelopes_scale_with_the_signal(scale, seed):
    samples = np.random.default_rng(seed).normal(size=1500)
    for step in (Rms(), LinearEnvelope()):
        assert np.allclose(step.apply(scale * samples, 1000.0), scale * step.apply(samples, 1000.0), rtol=1e-9, atol=0)


def test_gaussian_noise_reads_its_sd_as_rms_and_0798_of_it_as_linear_envelope():
    samples = np.random.default_rng(2).normal(size=400_000)
    assert np.sqrt(np.mean(Rms().apply(samples, 2000.0) ** 2)) == pytest.approx(1.0, rel=0.01)
    assert LinearEnvelope().apply(samples, 2000.0).mean() == pytest.approx(np.sqrt(2 / np.pi), rel=0.01)


def test_highest_mean_finds_the_window():
    envelope = np.ones(2000)
    envelope[700:1201] = 2.0
    value, start, stop = highest_mean(envelope, 0.5, 1000.0)
    assert (value, start, stop) == (2.0, 700, 1201)


def test_highest_mean_steps_over_gaps_and_refuses_short_signals():
    envelope = np.ones(2000)
    envelope[500:1001] = 5.0
    envelope[750] = np.nan
    value, start, stop = highest_mean(envelope, 0.5, 1000.0)
    assert not (start <= 750 < stop)
    assert value == pytest.approx((250 * 5 + 251) / 501)
    assert highest_mean(np.ones(400), 0.5, 1000.0) is None
    assert highest_mean(np.full(600, np.nan), 0.5, 1000.0) is None
