"""Frequencies of the filtered EMG against spectra that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.metrics import DEFAULT_METRICS, Cut, measure_task
from emgpipe.metrics.spectrum import DimitrovIndex, MeanFrequency, MedianFrequency, MedianFrequencySlope
from emgpipe.model import Repetition, Signal

RATE = 1000.0


def cut(samples):
    samples = np.asarray(samples, dtype=float)
    return Cut(samples, RATE, 0.0, samples.size / RATE, 0.0)


def flat_noise(low, high, seconds=20.0, seed=0):
    """Noise whose spectrum is flat from low to high Hz and nothing elsewhere."""
    n = round(seconds * RATE)
    frequencies = np.fft.rfftfreq(n, 1 / RATE)
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, frequencies.size)
    spectrum = np.where((frequencies >= low) & (frequencies <= high), np.exp(1j * phases), 0)
    return np.fft.irfft(spectrum, n)


@pytest.mark.parametrize(("low", "high"), [(20, 180), (50, 450), (10, 30)])
def test_a_flat_spectrum_has_median_and_mean_in_its_middle(low, high):
    middle = (low + high) / 2
    noise = cut(flat_noise(low, high))
    tolerance = 0.02 * (high - low)  # the window weighs the samples, so that the periodogram of one cut is not flat
    assert MeanFrequency().measure(noise) == pytest.approx(middle, abs=tolerance)
    assert MedianFrequency().measure(noise) == pytest.approx(middle, abs=tolerance)


def test_many_flat_spectra_have_no_bias():
    found = np.array(
        [
            [MedianFrequency().measure(cut(noise)), MeanFrequency().measure(cut(noise))]
            for noise in (flat_noise(20, 400, seconds=2.0, seed=seed) for seed in range(200))
        ]
    )
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - 210) < 3 * error).all()


def test_a_sine_has_its_own_frequency():
    sine = cut(np.sin(2 * np.pi * 83.0 * np.arange(3000) / RATE))
    assert MedianFrequency().measure(sine) == pytest.approx(83.0, abs=0.05)
    assert MeanFrequency().measure(sine) == pytest.approx(83.0, abs=0.05)


def test_neither_amplitude_nor_offset_changes_a_frequency():
    noise = flat_noise(30, 200, seconds=3.0)
    for metric in (MedianFrequency(), MeanFrequency(), MedianFrequencySlope()):
        assert metric.measure(cut(40 * noise + 7)) == pytest.approx(metric.measure(cut(noise)), rel=1e-6)


def test_gaps_are_not_filled():
    noise = flat_noise(30, 200, seconds=4.0)
    whole = MedianFrequency().measure(cut(noise[1000:]))
    noise[900:1000] = np.nan
    assert MedianFrequency().measure(cut(noise)) == pytest.approx(whole)
    noise[2400:2500] = np.nan
    assert np.isnan(MedianFrequency().measure(cut(noise)))  # no stretch is half of it


@pytest.mark.parametrize(
    "samples", [np.zeros(2000), np.full(2000, 3.0), np.full(1999, 0.1), np.ones(100), [], [1.0, 2.0]]
)
def test_silence_and_a_few_samples_have_no_frequency(samples):
    for metric in (MedianFrequency(), MeanFrequency(), MedianFrequencySlope()):
        assert np.isnan(metric.measure(cut(samples)))


def test_slope_of_a_falling_band():
    highs = (200, 190, 180, 170, 160, 150)  # the middle of the band falls by 5 Hz every second
    recordings = (
        np.concatenate([flat_noise(20, high, seconds=1.0, seed=1000 * seed + high) for high in highs])
        for seed in range(50)
    )
    found = np.array([MedianFrequencySlope().measure(cut(samples)) for samples in recordings])
    assert found.mean() == pytest.approx(-5.0, abs=3 * found.std() / np.sqrt(50))
    assert found.std() < 2
    assert MedianFrequencySlope().unit("V") == "Hz/s"


def test_slope_needs_three_windows_without_gaps():
    noise = flat_noise(20, 200, seconds=3.9)
    assert np.isfinite(MedianFrequencySlope().measure(cut(noise)))
    assert np.isnan(MedianFrequencySlope().measure(cut(noise[:2999])))
    noise[[500, 1500]] = np.nan
    assert np.isnan(MedianFrequencySlope().measure(cut(noise)))
    assert np.isfinite(MedianFrequencySlope(window=0.5).measure(cut(noise)))


def test_rows_are_read_from_the_filtered_signal_and_carry_no_percent():
    samples = flat_noise(20, 200, seconds=4.0)
    envelope = np.full(samples.size, 1e-4)
    both = Signal(
        "biceps_femoris", "L", "emg", "V", RATE, 0.0, samples, "biceps_femoris", "right",
        filtered=samples, envelope=envelope,
    )  # fmt: skip
    only = Signal("biceps_femoris", "L", "emg", "V", RATE, 0.0, samples, "biceps_femoris", "right", envelope=envelope)
    rows = measure_task(DEFAULT_METRICS, [both], [Repetition(0.0, 4.0)], {}, "%MVIC")
    (median,) = [row for row in rows if row["metric"] == "median_frequency"]
    assert median["value"] == pytest.approx(110, abs=5)
    assert (median["unit"], median["stage"], median["reference"]) == ("Hz", "filtered", "")
    assert np.isnan(median["amplitude"])
    without = measure_task(DEFAULT_METRICS, [only], [Repetition(0.0, 4.0)], {}, "%MVIC")
    frequencies = [row["value"] for row in without if row["unit"] in ("Hz", "Hz/s")]
    assert len(frequencies) == 3
    assert np.isnan(frequencies).all()


@pytest.mark.parametrize(("low", "high"), [(20, 180), (50, 400)])
@pytest.mark.parametrize("order", [2, 3, 5])
def test_the_dimitrov_index_of_a_flat_spectrum_is_known(low, high, order):
    moment = (high ** (order + 1) - low ** (order + 1)) / (order + 1)
    expected = np.log(high / low) / moment
    found = [
        DimitrovIndex(order=order).measure(cut(flat_noise(low, high, seconds=8.0, seed=seed))) for seed in range(30)
    ]
    assert np.mean(found) / expected == pytest.approx(1, rel=0.03)  # the values themselves are 1e-14 and less
    assert DimitrovIndex(order=order).unit("V") == f"Hz^-{order + 1}"


def test_the_dimitrov_index_reads_its_band_only_and_no_amplitude():
    inside = flat_noise(60, 200)
    beside = flat_noise(10, 30, seed=1) + flat_noise(300, 450, seed=2)
    narrow = DimitrovIndex(low=50, high=250)
    alone = narrow.measure(cut(inside))
    assert narrow.measure(cut(inside + beside)) / alone == pytest.approx(1, rel=1e-3)
    assert narrow.measure(cut(1e-4 * inside)) / alone == pytest.approx(1, rel=1e-9)
    assert DimitrovIndex().measure(cut(inside + beside)) / alone < 0.1


def test_the_dimitrov_index_rises_where_the_spectrum_falls():
    fresh, tired = flat_noise(20, 200), flat_noise(20, 140)
    ratio = DimitrovIndex().measure(cut(tired)) / DimitrovIndex().measure(cut(fresh))
    medians = MedianFrequency().measure(cut(tired)) / MedianFrequency().measure(cut(fresh))
    assert medians == pytest.approx(80 / 110, rel=0.03)
    assert ratio > 5


@pytest.mark.parametrize("samples", [np.zeros(2000), np.full(2000, 3.0), np.ones(100), [], np.full(2000, np.nan)])
def test_silence_has_no_dimitrov_index(samples):
    assert np.isnan(DimitrovIndex().measure(cut(samples)))


def test_the_dimitrov_index_is_measured_when_asked_for():
    assert "dimitrov_index" not in [metric.name for metric in DEFAULT_METRICS]
    with pytest.raises(ValueError, match="low = 300 Hz must be smaller than high = 200 Hz"):
        DimitrovIndex(low=300, high=200)
