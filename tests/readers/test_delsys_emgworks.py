"""EMGworks text exports: a published recording against its reference figures, and dialects written by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.delsys_emgworks import DelsysEmgworksOptions

REAL = "delsys_emgworks_csv/truncated_trigno_sample.csv"
EMG = [round(float(value), 7) for value in 1e-4 * np.sin(0.9 * np.arange(90))]


@pytest.fixture
def load(tmp_path):
    def write_and_read(text, written_as="utf-8", **options):
        path = tmp_path / "recording.csv"
        path.write_bytes(text.encode(written_as))
        assert choose(path)[0].name == "delsys_emgworks"
        return read(path, [DelsysEmgworksOptions(**options)])

    return write_and_read


def facts(label, rate, points, unit="V"):
    stated = f"Sampling frequency: {rate:.6e} Number of points: {points} start: 0.000000e+000 Unit: {unit}"
    return f"Label: {label} {stated} Domain Unit: s"


def rows(columns, delimiter=","):
    """Rows of columns that end where they end."""
    length = max(len(column) for column in columns)
    cells = [[f"{column[i]:.7g}" if i < len(column) else "" for column in columns] for i in range(length)]
    return "\n".join(delimiter.join(row) for row in cells) + "\n"


def times(n, rate):
    return np.arange(n) / rate


def kinds(recording):
    return [finding.kind for finding in recording.findings]


def test_published_recording(data_folder):
    row = next(r for r in json.loads((data_folder / "references.json").read_text()) if r["file"] == REAL)
    path = data_folder / REAL
    recording = read(path)
    table = pd.read_csv(path, skiprows=17)
    assert recording.source.reader == "delsys_emgworks"
    assert list(recording.labels) == row["channels"]
    for index, channel in enumerate(recording.channels):
        expected = table.iloc[:, 2 * index + 1].dropna().to_numpy()
        np.testing.assert_array_equal(channel.read(), expected)
        assert channel.start == 0.0
    for label, reference in row["reference"].items():
        samples = recording.channel(label).read()
        assert samples.size == reference["n"]
        np.testing.assert_allclose(samples.mean(), reference["mean"], rtol=1e-6)
        np.testing.assert_allclose(np.sqrt(np.mean(samples**2)), reference["rms"], rtol=1e-6)
        np.testing.assert_allclose(samples[:5], reference["first5"], rtol=1e-6)
    # 1.259259e+003 and 1.481481e+002 in the file.
    assert {(c.kind, c.unit, c.sampling_rate) for c in recording.channels} == {
        ("emg", "V", 1259.259),
        ("acceleration", "g", 148.1481),
        ("angular_velocity", "deg/s", 148.1481),
    }
    cut = [finding for finding in recording.findings if finding.kind == "declared_count"]
    assert ["81141" in cut[0].reason, "2519" in cut[0].reason, cut[0].level] == [True, True, "warn"]
    assert len(recording.findings) == 2  # the second: 9546 declared, 297 found


def test_semicolons_and_decimal_commas(load):
    head = [facts("GMAX RT: EMG 1", 1925.926, 90), facts("GMAX RT: ACC.X 1", 148.148, 10, "g"), ""]
    text = "\n".join([*head, 'X[s];"GMAX RT: EMG 1";X[s];"GMAX RT: ACC.X 1"', ""])
    body = rows([times(90, 1925.926), EMG, times(10, 148.148), np.linspace(0, 1, 10)], ";")
    recording = load((text + body).replace(".", ",").replace("ACC,X", "ACC.X"))
    emg, acceleration = recording.channels
    assert (emg.sampling_rate, emg.unit, emg.n_samples) == (1925.926, "V", 90)
    assert (acceleration.sampling_rate, acceleration.unit, acceleration.n_samples) == (148.148, "g", 10)
    np.testing.assert_allclose(emg.read(), EMG, rtol=1e-6)
    np.testing.assert_allclose(acceleration.read(), np.linspace(0, 1, 10), rtol=1e-6)
    assert recording.findings == ()


def test_quoted_decimal_commas_between_commas(load):
    lines = ['X[s],"A: EMG 1",X[s],"B: EMG 2"']
    lines += [f'"{i / 2000:.7g}","{EMG[i]:.7g}","{i / 2000:.7g}","{-EMG[i]:.7g}"'.replace(".", ",") for i in range(90)]
    recording = load("\n".join(lines).replace('","', '"\x00"').replace("\x00", ","), unit="mV")
    np.testing.assert_allclose(recording.channel("B: EMG 2").read(), -1e-3 * np.array(EMG), rtol=1e-6)


def test_without_preamble_rates_are_those_of_the_stamps_and_units_unknown(load):
    labels = 'X[s],"Trigno IM sensor 1: EMG 1 (IM)",X[s],"Trigno IM sensor 1: ACC X 1 (IM)"\n'
    recording = load(labels + rows([times(90, 1259.259), EMG, times(11, 148.148), np.ones(11)]))
    emg, acceleration = recording.channels
    assert emg.sampling_rate == pytest.approx(1259.259, rel=1e-5)
    assert acceleration.sampling_rate == pytest.approx(148.148, rel=1e-5)
    assert [(c.unit, c.kind) for c in recording.channels] == [("unknown", "emg"), ("unknown", "acceleration")]
    assert kinds(recording) == ["unknown_unit"]
    assert "unit: V" in recording.findings[0].remedy


def test_stated_units(load):
    labels = 'X[s],"A: EMG 1",X[s],"A: ACC X 1"\n'
    body = labels + rows([times(90, 2000), EMG, times(11, 200), np.ones(11)])
    recording = load(body, unit="mV", units={"A: ACC X 1": "g"})
    assert [channel.unit for channel in recording.channels] == ["V", "g"]
    np.testing.assert_allclose(recording.channels[0].read(), 1e-3 * np.array(EMG), rtol=1e-6)
    with pytest.raises(ReadError, match="'A: EMG 7'"):
        load(body, units={"A: EMG 7": "V"})


def test_facts_inside_the_row_of_labels(load):
    labels = [
        "X[s]",
        facts("2 GMAX 10: EMG 10 (IM)", 2000, 90, "Volts"),
        facts("3 GMED 11: EMG 11 (IM)", 2000, 90, "Volts"),
    ]
    recording = load(",".join(labels) + "\n" + rows([times(90, 2000), EMG, EMG]))
    assert recording.labels == ("2 GMAX 10: EMG 10 (IM)", "3 GMED 11: EMG 11 (IM)")
    assert {(c.unit, c.sampling_rate, c.n_samples) for c in recording.channels} == {("V", 2000.0, 90)}
    assert recording.findings == ()


def test_one_time_column_for_slow_columns_that_end_early(load):
    head = [facts("A: EMG 1", 2000, 90), facts("A: ACC.X 1", 200, 9, "g"), "", 'X[s],"A: EMG 1","A: ACC.X 1"', ""]
    recording = load("\n".join(head) + rows([times(90, 2000), EMG, np.arange(9)]))
    assert [(c.sampling_rate, c.n_samples) for c in recording.channels] == [(2000.0, 90), (200.0, 9)]
    assert recording.findings == ()


def test_one_time_column_for_columns_the_export_resampled(load):
    head = [facts("A: EMG 1", 2000, 90), facts("A: ACC.X 1", 200, 9, "g"), "", 'X[s],"A: EMG 1","A: ACC.X 1"', ""]
    recording = load("\n".join(head) + rows([times(90, 2000), EMG, np.arange(90) / 10]))
    assert [(c.sampling_rate, c.n_samples) for c in recording.channels] == [(2000.0, 90), (2000.0, 90)]
    contradiction = next(f for f in recording.findings if f.kind == "sampling_rate_contradiction")
    assert "200 Hz" in contradiction.reason


@pytest.mark.parametrize(("stamped", "level"), [(2000.0, None), (2020.0, "warn"), (1000.0, "fail")])
def test_rate_of_the_heading_against_the_stamps(load, stamped, level):
    head = [facts("A: EMG 1", 2000, 90), facts("B: EMG 2", 2000, 90), "", 'X[s],"A: EMG 1",X[s],"B: EMG 2"', ""]
    recording = load("\n".join(head) + rows([times(90, stamped), EMG, times(90, stamped), EMG]))
    assert {c.sampling_rate for c in recording.channels} == {2000.0}
    assert [f.level for f in recording.findings] == ([level] if level else [])


def test_gap_in_the_stamps(load):
    stamps = times(90, 2000)
    stamps[40:] += 0.5
    recording = load('X[s],"A: EMG 1",X[s],"B: EMG 2"\n' + rows([stamps, EMG, stamps, EMG]), unit="V")
    (gap,) = recording.findings
    assert gap.kind == "time_gaps"
    assert gap.value == pytest.approx(0.5)
    assert "'A: EMG 1', 'B: EMG 2'" in gap.reason


def test_zeros_without_stamps_are_padding(load):
    slow = np.concatenate([np.arange(1.0, 10.0), np.zeros(81)])
    stamps = np.concatenate([times(9, 200), np.zeros(81)])
    recording = load('X[s],"A: EMG 1",X[s],"A: ACC X 1"\n' + rows([times(90, 2000), EMG, stamps, slow]), unit="V")
    np.testing.assert_array_equal(recording.channels[1].read(), np.arange(1.0, 10.0))
    assert recording.channels[1].sampling_rate == pytest.approx(200)
    assert "padding" in kinds(recording)


def test_missing_and_unreadable_cells(load):
    text = 'X[s],"A: EMG 1",X[s],"B: EMG 2"\n' + rows([times(90, 2000), EMG, times(90, 2000), EMG])
    lines = text.splitlines()
    lines[11] = f"{10 / 2000},,{10 / 2000},overload"
    recording = load("\n".join([*lines, ""]), unit="V")
    for channel in recording.channels:
        assert np.flatnonzero(np.isnan(channel.read())).tolist() == [10]
        np.testing.assert_allclose(channel.read()[11:], EMG[11:], rtol=1e-6)
    assert [finding.kind for finding in recording.findings] == ["unusable_cells", "unusable_cells"]
    assert "overload" in recording.findings[1].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_exponents_that_crash_the_fast_parser(load, encoding):
    text = 'X[s],"A: EMG 1"\n' + rows([times(90, 2000), EMG])
    lines = text.splitlines()
    lines[11] = f"{10 / 2000},0.1e992017059239"
    (channel,) = load("\n".join([*lines, ""]), encoding, unit="V").channels
    assert np.flatnonzero(np.isnan(channel.read())).tolist() == [10]
    np.testing.assert_allclose(channel.read()[11:], EMG[11:], rtol=1e-6)


def test_sensors_with_the_same_name(load):
    head = [
        facts("S: EMG 1", 2000, 90, "mV"),
        facts("S: EMG 1", 1000, 45, "V"),
        "",
        'X[s],"S: EMG 1",X[s],"S: EMG 1"',
        "",
    ]
    recording = load("\n".join(head) + rows([times(90, 2000), EMG, times(45, 1000), EMG[:45]]))
    assert recording.labels == ("S: EMG 1", "S: EMG 1 (2)")
    assert [channel.sampling_rate for channel in recording.channels] == [2000.0, 1000.0]
    np.testing.assert_allclose(recording.channels[0].read(), 1e-3 * np.array(EMG), rtol=1e-6)
    assert kinds(recording) == ["duplicate_labels"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(load, encoding):
    head = [facts("Fußheber: GYRO.X 1", 148.148, 90, "°/s"), "", 'X[s],"Fußheber: GYRO.X 1"', ""]
    recording = load("\n".join(head) + rows([times(90, 148.148), EMG]), encoding)
    (channel,) = recording.channels
    assert (channel.label, channel.unit, channel.kind) == ("Fußheber: GYRO.X 1", "deg/s", "angular_velocity")
    np.testing.assert_allclose(channel.read(), EMG, rtol=1e-6)


def test_preamble_without_samples(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text(facts("A: EMG 1", 2000, 90) + "\n" + facts("B: EMG 2", 2000, 90)[:60])
    with pytest.raises(DamagedFileError, match=r"cut off before the row of labels"):
        read(path)
    path.write_text(facts("A: EMG 1", 2000, 90) + '\n\nX[s],"A: EMG 1"\n')
    with pytest.raises(ReadError, match="no samples"):
        read(path)


def test_other_csv_files_with_x_are_not_taken(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("x[s],emg\n" + rows([times(90, 1000), EMG]))
    assert choose(path)[0].name == "delimited"
