"""Mains, rest noise, loose electrodes, rails, units and rates: found at a gross dose, silent on clean signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.model import Acquisition
from emgpipe.quality import CHECKS, ChannelView, look_at_channel
from emgpipe.quality.channel.clipping import Clipping
from emgpipe.quality.channel.mains import Mains
from emgpipe.quality.channel.rest_noise import RestNoise
from emgpipe.simulate.faults import mains
from tests.quality.signals import RATES, clean, filtered, found

MINE = {
    "sampling_rate_suspected", "clipped", "flat_stretch", "signal_gaps", "packet_loss", "mains", "unit_suspected",
    "no_activity", "rest_noise", "rest_not_quiet", "looks_rectified", "looks_enveloped",
}  # fmt: skip
ROLES = ["rest", "mvic", "task"]
CHECKED = [check for check in CHECKS if set(check.finds) & MINE]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), role=st.sampled_from(ROLES), rate=st.sampled_from(RATES))
def test_clean_signals_raise_no_alarm(seed, role, rate):
    alarms = {kind for kind, level in found(clean(role, seed, rate), role, rate).items() if level != "note"}
    assert not alarms & MINE


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from(RATES),
    frequency=st.sampled_from([50.0, 60.0, 49.95, 60.04]),
    role=st.sampled_from(["rest", "task"]),
)
def test_mains_of_100_uv_are_found(seed, rate, frequency, role):
    samples = mains(clean(role, seed, rate), rate, np.random.default_rng(seed), amplitude=100e-6, frequency=frequency)
    assert found(samples, role, rate)["mains"] in {"warn", "fail"}


def test_mains_in_an_mvic_are_judged_by_their_share():
    samples = clean("mvic", 4)
    loud = np.std(samples[4000:20_000])
    shares = {0.2: "warn", 0.7: "fail"}
    for share, level in shares.items():
        amplitude = np.sqrt(2 * share / (1 - share)) * loud
        assert found(mains(samples, 2000.0, np.random.default_rng(1), amplitude=amplitude), "mvic")["mains"] == level


def test_mains_the_chain_takes_out_are_a_note():
    samples = clean("task", 2)
    disturbed = mains(samples, 2000.0, np.random.default_rng(1), amplitude=2e-3)
    view = ChannelView("c", disturbed, 2000.0, role="task", filtered=filtered(samples, 2000.0))
    (one,) = Mains().look(view)
    assert (one.level, one.stage) == ("note", "")
    assert "the chain takes it out" in one.reason
    (left,) = Mains().look(ChannelView("c", disturbed, 2000.0, role="task", filtered=filtered(disturbed, 2000.0)))
    assert (left.level, left.stage) == ("fail", "filtered")


def test_only_the_stated_frequency_is_mains():
    samples = mains(clean("task", 2), 2000.0, np.random.default_rng(1), amplitude=2e-3, frequency=60.0)
    assert "mains" not in found(samples, "task", acquisition=Acquisition(mains_frequency=50.0))
    assert found(samples, "task", acquisition=Acquisition(mains_frequency=60.0))["mains"] == "fail"
    view = ChannelView("c", samples, 2000.0, role="task")
    assert Mains(frequency=50.0).look(view) == ()


def test_harmonics_without_their_fundamental_are_mains():
    samples, times = clean("task", 2), np.arange(24_000) / 2000
    family = sum(np.sin(2 * np.pi * f * times) for f in (150, 250, 350))
    assert found(samples + 50e-6 * family, "task")["mains"] in {"warn", "fail"}
    assert "mains" not in found(samples + 50e-6 * np.sin(2 * np.pi * 150 * times), "task")


@pytest.mark.parametrize(("rms", "level"), [(3e-6, None), (10e-6, "note"), (30e-6, "warn")])
def test_rest_noise(rms, level):
    samples = clean("rest", 6)
    samples *= rms / np.std(filtered(samples, 2000.0))
    assert found(samples, "rest").get("rest_noise") == level
    assert "rest_noise" not in found(samples, "task")


def test_a_movement_in_the_rest_is_no_noise():
    samples = clean("rest", 6) * 0.5
    samples[8000:12_000] += clean("mvic", 1)[8000:12_000]
    kinds = found(samples, "rest")
    assert kinds["rest_not_quiet"] == "warn"
    assert kinds.get("rest_noise") != "warn"


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    role=st.sampled_from(["mvic", "task"]),
    noise=st.floats(5e-7, 4e-6),
    hum=st.sampled_from([0.0, 5e-6, 500e-6]),
)
def test_a_loose_electrode_is_found(seed, role, noise, hum):
    rng = np.random.default_rng(seed)
    samples = mains(noise * rng.standard_normal(24_000), 2000.0, rng, amplitude=hum)
    kinds = found(samples, role)
    assert "no_activity" in kinds or kinds["mains"] == "fail"
    if role == "mvic":
        assert "fail" in kinds.values()


def test_a_converter_without_a_signal():
    samples = np.round(0.4 * np.random.default_rng(1).standard_normal(24_000)) * 40e-6
    assert found(samples, "mvic")["no_activity"] == "fail"
    times = np.arange(24_000) / 2000
    assert "no_activity" not in found(np.round(1e-4 * np.sin(2 * np.pi * 200 * times), 9), "mvic")


def test_a_stated_rail_needs_one_plateau():
    samples = clean("mvic", 4)
    peak = float(np.sort(np.abs(samples))[-3])
    clipped = np.clip(samples, -peak, peak)
    clipped[5000:5003] = peak
    view = ChannelView("c", clipped, 2000.0, acquisition=Acquisition(rail=peak))
    (one,) = Clipping().look(view)
    assert one.level == "warn"
    assert "clipped" not in found(clipped, "mvic")
    assert "clipped" not in found(clipped, "mvic", acquisition=Acquisition(rail=peak / 2))  # a wrong statement


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
def test_a_wrong_unit_is_found_in_every_role(role, factor):
    for seed in range(5):
        kinds = found(clean(role, seed) * factor, role)
        assert kinds["unit_suspected"] == "warn"
        assert "no_activity" not in kinds  # a study all in one wrong unit has right ratios


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([2000.0, 2048.0]),
    factor=st.sampled_from([0.5, 2.0, 1.024, 0.75]),
    frequency=st.sampled_from([50.0, 60.0]),
)
def test_a_wrong_rate_is_told_by_the_mains(seed, rate, factor, frequency):
    samples = mains(clean("rest", seed, rate), rate, np.random.default_rng(seed), frequency=frequency)
    assert "sampling_rate_suspected" not in found(samples, "rest", rate)
    assert found(samples, "rest", rate * factor)["sampling_rate_suspected"] == "warn"


def test_the_ripple_of_a_rectifier_is_no_wrong_rate():
    samples, times = clean("rest", 2), np.arange(24_000) / 2000
    ripple = sum(amplitude * np.sin(2 * np.pi * f * times) for f, amplitude in ((100, 2e-5), (200, 1e-5), (300, 5e-6)))
    assert "sampling_rate_suspected" not in found(samples + ripple, "rest")


def test_the_study_file_changes_thresholds():
    samples = clean("rest", 6)
    view = ChannelView("c", samples, 2000.0, role="rest", filtered=filtered(samples, 2000.0))
    assert [one.level for one in RestNoise(note_above=0.01, warn_above=0.1).look(view)] == ["warn"]
    assert RestNoise(note_above=50, warn_above=60).look(view) == ()
    assert "0.3" in Clipping(fail_above=0.003).describe()


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0), np.ones(1), np.arange(10.0), np.full(4000, np.nan), np.full(4000, 5.0), np.r_[np.ones(4000), 2.0],
        np.r_[np.zeros(2000), np.full(2000, np.nan), 1.0], np.tile([1e300, -1e300], 2000), np.full(4000, np.inf),
        np.tile([1e-300, 0.0], 2000), np.r_[np.zeros(3999), 1e150],
    ],
)  # fmt: skip
def test_degenerate_signals_are_survived(samples, role):
    for rate in (100.0, 2000.0):
        for band in (None, samples):
            stated = Acquisition(rail=1.0, mains_frequency=50.0)
            view = ChannelView("c", samples, rate, role=role, filtered=band, acquisition=stated)
            look_at_channel([check() for check in CHECKED], view)
