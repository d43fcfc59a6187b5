"""Two recordings of one trial: the offset is found where it is known, and refused where it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.joining import JOINS, CommonChannel, SharedEvent, StatedOffset
from emgpipe.model import Event, Recording, Source, channel_from_array
from emgpipe.simulate import simulate_emg


def recording(name: str, *channels, events=()) -> Recording:
    return Recording(tuple(channels), Source(Path(name), "test"), tuple(events))


def wave(times: np.ndarray, seed: int = 1) -> np.ndarray:
    """A smooth curve that never repeats, the same at any rate."""
    rng = np.random.default_rng(seed)
    parts = rng.uniform(0.2, 8.0, (30, 1)), rng.uniform(0, 2 * np.pi, (30, 1))
    return np.sin(2 * np.pi * parts[0] * times + parts[1]).sum(axis=0)


def two(offset: float, rates=(2000.0, 148.148), seconds=(20.0, 15.0), noise=0.3):
    """Two recordings of one curve; the first's time is the second's time plus `offset`."""
    rng = np.random.default_rng(5)
    made = []
    for name, rate, length, begin in zip(("a", "b"), rates, seconds, (0.0, offset), strict=True):
        times = np.arange(round(length * rate)) / rate
        samples = wave(times + begin) + noise * rng.normal(size=times.size)
        made.append(recording(name, channel_from_array("Sync", samples, rate)))
    return made


@pytest.mark.parametrize("offset", [0.0, 2.34567, -1.2345, 4.9])
@pytest.mark.parametrize("rates", [(2000.0, 2000.0), (2000.0, 148.148), (100.0, 1925.926), (4000.0, 1000.0)])
def test_lag_is_found_to_a_fraction_of_a_sample(offset, rates):
    first, second = two(offset, rates)
    found = CommonChannel(channel="Sync").find(first, second, 0.0)
    assert found.offset == pytest.approx(offset, abs=2e-3)
    (said,) = found.findings
    assert (said.kind, said.level, said.unit) == ("joined", "note", "s")
    assert said.value == found.offset
    assert "correlation of 'Sync' and 'Sync' 0.9" in said.reason


@settings(max_examples=20, deadline=None)
@given(offset=st.floats(-5, 5), scale=st.floats(1e-6, 1e3), mean=st.floats(-5, 5), sign=st.sampled_from([-1.0, 1.0]))
def test_lag_does_not_mind_scale_mean_and_sign(offset, scale, mean, sign):
    first, second = two(offset, (500.0, 500.0))
    channel = second.channels[0]
    changed = channel_from_array("Other", sign * scale * channel.read() + mean * scale, channel.sampling_rate)
    join = CommonChannel(channel="Sync", second_channel="Other", inverted=sign < 0)
    assert join.find(first, recording("b", changed), 0.0).offset == pytest.approx(offset, abs=4e-3)
    other = CommonChannel(channel="Sync", second_channel="Other", inverted=sign > 0)
    assert other.find(first, recording("b", changed), 0.0).offset is None


def test_emg_recorded_by_both_devices_is_enough():
    emg = simulate_emg(np.full(20_000, 1e-4), 1000.0, np.random.default_rng(0))
    first = recording("a", channel_from_array("GMAX", emg, 1000.0))
    second = recording("b", replace(channel_from_array("EMG 1", emg[3210:15_000], 1000.0), start=1.0))
    found = CommonChannel(channel="GMAX", second_channel="EMG 1").find(first, second, 0.0)
    assert found.offset == pytest.approx(2.21, abs=1e-6)


def test_gaps_do_not_disturb():
    first, second = two(1.5, (1000.0, 1000.0))
    samples = second.channels[0].read().copy()
    samples[2000:4000] = np.nan
    found = CommonChannel(channel="Sync").find(first, recording("b", channel_from_array("Sync", samples, 1000.0)), 0.0)
    assert found.offset == pytest.approx(1.5, abs=2e-3)


def test_unlike_channels_are_not_joined():
    first, second = two(1.0)
    other = channel_from_array("Sync", wave(np.arange(2000) / 148.148, seed=9), 148.148)
    found = CommonChannel(channel="Sync").find(first, recording("b", other), 0.0)
    assert found.offset is None
    (said,) = found.findings
    assert (said.kind, said.level) == ("not_joined", "fail")
    assert "resemble each other too little" in said.reason
    assert "offset_2" in said.remedy
    assert CommonChannel(channel="Sync").find(first, recording("b"), 0.0).offset is None
    flat = channel_from_array("Sync", np.zeros(3000), 148.148)
    assert CommonChannel(channel="Sync").find(first, recording("b", flat), 0.0).offset is None
    assert "did you mean 'Sync'" in CommonChannel(channel="Snc").find(first, second, 0.0).findings[0].reason


def test_repetitions_that_resemble_each_other_are_doubtful():
    times = np.arange(10_000) / 500.0
    rng = np.random.default_rng(1)
    curve = np.sin(2 * np.pi * 0.4 * times) + 0.1 * rng.normal(size=times.size)
    first = recording("a", channel_from_array("angle", curve, 500.0))
    second = recording("b", channel_from_array("angle", curve[1000:9000], 500.0))
    found = CommonChannel(channel="angle").find(first, second, 0.0)
    assert found.offset is None  # nothing says which repetition is which
    assert "several lags of 'angle' and 'angle' fit nearly alike" in found.findings[0].reason
    rough = CommonChannel(channel="angle").find(first, second, 1.7)
    assert rough.offset == pytest.approx(2.0, abs=0.01)  # the stated offset decides, and that is said
    assert [one.kind for one in rough.findings] == ["joined", "lag_doubtful"]
    near = CommonChannel(channel="angle", within=1.0).find(first, second, 1.9)
    assert near.offset == pytest.approx(2.0, abs=0.01)
    assert [one.kind for one in near.findings] == ["joined"]


def test_a_lag_beyond_the_search_is_not_taken_from_its_edge():
    first, second = two(3.0, (500.0, 500.0))
    assert CommonChannel(channel="Sync", within=2.95).find(first, second, 0.0).offset is None
    assert CommonChannel(channel="Sync", within=3.1).find(first, second, 0.0).offset == pytest.approx(3.0, abs=2e-3)


@pytest.mark.parametrize("seed", range(12))
def test_a_short_overlap_does_not_win_by_chance(seed):
    """Slow curves of 12 s with much disturbance: the right lag, or none; never a wrong one."""
    rng = np.random.default_rng(seed)
    slow = np.convolve(rng.normal(size=6000), np.hanning(201) / 100, mode="same")[1000:]
    first = slow[500:1700] + 0.3 * slow.std() * rng.normal(size=1200)
    second = slow[700:1900] + 0.3 * slow.std() * rng.normal(size=1200)
    found = CommonChannel(channel="angle").find(
        recording("a", channel_from_array("angle", first, 100.0)),
        recording("b", channel_from_array("angle", second, 100.0)), 0.0,
    )  # fmt: skip
    assert found.offset is None or found.offset == pytest.approx(2.0, abs=0.25)
    if found.offset is not None:  # what is this slow is not known to 10 ms, and that is said
        assert "lag_imprecise" in [one.kind for one in found.findings]


def test_the_error_of_a_lag_is_what_it_says():
    """Errors of many joins against the standard error each of them claims."""
    ratios = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        curve = np.convolve(rng.normal(size=9000), np.hanning(41) / 20, mode="same")
        noise = [0.4 * np.convolve(rng.normal(size=3000), np.hanning(41) / 20, mode="same") for _ in range(2)]
        first = channel_from_array("s", curve[3000:6000] + noise[0], 100.0)
        second = channel_from_array("s", curve[3150:6150] + noise[1], 100.0)
        found = CommonChannel(channel="s").find(recording("a", first), recording("b", second), 0.0)
        claimed = float(found.findings[0].reason.split("error of the lag ")[1].split(" ms")[0]) / 1e3
        ratios.append((found.offset - 1.5) / claimed)
    assert 0.3 < np.sqrt(np.mean(np.square(ratios))) < 1.3


def test_clocks_that_part_are_said():
    times = np.arange(60_000) / 1000.0
    first = recording("a", channel_from_array("Sync", wave(times), 1000.0))
    second = recording("b", channel_from_array("Sync", wave(times * 1.001), 1000.0))  # 60 ms a minute
    found = CommonChannel(channel="Sync", minimum=0.2).find(first, second, 0.0)
    drift = next(one for one in found.findings if one.kind == "clock_drift")
    assert abs(drift.value) == pytest.approx(60, abs=8)
    assert drift.unit == "ms"


def events(*times: float, label: str = "sync") -> list[Event]:
    return [Event(label, one) for one in times]


@pytest.mark.parametrize(
    ("first", "second", "offset"),
    [
        ([3.0], [1.0], 2.0),
        ([1.0, 4.0, 9.0], [0.5, 3.5, 8.5], 0.5),
        ([1.0, 4.0, 9.0], [3.501, 8.499], 0.5),  # the second device was started after the first event
        ([4.0, 9.0], [0.5, 3.5, 8.5], 0.5),
    ],
)
def test_events_are_laid_on_each_other(first, second, offset):
    found = SharedEvent(label="sync").find(
        recording("a", events=[*events(*first), Event("other", 0.1)]), recording("b", events=events(*second)), 0.0
    )
    assert found.offset == pytest.approx(offset, abs=2e-3)
    assert found.findings[0].kind == "joined"
    assert "events 'sync' lie together" in found.findings[0].reason


@pytest.mark.parametrize("stated", [5.0, 5.2, -3.1])
def test_a_steady_pulse_fits_everywhere_and_the_stated_offset_decides(stated):
    pulses = np.arange(20.0)
    first, second = recording("a", events=events(*pulses)), recording("b", events=events(*(pulses + 0.4)))
    assert SharedEvent(label="sync").find(first, second, 0.0).offset is None
    found = SharedEvent(label="sync").find(first, second, stated)
    assert found.offset == pytest.approx(round(stated + 0.4) - 0.4)
    assert "the one nearest to the stated" in found.findings[0].reason
    assert SharedEvent(label="sync", within=0.5).find(first, second, stated).offset == pytest.approx(found.offset)


@pytest.mark.parametrize(("first", "second"), [([1.0], [1.0, 2.0]), ([1.0, 2.0, 3.0], [5.0, 6.0]), ([1.0], [])])
def test_events_that_fit_in_several_ways_are_refused(first, second):
    found = SharedEvent(label="sync").find(
        recording("a", events=events(*first)), recording("b", events=events(*second)), 0.0
    )
    assert found.offset is None
    assert found.findings[0].level == "fail"


def test_a_trigger_channel_against_a_marker():
    pulses = np.zeros(10_000)
    for begin in (1500, 4200, 8000):
        pulses[begin : begin + 50] = 5.0
    first = recording("a", channel_from_array("Trigger", pulses, 1000.0, kind="trigger"))
    second = recording("b", events=events(0.25, 2.95, 6.75, label="TTL"))
    found = SharedEvent(label="Trigger", second_label="TTL").find(first, second, 0.0)
    assert found.offset == pytest.approx(1.25)
    assert "no event or trigger 'Triger'; did you mean 'Trigger'?" in (
        SharedEvent(label="Triger").find(first, second, 0.0).findings[0].reason
    )


def test_event_clocks_that_part_are_said():
    found = SharedEvent(label="sync").find(
        recording("a", events=events(1.0, 30.0, 61.0)), recording("b", events=events(1.0, 30.008, 61.016)), 0.0
    )
    assert found.findings[-1].kind == "clock_drift"
    assert found.findings[-1].value == pytest.approx(-16)


def test_many_events_take_no_time():
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.uniform(0.2, 0.9, 2000))
    found = SharedEvent(label="sync").find(
        recording("a", events=events(*times)), recording("b", events=events(*(times[3:] - 7.5))), 0.0
    )
    assert found.offset == pytest.approx(7.5)


def test_stated_offset_is_taken_as_it_is():
    assert StatedOffset().find(recording("a"), recording("b"), 1.25).offset == 1.25


@pytest.mark.parametrize("join", JOINS)
def test_catalogue(join):
    assert join.__doc__
    assert join.model_fields["kind"].default
