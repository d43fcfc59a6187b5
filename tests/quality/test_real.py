"""What the checks find in recordings of other laboratories, and what these recordings taught them.

docs/real-recordings.md judges each of these findings: after a change here, look at the plots of
`python -m benchmarks.real_checks --plot FOLDER` and write the judgment there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_checks import grave, kinds, looked_at
from emgpipe.quality import DEFAULT_CHECKS, ChannelView, TrialView, look_at_channel, look_at_trial
from emgpipe.simulate.emg import simulate_emg

HIGH_DENSITY = "bids/emg_ConcurrentIndependentUnits/sub-01/emg/sub-01_task-jumping_recording-highDensity_emg.edf"
EXPECTED = {
    "bids/emg_ConcurrentIndependentUnits/sub-01/emg/sub-01_task-jumping_recording-bipolar_emg.edf": {
        "unit_suspected": 1
    },
    HIGH_DENSITY: {"unit_suspected": 128},
    "bids/emg_CustomBipolar/sub-01/emg/sub-01_task-holdWeight_emg.edf": {"unit_suspected": 1},
    "bids/emg_CustomBipolarFace/sub-01/emg/sub-01_task-talking_emg.edf": {"unit_suspected": 6},
    "bids/emg_IndependentMod/sub-01/emg/sub-01_task-grasping_emg.edf": {"unit_suspected": 6},
    "bids/emg_MultiBodyParts/sub-01/emg/sub-01_task-mechPerturbations_emg.edf": {"unit_suspected": 2},
    "bids/emg_TwoWristbands/sub-01/emg/sub-01_task-typing_emg.edf": {"unit_suspected": 32},
    "bts_emt/one_track.emt": {"looks_rectified": 1},
    "bts_emt/two_tracks.emt": {},
    "c3d/1123x01EMG.c3d": {},
    "c3d/Gait.c3d": {"artifact": 1, "motion": 1, "unit_suspected": 16},
    "c3d/HC002D06.c3d": {"unit_suspected": 4},
    "c3d/PiG_Motion3_FF.c3d": {"artifact": 1, "unit_suspected": 15},
    "c3d/Res16bits.c3d": {"artifact": 1, "mains": 35, "unit_suspected": 26},
    "c3d/markers_analogs.c3d": {"constant_channel": 19, "looks_enveloped": 2, "motion": 4, "unit_suspected": 4},
    "csv_generic/emg.csv": {},
    "delsys_emgworks_csv/truncated_trigno_sample.csv": {"mains": 1},
    "edf_bdf/short_psg.bdf": {"slow_for_emg": 1},
    "edf_bdf/short_psg.edf": {"slow_for_emg": 1},
    "labchart_txt/labchart_file.example.txt": {"signal_gaps": 2, "slow_for_emg": 2},
    "motionanalysis_anc/Gait.anc": {"artifact": 1, "motion": 1},
    "myo_csv/R_0_C_0_EMG.csv": {"crosstalk": 3},
    "opensignals_h5/emg_1000_hz_16_bits.h5": {},
    "opensignals_h5/emg_bursts.h5": {},
    "opensignals_h5/emg_fatigue.h5": {"clipped": 1},
    "opensignals_txt/signal_sample_single_hub_RAW_2018_7_4.txt": {"looks_enveloped": 3},
    "opensim_sto/electromyography.sto": {"looks_enveloped": 10},
    "rdata/ID0012_TW_01_emg.derived.csv": {"motion": 1},
    "txt_biosppy/emg.txt": {},
    "vicon_csv/analogs.csv": {"constant_channel": 19, "looks_enveloped": 2, "motion": 4, "unit_suspected": 4},
    "wfdb/emg_healthy.hea": {"motion": 1},
}
"""Channels by recording and kind of finding, warn or fail, where the role of the recording is not known."""

RATE = 1000.0


def emg(seed: int, seconds: float = 10.0, rms: float = 100e-6) -> np.ndarray:
    return simulate_emg(np.full(round(seconds * RATE), rms), RATE, np.random.default_rng(seed))


def levels(samples: np.ndarray, rate: float = RATE) -> dict[str, str]:
    found = look_at_channel(DEFAULT_CHECKS, ChannelView(label="c", raw=samples, sampling_rate=rate, role="task"))
    return {one.kind: one.level for one in found}


def test_the_findings_of_real_recordings_are_those_that_were_judged(data_folder: Path):
    found, said = {}, {}
    for looked in looked_at(data_folder):
        found[looked.name] = {kind: len(places) for kind, places in kinds(looked.found).items()}
        raw = {kind: len(places) for kind, places in kinds(looked.found_raw).items()}
        assert raw == found[looked.name], f"{looked.name}: the chain changes what is found"
        said[looked.name] = grave(looked.found)
    assert found == EXPECTED
    assert all(one.reason and one.remedy for several in said.values() for one in several)


def test_envelopes_of_muscles_that_work_together_have_no_crosstalk():
    times = np.arange(round(10 * RATE)) / RATE
    bumps = [np.clip(np.sin(2 * np.pi * (times - 0.01 * n)), 0, None) ** 2 for n in range(4)]
    channels = [
        ChannelView(label=f"c{n}", raw=1e-4 * bump, sampling_rate=RATE, muscle=f"m{n}", role="task")
        for n, bump in enumerate(bumps)
    ]
    found = {one.kind for one in look_at_trial(DEFAULT_CHECKS, TrialView(tuple(channels)))}
    assert "looks_enveloped" in found
    assert not found & {"crosstalk", "common_signal"}


def test_raw_channels_beside_envelopes_keep_their_crosstalk():
    first, envelope = emg(0), np.full(round(10 * RATE), 1e-4)
    envelope *= 1 + np.sin(np.arange(envelope.size) / RATE)
    second = 0.8 * first + 0.6 * emg(1)
    channels = [
        ChannelView(label=f"c{n}", raw=raw, sampling_rate=RATE, muscle=f"m{n}", role="task")
        for n, raw in enumerate((first, second, envelope))
    ]
    found = kinds(look_at_trial(DEFAULT_CHECKS, TrialView(tuple(channels))))
    assert found["crosstalk"] == ("c0", "c1")


def test_tones_of_a_device_in_two_channels_are_no_crosstalk():
    times = np.arange(round(10 * RATE)) / RATE
    tones = 150e-6 * (np.sin(2 * np.pi * 77 * times) + np.sin(2 * np.pi * 231 * times))
    channels = [
        ChannelView(label=f"c{n}", raw=emg(n) + tones, sampling_rate=RATE, muscle=f"m{n}", role="task") for n in (7, 8)
    ]
    assert "crosstalk" not in kinds(look_at_trial(DEFAULT_CHECKS, TrialView(tuple(channels))), "note")


@pytest.mark.parametrize("seed", range(9, 15))
def test_bursts_of_walking_are_no_steps(seed: int):
    samples = emg(seed, rms=5e-6)
    for number, start in enumerate(range(1000, 9000, 1100)):
        burst = emg(100 * seed + number, 0.2, 5e-6) * np.hanning(200)
        samples[start : start + 200] += (60 if number == 3 else 40) * burst
    assert "artifact" not in levels(samples)
    samples[4700:] += 3e-3
    assert levels(samples)["artifact"] == "warn"


def test_a_force_plate_may_be_no_emg():
    times = np.arange(round(10 * RATE)) / RATE
    slow = 1e-2 * np.sin(2 * np.pi * 3 * times) + emg(10)
    view = ChannelView(label="c", raw=slow, sampling_rate=RATE)
    found = {one.kind: one for one in look_at_channel(DEFAULT_CHECKS, view)}
    assert "or this is no EMG" in found["motion"].reason


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("at_end", [False, True])
def test_what_the_device_fills_up_is_no_lost_packet(before: int, at_end: bool):
    samples = np.round(emg(2) / 1e-6) * 1e-6
    samples[before : before + 45] = 2e-6
    assert levels(samples[::-1] if at_end else samples).get("packet_loss") == "note"


def test_a_packet_lost_later_on_still_counts():
    samples = np.round(emg(3) / 1e-6) * 1e-6
    samples[:45] = 2e-6
    for start in range(1000, 9000, 1000):
        samples[start : start + 40] = samples[start - 40 : start]
    assert levels(samples)["packet_loss"] == "warn"


@pytest.mark.parametrize(("intervals", "level"), [((0.11,), "note"), ((0.11, 0.3, 0.06, 0.7), "warn")])
def test_spikes_as_regular_as_a_motor_unit_are_a_note(intervals: tuple[float, ...], level: str):
    samples = emg(4, rms=20e-6)
    times = 2.0 + np.concatenate(([0.0], np.cumsum(np.resize(intervals, 5))))
    for time in times:
        at = round(time * RATE)
        samples[at : at + 3] += 1e-3
    assert levels(samples)["artifact"] == level


@pytest.mark.parametrize(("heights", "is_doubted"), [((1.0, 0.8, 0.9, 0.7), False), ((1.0, 0.1, 0.4, 0.05), True)])
def test_a_camera_of_100_hz_is_no_wrong_rate(heights: tuple[float, ...], is_doubted: bool):
    times = np.arange(round(20 * RATE)) / RATE
    tones = sum(height * np.sin(2 * np.pi * 100 * n * times) for n, height in enumerate(heights, start=1))
    found = levels(emg(5, 20.0, 20e-6) + 20e-6 * tones)
    assert ("sampling_rate_suspected" in found) == is_doubted


@pytest.mark.parametrize(("rate", "kind"), [(100.0, "slow_for_emg"), (200.0, None)])
def test_100_samples_per_second_are_too_few(rate: float, kind: str | None):
    found = levels(1e-4 * np.random.default_rng(6).standard_normal(3000), rate)
    assert (found == {"slow_for_emg": "warn"}) if kind else "slow_for_emg" not in found
