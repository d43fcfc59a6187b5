"""Delsys MAT-files written by scipy in the layout of the File Utility."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from emgpipe.errors import ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.delsys_mat import DelsysMatOptions

RATES = np.array([[2148.1481], [370.3704], [74.0741]])
LABELS = ["L BF 1: EMG 1", "L BF 1: ACC X 1", "Trigno 2: Mag X 2"]
N = 17185
"""8 s at the highest rate."""


def true_rows():
    random = np.random.default_rng(3)
    return [random.normal(0, 1, round(N / RATES[0, 0] * rate)) for rate in RATES[:, 0]]


def content(**changes):
    data = np.zeros((3, N))
    for row, samples in zip(data, true_rows(), strict=True):
        row[: samples.size] = samples
    variables = {"Channels": np.array(LABELS), "Data": data, "Fs": RATES, "Time": np.arange(N) / RATES}
    return {name: value for name, value in (variables | changes).items() if value is not None}


@pytest.fixture
def load(tmp_path):
    def write_and_read(variables, options=None, **how):
        path = tmp_path / "recording.mat"
        savemat(path, variables, **how)
        assert choose(path)[0].name == "delsys_mat"
        return read(path, [options or DelsysMatOptions()])

    return write_and_read


def check(recording):
    assert list(recording.labels) == LABELS
    for channel, expected, rate in zip(recording.channels, true_rows(), RATES[:, 0], strict=True):
        assert channel.sampling_rate == rate
        np.testing.assert_array_equal(channel.read(), expected)
        assert channel.duration == pytest.approx(8.0, abs=0.02)


@pytest.mark.parametrize("how", [{}, {"do_compression": True}])
def test_padding_is_undone(load, how):
    recording = load(content(), **how)
    check(recording)
    assert [channel.kind for channel in recording.channels] == ["emg", "acceleration", "other"]
    padding = [finding for finding in recording.findings if finding.kind == "padding"]
    assert [finding.level for finding in padding] == ["note", "note"]
    assert padding[0].channel == LABELS[1]


def test_stamps_run_on_but_are_not_the_duration(load):
    # The row of 74 Hz is filled up to 17185 stamps, the last at 232 s.
    assert content()["Time"][2, -1] > 230
    assert {finding.kind for finding in load(content()).findings} == {"padding", "unknown_unit"}


def test_lengths_as_stated(load):
    lengths = np.array([[len(row)] for row in true_rows()])
    check(load(content(Length=lengths)))
    absurd = np.array([[N], [10**9], [-5]])
    check(load(content(Length=absurd)))


def test_samples_that_are_not_zero_are_never_cut(load):
    data = content()["Data"]
    data[1, 10000] = 0.5
    recording = load(content(Data=data))
    assert [channel.n_samples for channel in recording.channels][1] == N
    assert recording.channels[1].read()[10000] == 0.5
    warning = next(finding for finding in recording.findings if finding.kind == "padding_unclear")
    assert (warning.level, warning.channel) == ("warn", LABELS[1])


def test_a_packet_more_is_kept(load):
    data = content()["Data"]
    end = len(true_rows()[1])
    data[1, end : end + 3] = 7.0
    recording = load(content(Data=data))
    assert recording.channels[1].n_samples == end + 3
    assert "padding_unclear" not in {finding.kind for finding in recording.findings}


def test_rate_against_stamps_and_start(load):
    times = content()["Time"] + 2.5
    times[0] = 2.5 + np.arange(N) / 2000.0
    recording = load(content(Time=times))
    assert [channel.start for channel in recording.channels] == [2.5, 2.5, 2.5]
    (finding,) = [f for f in recording.findings if f.kind == "sampling_rate_contradiction"]
    assert (finding.level, finding.channel) == ("fail", LABELS[0])
    assert recording.channels[0].sampling_rate == 2148.1481


def test_units(load):
    recording = load(content(Unit=np.array(["mV", "g ", "uT"])))
    assert [channel.unit for channel in recording.channels] == ["V", "g", "uT"]
    np.testing.assert_allclose(recording.channels[0].read(), 1e-3 * true_rows()[0], rtol=1e-12)
    stated = load(content(), DelsysMatOptions(unit="uV", units={LABELS[1]: "mg"}))
    assert [channel.unit for channel in stated.channels] == ["V", "g", "unknown"]
    np.testing.assert_allclose(stated.channels[0].read(), 1e-6 * true_rows()[0], rtol=1e-12)


def test_names_in_cells_one_rate_and_other_orientation(load):
    data = np.random.default_rng(0).normal(0, 1, (400, 2))
    cells = np.array(["A: EMG 1", "B: EMG 2"], dtype=object)
    recording = load({"Channels": cells, "Data": data, "Fs": 1000.0})
    assert recording.labels == ("A: EMG 1", "B: EMG 2")
    assert {channel.sampling_rate for channel in recording.channels} == {1000.0}
    np.testing.assert_array_equal(recording.channels[1].read(), data[:, 1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Fs": np.array([[2000.0], [0.0], [74.0]])}, "0 Hz"),
        ({"Fs": np.array([[2000.0], [74.0]])}, "sampling rate for each of the 3 channels"),
        ({"Data": np.zeros((2, 50))}, "Data is 2 by 50"),
        ({"Channels": np.array(LABELS[:2])}, "2 names in Channels"),
        ({"Data": "text"}, "no table of signals"),
    ],
)
def test_contradictions_are_refused(load, changes, message):
    with pytest.raises(ReadError, match=message):
        load(content(**changes))
