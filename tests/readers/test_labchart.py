"""LabChart text: a published export against its figures, and blocks written by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import read

NAME = "labchart_txt/labchart_file.example.txt"
EMG = np.round(np.sin(np.arange(100) * 0.6), 5)
DAY = 86400.0


@pytest.fixture(scope="module")
def example(data_folder):
    return read(data_folder / NAME)


def header(interval="0.001 s", date=45000.0, titles=("EMG GMAX", "Hip"), units=("*", "deg"), **lines):
    day = "" if date is None else f"ExcelDateTime=\t{date:.17g}\t03/15/23 00:00:00\n"
    ranges = lines.get("ranges", ("10.000 mV", "10.000 V"))
    tops = lines.get("tops", ("*", "180.00"))
    return (
        f"Interval=\t{interval}\n{day}TimeFormat=\tStartOfBlock\nDateFormat=\t\nChannelTitle=\t" + "\t".join(titles)
        + "\nRange=\t" + "\t".join(ranges) + "\nUnitName=\t" + "\t".join(units)
        + "\nTopValue=\t" + "\t".join(tops) + "\n"
    )  # fmt: skip


def rows(start=0.0, step=0.001, values=EMG, comments=()):
    notes = dict(comments)
    return "".join(
        f"{start + i * step:.7g}\t{value}\t{45 + value}" + (f"\t{notes[i]}" if i in notes else "") + "\n"
        for i, value in enumerate(values)
    )


@pytest.fixture
def load(tmp_path):
    def write_and_read(text, written_as="utf-8"):
        path = tmp_path / "recording.txt"
        path.write_bytes(text.encode(written_as))
        return read(path)

    return write_and_read


def kinds(recording):
    return {finding.kind for finding in recording.findings}


def test_reference(example, data_folder):
    rows = {row["file"]: row for row in json.loads((data_folder / "references.json").read_text())}
    row = rows[NAME]
    assert list(example.labels) == row["channels"]
    (label, reference), channel = *row["reference"].items(), example.channel("EMG")
    assert label == "EMG"
    samples = channel.read()
    recorded = samples[np.isfinite(samples)] * 1e3  # the range of EMG is in mV
    assert (channel.unit, channel.kind, channel.sampling_rate) == ("V", "emg", row["fs"])
    assert recorded.size == reference["n"]
    assert recorded.mean() == pytest.approx(reference["mean"], rel=1e-6)
    assert np.sqrt((recorded**2).mean()) == pytest.approx(reference["rms"], rel=1e-6)
    np.testing.assert_allclose(recorded[:5], reference["first5"], rtol=1e-6)
    assert channel.start == row["t_first"]
    assert {finding.kind for finding in example.findings} == {"time_gaps", "unknown_unit"}


def test_every_channel_against_pandas(example, data_folder):
    lines = (data_folder / NAME).read_text().splitlines()
    table = pd.DataFrame([line.split("\t")[:10] for line in lines if line[:1].isdigit()]).astype(float)
    factors = {"PushSWE": 1.0, "EMG": 1e-3}
    for place, channel in enumerate(example.channels, start=1):
        samples = channel.read()
        factor = factors.get(channel.label, 1.0)
        np.testing.assert_allclose(samples[np.isfinite(samples)], table[place] * factor, rtol=1e-12)


def test_blocks_stand_where_their_dates_say(example, data_folder):
    lines = (data_folder / NAME).read_text().splitlines()
    dates = [float(line.split("\t")[1]) for line in lines if line.startswith("ExcelDateTime=")]
    known = np.isfinite(example.channel("EMG").read())
    starts = np.flatnonzero(np.diff(known.astype(int), prepend=0) == 1)
    expected = (np.array(dates) - dates[0]) * DAY * 100
    np.testing.assert_allclose(starts, expected, atol=0.5)
    assert (np.flatnonzero(np.diff(known.astype(int), append=0) == -1) - starts + 1).tolist() == [6000] * 6
    gap = next(finding for finding in example.findings if finding.kind == "time_gaps")
    assert gap.value == pytest.approx((known.size - known.sum()) / 100, abs=0.05)


def test_comments_are_events(example, data_folder):
    lines = (data_folder / NAME).read_text().splitlines()
    commented = [line for line in lines if "#" in line and line[:1].isdigit()]
    assert len({event.start for event in example.events}) == len(commented) == 311
    assert len(example.events) == sum(line.count("#") for line in commented)
    first = example.events[0]
    assert (first.label, first.start) == ("INSPI", pytest.approx(2.43))


def test_slices_over_a_gap(example):
    channel = example.channel("EMG")
    whole = channel.read()
    for start, stop in [(0, 10), (5990, 6010), (6000, 7000), (137000, 139000), (channel.n_samples - 3, None)]:
        np.testing.assert_array_equal(channel.read(start, stop), whole[start:stop])


@pytest.mark.parametrize("written_as", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_block(load, written_as, end):
    text = header(units=("µV", "deg")) + rows(432.0, comments=[(10, "#* start "), (20, "#2 hör auf #* Ende")])
    recording = load(text.replace("\n", end), written_as)
    emg, hip = recording.channels
    assert (emg.unit, emg.kind, hip.unit, hip.kind) == ("V", "emg", "deg", "angle")
    assert (emg.sampling_rate, emg.start, emg.n_samples) == (1000.0, 432.0, 100)
    np.testing.assert_allclose(emg.read(), EMG * 1e-6, rtol=1e-12)
    np.testing.assert_allclose(hip.read(), 45 + EMG, rtol=1e-12)
    assert [event.label for event in recording.events] == ["start", "hör auf", "Ende"]
    assert [event.start for event in recording.events] == pytest.approx([432.01, 432.02, 432.02])
    assert recording.acquisition.start_time == "2023-03-15T00:00:00.000"
    assert not recording.findings


@pytest.mark.parametrize(
    ("name", "extent", "top", "unit", "factor"),
    [("*", "10.000 mV", "*", "V", 1e-3), ("*", "100 uV", "*", "V", 1e-6), ("mV", "10.000 V", "5.0", "V", 1e-3),
     ("", "10.000 V", "148.52", "unknown", 1.0), ("", "10.000 V", "*", "V", 1.0),
     ("*", "1.1000 ", "*", "unknown", 1.0)],
)  # fmt: skip
def test_units(load, name, extent, top, unit, factor):
    text = header(units=(name, "deg"), ranges=(extent, "10.000 V"), tops=(top, "180"))
    channel = load(text + rows()).channels[0]
    assert channel.unit == unit
    np.testing.assert_allclose(channel.read(), EMG * factor, rtol=1e-12)


def test_gap_of_two_seconds(load):
    text = header() + rows() + header(date=45000.0 + 2.1 / DAY) + rows()
    recording = load(text)
    samples = recording.channels[0].read()
    assert samples.size == 2200
    np.testing.assert_allclose(samples[:100], EMG * 1e-3, rtol=1e-12)
    np.testing.assert_allclose(samples[2100:], EMG * 1e-3, rtol=1e-12)
    assert np.isnan(samples[100:2100]).all()
    (finding,) = recording.findings
    assert (finding.kind, finding.value) == ("time_gaps", pytest.approx(2.0, abs=1e-5))


def test_time_that_runs_on(load):
    recording = load(header() + rows() + header() + rows(0.1) + header() + rows(0.3))
    samples = recording.channels[0].read()
    assert samples.size == 400
    assert np.isnan(samples).sum() == 100
    assert np.isnan(samples[200:300]).all()


@pytest.mark.parametrize("second", [None, 44999.0, 45000.0, 46000.0])
def test_blocks_that_cannot_be_placed(load, second):
    recording = load(header() + rows() + header(date=second) + rows())
    samples = recording.channels[0].read()
    np.testing.assert_allclose(samples, np.tile(EMG, 2) * 1e-3, rtol=1e-12)
    (finding,) = recording.findings
    assert (finding.kind, finding.level) == ("time_order", "warn")


def test_rows_left_out_of_a_block(load):
    lines = rows().splitlines(keepends=True)
    recording = load(header() + "".join(lines[:40] + lines[50:]))
    samples = recording.channels[0].read()
    assert np.flatnonzero(np.isnan(samples)).tolist() == list(range(40, 50))
    assert kinds(recording) == {"time_gaps"}


def test_blocks_of_different_rate(load):
    recording = load(header() + rows() + header("10 ms", date=45000.0 + 1 / DAY) + rows(step=0.01))
    assert [channel.sampling_rate for channel in recording.channels] == [1000.0, 1000.0, 100.0, 100.0]
    assert recording.labels == ("EMG GMAX", "Hip", "EMG GMAX (2)", "Hip (2)")
    assert [channel.start for channel in recording.channels] == pytest.approx([0, 0, 1, 1], abs=1e-5)
    assert "differing_blocks" in kinds(recording)


def test_interval_against_time_stamps(load):
    recording = load(header() + rows(step=0.002))
    assert recording.channels[0].sampling_rate == 500
    assert kinds(recording) == {"sampling_rate_contradiction"}


@pytest.mark.parametrize("interval", ["1 ms", "1000 µs", "0,001 s", "1e-3 s", ""])
def test_intervals(load, interval):
    assert load(header(interval) + rows()).channels[0].sampling_rate == pytest.approx(1000)


def test_decimal_comma(load):
    recording = load(header("0,001 s") + rows().replace(".", ","))
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-3, rtol=1e-12)


def test_without_time(load):
    recording = load(header() + "".join(line.split("\t", 1)[1] for line in rows().splitlines(keepends=True)))
    assert (recording.channels[0].sampling_rate, recording.channels[0].start) == (1000, 0)
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-3, rtol=1e-12)


def test_time_of_day_and_date(load):
    lines = [f"12:30:0{i / 100:.2f}\t3/15/23\t{value}\t{value}" for i, value in enumerate(EMG)]
    recording = load(header("10 ms") + "\n".join(lines) + "\n")
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-3, rtol=1e-12)
    assert recording.channels[0].sampling_rate == 100


def test_empty_cells_and_text(load):
    lines = rows().splitlines()
    lines[3] = "0.003\t\t45.5"
    lines[7] = "0.007\tOL\t45.5"
    lines[9] = "0.009\tNaN\t45.5\t3\t4"
    recording = load(header() + "\n".join(lines) + "\n")
    assert np.flatnonzero(np.isnan(recording.channels[0].read())).tolist() == [3, 7, 9]
    assert kinds(recording) == {"unusable_cells", "row_width"}


def test_last_channel_without_samples(load):
    text = header() + "".join(line.rsplit("\t", 1)[0] + "\t\n" for line in rows().splitlines())
    recording = load(text)
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-3, rtol=1e-12)
    assert np.isnan(recording.channels[1].read()).all()


def test_cut_last_line(load):
    text = header() + rows(values=np.full(100, 0.12345))
    recording = load(text[:-12])
    assert kinds(recording) == {"cut_off"}
    assert recording.channels[0].n_samples == 99
    recording = load(text[:-6])
    assert kinds(recording) == {"cut_off", "unusable_cells"}
    assert recording.channels[0].n_samples == 100
    assert np.isnan(recording.channels[1].read()[-1])


@pytest.mark.parametrize(
    "text", ["Interval=\t0.001 s\nChannelTitle=\t\n1\t2\n2\t3\n", header(), "Interval=\tx\nChannelTitle=\tA\n1\n2\n"]
)
def test_unusable(load, text):
    with pytest.raises(ReadError, match=r"names no channels|no rows of numbers|no usable interval"):
        load(text)
