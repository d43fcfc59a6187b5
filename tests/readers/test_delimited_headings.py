"""Headings of text files: rates, units and labels as people and programs write them, with what must not be believed."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers.delimited import DelimitedReader
from emgpipe.readers.parts.tables.options import DelimitedOptions
from emgpipe.units import parse_unit

N = 300
A = np.round(np.sin(np.arange(N) * 0.7) * 80 + 0.03, 4)
B = np.round(np.cos(np.arange(N) * 0.9) * 50 + 0.07, 4)
PAIRS = "\n".join(f"{a:.4f},{b:.4f}" for a, b in zip(A, B, strict=True)) + "\n"
TIMED = "\n".join(f"{i / 2000:.4f},{A[i]:.4f},{B[i]:.4f}" for i in range(N)) + "\n"


@pytest.fixture
def load(tmp_path):
    def write_and_read(text, **options):
        path = tmp_path / "recording.csv"
        path.write_bytes(text.encode())
        return DelimitedReader().read(path, DelimitedOptions(**options))

    return write_and_read


def kinds(recording):
    return {finding.kind for finding in recording.findings}


ACQ = "Paw_EMG.acq\n0.5 msec/sample\n2 channels\nEMGdi - EMG100C\nmV\nEMGps - EMG100C\nuV\n"


@pytest.mark.parametrize(
    ("names", "counts", "end", "time"),
    [("milliSec\tCH1\tCH2\t", "\t300\t300\t", "\t", 0.5), ("CH1\tCH2", "300\t300", "", None),
     ("sec\tCH1\tCH2", "\t300\t300", "", 0.0005), ("min\tCH1\tCH2", "\t300\t300", "", 0.0005 / 60)],
)  # fmt: skip
def test_acqknowledge(load, names, counts, end, time):
    rows = [
        "\t".join(([] if time is None else [f"{i * time:.10g}"]) + [f"{A[i]:.4f}", f"{B[i]:.4f}"]) + end
        for i in range(N)
    ]
    recording = load(ACQ + names + "\n" + counts + "\n" + "\n".join(rows) + "\n")
    assert recording.labels == ("EMGdi - EMG100C", "EMGps - EMG100C")
    for channel, truth in zip(recording.channels, (A * 1e-3, B * 1e-6), strict=True):
        assert (channel.sampling_rate, channel.unit, channel.kind) == (2000.0, "V", "emg")
        np.testing.assert_allclose(channel.read(), truth, rtol=1e-12)
    assert not recording.findings


def test_acqknowledge_with_blanks_in_the_heading_and_commas_below(load):
    above = "C:test.txt\n0.500000 msec/sample\n2 channels\nBlood Pressure\nmmHg\nEMG\nvolts\nms CH0 CH1\n300 300\n"
    rows = "\n".join(f"{i * 0.5:g},{A[i]:.4f},{B[i]:.4f}" for i in range(N))
    recording = load(above + rows + "\n")
    assert [(c.label, c.unit, c.sampling_rate, c.n_samples) for c in recording.channels] == [
        ("Blood Pressure", "unknown", 2000.0, N), ("EMG", "V", 2000.0, N),
    ]  # fmt: skip
    assert "count_mismatch" in kinds(load(above.replace("300 300", "900 900") + rows + "\n"))


@pytest.mark.parametrize(
    "line",
    ["Notch filter frequency: 50 Hz", "Line frequency: 60 Hz", "High pass cut-off frequency: 20 Hz",
     "Low-pass filter frequency: 500 Hz", "Low-pass frequency = 500", "Frequency band: 20-450 Hz",
     "Stimulation frequency: 30 Hz", "Video frame rate: 30, sampling rate of video: 30", "Smoothing interval: 50 ms"],
)  # fmt: skip
def test_other_frequencies_are_no_sampling_rates(load, line):
    with pytest.raises(ReadError, match="does not state its sampling rate"):
        load(f"# {line}\nEMG1 (uV),EMG2 (uV)\n{PAIRS}")
    for text in (f"# {line}\ntime (s),EMG1 (uV),EMG2 (uV)\n{TIMED}", f"# {line}\n# Fs: 2000\nE1 (uV),E2 (uV)\n{PAIRS}"):
        recording = load(text)
        assert {channel.sampling_rate for channel in recording.channels} == {2000.0}
        assert not recording.findings


def test_bare_frequency_yields_to_the_time_stamps_and_a_sampling_rate_does_not(load):
    bare = load(f"Frequency: 100 Hz\ntime (s),EMG1 (uV),EMG2 (uV)\n{TIMED}")
    assert bare.channels[0].sampling_rate == 2000.0
    assert [(f.kind, f.level) for f in bare.findings] == [("sampling_rate_contradiction", "warn")]
    stated = load(f"Sampling rate: 100 Hz\ntime (s),EMG1 (uV),EMG2 (uV)\n{TIMED}")
    assert stated.channels[0].sampling_rate == 100.0
    assert [(f.kind, f.level) for f in stated.findings] == [("sampling_rate_contradiction", "fail")]


@pytest.mark.parametrize(
    ("line", "rate"),
    [("Sampling rate: 10,000 Hz", 10000), ("Sampling rate: 2 kS/s", 2000), ("Sampling rate: 2k", 2000),
     ("Sampling rate: 2 000 Hz", 2000), ("Sampling rate: 2'000 Hz", 2000), ("Sampling rate: 2\u202f000 Hz", 2000),
     ("Sampling rate: 1,000,000 Hz", 1e6), ("Sampling rate of channel 1: 2000", 2000), ("Sampling rate: 2e3", 2000),
     ("Sampling period: 0.5 ms", 2000), ("Sample Interval (ms): 0.5", 2000), ("Delta_X\t0.000500\t0.000500", 2000),
     ("Sample rate (samples per second): 2000", 2000), ("Frequency;2000", 2000), ("ANALOG_FREQUENCY\t2000", 2000),
     ("Sampling rate: 148.148 Hz", 148.148), ("2000 samples/second", 2000)],
)  # fmt: skip
def test_spellings_of_a_rate(load, line, rate):
    assert load(f"{line}\nEMG1 (uV),EMG2 (uV)\n{PAIRS}").channels[0].sampling_rate == rate


@pytest.mark.parametrize(
    ("line", "rate"),
    [("Sampling rate:;25.600 Hz", 25600), ("Rate (Hz);2148,148", 2148.148), ("Sampling rate: 1,926 kHz", 1926)],
)
def test_rates_beside_decimal_commas(load, line, rate):
    rows = PAIRS.replace(",", ";").replace(".", ",")
    assert load(f"{line}\nEMG1 (uV);EMG2 (uV)\n{rows}").channels[0].sampling_rate == rate


def test_a_rate_that_may_be_thousands_is_said(load):
    recording = load(f"Sampling rate: 25.600 Hz\nEMG1 (uV),EMG2 (uV)\n{PAIRS}")
    assert recording.channels[0].sampling_rate == 25.6
    assert kinds(recording) == {"sampling_rate_doubtful"}


def test_different_rates_on_one_line_are_not_one_rate(load):
    with pytest.raises(ReadError, match=r"several sampling rates \(2000, 100 Hz\)"):
        load(f"Sampling Rate\t2000\t100\nEMG1 (uV),angle (deg)\n{PAIRS}")


@pytest.mark.parametrize("labels", ["Sensor (81234),EMG [45678]", "EMG (1.2),MVC [100]", "EMG @ 150,Grip (50.5)"])
def test_numbers_in_labels_that_are_no_rates(load, labels):
    recording = load(f"Time (s),{labels}\n{TIMED}")
    assert {channel.sampling_rate for channel in recording.channels} == {2000.0}
    assert kinds(recording) == {"unknown_unit"}
    with pytest.raises(ReadError, match="sampling rate"):
        load(f"{labels}\n{PAIRS}")


def test_numbers_in_labels_that_are_rates(load):
    rows = [f"{i / 2000:.4f},{A[i]:.4f},{B[i] if i < 30 else ''}" for i in range(N)]
    recording = load("Time (s),EMG 1 (2000),ACC X (200)\n" + "\n".join(rows) + "\n")
    assert [channel.sampling_rate for channel in recording.channels] == [2000.0, 200.0]
    written = load("EMG 1 (uV) @ 1500 Hz,EMG 2 (uV) @ 1500 Hz\n" + PAIRS)
    assert written.channels[0].sampling_rate == 1500.0


@pytest.mark.parametrize("above", ["fs,2000\nunit,mV\nEMG1,EMG2\n", "Device,Trigno\nUnit,mV\nRate,2000\nEMG1,EMG2\n",
                                   "# Sampling rate: 2000 Hz; Gain: 1000; Unit: mV\nEMG1,EMG2\n"])  # fmt: skip
def test_a_unit_for_the_whole_file(load, above):
    recording = load(above + PAIRS)
    assert recording.labels == ("EMG1", "EMG2")
    for channel, truth in zip(recording.channels, (A, B), strict=True):
        assert channel.sampling_rate == 2000
        np.testing.assert_allclose(channel.read(), truth * 1e-3, rtol=1e-12)


@pytest.mark.parametrize(
    ("units", "factors"),
    [("sec,mVolt,uVolt", (1e-3, 1e-6)), ("s,mVolts,µVolts", (1e-3, 1e-6)), ("s,mV rms,a.u.", (1e-3, 1.0)),
     ("s,raw,raw", (1.0, 1.0)), ("s,kg,mmHg", (1.0, 1.0)), ("[s],[mV],[µV]", (1e-3, 1e-6)),
     ("seconds,millivolts,microvolts", (1e-3, 1e-6))],
)  # fmt: skip
def test_rows_of_units_are_no_labels(load, units, factors):
    recording = load(f"Time,EMG1,EMG2\n{units}\n{TIMED}")
    assert recording.labels == ("EMG1", "EMG2")
    for channel, truth, factor in zip(recording.channels, (A, B), factors, strict=True):
        assert channel.sampling_rate == 2000
        np.testing.assert_allclose(channel.read(), truth * factor, rtol=1e-12)


def test_stacked_heading(load):
    recording = load("Name,EMG1,EMG2\nUnit,mVolts,mVolts\nSensor,12,13\n" + TIMED)
    assert [(c.label, c.unit, c.sampling_rate) for c in recording.channels] == [
        ("EMG1", "V", 2000.0),
        ("EMG2", "V", 2000.0),
    ]


@pytest.mark.parametrize("label", ["EMG 20-450 Hz", "EMG RMS 100 ms", "BF_s", "RF_N", "EMG (20-450 Hz)"])
def test_endings_of_labels_that_are_no_units(load, label):
    channel = load(f"Time (s),{label},EMG2 (uV)\n{TIMED}").channels[0]
    assert channel.unit == "unknown"
    np.testing.assert_array_equal(channel.read(), A)


LVM = (
    "LabVIEW Measurement\t\nWriter_Version\t2\nSeparator\tTab\nX_Columns\t{x}\nDate\t2021/03/04\n"
    "Time\t10:11:12.1234567\n***End_of_Header***\t\n\t\nChannels\t2\t\t\nSamples\t300\t300\t\n"
    "Time\t10:11:12.1\t10:11:12.1\t\nY_Unit_Label\tVolts\tVolts\t\nX0\t0.0E+0\t0.0E+0\t\n"
    "Delta_X\t0.000500\t0.000500\t\n***End_of_Header***\t\t\t\nX_Value\tEMG1\tEMG2\tComment\n"
)


@pytest.mark.parametrize("x", ["One", "No"])
def test_labview(load, x):
    rows = [f"{f'{i / 2000:.6f}' if x == 'One' else ''}\t{A[i]:.4f}\t{B[i]:.4f}" for i in range(N)]
    recording = load(LVM.format(x=x) + "\n".join(rows) + "\n")
    assert recording.labels == ("EMG1", "EMG2")
    for channel, truth in zip(recording.channels, (A, B), strict=True):
        assert (channel.unit, channel.sampling_rate) == ("V", pytest.approx(2000, rel=1e-12))
        np.testing.assert_array_equal(channel.read(), truth)
    assert not recording.findings


def test_qualisys_like_heading(load):
    above = "NO_OF_SAMPLES\t300\nNO_OF_CHANNELS\t2\nFREQUENCY\t2000\nTIME_STAMP\t2021-03-04, 10:11:12\t5555.5\n"
    recording = load(above + "CHANNEL_NAMES\tEMG1\tEMG2\n" + PAIRS.replace(",", "\t"))
    assert recording.labels == ("EMG1", "EMG2")
    assert recording.channels[0].sampling_rate == 2000


def test_one_label_decides_for_a_decimal_comma(load):
    values = np.abs(A) + 1
    text = "# Sampling rate: 2000\nEMG (mV)\n" + "\n".join(f"{v:.1f}".replace(".", ",") for v in values) + "\n"
    recording = load(text)
    assert recording.labels == ("EMG (mV)",)
    np.testing.assert_allclose(recording.channels[0].read(), np.round(values, 1) * 1e-3, atol=1.1e-4)
    counts = "\n".join(f"{512 + i % 9},{510 - i % 7}" for i in range(N))
    assert len(load("Subject A\n" + counts + "\n", sampling_rate=1000).channels) == 2


@pytest.mark.parametrize(
    ("written", "name"),
    [("milliSec", "ms"), ("usec", "us"), ("µs", "us"), ("min", "min"), ("hours", "h"), ("mVolts", "mV"),
     ("uVolt", "uV"), ("mV rms", "mV"), ("mV(RMS)", "mV"), ("rms", "unknown"), ("nanoseconds", "ns")],
)  # fmt: skip
def test_spellings_of_units(written, name):
    assert parse_unit(written) == name


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_column_of_thousands(load, delimiter):
    values = (A * 100).astype(int)
    cells = [f'"{value:,}"' if delimiter == "," else f"{value:,}" for value in values]
    rows = [delimiter.join([f"{i / 2000:.4f}", cell, f"{B[i]:.4f}"]) for i, cell in enumerate(cells)]
    recording = load(delimiter.join(["Time (s)", "EMG1 (uV)", "EMG2 (uV)"]) + "\n" + "\n".join(rows) + "\n")
    np.testing.assert_allclose(recording.channels[0].read(), values * 1e-6, rtol=1e-12)
    assert not recording.findings


def test_a_column_of_decimal_commas_is_not_taken_for_thousands(load):
    cells = [f"{value / 20 + 5:.3f}".replace(".", ",") for value in A]  # every cell has a comma
    rows = [f"{i / 2000:.4f};{cell};{B[i]:.4f}" for i, cell in enumerate(cells)]
    recording = load("Time (s);EMG1 (uV);EMG2 (uV)\n" + "\n".join(rows) + "\n")
    assert recording.labels == ("EMG2 (uV)",)
    assert "text_column" in kinds(recording)
