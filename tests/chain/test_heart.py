"""The steps against ECG: found where it is, never where it is not, and what is left of both."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.chain import Bandpass, EcgGating, EcgTemplate, Highpass
from emgpipe.simulate import simulate_emg
from emgpipe.simulate.emg import Spectrum
from emgpipe.simulate.faults import baseline_noise, ecg

RATE = 1000.0
STEPS = (EcgTemplate, EcgGating)


def trunk(seed, *, height=1e-4, rate=75.0, level=1e-5, seconds=10.0):
    """Return EMG in the band of the chain, without and with ECG."""
    rng = np.random.default_rng(seed)
    clean = simulate_emg(np.full(round(seconds * RATE), level), RATE, rng)
    clean = baseline_noise(clean, RATE, rng)
    both = ecg(clean, RATE, rng, amplitude=height, heart_rate=rate)
    return Bandpass().apply(clean, RATE), Bandpass().apply(both, RATE)


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples[500:-500]))))


@pytest.mark.parametrize("rate", [50.0, 75.0, 110.0])
def test_beats_are_found_where_they_are(rate):
    silent = np.zeros(20000)
    peaks = ecg(silent, RATE, np.random.default_rng(7), amplitude=1e-4, heart_rate=rate)
    _, disturbed = trunk(7, rate=rate, seconds=20.0)
    rng = np.random.default_rng(7)  # the same beats
    disturbed = ecg(silent, RATE, rng, amplitude=1e-4, heart_rate=rate) + trunk(8, height=0.0, seconds=20.0)[0]
    true = np.flatnonzero((peaks[1:-1] > 0.9e-4) & (np.diff(peaks[:-1]) > 0) & (np.diff(peaks[1:]) <= 0)) + 1
    found = EcgTemplate().beats(disturbed, RATE)
    assert found.size == pytest.approx(true.size, abs=1)
    assert np.abs(found[:, None] - true).min(axis=1).max() <= 20


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("rate", [50.0, 75.0, 110.0])
def test_quiet_emg_gets_its_amplitude_back(step, rate):
    pairs = [trunk(seed, rate=rate) for seed in range(4)]
    before = np.array([rms(both) / rms(clean) - 1 for clean, both in pairs])
    after = np.array([rms(step().apply(both, RATE)) / rms(clean) - 1 for clean, both in pairs])
    assert before.mean() > 0.08
    assert np.abs(after).mean() < 0.03


@pytest.mark.parametrize("step", STEPS)
def test_ecg_that_the_emg_hides_is_left_and_matters_little(step):
    clean, both = trunk(2, level=5e-4)
    assert np.array_equal(step().apply(both, RATE), both)
    assert rms(both) == pytest.approx(rms(clean), rel=0.01)


def active(seed):
    """Return clean EMG of one of four kinds, raw."""
    rng = np.random.default_rng(seed)
    rate, seconds = rng.choice([1000.0, 2000.0]), rng.choice([5.0, 10.0])
    times = np.arange(round(seconds * rate)) / rate
    peak, period = rng.uniform(1e-5, 5e-4), rng.uniform(1.5, 5)
    level = [
        np.zeros(times.size),
        peak / (1 + np.exp(-10 * (times - 1))),
        peak * np.exp(-0.5 * np.square((times / period % 1 - 0.5) / rng.uniform(0.08, 0.25))),
        np.full(times.size, peak),
    ][seed % 4]
    spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
    return baseline_noise(simulate_emg(level, rate, rng, spectrum), rate, rng, rms=rng.uniform(1e-6, 8e-6)), rate


def detections(count):
    return sum(EcgTemplate().beats(*active(seed)).size > 0 for seed in range(count))


def test_no_heart_is_found_in_emg_without_one():
    assert detections(200) == 0


@pytest.mark.slow
def test_no_heart_is_found_in_much_emg_without_one():
    assert detections(3000) <= 3


@pytest.mark.parametrize("step", STEPS)
def test_a_record_without_ecg_comes_back_as_a_copy(step):
    samples = trunk(3, height=0.0)[0]
    result = step().apply(samples, RATE)
    assert np.array_equal(result, samples)
    assert not np.shares_memory(result, samples)


@pytest.mark.parametrize("step", STEPS)
def test_gaps_stay_gaps_and_beats_beside_them_are_treated(step):
    clean, both = trunk(4, seconds=20.0)
    both[8000:9500] = np.nan
    result = step().apply(both, RATE)
    assert np.array_equal(np.isnan(result), np.isnan(both))
    kept = np.isfinite(both)
    assert np.sqrt(np.mean(result[kept] ** 2)) == pytest.approx(np.sqrt(np.mean(clean[kept] ** 2)), rel=0.05)


def test_gating_can_leave_the_heartbeats_missing():
    _, both = trunk(5)
    blanked = EcgGating(fill="missing").apply(both, RATE)
    filled = EcgGating().apply(both, RATE)
    missing = np.isnan(blanked)
    assert 0.1 < missing.mean() < 0.3
    assert np.array_equal(blanked[~missing], both[~missing])
    assert np.array_equal(filled[~missing], both[~missing])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("size", [0, 1, 10, 300, 2000])
def test_short_silent_and_hostile_records_are_survived(step, size):
    for values in (np.zeros(size), np.full(size, 1e9), np.full(size, np.nan), np.arange(size, dtype=float)):
        assert np.array_equal(step().apply(values, RATE), values, equal_nan=True)


@pytest.mark.parametrize(("settings", "db_at_30"), [({"order": 2}, -3.01), ({"order": 4}, -3.01)])
def test_the_high_pass_of_drake_and_callaghan(settings, db_at_30):
    times = np.arange(20000) / RATE
    step = Highpass(low=30, **settings)

    def decibels(frequency):
        tone = np.sin(2 * np.pi * frequency * times)
        return 20 * np.log10(rms(step.apply(tone, RATE)) / rms(tone))

    assert decibels(30.0) == pytest.approx(db_at_30, abs=0.05)
    # Far below the edge an analog high-pass of order n falls by 6 n dB per octave; two passes have twice the order.
    assert decibels(5.0) - decibels(10.0) == pytest.approx(-12.04 * settings["order"], abs=1.0)
