"""Each fault adds what it says, in the unit it says, and leaves its input alone."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy import signal

from emgpipe.errors import SignalError
from emgpipe.simulate import faults

RATE = 1000.0
ALL = [
    faults.baseline_noise,
    faults.mains,
    faults.ecg,
    faults.motion,
    faults.clipping,
    faults.dropout,
    partial(faults.dropout, fill="flat"),
]


@pytest.mark.parametrize("fault", ALL)
def test_pure_and_repeatable(fault: faults.Fault) -> None:
    samples = np.random.default_rng(0).normal(scale=1e-4, size=5000)
    before = samples.copy()
    first, second = (fault(samples, RATE, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(samples, before)
    np.testing.assert_array_equal(first, second)
    assert first is not samples
    assert first.shape == samples.shape
    assert fault(np.zeros(0), RATE, np.random.default_rng(1)).shape == (0,)
    with pytest.raises(SignalError, match="above 0"):
        fault(samples, 0.0, np.random.default_rng(1))


def test_mains_amplitude_at_each_harmonic() -> None:
    added = faults.mains(
        np.zeros(10_000), RATE, np.random.default_rng(0), amplitude=10e-6, frequency=60.0, harmonics=(0.5,) * 8
    )
    amplitude = 2 * np.abs(np.fft.rfft(added)) / added.size
    lines = {60 * k: 1.0 if k == 1 else 0.5 for k in range(1, 9)}  # 540 Hz lies above half the rate
    assert set(np.flatnonzero(amplitude > 1e-9) / 10) == set(lines)
    for tone, relative in lines.items():
        assert amplitude[tone * 10] == pytest.approx(relative * 10e-6, rel=1e-9)


@pytest.mark.parametrize("heart_rate", [50.0, 75.0, 150.0])
def test_ecg_has_the_stated_rate_and_height(heart_rate: float) -> None:
    added = faults.ecg(np.zeros(60_000), RATE, np.random.default_rng(0), amplitude=200e-6, heart_rate=heart_rate)
    peaks, _ = signal.find_peaks(added, height=150e-6, distance=200)
    assert peaks.size == pytest.approx(heart_rate, rel=0.04)
    np.testing.assert_allclose(added[peaks], 200e-6, rtol=0.1)


def test_motion_is_slow_and_strong() -> None:
    added = faults.motion(np.zeros(60_000), RATE, np.random.default_rng(0), amplitude=1e-3, duration=0.6)
    frequencies, power = signal.welch(added, RATE, nperseg=8192)
    assert power[frequencies < 20].sum() > 0.99 * power.sum()
    assert 0.5e-3 < np.abs(added).max() < 4e-3


def test_clipping_stops_at_the_rail() -> None:
    clipped = faults.clipping(np.linspace(-2, 2, 101), RATE, np.random.default_rng(0), rail=1.5)
    assert clipped.min() == -1.5
    assert clipped.max() == 1.5
    np.testing.assert_array_equal(clipped[50:80], np.linspace(-2, 2, 101)[50:80])


def test_dropout_has_the_stated_length() -> None:
    samples = np.arange(1.0, 5001.0)
    missing = faults.dropout(samples, RATE, np.random.default_rng(0), duration=0.25)
    assert np.isnan(missing).sum() == 250
    flat = faults.dropout(samples, RATE, np.random.default_rng(0), duration=0.25, fill="flat")
    assert (np.diff(flat) == 0).sum() == 250
    assert np.isnan(faults.dropout(samples, RATE, np.random.default_rng(0), duration=99.0)).all()


def test_baseline_noise_rms() -> None:
    noise = faults.baseline_noise(np.zeros(100_000), RATE, np.random.default_rng(0), rms=3e-6)
    assert noise.std() == pytest.approx(3e-6, rel=0.01)
