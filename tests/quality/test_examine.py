"""Examine: the doubts of a whole recording, from as few samples as wanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.model import Channel, Recording, Source, channel_from_array, make_finding
from emgpipe.quality import examine
from emgpipe.readers import read
from emgpipe.simulate.emg import simulate_emg

RATE = 1000.0
NOISE = simulate_emg(np.full(300_000, 2e-5), RATE, np.random.default_rng(0))

ACCUSED = {
    "unit_suspected", "counts_as_volts", "looks_rectified", "looks_enveloped", "clipped", "slow_for_emg",
    "flat_stretch", "mains",
}  # fmt: skip
TRUE_DOUBTS = {
    # Amplifier gain is still in the samples: volts at the converter.
    "Gait.c3d": {"unit_suspected"},
    "HC002D06.c3d": {"unit_suspected"},
    # Inputs without electrodes (mains only) and force plates, stated in volts like EMG.
    "PiG_Motion3_FF.c3d": {"unit_suspected"},
    "Res16bits.c3d": {"unit_suspected", "mains"},
    "markers_analogs.c3d": {"unit_suspected", "looks_enveloped"},
    "analogs.csv": {"unit_suspected", "looks_enveloped"},
    # 60 and 180 Hz make 94 % of the power of one sensor.
    "truncated_trigno_sample.csv": {"mains"},
    # Placeholders: white noise of 0.05 to 0.3 uV.
    "sub-01": {"unit_suspected"},
    # A slow auxiliary channel without a unit or a name.
    "emg_1000_hz_16_bits.h5": {"slow_for_emg"},
    # EMG of the breath and a push button at 100 samples per second.
    "labchart_file": {"slow_for_emg"},
    # Chin EMG at one sample per second; processed envelopes; a rectified track; a rail at 1.5 mV.
    "short_psg.edf": {"slow_for_emg"},
    "short_psg.bdf": {"slow_for_emg"},
    "electromyography.sto": {"looks_enveloped"},
    "one_track.emt": {"looks_rectified"},
    "emg_fatigue.h5": {"clipped"},
}


def recording(*samples: np.ndarray, kind: str = "emg") -> Recording:
    channels = (channel_from_array(f"c{n}", values, RATE, kind=kind) for n, values in enumerate(samples))
    return Recording(tuple(channels), Source(Path("x.csv"), "test"))


def kinds(looked_at: Recording) -> list[tuple[str, str, str]]:
    return [(finding.channel, finding.kind, finding.level) for finding in looked_at.findings]


def test_findings_are_added_once():
    once = examine(recording(NOISE[:20_000], np.zeros(20_000), np.abs(NOISE[:20_000])))
    assert kinds(once) == [("c1", "constant_channel", "fail"), ("c2", "looks_rectified", "warn")]
    assert examine(once) == once


def test_at_most_the_wanted_seconds_are_read():
    asked: list[int] = []

    def load(start: int, stop: int) -> np.ndarray:
        asked.append(stop - start)
        return NOISE[start:stop]

    made = recording(NOISE)
    channel = replace(made.channels[0], load=load)
    examine(replace(made, channels=(channel,)), seconds=30.0)
    assert asked == [10_000, 10_000, 10_000]
    asked.clear()
    examine(replace(made, channels=(channel,)), seconds=None)
    assert asked == [300_000]


def test_pieces_are_not_joined_into_a_jump():
    assert kinds(examine(recording(NOISE + np.linspace(0, 1e-5, NOISE.size)), seconds=12.0)) == []


def test_a_part_without_signal_is_no_dead_channel():
    samples = NOISE.copy()
    samples[:10_000] = samples[145_000:155_000] = samples[-10_000:] = 0.0
    looked_at = examine(recording(samples), seconds=6.0)
    assert kinds(looked_at) == [("c0", "constant_channel", "warn")]
    assert "of the parts looked at" in looked_at.findings[0].reason


@pytest.mark.parametrize("kind", ["trigger", "force", "angle"])
def test_an_unused_channel_of_another_kind_is_a_note(kind):
    assert kinds(examine(recording(np.zeros(5000), kind=kind))) == [("c0", "constant_channel", "note")]


def test_processed_copies_are_expected_to_look_processed():
    made = recording(np.abs(NOISE[:20_000]))
    copy = replace(made.channels[0], copy_of="raw")
    assert kinds(examine(replace(made, channels=(copy,)))) == []


def test_short_recordings_are_survived():
    examine(recording(np.zeros(0), np.zeros(1), NOISE[:2], NOISE[:63]), seconds=0.001)


def test_real_recordings_are_accused_only_of_what_is_true(data_folder):
    for path in sorted(data_folder.rglob("*")):
        if not path.is_file() or "LICENSES" in path.parts:
            continue
        try:
            looked_at = examine(read(path))
        except ReadError:
            continue
        accused = {
            finding.kind for finding in looked_at.findings if finding.kind in ACCUSED and finding.level != "note"
        }
        known = next((doubt for name, doubt in TRUE_DOUBTS.items() if path.name.startswith(name)), set())
        assert accused <= known, path


def test_a_gap_the_reader_has_told_is_not_told_again():
    samples = NOISE[:20_000].copy()
    samples[5000:7000] = np.nan
    made = recording(samples, samples)
    assert [kind for _, kind, _ in kinds(examine(made))] == ["signal_gaps", "signal_gaps"]
    said = replace(made, findings=(make_finding("time_gaps", "warn", "2 s are missing", value=2.0, unit="s"),))
    assert [kind for _, kind, _ in kinds(examine(said))] == ["time_gaps"]
    other = replace(made, findings=(make_finding("time_gaps", "warn", "2 s", channel="c1", value=2.0, unit="s"),))
    assert kinds(examine(other)) == [("c1", "time_gaps", "warn"), ("c0", "signal_gaps", "warn")]
    less = replace(made, findings=(make_finding("time_gaps", "warn", "1 s is missing", value=1.0, unit="s"),))
    assert [kind for _, kind, _ in kinds(examine(less))] == ["time_gaps", "signal_gaps", "signal_gaps"]


def test_few_missing_samples_are_a_count_and_no_gap():
    samples = NOISE[:20_000].copy()
    samples[5000:5050] = np.nan
    assert kinds(examine(recording(samples))) == [("c0", "missing_samples", "note")]


def test_a_dropout_stands_at_its_time_on_the_recordings_clock():
    samples = NOISE.copy()
    samples[150_100:150_600] = 1e-5
    made = recording(samples)
    made = replace(made, channels=(replace(made.channels[0], start=3.0),))
    for seconds in (None, 30.0):
        (found,) = examine(made, seconds=seconds).findings
        assert (found.kind, found.start, found.stop) == ("flat_stretch", pytest.approx(153.1), pytest.approx(153.6))


def test_zeros_before_a_sensor_starts_are_a_note():
    samples = NOISE[:20_000].copy()
    samples[:137] = 0.0
    assert kinds(examine(recording(samples))) == [("c0", "flat_stretch", "note")]


def test_a_huge_channel_is_looked_at_in_pieces():
    asked: list[int] = []

    def load(start: int, stop: int) -> np.ndarray:
        asked.append(stop - start)
        return np.random.default_rng(start % 97).normal(scale=1e-4, size=stop - start)

    channel = Channel("EMG", 1e6, "V", "emg", 10**11, load)
    examine(Recording((channel,), Source(Path("huge.edf"), "edf")), seconds=None)
    assert 0 < sum(asked) <= 1 << 23
