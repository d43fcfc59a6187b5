"""EMG noise has the stated spectrum, the stated RMS, and is Gaussian."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal, stats

from emgpipe.simulate import Spectrum, simulate_emg
from emgpipe.simulate.emg import TYPICAL
from emgpipe.simulate.tables import MUSCLES

SPECTRA = [TYPICAL, *(muscle.spectrum for muscle in MUSCLES.values())]


def median_frequency(samples: np.ndarray, rate: float) -> float:
    frequencies, power = signal.welch(samples, rate, nperseg=4096)
    below = np.cumsum(power)
    return float(np.interp(below[-1] / 2, below, frequencies))


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("rate", [1000.0, 2000.0, 2148.148])
def test_median_frequency_is_that_of_emg(spectrum: Spectrum, rate: float) -> None:
    samples = simulate_emg(np.ones(200_000), rate, np.random.default_rng(1), spectrum)
    found = median_frequency(samples, rate)
    assert 60 < found < 110
    assert found == pytest.approx(spectrum.median_frequency(rate / 2), rel=0.02)


def test_spectrum_follows_the_stated_form() -> None:
    samples = simulate_emg(np.ones(400_000), 2000.0, np.random.default_rng(2))
    frequencies, power = signal.welch(samples, 2000.0, nperseg=2000)
    band = (frequencies >= 10) & (frequencies <= 400)
    high, low, f = 100.0, 50.0, frequencies[band]
    wanted = high**4 * f**2 / ((f**2 + low**2) * (f**2 + high**2) ** 2)
    ratio = power[band] / wanted
    assert np.std(np.log(ratio)) < 0.1


@pytest.mark.parametrize("n_samples", [999, 1000, 4096, 7919])
@pytest.mark.parametrize("rate", [1000.0, 2000.0])
def test_expected_rms_is_exactly_one(n_samples: int, rate: float) -> None:
    rng = np.random.default_rng(n_samples)
    power = np.mean([np.mean(simulate_emg(np.ones(n_samples), rate, rng) ** 2) for _ in range(400)])
    equivalent = 400 * n_samples / rate * 2 * 120  # about 2 B T degrees of freedom, B about 120 Hz
    assert power == pytest.approx(1.0, abs=4 * np.sqrt(2 / equivalent))


def test_rms_follows_the_activation_at_every_sample() -> None:
    activation = np.concatenate([np.full(500, 20e-6), np.full(500, 200e-6), np.zeros(500)])
    rng = np.random.default_rng(3)
    power = np.mean([simulate_emg(activation, 1000.0, rng) ** 2 for _ in range(3000)], axis=0)
    np.testing.assert_allclose(np.sqrt(power[:1000]), activation[:1000], rtol=0.06)
    assert not power[1000:].any()


def test_samples_are_gaussian_with_zero_mean() -> None:
    samples = simulate_emg(np.ones(400_000), 2000.0, np.random.default_rng(4))[::20]  # 10 ms apart: nearly independent
    assert stats.kstest(samples, "norm").pvalue > 0.01
    assert abs(stats.kurtosis(samples)) < 0.1
    assert abs(samples.mean()) < 0.02


@pytest.mark.parametrize("factor", [1e-6, 3.0])
def test_scaling_the_activation_scales_the_signal(factor: float) -> None:
    activation = np.linspace(0.0, 1.0, 1001)
    one, other = (simulate_emg(k * activation, 1000.0, np.random.default_rng(5)) for k in (1.0, factor))
    np.testing.assert_allclose(other, factor * one, rtol=1e-12)


@pytest.mark.parametrize("n_samples", [0, 1, 2, 17])
def test_short_signals(n_samples: int) -> None:
    samples = simulate_emg(np.ones(n_samples), 1000.0, np.random.default_rng(6))
    assert samples.shape == (n_samples,)
    assert np.isfinite(samples).all()
