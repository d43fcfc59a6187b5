"""Movement of cables, and single spikes and steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.model import Acquisition
from emgpipe.quality.channel.artifact import Artifact
from emgpipe.quality.channel.motion import Motion
from emgpipe.quality.hardware import hardware_highpass
from emgpipe.simulate import faults
from tests.quality.clean_signals import clean, levels, view


def moved(samples: np.ndarray, rate: float, rng: np.random.Generator, decibels: float) -> np.ndarray:
    """Return the samples with movement of so much more power than they have."""
    shake = np.zeros_like(samples)
    while not shake.any():
        shake = faults.motion(np.zeros_like(samples), rate, rng, amplitude=1.0, bursts_per_minute=30.0)
    return samples + shake * np.sqrt(np.mean(samples**2) / np.mean(shake**2) * 10 ** (decibels / 10))


def loudest(samples: np.ndarray) -> float:
    rows = samples[: samples.size // 20 * 20].reshape(20, -1)
    return float(np.sqrt(np.mean(rows**2, axis=1).max()))


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), role=st.sampled_from(["mvic", "task"]), decibels=st.floats(0.5, 20))
def test_movement_as_strong_as_the_emg_is_found(seed, role, decibels):
    rng = np.random.default_rng(seed)
    samples, rate = clean(role, rng)
    (finding,) = Motion().look(view(moved(samples, rate, rng, decibels), rate, role))
    assert (finding.kind, finding.level) == ("motion", "warn")
    assert 0.2 < finding.value <= 1.0


def test_the_place_is_said_where_there_is_one():
    samples, rate = clean("task", np.random.default_rng(1), 30.0)
    times = np.arange(samples.size) / rate
    pull = 5e-3 * np.exp(-0.5 * np.square((times - 12.0) / 0.1)) * np.sin(30.0 * times)
    (finding,) = Motion().look(view(samples + pull, rate, start=100.0))
    assert finding.start < 112.0 < finding.stop
    assert finding.stop - finding.start == pytest.approx(2.0, abs=0.01)


@pytest.mark.parametrize("kind", ["rest", "mvic", "task", "gait"])
def test_clean_signals_raise_nothing(kind):
    rng = np.random.default_rng(2)
    for _ in range(25):
        samples, rate = clean(kind, rng)
        channel = view(samples, rate, kind)
        assert Motion().look(channel) + Artifact().look(channel) == ()


def test_offset_and_drift_are_no_movement():
    samples, rate = clean("task", np.random.default_rng(3), 20.0)
    drift = 1e-2 + 5e-3 * np.linspace(0, 1, samples.size) + 1e-3 * np.sin(np.arange(samples.size) / rate)
    channel = view(samples + drift, rate)
    assert Motion().look(channel) + Artifact().look(channel) == ()


def test_where_the_device_has_filtered_nothing_is_said():
    rng = np.random.default_rng(4)
    samples, rate = clean("task", rng)
    shaken = moved(samples, rate, rng, 6.0)
    said = [
        Motion().look(view(shaken, rate, acquisition=Acquisition(hardware_filters=words)))
        for words in ("10-500 Hz", "20-450 Hz")
    ]
    assert [bool(one) for one in said] == [True, False]


def test_the_heart_is_no_movement():
    rng = np.random.default_rng(5)
    samples = faults.ecg(3e-6 * rng.standard_normal(40_000), 2000.0, rng, amplitude=150e-6)
    channel = view(samples, 2000.0, "rest")
    assert channel.beats is not None
    assert Motion().look(channel) + Artifact().look(channel) == ()


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    role=st.sampled_from(["mvic", "task"]),
    shape=st.sampled_from(["spike", "step"]),
    sign=st.sampled_from([-1, 1]),
)
def test_spikes_and_steps_are_found_where_they_are(seed, role, shape, sign):
    rng = np.random.default_rng(seed)
    samples, rate = clean(role, rng, 10.0)
    at = int(rng.integers(samples.size // 10, samples.size * 9 // 10))
    stop, times = (at + max(int(0.002 * rate), 1), 25.0) if shape == "spike" else (samples.size, 12.0)
    samples[at:stop] += sign * times * max(loudest(samples), 4e-5)
    (finding,) = Artifact().look(view(samples, rate, role))
    assert (finding.kind, finding.level) == ("artifact", "warn")
    assert finding.start - 0.05 < at / rate < finding.stop + 0.05
    assert shape in finding.reason


def test_a_gap_and_what_lies_beside_it_are_no_artifact():
    samples, rate = clean("task", np.random.default_rng(6))
    samples[4_000:] += 5e-3  # the offset moved while nothing was recorded
    samples[3_990:4_000] = np.nan
    assert Artifact().look(view(samples, rate)) == ()


def test_a_signal_full_of_spikes_is_a_note():
    samples = 1e-6 * np.random.default_rng(7).standard_normal(20_000)
    samples[100::400] += 1e-3
    assert levels(Artifact().look(view(samples, 2000.0))) == {"artifact": "note"}


@pytest.mark.parametrize("rate", [100.0, 2000.0])
@pytest.mark.parametrize("size", [0, 1, 10, 63, 700])
def test_short_and_odd_signals_are_survived(size, rate):
    rng = np.random.default_rng(8)
    for samples in (
        rng.standard_normal(size),
        np.full(size, np.nan),
        np.zeros(size),
        1e120 * rng.standard_normal(size),
    ):
        channel = view(samples, rate)
        Motion().look(channel)
        Artifact().look(channel)


@pytest.mark.parametrize(
    ("words", "edge"),
    [
        ("", None),
        ("HP:20Hz LP:450Hz", 20.0),
        ("HP:0.1Hz LP:75Hz N:60Hz", 0.1),
        ("band-pass 10 - 500 Hz", 10.0),
        ("20\u2013450 Hz", 20.0),
        ("LP: 500 Hz; high-pass 30 Hz", 30.0),
        ("0.02 to 1 kHz", 0.02),
        ("notch 48-52 Hz", None),
        ("LP:   NaN Hz; HP:   NaN Hz; Notch: NaN; Lowpass: 500 Hz", None),
    ],
)
def test_the_words_about_filters_are_understood(words, edge):
    assert hardware_highpass(Acquisition(hardware_filters=words)) == edge
