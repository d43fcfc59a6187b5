"""The steps against mains: what they take away, what they leave alone, and the frequency they find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.chain import Bandpass, DcOffset, MainsInterpolation, MainsNotch, MainsSineFit, Rms, run_chain
from emgpipe.chain.mains import mains_frequency
from emgpipe.errors import SignalError
from emgpipe.simulate import simulate_emg
from emgpipe.simulate.faults import mains

RATES = (1000.0, 1259.259, 2148.148)
STEPS = (MainsNotch, MainsInterpolation, MainsSineFit)


def emg(rate, seconds=10.0, seed=0, level=1e-5):
    return simulate_emg(np.full(round(seconds * rate), level), rate, np.random.default_rng(seed))


def hum(rate, frequency=50.0, seconds=10.0, amplitude=1e-4):
    silent = np.zeros(round(seconds * rate))
    return mains(silent, rate, np.random.default_rng(1), amplitude=amplitude, frequency=frequency)


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples))))


def gain(step, rate, frequency):
    """Return what is left of a tone, the ends of the record aside."""
    tone = np.sin(2 * np.pi * frequency * np.arange(round(20 * rate)) / rate)
    inner = slice(round(5 * rate), -round(5 * rate))
    return rms(step.apply(tone, rate)[inner]) / rms(tone[inner])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("frequency", [50, 60])
def test_hum_ten_times_the_emg_is_taken_away_from_the_first_to_the_last_sample(step, rate, frequency):
    clean = emg(rate)
    cleaned = step(frequency=frequency).apply(clean + hum(rate, frequency), rate)
    ends = np.r_[0 : round(rate / 2), -round(rate / 2) : 0]
    assert rms(cleaned) == pytest.approx(rms(clean), rel=0.04)
    assert rms(cleaned[ends]) == pytest.approx(rms(clean[ends]), rel=0.12)
    assert rms(cleaned - clean) < 0.45 * rms(clean)


@pytest.mark.parametrize("step", [MainsInterpolation, MainsSineFit])
@pytest.mark.parametrize("frequency", [49.9, 50.07])
def test_mains_beside_their_nominal_frequency_are_followed(step, frequency):
    clean = emg(2000.0)
    cleaned = step(frequency=50).apply(clean + hum(2000.0, frequency), 2000.0)
    assert rms(cleaned) == pytest.approx(rms(clean), rel=0.05)


@pytest.mark.parametrize("width", [1.0, 4.0])
@pytest.mark.parametrize("rate", RATES)
def test_the_width_of_a_notch_is_that_of_its_3_db_points(width, rate):
    step = MainsNotch(frequency=50, width=width, highest=120)
    for center in (50.0, 100.0):
        edges = [gain(step, rate, center + side * width / 2) for side in (-1, 1)]
        assert np.mean(edges) == pytest.approx(np.sqrt(0.5), abs=0.01)
        assert gain(step, rate, center) < 0.002
    assert gain(step, rate, 75.0) == pytest.approx(1.0, abs=0.01)
    assert gain(step, rate, 150.0) == pytest.approx(1.0, abs=0.01)  # above `highest`


def test_interpolation_keeps_the_power_of_the_band_and_the_sine_fit_takes_least():
    rate, left = 1000.0, {}
    noise = emg(rate, seconds=200.0)
    for step in STEPS:
        cleaned = step(frequency=50).apply(noise, rate)
        power = [np.abs(np.fft.rfft(samples)) ** 2 for samples in (noise, cleaned)]
        at = np.abs(np.fft.rfftfreq(noise.size, 1 / rate) - 50) < 0.5
        left[step] = power[1][at].sum() / power[0][at].sum()
    assert left[MainsInterpolation] == pytest.approx(1.0, abs=0.3)
    assert left[MainsNotch] < 0.1
    assert 0.5 < left[MainsSineFit] < 1


def test_quiet_emg_beside_a_contraction_is_left_as_it_is_by_the_sine_fit():
    rate = 1000.0
    level = np.where(np.arange(20000) % 5000 < 2000, 5e-4, 5e-6)
    quiet = (np.arange(20000) % 5000 > 2300) & (np.arange(20000) % 5000 < 4700)
    clean = simulate_emg(level, rate, np.random.default_rng(3))
    cleaned = MainsSineFit(frequency=50).apply(clean + hum(rate, seconds=20.0), rate)
    assert rms(cleaned[quiet]) == pytest.approx(rms(clean[quiet]), rel=0.02)


@given(offset=st.floats(-0.2, 0.2), seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_the_frequency_is_found_within_a_few_millihertz(offset, seed):
    rate = 1000.0
    disturbed = emg(rate, 4.0, seed, 5e-5) + hum(rate, 50 + offset, seconds=4.0)
    assert mains_frequency(disturbed, rate, 50, np.arange(1, 6)) == pytest.approx(50 + offset, abs=0.005)


@pytest.mark.parametrize("step", STEPS)
def test_scaling_the_signal_scales_the_result(step):
    samples = emg(1000.0) + hum(1000.0)
    plain = step(frequency=50).apply(samples, 1000.0)
    assert np.allclose(step(frequency=50).apply(1e6 * samples, 1000.0), 1e6 * plain, rtol=0, atol=1e-6 * 1e6 * 1e-4)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("values", [np.zeros(3000), np.full(3000, 2.5), np.r_[np.zeros(2999), 1e9]])
def test_silence_constants_and_a_single_spike_are_survived(step, values):
    cleaned = step(frequency=50).apply(values, 1000.0)
    assert np.isfinite(cleaned).all()
    assert np.isfinite(run_chain([DcOffset(), step(frequency=50), Bandpass(), Rms()], values, 1000.0).envelope).all()


def test_a_rate_that_does_not_reach_the_mains_is_refused_in_words():
    with pytest.raises(SignalError, match=r"mains at 60 Hz lie above 49 Hz.*leave the step out.*GMAX"):
        run_chain([MainsNotch(frequency=60), Rms()], np.zeros(1000), 100.0, label="GMAX")
