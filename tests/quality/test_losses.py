"""What a radio loses: packets repeated or held, and gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.quality.packets import lost_packets
from tests.quality.signals import RATES, clean, found, steps

ROLES = ["rest", "mvic", "task"]


def with_lost_packets(samples, share, length, seed, how):
    """Lose packets of one length at random; in their place the packet before, or its last value."""
    result = samples.copy()
    count = max(round(share * samples.size / length), 1)
    for number in np.sort(np.random.default_rng(seed).choice(samples.size // length - 2, count, replace=False) + 1):
        start = number * length
        result[start : start + length] = result[start - length : start] if how == "repeated" else result[start - 1]
    return result


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    role=st.sampled_from(ROLES),
    rate=st.sampled_from(RATES),
    length=st.integers(14, 40),
    how=st.sampled_from(["repeated", "held"]),
)
def test_lost_packets_are_found_with_their_share(seed, role, rate, length, how):
    samples = with_lost_packets(clean(role, seed, rate), 0.05, length, seed, how)
    blocks = lost_packets(samples, rate, 10)
    lost = sum(stop - start for start, stop in blocks) / samples.size
    assert lost == pytest.approx(0.05, abs=0.015)
    assert found(samples, role, rate)["packet_loss"] == "warn"


@pytest.mark.parametrize("role", ROLES)
def test_one_lost_packet_is_a_note(role):
    samples = clean(role, 5)
    samples[9000:9030] = samples[8970:9000]
    assert found(samples, role)["packet_loss"] == "note"


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000), role=st.sampled_from(ROLES), rate=st.sampled_from(RATES), step=st.floats(1e-7, 1e-5)
)
def test_a_coarse_converter_loses_nothing(seed, role, rate, step):
    assert lost_packets(steps(clean(role, seed, rate), step), rate, 10) == ()


def test_a_periodic_signal_loses_nothing():
    times = np.arange(20_000) / 1000
    assert lost_packets(np.round(np.sin(2 * np.pi * 50 * times), 6), 1000.0, 10) == ()


@pytest.mark.parametrize(
    "samples", [np.zeros(0), np.ones(100), np.full(500, np.nan), np.arange(9.0), np.r_[1e300, -1e300]]
)
def test_packets_of_nothing(samples):
    assert lost_packets(samples, 1000.0, 10) == ()


@pytest.mark.parametrize(
    ("gap", "level"), [(slice(4000, 4150), None), (slice(4000, 4300), "warn"), (slice(4000, 18_000), "fail")]
)
def test_gaps_by_length_and_share(gap, level):
    samples = clean("mvic", 3)
    samples[gap] = np.nan
    assert found(samples, "mvic").get("signal_gaps") == level


def test_many_single_missing_samples_are_worth_a_look():
    samples = clean("task", 3)
    samples[::50] = np.nan
    assert found(samples, "task")["signal_gaps"] == "warn"


@pytest.mark.parametrize(("seconds", "level"), [(0.06, "warn"), (1.0, "warn"), (4.0, "fail")])
def test_held_stretches_by_their_share(seconds, level):
    samples = clean("task", 8)
    samples[7000 : 7000 + round(seconds * 2000)] = 0.0
    assert found(samples, "task")["flat_stretch"] == level
