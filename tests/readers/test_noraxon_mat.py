"""Noraxon's MATLAB export: structures saved by scipy (version 5) and laid out by h5py as MATLAB does (version 7.3)."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from scipy.io import loadmat, savemat

from emgpipe.errors import ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.noraxon_mat import NoraxonMatOptions
from emgpipe.readers.parts.noraxon.mat_example import mat_example

EMG = np.sin(np.arange(4000.0) / 3) * 120
ANGLE = np.linspace(0, 90, 200)


def signal(name, unit, rate, data, **more):
    return {
        "name": name,
        "units": unit,
        "frequency": rate,
        "begin_time": 0.0,
        "count": np.size(data),
        "data": data,
    } | more


def movement(name="hip thrust", scale=1.0, **more):
    signals = {
        "signal_1": signal("Ultium EMG-GLUT. MAX. RT", "uV", 2000.4, EMG * scale),
        "signal_2": signal("Hip Flexion RT", "deg", 100.0, ANGLE * scale),
        "signal_10": signal("Ultium EMG-GLUT. MED. RT", "uV", 2000.4, -EMG * scale),
    }
    markers = struct_array([{"name": "down", "time": 0.5}, {"name": "up", "time": 1.0}])
    return {"name": name, "markers": markers, "sources": {"name": "Ultium", "signals": signals}} | more


def struct_array(items):
    array = np.empty((1, len(items)), dtype=[(key, object) for key in items[0]])
    for place, item in enumerate(items):
        for key, value in item.items():
            array[0, place][key] = value
    return array


INFO = {"record_name": "squat", "last_name": "Mustermann", "sex": "female", "measurement_date": "2023-04-20T15:06:00"}


def save(tmp_path, movements, *, compress=True, name="record_2023_04_20_15_06_squat"):
    path = tmp_path / "recording.mat"
    savemat(path, {name: {"info": INFO, "movements": movements}}, do_compression=compress, long_field_names=True)
    return path


def check(recording):
    assert recording.labels == ("Ultium EMG-GLUT. MAX. RT", "Hip Flexion RT", "Ultium EMG-GLUT. MED. RT")
    first, angle, second = recording.channels
    np.testing.assert_allclose(first.read(), EMG * 1e-6, rtol=1e-12)
    np.testing.assert_allclose(second.read(), -EMG * 1e-6, rtol=1e-12)
    np.testing.assert_array_equal(angle.read(), ANGLE)
    assert [channel.sampling_rate for channel in recording.channels] == [2000.4, 100.0, 2000.4]
    assert [(channel.unit, channel.kind) for channel in recording.channels] == [
        ("V", "emg"), ("deg", "angle"), ("V", "emg"),
    ]  # fmt: skip
    assert [(event.label, event.start) for event in recording.events] == [("down", 0.5), ("up", 1.0)]
    assert recording.acquisition.start_time == "2023-04-20T15:06:00"


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("name", ["record_2023_04_20_15_06_squat", "Data"])
def test_version_5(tmp_path, compress, name):
    path = save(tmp_path, movement(), compress=compress, name=name)
    assert choose(path)[0].name == "noraxon_mat"
    check(read(path))


def test_version_7_3(tmp_path):
    path = tmp_path / "recording.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        write_struct(file, "record_squat", {"info": INFO, "movements": movement()})
    head = b"MATLAB 7.3 MAT-file, Platform: PCWIN64".ljust(116) + bytes(8) + b"\x00\x02IM"
    with path.open("r+b") as handle:
        handle.write(head.ljust(512, b"\0"))
    assert choose(path)[0].name == "noraxon_mat"
    check(read(path))


def write_struct(parent, name, value):
    """Write a value as MATLAB 7.3 does: transposed arrays, text as uint16, struct arrays as references."""
    if isinstance(value, dict):
        group = parent.create_group(name)
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, item in value.items():
            write_struct(group, key, item)
        return
    if isinstance(value, str):
        dataset = parent.create_dataset(name, data=np.array([[ord(letter)] for letter in value], dtype=np.uint16))
        dataset.attrs["MATLAB_class"] = np.bytes_("char")
        dataset.attrs["MATLAB_int_decode"] = np.int32(2)
        return
    array = np.asarray(value)
    if array.dtype.names:
        group = parent.create_group(name)
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        store = parent.file.require_group("#refs#")
        for key in array.dtype.names:
            references = []
            for item in array[key].ravel():
                write_struct(store, label := f"r{len(store)}", item)
                references.append([store[label].ref])
            group.create_dataset(key, data=np.array(references, dtype=h5py.ref_dtype))
        return
    dataset = parent.create_dataset(name, data=np.atleast_2d(array.astype(np.float64)).T)
    dataset.attrs["MATLAB_class"] = np.bytes_("double")


def test_example_is_what_scipy_reads(tmp_path):
    path = tmp_path / "example.mat"
    path.write_bytes(mat_example())
    record = loadmat(path, simplify_cells=True)["record_2025_01_01_10_00_hip_thrust"]
    stored = record["movements"]["sources"]["signals"]["signal_2"]
    channel = read(path).channels[1]
    np.testing.assert_allclose(channel.read(), stored["data"] * 1e-6, rtol=1e-14)
    assert (channel.label, channel.sampling_rate) == (stored["name"], stored["frequency"])
    assert [marker["name"] for marker in record["movements"]["markers"]] == ["go", "top"]


def test_personal_data_only_when_asked_for(tmp_path):
    path = save(tmp_path, movement())
    assert "Mustermann" not in repr(read(path))
    kept = read(path, [NoraxonMatOptions(keep_personal_data=True)])
    assert dict(kept.personal) == {"last_name": "Mustermann", "sex": "female"}


def test_several_sources(tmp_path):
    sources = struct_array(
        [
            {"name": "EMG", "signals": {"signal_1": signal("VMO RT", "uV", 1500.0, EMG)}},
            {"name": "IMU", "signals": {"signal_1": signal("Pitch", "deg", 200.0, ANGLE)}},
        ]
    )
    recording = read(save(tmp_path, {"name": "a", "sources": sources}))
    assert [(channel.label, channel.sampling_rate) for channel in recording.channels] == [
        ("VMO RT", 1500.0), ("Pitch", 200.0),
    ]  # fmt: skip


def test_points_have_several_axes(tmp_path):
    data = struct_array([{"data": ANGLE}, {"data": 2 * ANGLE}])
    signals = {"signal_18": signal("COP", "mm", 100.0, data, count=200)}
    recording = read(save(tmp_path, {"name": "stand", "sources": {"signals": signals}}))
    assert recording.labels == ("COP x", "COP y")
    np.testing.assert_array_equal(recording.channel("COP y").read(), 2 * ANGLE)


def test_several_movements_without_times(tmp_path):
    parts = struct_array([movement("first"), movement("second", 2.0)])
    recording = read(save(tmp_path, parts))
    emg = recording.channels[0]
    offset = ANGLE.size / 100.0 + 1.0  # the angle is the longest signal
    place = round(offset * 2000.4)
    assert emg.n_samples == place + EMG.size
    np.testing.assert_allclose(emg.read(0, EMG.size), EMG * 1e-6)
    assert np.isnan(emg.read(EMG.size, place)).all()
    np.testing.assert_allclose(emg.read(place), EMG * 2e-6)
    found = [(event.label, event.start) for event in recording.events]
    assert found == [
        ("first", 0.0), ("down", 0.5), ("up", 1.0),
        ("second", pytest.approx(offset)), ("down", pytest.approx(offset + 0.5)), ("up", pytest.approx(offset + 1.0)),
    ]  # fmt: skip
    assert {finding.kind for finding in recording.findings} == {"several_movements", "time_origin"}


def test_several_movements_with_times_of_their_own(tmp_path):
    parts = struct_array([movement("a", time_begin=10.0), movement("b", time_begin=15.0)])
    starts = {event.label: event.start for event in read(save(tmp_path, parts)).events}
    assert (starts["a"], starts["b"]) == (0.0, 5.0)


@pytest.mark.parametrize("wanted", ["2", "Second"])
def test_one_movement_alone(tmp_path, wanted):
    path = save(tmp_path, struct_array([movement("first"), movement("second", 2.0)]))
    recording = read(path, [NoraxonMatOptions(movement=wanted)])
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 2e-6)
    with pytest.raises(ReadError, match="did you mean 'second'"):
        read(path, [NoraxonMatOptions(movement="secnd")])


def test_count_and_rate_are_checked(tmp_path):
    signals = {
        "signal_1": signal("VMO RT", "uV", 1500.0, EMG, count=9000),
        "signal_2": signal("VLO RT", "uV", -1.0, EMG),
    }
    recording = read(save(tmp_path, {"name": "a", "sources": {"signals": signals}}))
    assert recording.labels == ("VMO RT",)
    assert {finding.kind for finding in recording.findings} == {"count_mismatch", "signal_unreadable"}


def test_other_mat_files_are_not_taken(tmp_path):
    path = tmp_path / "other.mat"
    savemat(path, {"fs": 1000.0, "emg": np.zeros((100, 2))})
    assert choose(path)[0].name != "noraxon_mat"
