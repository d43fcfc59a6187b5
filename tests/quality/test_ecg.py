"""The heart is found in rest and quiet parts, and nowhere it is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.quality.channel.ecg import Ecg
from emgpipe.simulate import faults
from tests.quality.clean_signals import activation, clean, levels, view


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), heart_rate=st.floats(45, 120), height=st.floats(50e-6, 300e-6))
def test_the_heart_is_found_in_rest_with_its_rate(seed, heart_rate, height):
    rng = np.random.default_rng(seed)
    samples, rate = clean("rest", rng, 10.0)
    samples = faults.ecg(samples, rate, rng, amplitude=height, heart_rate=heart_rate)
    (finding,) = Ecg().look(view(samples, rate, "rest"))
    assert finding.kind == "ecg"
    said = float(finding.reason.split(":")[1].split()[0])
    assert said == pytest.approx(heart_rate, rel=0.06)
    assert 0.0 < finding.value < 1.0


def test_how_grave_it_is_depends_on_its_share_of_the_power():
    rng = np.random.default_rng(1)
    rest = 3e-6 * rng.standard_normal(20_000)
    found = [Ecg().look(view(faults.ecg(rest, 2000.0, rng, amplitude=r), 2000.0, "rest")) for r in (10e-6, 100e-6)]
    assert [levels(one) for one in found] == [{"ecg": "note"}, {"ecg": "warn"}]
    assert found[0][0].value < 0.1 < found[1][0].value
    assert "highpass" in found[1][0].remedy


def test_it_is_found_behind_a_highpass_of_20_hz():
    from scipy import signal

    rng = np.random.default_rng(2)
    samples = faults.ecg(3e-6 * rng.standard_normal(20_000), 2000.0, rng, amplitude=100e-6)
    sos = signal.butter(4, 20, "highpass", fs=2000.0, output="sos")
    assert levels(Ecg().look(view(signal.sosfilt(sos, samples), 2000.0, "rest"))) == {"ecg": "warn"}


def test_the_share_is_that_of_the_filtered_signal():
    rng = np.random.default_rng(3)
    rest = 3e-6 * rng.standard_normal(20_000)
    samples = faults.ecg(rest, 2000.0, rng, amplitude=100e-6)
    (cleaned,) = Ecg().look(view(samples, 2000.0, "rest", filtered=rest))
    assert (cleaned.level, round(cleaned.value, 2)) == ("note", 0.0)


@pytest.mark.parametrize("kind", ["rest", "mvic", "task", "gait"])
def test_clean_signals_have_no_heart(kind):
    rng = np.random.default_rng(4)
    for _ in range(40):
        samples, rate = clean(kind, rng)
        assert Ecg().look(view(samples, rate, kind)) == ()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), fundamental=st.sampled_from([50.0, 60.0]))
def test_mains_is_no_heart(seed, fundamental):
    rng = np.random.default_rng(seed)
    samples, rate = clean("rest", rng)
    assert Ecg().look(view(faults.mains(samples, rate, rng, amplitude=1e-4, frequency=fundamental), rate, "rest")) == ()


def test_narrow_bursts_at_the_pace_of_a_heart_are_no_heart():
    rng = np.random.default_rng(5)
    for _ in range(20):
        times = np.arange(40_000) / 2000.0
        bursts = np.exp(-0.5 * np.square(((times % 1.0) - 0.5) / 0.04))
        samples = rng.standard_normal(times.size) * (3e-6 + 1e-4 * bursts)
        assert Ecg().look(view(samples, 2000.0)) == ()


def test_irregular_spikes_are_no_heart():
    rng = np.random.default_rng(6)
    samples = 3e-6 * rng.standard_normal(40_000)
    for at in np.cumsum(rng.exponential(0.8, 24) + 0.2):
        since = np.arange(samples.size) / 2000.0 - at
        samples += 1e-4 * np.exp(-0.5 * np.square(since / 0.011))
    assert Ecg().look(view(samples, 2000.0)) == ()


@pytest.mark.parametrize("size", [0, 1, 10, 63, 400])
def test_short_and_odd_signals_are_survived(size):
    rng = np.random.default_rng(7)
    for samples in (rng.standard_normal(size), np.full(size, np.nan), np.full(size, 1e120), np.zeros(size)):
        Ecg().look(view(samples, 100.0))
        Ecg(contrast=4.0).look(view(samples * np.arange(size), 2000.0))


def test_gaps_are_survived():
    rng = np.random.default_rng(8)
    samples = faults.ecg(3e-6 * rng.standard_normal(40_000), 2000.0, rng)
    samples[5_000:9_000] = np.nan
    samples[rng.integers(0, 40_000, 50)] = np.nan
    assert "ecg" in levels(Ecg().look(view(samples, 2000.0, "rest")))


def test_loud_parts_hide_the_heart():
    rng = np.random.default_rng(9)
    loud = activation("mvic", 12_000, 2000.0, rng) * rng.standard_normal(12_000)
    assert Ecg().look(view(faults.ecg(loud, 2000.0, rng, amplitude=50e-6), 2000.0, "mvic")) == ()
