"""MAT and HDF5 files of any layout, through mappings and without; the examples of docs/mapping.md are run here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
import yaml
from pydantic import TypeAdapter, ValidationError

from emgpipe.errors import ReadError
from emgpipe.readers import AnyReaderOptions, read
from tests.readers.mat73 import write_mat73

DOCS = Path(__file__).resolve().parents[2] / "docs" / "mapping.md"
RANDOM = np.random.default_rng(7)
EMG = RANDOM.normal(size=(500, 3))
ANGLE = 45 + RANDOM.normal(size=50)


def stated(text: str) -> list[Any]:
    """What a study file states under `recordings: reading:`."""
    given = yaml.safe_load(text)
    given = given["recordings"]["reading"] if isinstance(given, dict) else given
    return TypeAdapter(list[AnyReaderOptions]).validate_python(given)


def documented(kind: str) -> list[Any]:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return stated(next(block for block in blocks if f"kind: {kind}" in block))


def mat(folder: Path, variables: dict[str, Any], version: str = "5") -> Path:
    path = folder / "recording.mat"
    if version == "7.3":
        return write_mat73(path, variables)
    cells = {name: _for_scipy(value) for name, value in variables.items()}
    scipy.io.savemat(path, cells, format=version)
    return path


def _for_scipy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _for_scipy(inner) for name, inner in value.items()}
    if isinstance(value, list):
        cells = np.empty(len(value), dtype=object)
        cells[:] = [_for_scipy(one) for one in value]
        return cells
    return value


def hdf5(folder: Path, content: dict[str, Any], attributes: dict[str, dict[str, Any]] | None = None) -> Path:
    path = folder / "recording.h5"
    with h5py.File(path, "w") as file:
        for name, value in content.items():
            file[name] = value
        for where, named in (attributes or {}).items():
            for name, value in named.items():
                file[where or "/"].attrs[name] = value
    return path


def kinds(recording) -> set[str]:
    return {finding.kind for finding in recording.findings}


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_documented_mat_mapping(tmp_path, version):
    path = mat(
        tmp_path,
        {
            "info": {"fs": 1925.926},
            "data": {
                "emg": EMG,
                "labels": ["GMAX RT", "GMED RT", "BF RT"],
                "event_times": np.array([[0.05, 0.2]]),
                "event_names": ["start", "stop"],
            },
        },
        version,
    )
    recording = read(path, documented("mat"))
    assert recording.labels == ("GMAX RT", "GMED RT", "BF RT")
    for index, channel in enumerate(recording.channels):
        assert (channel.sampling_rate, channel.unit, channel.kind) == (1925.926, "V", "emg")
        np.testing.assert_allclose(channel.read(), EMG[:, index] * 1e-3, rtol=1e-15)
    assert [(event.label, event.start) for event in recording.events] == [("start", 0.05), ("stop", 0.2)]
    assert not recording.findings


def test_documented_hdf5_mapping(tmp_path):
    path = hdf5(tmp_path, {"trial/emg": EMG, "trial/time": 3 + np.arange(500) / 2148.148, "trial/angle": ANGLE})
    recording = read(path, documented("hdf5"))
    assert recording.labels == ("GMAX RT", "GMED RT", "hip flexion")
    emg, angle = recording.channel("GMED RT"), recording.channel("hip flexion")
    assert emg.sampling_rate == pytest.approx(2148.148, rel=1e-9)
    assert emg.start == 3
    np.testing.assert_allclose(emg.read(10, 20), EMG[10:20, 1] * 1e-6, rtol=1e-15)
    assert (angle.sampling_rate, angle.unit, angle.kind, angle.start) == (100.0, "deg", "angle", 0.0)
    np.testing.assert_array_equal(angle.read(), ANGLE)


@pytest.mark.parametrize("version", ["4", "5", "7.3"])
def test_rows_columns_and_vectors(tmp_path, version):
    path = mat(tmp_path, {"m": EMG.T, "v": EMG[:, [0]], "w": EMG[:, 1][np.newaxis]}, version)
    options = stated(
        "[{kind: mat, sampling_rate: 1000, unit: V, channels: [{path: m, row: 3}, {path: v}, {path: w, label: GMED}]}]"
    )
    recording = read(path, options)
    assert recording.labels == ("m", "v", "GMED")
    for channel, column in zip(recording.channels, (2, 0, 1), strict=True):
        np.testing.assert_array_equal(channel.read(), EMG[:, column])


def test_elements_of_cells_and_struct_arrays_count_from_1(tmp_path):
    signals = [{"values": EMG[:, 0], "name": "GMAX"}, {"values": EMG[:, 1], "name": "GMED"}]
    path = write_mat73(tmp_path / "recording.mat", {"signals": signals, "cell": [EMG[:, 2], "text"]})
    options = stated(
        "[{kind: mat, sampling_rate: 1000, unit: V, channels: [{path: signals/2/values}, {path: cell/1, label: c}]}]"
    )
    second, third = read(path, options).channels
    np.testing.assert_array_equal(second.read(), EMG[:, 1])
    np.testing.assert_array_equal(third.read(), EMG[:, 2])


def test_each_matrix_has_its_own_rate_and_units(tmp_path):
    path = hdf5(
        tmp_path,
        {"emg": EMG, "imu": RANDOM.normal(size=(2, 60)), "imu_units": ["g", "deg/s"], "fs": 1000.0},
        {"emg": {"units": "mV"}, "": {"imu rate": 148.148}},
    )
    options = stated(
        """
        - kind: hdf5
          matrices:
            - {path: emg, sampling_rate_from: fs}
            - {path: imu, sampling_rate_from: "@imu rate", labels: [ACC X, GYRO X], unit_from: imu_units}
        """
    )
    recording = read(path, options)
    assert [channel.sampling_rate for channel in recording.channels] == [1000.0] * 3 + [148.148] * 2
    assert [channel.unit for channel in recording.channels] == ["V"] * 3 + ["g", "deg/s"]
    assert [channel.kind for channel in recording.channels[3:]] == ["acceleration", "angular_velocity"]
    np.testing.assert_allclose(recording.channels[0].read(), EMG[:, 0] * 1e-3, rtol=1e-15)


def test_tables_of_records(tmp_path):
    table = np.zeros(500, dtype=[("time", "f8"), ("GMAX", "f4"), ("note", "S4")])
    table["time"], table["GMAX"] = np.arange(500) / 1000.0, EMG[:, 0]
    path = hdf5(tmp_path, {"table": table})
    recording = read(path, stated("[{kind: hdf5, time: table/time, channels: [{path: table/GMAX, unit: V}]}]"))
    np.testing.assert_array_equal(recording.channel("GMAX").read(), EMG[:, 0].astype(np.float32))
    assert recording.channels[0].sampling_rate == 1000.0


def test_rate_against_time_stamps(tmp_path):
    path = mat(tmp_path, {"emg": EMG, "t": np.arange(500) / 1000.0})
    recording = read(path, stated("[{kind: mat, sampling_rate: 2000, time: t, matrices: [{path: emg, unit: V}]}]"))
    (finding,) = [one for one in recording.findings if one.kind == "sampling_rate_contradiction"]
    assert finding.level == "fail"
    assert finding.value == pytest.approx(1000)
    assert recording.channels[0].sampling_rate == 2000


def test_time_stamps_in_ms_with_a_gap(tmp_path):
    time = np.arange(500) * 0.5
    time[300:] += 100
    path = mat(tmp_path, {"emg": EMG, "t": time})
    recording = read(path, stated("[{kind: mat, time: t, time_unit: ms, matrices: [{path: emg, unit: V}]}]"))
    assert recording.channels[0].sampling_rate == pytest.approx(2000)
    (gap,) = [one for one in recording.findings if one.kind == "time_gaps"]
    assert gap.value == pytest.approx(0.1)
    guessed = read(path, stated("[{kind: mat, time: t, matrices: [{path: emg, unit: V}]}]"))
    assert guessed.channels[0].sampling_rate == pytest.approx(2000)
    assert "time_unit_guessed" in kinds(guessed)


def test_infinite_samples_are_gaps(tmp_path):
    samples = EMG[:, 0].copy()
    samples[[3, 5]] = np.inf, -np.inf
    for path in (mat(tmp_path, {"emg": samples}), hdf5(tmp_path, {"emg": samples})):
        kind = "mat" if path.suffix == ".mat" else "hdf5"
        (channel,) = read(path, stated(f"[{{kind: {kind}, sampling_rate: 1000, channels: [{{path: emg}}]}}]")).channels
        assert np.flatnonzero(np.isnan(channel.read())).tolist() == [3, 5]
        assert channel.unit == "unknown"


MISTAKES = {
    "channels: [{path: data/emgs, column: 1}]": "did you mean 'data/emg'",
    "channels: [{path: nonsense, column: 1}]": "it holds: data/emg",
    "channels: [{path: data/emg, column: 9}]": "has 3 columns, there is no column 9",
    "channels: [{path: data/emg}]": "is a matrix of 500 x 3; state column or row",
    "channels: [{path: data/name, column: 1}]": "holds text, not numbers",
    "matrices: [{path: data/emg, labels: [a, b]}]": "has 3 channels and there are 2 labels",
    "matrices: [{path: data/emg, channels_are: rows, labels: [a]}]": "has 500 channels",
    "matrices: [{path: data/square}]": "as many rows as columns",
    "matrices: [{path: data/emg, sampling_rate_from: data/emg}]": "holds 1500 numbers, one is needed",
    "matrices: [{path: data/emg, sampling_rate_from: data/zero}]": "is 0, which is no rate",
    "matrices: [{path: data/emg, time: data/square}]": "is a matrix; state time_column",
    "matrices: [{path: data/emg, time: data/short}]": "has 40 time stamps and 'data/emg' has 500 samples",
    "matrices: [{path: data/short, time: data/short}]": "does not increase",
    "matrices: [{path: data/emg}], events: {times: data/short, labels: data/labels}": "40 times, 2 labels",
}


@pytest.mark.parametrize("mapping", MISTAKES)
@pytest.mark.parametrize("kind", ["mat", "hdf5"])
def test_mistakes_in_a_mapping_are_explained(tmp_path, mapping, kind):
    data = {
        "emg": EMG, "name": "x", "square": np.eye(40), "zero": 0.0, "short": np.ones((40, 1)), "labels": ["a", "b"],
    }  # fmt: skip
    if kind == "mat":
        path = mat(tmp_path, {"data": data})
    else:
        path = hdf5(tmp_path, {f"data/{name}": value for name, value in data.items()})
    with pytest.raises(ReadError) as caught:
        read(path, stated(f"[{{kind: {kind}, sampling_rate: 1000, {mapping}}}]"))
    assert MISTAKES[mapping] in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_rate_anywhere(tmp_path):
    path = mat(tmp_path, {"emg": EMG})
    with pytest.raises(ReadError, match="no sampling rate is stated for 'emg'"):
        read(path, stated("[{kind: mat, matrices: [{path: emg}]}]"))


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        ("sampling_rate: 1000, sampling_rate_from: fs", "keep one"),
        ("channels: [{path: x, column: 0}]", "greater than or equal to 1"),
        ("channels: [{path: x, column: 1, row: 1}]", "both column and row"),
        ("channels: [{path: x, unit: furlong}]", "unit 'furlong' is not known"),
        ("matrices: [{path: x, labels: [a], labels_from: b}]", "keep one"),
        ("time_unit: ms", "not given"),
    ],
)
def test_mappings_that_contradict_themselves(mapping, word):
    with pytest.raises(ValidationError, match=word):
        stated(f"[{{kind: mat, {mapping}}}]")


def test_without_a_mapping_what_is_clear_is_read(tmp_path):
    content = {"EMG": EMG, "Fs": 1259.259, "channel_names": ["GMAX RT", "GMED RT", "BF RT"], "units": "uV"}
    recording = read(mat(tmp_path, content))
    assert recording.labels == ("GMAX RT", "GMED RT", "BF RT")
    assert [channel.sampling_rate for channel in recording.channels] == [1259.259] * 3
    np.testing.assert_allclose(recording.channels[1].read(), EMG[:, 1] * 1e-6, rtol=1e-15)
    levels = {finding.kind: finding.level for finding in recording.findings}
    assert levels == {"layout_guessed": "note", "layout_not_stated": "warn"}


def test_the_warning_holds_the_mapping_to_keep(tmp_path):
    path = mat(tmp_path, {"gmax": EMG[:, 0], "gmed": EMG[:, 1], "time": np.arange(500) / 1000.0})
    guessed = read(path)
    (warning,) = [finding for finding in guessed.findings if finding.kind == "layout_not_stated"]
    again = read(path, stated(warning.remedy.split("reading: ")[1]))
    assert again.labels == guessed.labels == ("gmax", "gmed")
    assert again.channels[0].sampling_rate == guessed.channels[0].sampling_rate == 1000.0
    assert kinds(again) == {"unknown_unit"}


def test_a_stated_rate_and_unit_complete_a_clear_file(tmp_path):
    recording = read(mat(tmp_path, {"emg": EMG.T}), stated("[{kind: mat, sampling_rate: 2000.4, unit: mV}]"))
    assert recording.labels == ("emg 1", "emg 2", "emg 3")
    assert {channel.sampling_rate for channel in recording.channels} == {2000.4}
    np.testing.assert_allclose(recording.channels[2].read(), EMG[:, 2] * 1e-3, rtol=1e-15)


UNCLEAR = {
    "matrices": ({"raw": EMG, "filtered": EMG, "fs": 1000.0}, "it holds 2 matrices"),
    "lengths": ({"emg": EMG[:, 0], "angle": ANGLE, "fs": 1000.0}, "different lengths"),
    "rate": ({"emg": EMG}, "nothing in it is named as a sampling rate"),
    "two rates": ({"emg": EMG, "fs": 1000.0, "srate": 2000.0}, "nothing in it is named as a sampling rate"),
    "square": ({"emg": EMG[:4, :3].repeat(12, axis=0), "x": np.eye(40), "fs": 1000.0}, "it holds 2 matrices"),
    "nothing": ({"note": "no signal", "fs": 1000.0}, "no vector or matrix"),
}


@pytest.mark.parametrize("what", UNCLEAR)
def test_unclear_files_get_a_list_and_a_mapping_that_is_valid(tmp_path, what):
    content, word = UNCLEAR[what]
    for path in (mat(tmp_path, content), hdf5(tmp_path, content)):
        with pytest.raises(ReadError, match=word) as caught:
            read(path)
        message = caught.value.message
        for name in content:
            assert f"  {name}: " in message
        (options,) = stated("recordings:\n" + message.split("recordings:\n")[1])
        assert options.is_mapped
        assert options.says_anything
        if what in {"matrices", "rate", "two rates"}:
            assert read(path, [options]).channels[0].n_samples == 500


def test_persons_are_not_named_in_messages(tmp_path):
    path = mat(
        tmp_path, {"patient": "Erika Mustermann", "emg": EMG, "other": ANGLE, "channel": {"person": "Erika Mustermann"}}
    )
    with pytest.raises(ReadError) as caught:
        read(path)
    assert "Mustermann" not in str(caught.value)


def test_counters_are_no_samples(tmp_path):
    path = hdf5(tmp_path, {"nSeq": np.arange(500), "emg": EMG[:, 0]}, {"": {"sampling rate": 1000.0}})
    assert read(path).labels == ("emg",)


def test_real_hdf5_through_a_mapping(data_folder):
    path = data_folder / "opensignals_h5" / "emg_bursts.h5"
    with h5py.File(path) as file:
        device = next(iter(file))
        stored = file[f"{device}/raw/channel_3"][:, 0]
    from emgpipe.readers.hdf5 import Hdf5Reader

    rate, samples = f"{device}@sampling rate", f"{device}/raw/channel_3"
    (options,) = stated(f"[{{kind: hdf5, sampling_rate_from: '{rate}', channels: [{{path: '{samples}'}}]}}]")
    (channel,) = Hdf5Reader().read(path, options).channels
    np.testing.assert_array_equal(channel.read(), stored)
    assert channel.sampling_rate == 1000.0


def reasons(recording, kind: str) -> str:
    return " ".join(finding.reason for finding in recording.findings if finding.kind == kind)


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_arrays_that_are_not_read_are_named(tmp_path, version):
    content = {"trials": np.zeros((4, 100, 5)), "angle": ANGLE, "fs": 100.0}
    if version == "5":
        content["spectrum"] = EMG + 1j * EMG
    recording = read(mat(tmp_path, content, version))
    assert recording.labels == ("angle",)
    assert "'trials' (4 x 100 x 5)" in reasons(recording, "arrays_not_read")
    assert version != "5" or "'spectrum' (500 x 3) of complex numbers" in reasons(recording, "arrays_not_read")


def test_complex_numbers_are_listed(tmp_path):
    complex_only = {"emg": EMG + 1j * EMG, "fs": 1000.0}
    for path in (mat(tmp_path, complex_only), hdf5(tmp_path, complex_only)):
        with pytest.raises(ReadError, match=r"'emg' \(500 x 3\) of complex numbers, which cannot be read as samples"):
            read(path)


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_struct_arrays_say_label_unit_and_rate_of_each_channel(tmp_path, version):
    channels = [
        {"name": name, "data": EMG[:: step, index].reshape(1, -1), "fs": 2000.0 / step, "unit": unit}
        for index, (name, step, unit) in enumerate([("GMAX", 1, "uV"), ("GMED", 2, "mV"), ("BF", 4, "V")])
    ]  # fmt: skip
    recording = read(mat(tmp_path, {"ch": channels}, version))
    assert recording.labels == ("GMAX", "GMED", "BF")
    assert [channel.sampling_rate for channel in recording.channels] == [2000.0, 1000.0, 500.0]
    for index, (channel, step, factor) in enumerate(zip(recording.channels, (1, 2, 4), (1e-6, 1e-3, 1), strict=True)):
        np.testing.assert_allclose(channel.read(), EMG[::step, index] * factor, rtol=1e-15)
    (warning,) = [finding for finding in recording.findings if finding.kind == "layout_not_stated"]
    again = read(mat(tmp_path, {"ch": channels}, version), stated(warning.remedy.split("reading: ")[1]))
    assert again.labels == recording.labels


def test_a_persons_name_beside_samples_is_no_label(tmp_path):
    people = [{"name": "Erika Mustermann", "emg": EMG[:, :1].T}, {"name": "Max Muster", "emg": EMG[:, 1:2].T}]
    assert read(mat(tmp_path, {"s": people, "fs": 1000.0})).labels == ("emg", "emg (2)")


@pytest.mark.parametrize(
    "name", ["trial_names", "file_names", "subject_labels", "event_labels", "labels_of_class", "filename"]
)
def test_names_of_other_things_are_no_labels(tmp_path, name):
    recording = read(mat(tmp_path, {"emg": EMG, "fs": 1000.0, name: ["a", "b", "c"]}))
    assert recording.labels == ("emg 1", "emg 2", "emg 3")


@pytest.mark.parametrize(
    "name", ["labels", "ChannelNames", "channel_names", "muscles", "names", "emg_labels", "titles"]
)
def test_names_of_channels_are_labels(tmp_path, name):
    assert read(mat(tmp_path, {"emg": EMG, "fs": 1000.0, name: ["a", "b", "c"]})).labels == ("a", "b", "c")


def test_a_frequency_is_a_rate_only_where_nothing_else_is(tmp_path):
    time = np.arange(500) / 1000.0
    with pytest.raises(ReadError, match="nothing in it is named as a sampling rate"):
        read(mat(tmp_path, {"emg": EMG, "freq": 50.0}))
    assert read(mat(tmp_path, {"emg": EMG, "frequency": 2000.0})).channels[0].sampling_rate == 2000.0
    assert read(mat(tmp_path, {"emg": EMG, "freq": 500.0, "fs": 2000.0})).channels[0].sampling_rate == 2000.0
    assert read(mat(tmp_path, {"emg": EMG, "freq": 500.0, "time": time})).channels[0].sampling_rate == 1000.0


def test_a_guessed_rate_too_low_for_emg_is_doubted_by_name(tmp_path):
    slow = read(mat(tmp_path, {"emg": EMG, "fs": 2.0}))
    assert "'emg 1' (2 Hz), 'emg 2' (2 Hz)" in reasons(slow, "sampling_rate_doubtful")
    assert not reasons(read(mat(tmp_path, {"emg": EMG, "fs": 2000.0})), "sampling_rate_doubtful")


def test_dates_of_matlab_count_days(tmp_path):
    time = 738000.5 + np.arange(500) / 2000.0 / 86400.0
    recording = read(mat(tmp_path, {"emg": EMG, "time": time}))
    assert recording.channels[0].sampling_rate == pytest.approx(2000, rel=1e-4)
    assert recording.channels[0].start == 0
    assert "datenum" in reasons(recording, "time_unit_guessed")


def test_links_out_of_the_file_are_not_followed(tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["emg"] = EMG
    path = hdf5(tmp_path, {"own": EMG[:, 0], "fs": 1000.0})
    with h5py.File(path, "r+") as file:
        file["hop"] = h5py.ExternalLink("secret.h5", "/emg")
        file["emg"] = h5py.SoftLink("/hop")
    assert read(path).labels == ("own",)
    with pytest.raises(ReadError, match="there is nothing at 'emg'"):
        read(path, stated("[{kind: hdf5, sampling_rate: 1000, matrices: [{path: emg}]}]"))
