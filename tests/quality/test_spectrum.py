"""The spectrum of the loud parts, and the ratios of Sinderby et al."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from emgpipe.model import Acquisition
from emgpipe.quality.channel.spectrum import Spectrum
from emgpipe.quality.sinderby import ratios
from tests.quality.clean_signals import clean, levels, view


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), rate=st.sampled_from([1000.0, 1500.0, 2000.0, 4000.0]))
def test_an_mvic_of_nothing_but_amplifier_noise_is_found(seed, rate):
    samples = 2e-5 * np.random.default_rng(seed).standard_normal(round(5 * rate))
    (finding,) = Spectrum().look(view(samples, rate, "mvic"))
    assert (finding.kind, finding.level, finding.unit) == ("median_frequency", "warn", "Hz")
    assert finding.value == pytest.approx(235.0, abs=30.0)


def test_a_muscle_that_is_silent_in_a_task_is_a_note_and_rest_is_right():
    samples = 4e-6 * np.random.default_rng(1).standard_normal(20_000)
    assert levels(Spectrum().look(view(samples, 2000.0, "task"))) == {"median_frequency": "note"}
    assert Spectrum().look(view(samples, 2000.0, "rest")) == ()
    assert Spectrum().look(view(samples, 2000.0, "")) == ()


def test_power_too_low_for_muscle_is_found():
    noise = np.random.default_rng(2).standard_normal(40_000)
    low = 1e-3 * signal.sosfilt(signal.butter(4, [15, 30], "bandpass", fs=2000.0, output="sos"), noise) + 2e-6 * noise
    assert levels(Spectrum().look(view(low, 2000.0, "task")))["median_frequency"] == "warn"


@pytest.mark.parametrize("kind", ["rest", "mvic", "task", "gait"])
def test_clean_signals_raise_no_warning(kind):
    rng = np.random.default_rng(3)
    found = [Spectrum().look(view(*clean(kind, rng), kind)) for _ in range(40)]
    assert all(one.level == "note" for each in found for one in each)
    assert sum(bool(one) for one in found) <= 4


def flat(rate: float = 2000.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frequencies = np.arange(0, rate / 2 + 0.25, 0.5)
    return frequencies, np.ones(frequencies.size), np.zeros(frequencies.size, dtype=bool)


def test_ratios_of_white_noise():
    found = ratios(*flat()[:2], None, flat()[2])
    assert found.noise == pytest.approx(0.0, abs=0.01)
    assert found.drop == pytest.approx(0.0, abs=0.01)
    assert found.deformation == pytest.approx(2 / np.sqrt(3), rel=0.01)


def test_the_motion_ratio_counts_only_what_lies_above_the_line():
    frequencies, density, lines = flat()
    density = np.where(frequencies <= 100, frequencies / 100, np.exp(-(frequencies - 100) / 100))
    assert ratios(frequencies, density, None, lines).motion > 30.0
    moved = density + np.where(frequencies < 10, 5.0, 0.0)
    total, excess = np.sum(moved[(frequencies > 0) & (frequencies <= 600)]), 5.0 * 19
    assert ratios(frequencies, moved, None, lines).motion == pytest.approx(10 * np.log10(total / excess), abs=0.3)


def test_what_the_device_filtered_away_is_undefined():
    frequencies, density, lines = flat()
    behind = ratios(frequencies, density, 20.0, lines)
    assert (behind.motion, behind.deformation) == (None, None)
    assert "SM undefined" in behind.words()
    cut = np.where(frequencies > 500, 1e-6, density)
    assert ratios(frequencies, cut, None, lines).noise is None
    assert ratios(*flat(1000.0)[:2], None, flat(1000.0)[2]).noise is None
    assert ratios(np.zeros(0), np.zeros(0), None, np.zeros(0, dtype=bool)).words().count("undefined") == 4


def test_a_hardware_highpass_leaves_the_motion_ratio_out():
    samples, rate = clean("task", np.random.default_rng(4))
    times = np.arange(samples.size) / rate
    shaken = samples + 3e-4 * np.sin(2 * np.pi * 7 * times) * np.sin(times) ** 8
    open_, closed = (Acquisition(hardware_filters=words) for words in ("5-500 Hz", "20-500 Hz"))
    assert "SM" in Spectrum().look(view(shaken, rate, acquisition=open_))[0].reason
    assert Spectrum().look(view(shaken, rate, acquisition=closed)) == ()


@pytest.mark.parametrize("size", [0, 1, 10, 63, 400])
def test_short_and_odd_signals_are_survived(size):
    rng = np.random.default_rng(5)
    for samples in (
        rng.standard_normal(size),
        np.full(size, np.nan),
        np.zeros(size),
        1e120 * rng.standard_normal(size),
    ):
        for rate in (100.0, 1000.0):
            Spectrum().look(view(samples, rate))
