"""OpenSignals recordings: published ones against their counts, and headings as devices write them."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import read
from emgpipe.readers.base import Head
from emgpipe.readers.opensignals_h5 import OpenSignalsH5Options, OpenSignalsH5Reader
from emgpipe.readers.opensignals_txt import OpenSignalsTxtOptions, OpenSignalsTxtReader

H5 = ["emg_1000_hz_16_bits", "emg_bursts", "emg_fatigue"]
TXT = "opensignals_txt/signal_sample_single_hub_RAW_2018_7_4.txt"
COUNTS = 512 + np.round(100 * np.sin(np.arange(100) * 0.6))


@pytest.fixture(scope="module")
def references(data_folder):
    return {row["file"]: row for row in json.loads((data_folder / "references.json").read_text())}


def check_reference(channel, reference):
    samples = channel.read()
    assert samples.size == reference["n"]
    assert samples.mean() == pytest.approx(reference["mean"], rel=1e-6)
    assert np.sqrt((samples**2).mean()) == pytest.approx(reference["rms"], rel=1e-6)
    np.testing.assert_allclose(samples[:5], reference["first5"], rtol=1e-6)


def kinds(recording):
    return {finding.kind for finding in recording.findings}


@pytest.mark.parametrize("name", H5)
def test_h5_references(data_folder, references, name):
    row = references[f"opensignals_h5/{name}.h5"]
    recording = read(data_folder / row["file"], [OpenSignalsH5Options(counts=True)])
    ((_, reference),) = row["reference"].items()
    label = row["channels"][0].split("/")[1]
    channel = recording.channel(label)
    assert (channel.sampling_rate, channel.unit, channel.kind) == (row["fs"], "counts", "emg")
    assert recording.acquisition.device == row["device"]
    check_reference(channel, reference)


@pytest.mark.parametrize(("name", "bits"), [*zip(H5, [16, 16, 12], strict=True)])
def test_h5_in_volts_against_h5py(data_folder, name, bits):
    path = data_folder / "opensignals_h5" / f"{name}.h5"
    recording = read(path)
    with h5py.File(path) as file:
        channels = [item for device in file.values() for key, item in device["raw"].items() if key != "nSeq"]
        stored = {item.attrs["label"]: item[:, 0].astype(float) for item in channels}
    assert stored
    for label, counts in stored.items():
        channel = recording.channel(label)
        expected = (counts / 2**bits - 0.5) * 3.0 / 1000.0  # the EMG sensor's datasheet
        assert (channel.unit, channel.kind) == ("V", "emg")
        np.testing.assert_allclose(channel.read(), expected, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(channel.read(100, 140), expected[100:140], rtol=1e-9, atol=1e-15)
    assert {channel.kind for channel in recording.channels} == {"emg", "trigger"}
    assert (recording.acquisition.gain, recording.acquisition.rail) == (1000.0, 0.0015)


def test_h5_of_two_devices(data_folder):
    recording = read(data_folder / "opensignals_h5" / "emg_1000_hz_16_bits.h5")
    assert {channel.label: channel.sampling_rate for channel in recording.channels} == {
        "PORT6_CHN1": 1000.0, "digital_1 [00:07:80:D8:A7:F9]": 1000.0,
        "PORT5_CHN1": 10.0, "digital_1 [00:07:80:D8:A8:82]": 10.0,
    }  # fmt: skip
    assert recording.acquisition.start_time == "2019-10-15T17:07:28"
    assert not recording.findings


def test_txt_references(data_folder, references):
    row = references[TXT]
    recording = read(data_folder / TXT, [OpenSignalsTxtOptions(counts=True)])
    assert recording.labels == ("DI", "CH1", "CH2", "CH3")
    for label, reference in row["reference"].items():
        channel = recording.channel(label)
        assert (channel.sampling_rate, channel.unit) == (row["fs"], "counts")
        check_reference(channel, reference)
    assert recording.channel("DI").kind == "trigger"
    assert not recording.findings


def test_txt_sensor_can_be_stated(data_folder):
    counts = np.loadtxt(data_folder / TXT, usecols=3)
    path = data_folder / TXT
    (finding,) = read(path).findings
    assert (finding.kind, finding.level) == ("not_in_volts", "note")
    assert "kind: opensignals_txt, sensors: {CH1: emg}" in finding.remedy
    channel = read(path, [OpenSignalsTxtOptions(sensors={"CH2": "emg"})]).channel("CH2")
    assert (channel.unit, channel.kind) == ("V", "emg")
    np.testing.assert_allclose(channel.read(), (counts / 65536 - 0.5) * 3 / 1000, rtol=1e-9, atol=1e-15)
    with pytest.raises(ReadError, match=r"'CH9'.*did you mean"):
        read(path, [OpenSignalsTxtOptions(sensors={"CH9": "emg"})])


BITALINO = {
    "position": 0, "device": "bitalino_rev", "device name": "20:17:11:20:51:60", "sampling rate": 100,
    "resolution": [4, 1, 1, 1, 1, 10], "comments": "Jane Doe", "date": "2024-3-6", "time": "18:51:36.613",
    "channels": [1], "sensor": ["EMGBITREV"], "label": ["A1"], "column": ["nSeq", "I1", "I2", "O1", "O2", "A1"],
    "special": [{}], "digital IO": [0, 0, 1, 1],
}  # fmt: skip


def write_txt(folder, stated, rows, first="# OpenSignals Text File Format. Version 1\n", end="\t\n"):
    path = folder / "recording.txt"
    lines = "".join("\t".join(f"{cell:g}" for cell in row) + end for row in rows)
    path.write_text(f"{first}# {json.dumps(stated)}\n# EndOfHeader\n{lines}")
    return path


def bitalino_rows(counts=COUNTS):
    return [(i % 16, i % 2, 0, 0, 1, count) for i, count in enumerate(counts)]


@pytest.mark.parametrize(
    "first", ["# OpenSignals Text File Format. Version 1\n", "# OpenSignals Text File Format\n", ""]
)
def test_bitalino(tmp_path, first):
    recording = read(write_txt(tmp_path, {"20:17:11:20:51:60": BITALINO}, bitalino_rows(), first))
    assert recording.source.reader == "opensignals_txt"
    assert recording.labels == ("I1", "I2", "O1", "O2", "A1")
    assert [channel.kind for channel in recording.channels] == ["trigger"] * 4 + ["emg"]
    channel = recording.channel("A1")
    assert (channel.unit, channel.sampling_rate) == ("V", 100.0)
    np.testing.assert_allclose(channel.read(), (COUNTS / 2**10 - 0.5) * 3.3 / 1009, rtol=1e-9, atol=1e-15)
    assert recording.channel("I1").read().tolist() == [i % 2 for i in range(100)]
    assert not recording.findings
    assert recording.acquisition.start_time == "2024-03-06T18:51:36"
    assert "Doe" not in repr(recording)


def test_comments_are_personal(tmp_path):
    path = write_txt(tmp_path, {"20:17:11:20:51:60": BITALINO}, bitalino_rows())
    assert read(path, [OpenSignalsTxtOptions(keep_personal_data=True)]).personal == (("comments", "Jane Doe"),)


def test_two_devices_in_one_text(tmp_path):
    plux = {"device": "biosignalsplux", "sampling rate": 1000, "resolution": [16, 16], "sensor": ["EMG", "XYZ"],
            "label": ["CH1", "CH2"], "column": ["nSeq", "DI", "CH1", "CH2"], "channels": [1, 2]}  # fmt: skip
    other = {**plux, "resolution": [12, 12], "sensor": ["ECG", "EMG"]}
    rows = [(i, 0, 40000, 33000, i, 1, 2500, 2000 + i) for i in range(50)]
    recording = read(write_txt(tmp_path, {"00:07:80:00:00:01": plux, "00:07:80:00:00:02": other}, rows))
    one, two = "[00:07:80:00:00:01]", "[00:07:80:00:00:02]"
    assert recording.labels == (
        f"DI {one}", f"CH1 {one}", f"CH2 {one}", f"DI {two}", f"CH1 {two}", f"CH2 {two}"
    )  # fmt: skip
    assert [c.kind for c in recording.channels] == ["trigger", "emg", "acceleration", "trigger", "ecg", "emg"]
    assert recording.channel(f"CH1 {one}").read()[0] == pytest.approx((40000 / 65536 - 0.5) * 3e-3)
    assert recording.channel(f"CH1 {two}").read()[0] == pytest.approx((2500 / 4096 - 0.5) * 3 / 1019)
    assert recording.channel(f"CH2 {two}").read()[7] == pytest.approx((2007 / 4096 - 0.5) * 3e-3)
    (finding,) = recording.findings
    assert (finding.kind, finding.level) == ("not_in_volts", "note")
    assert "XYZ" in finding.reason


def test_heading_without_columns(tmp_path):
    old = {"sensor": ["EMG"], "label": ["CH1"], "channels": [1], "device": "bioplux", "sampling rate": 1000,
           "resolution": 12}  # fmt: skip
    rows = [(i, 0, 1, 2050 + i) for i in range(50)]
    recording = read(write_txt(tmp_path, {"00:07:80:79:6F:9D": old}, rows, "# OpenSignals Text File Format\n"))
    assert recording.labels == ("DI1", "DI2", "CH1")
    expected = ((2050 + np.arange(50)) / 4096 - 0.5) * 3e-3
    np.testing.assert_allclose(recording.channel("CH1").read(), expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("change", "level", "said"),
    [({"device": "homemade"}, "warn", "device is not known"), ({"resolution": [16]}, None, ""),
     ({"resolution": []}, "fail", "resolution"), ({"resolution": [8]}, "fail", "resolution"),
     ({"sensor": ["EDABITREV"]}, "note", "no sensor with a known transfer function"),
     ({"convertedValues": 1}, "warn", "does not say to which unit")],
)  # fmt: skip
def test_what_cannot_be_converted_is_said(tmp_path, change, level, said):
    recording = read(write_txt(tmp_path, {"mac": {**BITALINO, **change}}, bitalino_rows()))
    channel = recording.channel("A1")
    if level is None:
        assert channel.unit == "V"
        return
    (finding,) = recording.findings
    assert (finding.kind, finding.level) == ("not_in_volts", level)
    assert said in finding.reason
    assert channel.unit == ("unknown" if "convertedValues" in change else "counts")
    np.testing.assert_array_equal(channel.read(), COUNTS)


def test_unknown_device_can_be_stated(tmp_path):
    path = write_txt(tmp_path, {"mac": {**BITALINO, "device": "homemade"}}, bitalino_rows())
    recording = read(path, [OpenSignalsTxtOptions(supply_voltage=5, gain=500)])
    np.testing.assert_allclose(recording.channel("A1").read(), (COUNTS / 1024 - 0.5) * 5 / 500, rtol=1e-9, atol=1e-15)
    assert recording.acquisition.rail == pytest.approx(0.005)


def test_converted_by_opensignals(tmp_path):
    volts = (COUNTS / 1024 - 0.5) * 3.3
    path = write_txt(tmp_path, {"mac": BITALINO}, bitalino_rows(volts))
    assert kinds(read(path)) == {"not_in_volts"}
    recording = read(path, [OpenSignalsTxtOptions(unit="mV")])
    assert not recording.findings
    np.testing.assert_allclose(recording.channel("A1").read(), volts * 1e-3, rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize(("size", "lost"), [(16, 3), (65536, 12)])
def test_lost_samples(tmp_path, size, lost):
    rows = [((i + lost * (i > 40)) % size, 0, 0, 0, 0, 512) for i in range(100)]
    found = next(f for f in read(write_txt(tmp_path, {"mac": BITALINO}, rows)).findings if f.kind == "lost_samples")
    assert (found.level, found.value) == ("warn", lost)


def test_cut_last_line(tmp_path):
    path = write_txt(tmp_path, {"mac": BITALINO}, bitalino_rows())
    path.write_bytes(path.read_bytes()[:-3])
    recording = read(path)
    assert "cut_off" in kinds(recording)
    samples = recording.channel("A1").read()
    assert np.isnan(samples[-1])
    np.testing.assert_allclose(samples[:-1], (COUNTS[:-1] / 1024 - 0.5) * 3.3 / 1009, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("stated", "said"),
    [({"mac": {**BITALINO, "column": ["nSeq", "A1"]}}, "describes 2 columns, the rows have 6"),
     ({"mac": {**BITALINO, "sampling rate": 0}}, "no usable sampling rate"),
     ({"mac": {**BITALINO, "sampling rate": "fast"}}, "no usable sampling rate"),
     ({"mac": 5}, "names no device"), ([1], "not whole|no device")],
)  # fmt: skip
def test_headings_that_contradict_the_rows(tmp_path, stated, said):
    with pytest.raises(ReadError, match=said):
        read(write_txt(tmp_path, stated, bitalino_rows()))


def test_no_rows(tmp_path):
    with pytest.raises(ReadError, match="no samples"):
        read(write_txt(tmp_path, {"mac": BITALINO}, []))


def write_h5(path, datasets, **attributes):
    stated = {"sampling rate": 1000, "resolution": [16], "channels": [1], "device": "biosignalsplux", **attributes}
    with h5py.File(path, "w") as file:
        group = file.create_group("00:07:80:00:00:01")
        group.attrs.update(stated)
        for name, data in datasets.items():
            item = group.create_dataset(name, data=data)
            item.attrs.update({"label": name.rsplit("_", 1)[-1], "sensor": "EMG"})
    return path


def test_h5_bits_follow_the_list_of_channels(tmp_path):
    counts = np.full((10, 1), 200, dtype="<u2")
    path = write_h5(tmp_path / "a.h5", {"raw/channel_2": counts, "raw/channel_10": counts},
                    resolution=[12, 8], channels=[10, 2])  # fmt: skip
    recording = read(path)
    assert recording.labels == ("2", "10")
    assert recording.channel("2").read()[0] == pytest.approx((200 / 256 - 0.5) * 3e-3)
    assert recording.channel("10").read()[0] == pytest.approx((200 / 4096 - 0.5) * 3e-3)


def test_h5_counts_against_the_heading(tmp_path):
    path = write_h5(tmp_path / "a.h5", {"raw/channel_1": np.zeros((10, 1), dtype="<u2")}, nsamples=500)
    assert kinds(read(path)) == {"sample_count"}


def test_h5_events_are_mentioned(tmp_path):
    path = write_h5(tmp_path / "a.h5", {"raw/channel_1": np.full(10, 40000, "<u2"), "events/sync": np.ones((2, 3))})
    recording = read(path)
    assert kinds(recording) == {"events_not_read"}
    assert recording.channels[0].read()[3] == pytest.approx((40000 / 65536 - 0.5) * 3e-3)


def test_h5_does_not_follow_links_out_of_the_file(tmp_path):
    secret = write_h5(tmp_path / "secret.h5", {"raw/channel_1": np.full((10, 1), 7, "<u2")})
    path = write_h5(tmp_path / "a.h5", {"raw/channel_1": np.zeros((10, 1), "<u2")})
    with h5py.File(path, "a") as file:
        file["00:07:80:00:00:01/raw/channel_2"] = h5py.ExternalLink(str(secret), "00:07:80:00:00:01/raw/channel_1")
        file["00:07:80:00:00:02"] = h5py.ExternalLink(str(secret), "00:07:80:00:00:01")
        file["00:07:80:00:00:03"] = h5py.SoftLink("/00:07:80:00:00:02")
        file["00:07:80:00:00:01/raw/channel_3"] = h5py.SoftLink("/00:07:80:00:00:01/raw/channel_2")
        file["00:07:80:00:00:01/raw/channel_4"] = h5py.SoftLink("/nowhere")
        file["00:07:80:00:00:01/digital"] = h5py.SoftLink("/00:07:80:00:00:02/raw")
    assert read(path).labels == ("1",)


def test_h5_virtual_and_object_datasets(tmp_path):
    path = write_h5(tmp_path / "a.h5", {"raw/channel_1": np.zeros((10, 1), "<u2")})
    with h5py.File(path, "a") as file:
        group = file["00:07:80:00:00:01/raw"]
        group.create_dataset("channel_3", data=["text"] * 3, dtype=h5py.string_dtype())
        group.create_dataset("channel_5", data=np.zeros((10, 7), "<u2"))
    assert read(path).labels == ("1",)
    layout = h5py.VirtualLayout((10, 1), "<u2")
    layout[:] = h5py.VirtualSource(str(tmp_path / "b.h5"), "x", (10, 1))
    with h5py.File(path, "a") as file:
        file["00:07:80:00:00:01/raw"].create_virtual_dataset("channel_4", layout)
    with pytest.raises(ReadError, match="other files"):
        read(path)


def test_h5_without_channels_or_rate(tmp_path):
    path = write_h5(tmp_path / "a.h5", {"raw/channel_1": np.zeros((10, 1), "<u2")}, **{"sampling rate": -5})
    with pytest.raises(ReadError, match="no usable sampling rate"):
        read(path)
    with h5py.File(path, "w") as file:
        file.create_group("00:07:80:00:00:01").attrs["sampling rate"] = 1000
    with pytest.raises(ReadError, match="holds channels"):
        OpenSignalsH5Reader().read(path, OpenSignalsH5Options())


def test_other_files_are_not_recognized(tmp_path):
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["emg"] = np.zeros(10)
    assert OpenSignalsH5Reader().recognize(Head.of(path)) is None
    path.write_text('# {"a": {"b": 1}}\n1\t2\n')
    assert OpenSignalsTxtReader().recognize(Head.of(path)) is None
