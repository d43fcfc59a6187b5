"""Signals that channels have in common."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.quality.trial.crosstalk import CrossTalk
from emgpipe.quality.trial.identical import Identical
from emgpipe.quality.views import TrialView
from emgpipe.simulate import faults
from emgpipe.simulate.emg import Spectrum, simulate_emg
from tests.quality.clean_signals import activation, trial, view


def independent(
    kind: str, rng: np.random.Generator, count: int = 4, seconds: float = 6.0
) -> tuple[list[np.ndarray], float]:
    """Return channels of independent EMG that work at the same times."""
    rate = float(rng.choice([1000.0, 2000.0, 2148.148]))
    course = activation(kind, round(seconds * rate), rate, rng)
    return [
        simulate_emg(course * rng.uniform(0.2, 1), rate, rng, Spectrum(rng.uniform(30, 80), rng.uniform(80, 200)))
        + rng.uniform(1e-6, 8e-6) * rng.standard_normal(course.size)
        for _ in range(count)
    ], rate


def found(signals: list[np.ndarray], rate: float, role: str) -> dict[str, tuple[str, str]]:
    seen = trial(signals, rate, role)
    return {one.channel: (one.kind, one.level) for one in (*Identical().look(seen), *CrossTalk().look(seen))}


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["rest", "mvic", "task", "gait"]))
def test_independent_channels_share_nothing(seed, kind):
    rng = np.random.default_rng(seed)
    assert found(*independent(kind, rng, 6), kind) == {}


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["rest", "mvic", "task"]))
def test_mains_heart_and_jerks_in_all_channels_are_no_crosstalk(seed, kind):
    rng = np.random.default_rng(seed)
    signals, rate = independent(kind, rng)
    nothing = np.zeros_like(signals[0])
    hum = faults.mains(nothing, rate, rng, amplitude=rng.uniform(2e-5, 5e-4))
    body = faults.motion(faults.ecg(nothing, rate, rng, amplitude=rng.uniform(2e-5, 2e-4)), rate, rng)
    signals = [samples + hum * rng.uniform(0.5, 1) + body * rng.uniform(0.5, 1) for samples in signals]
    assert found(signals, rate, kind) == {}


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(["mvic", "task"]), lag=st.integers(0, 8))
def test_crosstalk_is_found_on_both_neighbors_and_on_nobody_else(seed, kind, lag):
    rng = np.random.default_rng(seed)
    signals, rate = independent(kind, rng)
    first, second = (samples / samples.std() * 1e-4 for samples in signals[:2])
    signals[0], signals[1] = first, second + np.roll(first, lag)
    assert found(signals, rate, kind) == {"C0": ("crosstalk", "warn"), "C1": ("crosstalk", "warn")}


def test_a_loud_channel_keeps_its_name():
    signals, rate = independent("task", np.random.default_rng(1), seconds=15.0)
    loud = signals[0] / signals[0].std()
    signals[0], signals[1] = 1e-3 * loud, 2e-5 * (signals[1] / signals[1].std() + 1.5 * loud)
    assert found(signals, rate, "task") == {"C1": ("crosstalk", "warn")}


def test_what_all_channels_share_is_a_bad_reference_electrode():
    rng = np.random.default_rng(2)
    signals, rate = independent("task", rng, 5)
    common = rng.standard_normal(signals[0].size)
    signals = [samples + 3.0 * samples.std() * common for samples in signals]
    assert set(found(signals, rate, "task").values()) == {("common_signal", "warn")}


@settings(deadline=None, max_examples=12)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(["rest", "mvic", "task"]),
    scale=st.sampled_from([1.0, -1.0, 1000.0, -0.3]),
    step=st.sampled_from([0.0, 1e-7]),
)
def test_copies_are_found_whatever_their_sign_scale_and_offset(seed, kind, scale, step):
    signals, rate = independent(kind, np.random.default_rng(seed))
    copy = np.round(signals[0] / step) * step if step else signals[0].copy()
    signals[2] = scale * copy + 1e-3
    same = ("identical_channels", "fail")
    assert found(signals, rate, kind) == {"C0": same, "C2": same}


def test_both_findings_name_both_channels():
    signals, rate = independent("task", np.random.default_rng(3), 3)
    first, second = Identical().look(trial([*signals[:2], signals[0]], rate))
    assert {first.channel, second.channel} == {"C0", "C2"}
    assert all("'C0'" in one.reason and "'C2'" in one.reason for one in (first, second))
    assert "every sample" in first.reason


def test_channels_that_are_not_used_are_not_blamed_for_each_other():
    signals, rate = independent("mvic", np.random.default_rng(4), 2)
    mixed = [signals[0], signals[1] / signals[1].std() * signals[0].std() + signals[0]]
    views = tuple(view(one, rate, "mvic", f"C{i}", is_target=False) for i, one in enumerate(mixed))
    assert CrossTalk().look(TrialView(views)) == ()


def test_channels_of_other_rates_starts_and_gaps_are_survived():
    rng = np.random.default_rng(5)
    (first, second), rate = independent("task", rng, 2)
    copy = first[int(rate) :].copy()
    copy[100:400] = np.nan
    views = (
        view(first, rate, label="A"),
        view(copy, rate, label="B", start=1.0 + 0.0),
        view(second, rate / 2, label="C"),
        view(second[:50], rate * 3, label="D"),
        view(np.full(99, np.nan), rate, label="E"),
    )
    if float(rate).is_integer():
        assert {one.channel for one in Identical().look(TrialView(views))} == {"A", "B"}
    else:
        assert Identical().look(TrialView(views[2:])) == ()


@pytest.mark.parametrize("size", [0, 1, 10, 63, 900])
def test_short_and_odd_signals_are_survived(size):
    rng = np.random.default_rng(6)
    for samples in (rng.standard_normal(size), np.full(size, np.nan), 1e120 * rng.standard_normal(size), np.ones(size)):
        for rate in (100.0, 1000.0):
            seen = trial([samples, rng.standard_normal(size)], rate)
            CrossTalk().look(seen)
            Identical().look(seen)
    assert CrossTalk().look(TrialView(())) == ()
