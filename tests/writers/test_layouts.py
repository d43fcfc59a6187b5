"""HDF5 and MAT as h5py and scipy see them: the layouts that `docs/convert.md` describes."""

from __future__ import annotations

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest
from scipy.io import loadmat, whosmat

from emgpipe.errors import DamagedFileError, StoreError
from emgpipe.readers.parts.described.example import CHANNELS
from emgpipe.writers import write
from tests.writers.recordings import everything, read


def test_hdf5_layout(tmp_path):
    path, given = tmp_path / "out.h5", everything()
    write(given, path, keep_personal_data=True)
    with h5py.File(path) as file:
        assert file.attrs["layout"] == "emgpipe recording"
        assert file.attrs["version"] == 1
        assert list(file["channels"]) == ["001", "002", "003", "004"]
        for dataset, channel in zip(file["channels"].values(), given.channels, strict=True):
            assert dataset.dtype == np.float64
            np.testing.assert_array_equal(dataset[()], channel.read())
            assert dataset.attrs["label"] == channel.label
            assert dataset.attrs["sampling_rate"] == channel.sampling_rate
            assert dataset.attrs["unit"] == channel.unit
        assert file["events/label"].asstr()[0] == "squat, =1+1"
        np.testing.assert_array_equal(file["events/start"], [event.start for event in given.events])
        assert dict(file["acquisition"].attrs) == {
            "start_time": "2024-03-05T10:20:30.5", "device": "Trigno Avanti", "hardware_filters": "20-450 Hz",
            "mains_frequency": 50.0,
        }  # fmt: skip
        assert json.loads(file["findings"].asstr()[0])["kind"] == "clipped"
        assert file["personal"].asstr()[0].tolist() == ["last name", "Muster"]


def test_mat_layout(tmp_path):
    path, given = tmp_path / "out.mat", everything()
    write(given, path, keep_personal_data=True)
    assert whosmat(path) == [("emgpipe", (1, 1), "struct")]
    found = loadmat(path, simplify_cells=True)["emgpipe"]
    assert found["layout"] == "emgpipe recording"
    assert found["version"] == 1
    for one, channel in zip(found["channels"], given.channels, strict=True):
        np.testing.assert_array_equal(one["samples"], channel.read())
        assert one["label"] == channel.label
        assert one["sampling_rate"] == channel.sampling_rate
        assert one["start"] == channel.start
    raw = loadmat(path)["emgpipe"][0, 0]
    assert raw["channels"].shape == (1, 4)
    assert raw["channels"][0, 0]["samples"].shape == (5000, 1)
    assert raw["events"][0, 0]["start"].shape == (3, 1)
    assert raw["events"][0, 0]["label"].shape == (3, 1)
    assert raw["personal"].shape == (2, 2)
    assert found["acquisition"]["mains_frequency"] == 50.0


def test_the_examples_are_what_the_writers_write(tmp_path):
    """The readers' examples were made without the writers."""
    for extension in (".h5", ".mat"):
        path = tmp_path / f"out{extension}"
        write(everything(), path)
        if extension == ".h5":
            with h5py.File(path) as file:
                names = set(file["channels/001"].attrs)
        else:
            names = set(loadmat(path)["emgpipe"][0, 0]["channels"].dtype.names) - {"samples"}
        assert names == set(CHANNELS[0])


def test_more_than_two_gigabytes_do_not_fit_into_mat(tmp_path):
    given = everything()
    long = replace(given.channels[0], n_samples=300_000_000)
    with pytest.raises(StoreError, match=r"2\.4 GB.*\.h5"):
        write(replace(given, channels=(long,)), tmp_path / "out.mat")
    assert not (tmp_path / "out.mat").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.attrs.modify("version", 2), "layout 2"),
        (lambda file: file["channels/001"].attrs.modify("sampling_rate", np.nan), "sampling_rate"),
        (lambda file: file["channels/001"].attrs.modify("unit", "furlong"), "furlong"),
        (lambda file: file["channels/002"].attrs.modify("label", "LT GLUT MAX, surface (µV)"), "same label"),
        (lambda file: file.__delitem__("events/start"), "HDF5 content"),
        (lambda file: file["channels"].create_dataset("005", data=np.zeros((2, 2))), "no column"),
    ],
)
def test_contradictions_in_hdf5_are_refused(tmp_path, change, said):
    path = tmp_path / "out.h5"
    write(everything(), path)
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(DamagedFileError, match=said):
        read(path)


def test_hdf5_is_written_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr("emgpipe.writers.hdf5.CHUNK", 64)
    path = tmp_path / "out.h5"
    write(everything(), path)
    np.testing.assert_array_equal(read(path).channels[1].read(), everything().channels[1].read())
