"""Real recordings in every format, compared with what was read from the original by libraries that are not emgpipe."""

from __future__ import annotations

import re

import edfio
import h5py
import numpy as np
import pandas as pd
import pyedflib
import pytest
from scipy.io import loadmat

from emgpipe.readers import read
from emgpipe.writers import write
from tests.writers.recordings import assert_same_facts, largest_error

FILES = (
    "c3d/markers_analogs.c3d", "c3d/Gait.c3d", "edf_bdf/short_psg.edf", "edf_bdf/short_psg.bdf", "csv_generic/emg.csv",
    "delsys_emgworks_csv/truncated_trigno_sample.csv", "vicon_csv/analogs.csv", "opensignals_h5/emg_bursts.h5",
    "labchart_txt/labchart_file.example.txt", "wfdb/emg_healthy.hea", "opensim_sto/electromyography.sto",
    "bids/emg_TwoWristbands/sub-01/emg/sub-01_task-typing_emg.edf",
)  # fmt: skip
RELATIVE = {".csv": 1e-15, ".edf": 2.0**-15, ".bdf": 2.0**-22, ".h5": 0.0, ".mat": 0.0}


@pytest.fixture(scope="module", params=FILES)
def recording(request, data_folder):
    return read(data_folder / request.param)


@pytest.fixture(params=RELATIVE)
def path(request, tmp_path):
    return tmp_path / f"out{request.param}"


def in_file_unit(channel, path):
    """Samples as the file should show them to others: voltages of CSV in uV."""
    return channel.read() * (1e6 if path.suffix == ".csv" and channel.unit == "V" else 1.0)


def columns_of_csv(path, recording):
    hint = re.search(r"skiprows=(\d+)", path.read_text("utf-8-sig").split("\n")[1])
    table = pd.read_csv(path, skiprows=int(hint[1]), float_precision="round_trip", low_memory=False)
    names = [name for name in table.columns if not re.match(r"time( at .* Hz)? \(s\)(\.\d+)?$", name)]
    by_label = {}
    for channel in recording.channels:
        matching = [name for name in names if name.lstrip("'").split(" (")[0] == channel.label.split(" (")[0]]
        name = matching[0] if len(matching) == 1 else next(n for n in matching if channel.label in n)
        by_label[channel.label] = table[name].to_numpy()[: channel.n_samples]
    return [by_label[channel.label] for channel in recording.channels]


def columns_of_edf(path, recording):
    """Both libraries; in base units, cut to the length of the channels."""
    other = edfio.read_edf(path) if path.suffix == ".edf" else edfio.read_bdf(path)
    columns = []
    with pyedflib.EdfReader(str(path)) as file:
        for i, channel in enumerate(recording.channels):
            factor = {"nV": 1e-9, "uV": 1e-6, "mV": 1e-3}.get(file.getPhysicalDimension(i), 1.0)
            samples = file.readSignal(i) * factor
            np.testing.assert_allclose(other.signals[i].data * factor, samples, rtol=1e-9, atol=1e-12 * np.ptp(samples))
            skip = round((channel.start - min(one.start for one in recording.channels)) * channel.sampling_rate)
            columns.append(samples[skip : skip + channel.n_samples])
    return columns


def columns_of_hdf5(path, _recording):
    with h5py.File(path) as file:
        return [dataset[()] for dataset in file["channels"].values()]


def columns_of_mat(path, _recording):
    return [one["samples"].reshape(-1) for one in loadmat(path)["emgpipe"][0, 0]["channels"].reshape(-1)]


LIBRARIES = {
    ".csv": columns_of_csv, ".edf": columns_of_edf, ".bdf": columns_of_edf, ".h5": columns_of_hdf5,
    ".mat": columns_of_mat,
}  # fmt: skip


def test_libraries_find_the_samples(recording, path):
    write(recording, path)
    columns = LIBRARIES[path.suffix](path, recording)
    assert len(columns) == len(recording.channels)
    for column, channel in zip(columns, recording.channels, strict=True):
        expected = in_file_unit(channel, path)
        there = np.isfinite(expected)
        assert column.size == expected.size
        if path.suffix in {".csv", ".h5", ".mat"}:
            np.testing.assert_array_equal(np.isfinite(column), there)
        if there.any():
            limit = RELATIVE[path.suffix] * np.abs(expected[there]).max()
            assert np.abs(column[there] - expected[there]).max() <= limit, channel.label


def test_everything_is_read_back(recording, path):
    write(recording, path)
    back = read(path)
    assert_same_facts(back, recording)
    for new, old in zip(back.channels, recording.channels, strict=True):
        assert largest_error(new, old) <= RELATIVE[path.suffix], old.label
