"""Vicon Nexus text exports: a published recording against its C3D, and blocks written by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.vicon_csv import ViconCsvOptions

REAL = "vicon_csv/analogs.csv"
EMG = np.round(1e-4 * np.sin(0.9 * np.arange(60)), 9)
ANGLE = np.round(45 + 40 * np.cos(0.2 * np.arange(6)), 3)
FORCE = np.round(500 + 100 * np.sin(0.1 * np.arange(60)), 3)


def devices(
    first=1, rate=1000, groups=",,Imported Delsys Trigno EMG 2.0 - Sensor 1,Kistler - Force,Kistler - Moment,,"
):
    lines = [f"Devices,,,,,,", f"{rate},,,,,,", groups, "Frame,Sub Frame,EMG1,Fz,Mx,,", ",,mV,N,mm.N,,"]  # noqa: F541
    return lines + [f"{first + i // 10},{i % 10},{EMG[i]:.9g},{FORCE[i]},{FORCE[i]},," for i in range(60)]


def model(first=1):
    lines = [
        "Model Outputs,,",
        "100,,",
        ",,Anna:RKneeAngles,,,Anna:RKneePower",
        "Frame,Sub Frame,X,Y,Z,X",
        ",,deg,deg,deg,W/kg",
    ]
    return lines + [f"{first + i},0,{value},{-value},,{value}" for i, value in enumerate(ANGLE)]


def markers():
    lines = ["Trajectories,,,,", "100,,,,", ",,Anna:LASI,,", "Frame,Sub Frame,X,Y,Z", ",,mm,mm,mm"]
    return lines + [f"{1 + i},0,{i},{2 * i},{3 * i}" for i in range(6)]


EVENTS = [
    "Events,,,,",
    "100,,,,",
    "Subject,Context,Name,Time (s),Description",
    "Anna,Right,Foot Strike,0.02,The instant the heel strikes the ground",
    "Anna,General,Start,0.03,",
]


@pytest.fixture
def load(tmp_path):
    def write_and_read(*blocks, end="\n", **options):
        path = tmp_path / "trial.csv"
        path.write_bytes((end.join(end.join([*block, ""]) for block in blocks)).encode())
        assert choose(path)[0].name == "vicon_csv"
        return read(path, [ViconCsvOptions(**options)])

    return write_and_read


def test_published_recording(data_folder):
    row = next(r for r in json.loads((data_folder / "references.json").read_text()) if r["file"] == REAL)
    recording = read(data_folder / REAL)
    assert recording.source.reader == "vicon_csv"
    assert [label.rpartition(".")[2] for label in recording.labels] == row["channels"]
    assert {(c.sampling_rate, c.unit, c.n_samples, c.start) for c in recording.channels} == {(2000.0, "V", 11600, 0.0)}
    for name, reference in row["reference"].items():
        samples = next(c for c in recording.channels if c.label.endswith(f".{name}") and "IM" not in c.label).read()
        assert samples.size == reference["n"]
        np.testing.assert_allclose(samples.mean(), reference["mean"], rtol=1e-6)
        np.testing.assert_allclose(np.sqrt(np.mean(samples**2)), reference["rms"], rtol=1e-6)
        np.testing.assert_allclose(samples[:5], reference["first5"], rtol=1e-6)
    assert recording.findings == ()


def test_all_channels_equal_the_c3d_of_the_same_recording(data_folder):
    ezc3d = pytest.importorskip("ezc3d")
    library = ezc3d.c3d(str(data_folder / "c3d" / "markers_analogs.c3d"))
    labels = library["parameters"]["ANALOG"]["LABELS"]["value"]
    samples = dict(zip(labels, library["data"]["analogs"][0], strict=True))
    by_channel = {label.rpartition(".")[2]: label for label in labels}
    recording = read(data_folder / REAL)
    assert len(recording.channels) == len(labels) == len(by_channel) == 38
    for channel in recording.channels:
        # The order differs (EMG1, EMG10, ... in the C3D): channels are matched by name. The text has six decimals.
        expected = samples[by_channel[channel.label.rpartition(".")[2]]]
        np.testing.assert_allclose(
            channel.read(), expected, rtol=5e-6, atol=5.01e-7 if "Voltage" in channel.label else 5.01e-8
        )
    # Sensors that were given a muscle's name after the text was exported are called by it in the C3D.
    assert len(set(recording.labels) & set(labels)) == 25


def test_stacked_blocks(load):
    recording = load(devices(), model(), markers())
    assert recording.labels == (
        "Sensor 1.EMG1", "Force.Fz", "Moment.Mx", "RKneeAngles.X", "RKneeAngles.Y", "RKneeAngles.Z", "RKneePower.X",
    )  # fmt: skip
    emg, force, moment, angle, opposite, empty, power = recording.channels
    np.testing.assert_allclose(emg.read(), 1e-3 * EMG, rtol=1e-9)
    np.testing.assert_array_equal(force.read(), FORCE)
    np.testing.assert_array_equal(angle.read(), ANGLE)
    np.testing.assert_array_equal(opposite.read(), -ANGLE)
    assert np.isnan(empty.read()).all()
    assert [(c.kind, c.unit, c.sampling_rate) for c in (emg, force, moment, angle)] == [
        ("emg", "V", 1000.0), ("force", "N", 1000.0), ("force", "Nmm", 1000.0), ("angle", "deg", 100.0),
    ]  # fmt: skip
    assert power.unit == "unknown"
    assert {f.kind: f.level for f in recording.findings} == {
        "unusable_cells": "warn", "left_out": "note", "unknown_unit": "note",
    }  # fmt: skip
    left_out = next(f for f in recording.findings if f.kind == "left_out")
    assert "Trajectories" in left_out.reason


def test_carriage_returns_and_positions(load):
    recording = load(devices(), markers(), end="\r\n", positions=True)
    np.testing.assert_array_equal(recording.channel("LASI.Z").read(), 3.0 * np.arange(6))
    assert (recording.channel("LASI.Z").unit, recording.channel("LASI.Z").kind) == ("mm", "other")
    assert recording.findings == ()


def test_tabs(load):
    recording = load([line.replace(",", "\t") for line in devices()], [line.replace(",", "\t") for line in model()])
    np.testing.assert_allclose(recording.channel("Sensor 1.EMG1").read(), 1e-3 * EMG, rtol=1e-9)
    np.testing.assert_array_equal(recording.channel("RKneeAngles.X").read(), ANGLE)


def test_tabs_and_decimal_commas(load):
    blocks = [[line.replace(",", "\t").replace(".", ",") for line in block] for block in (devices(), model())]
    recording = load(*blocks)
    np.testing.assert_allclose(recording.channels[0].read(), 1e-3 * EMG, rtol=1e-9)
    np.testing.assert_array_equal(recording.channel("RKneeAngles.X").read(), ANGLE)


def test_events_count_from_the_first_frame_and_leave_the_subject_out(load):
    recording = load(EVENTS, devices())
    assert [(event.label, event.start) for event in recording.events] == [("Right Foot Strike", 0.02), ("Start", 0.03)]
    cropped = load(EVENTS, devices(first=3), model(first=2))
    assert [event.start for event in cropped.events] == pytest.approx([0.01, 0.02])
    assert cropped.channel("Sensor 1.EMG1").start == pytest.approx(0.01)
    assert cropped.channel("RKneeAngles.X").start == 0.0
    assert "Anna" not in repr(cropped)


def test_subject_on_request(load):
    assert load(devices(), model(), keep_personal_data=True).personal == (("subject", "Anna"),)
    assert load(devices(), model()).personal == ()


def test_two_plates_keep_their_names(load):
    groups = ",,AMTI #1 - Force,AMTI #2 - Force,AMTI #2 - Moment,,"
    lines = devices(groups=groups)
    lines[3] = "Frame,Sub Frame,Fz,Fz,Mz,,"
    recording = load(lines)
    assert recording.labels == ("AMTI #1 - Force.Fz", "AMTI #2 - Force.Fz", "Moment.Mz")


def test_rates_that_contradict_the_sub_frames(load):
    (finding,) = [f for f in load(devices(rate=2000), model()).findings if f.kind == "sampling_rate_contradiction"]
    assert finding.level == "fail"
    assert "Devices 200 Hz" in finding.reason


def test_frames_that_jump(load):
    lines = devices()
    del lines[20:25]
    (finding,) = load(lines).findings
    assert finding.kind == "time_gaps"
    assert finding.value == 1.0


def test_only_positions(load):
    with pytest.raises(ReadError, match="positions: true"):
        load(markers())


def test_block_without_samples(load):
    with pytest.raises(DamagedFileError, match="Devices has no samples"):
        load(devices()[:5])
    recording = load(devices(), model()[:5])
    assert [finding.kind for finding in recording.findings] == ["broken_block"]
