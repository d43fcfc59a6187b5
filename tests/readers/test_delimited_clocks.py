"""Time columns of text files: units, coarse or missing stamps, and stamps that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers.delimited import DelimitedReader
from emgpipe.readers.parts.tables.clocks import read_clock
from emgpipe.readers.parts.tables.options import DelimitedOptions

EMG = np.round(np.sin(np.arange(6000) * 0.7) * 80 + 0.03, 4)


@pytest.fixture
def load(tmp_path):
    def write_and_read(times, label="Time", **options):
        path = tmp_path / "recording.csv"
        rows = [f"{time},{EMG[i]:.4f}" for i, time in enumerate(times)]
        path.write_text(f"{label},EMG (mV)\n" + "\n".join(rows) + "\n")
        return DelimitedReader().read(path, DelimitedOptions(**options))

    return write_and_read


def kinds(recording):
    return {finding.kind for finding in recording.findings}


@pytest.mark.parametrize(
    ("label", "per_second", "form"),
    [("Time (h)", 1 / 3600, ".12f"), ("Time [min]", 1 / 60, ".10f"), ("min", 1 / 60, ".10f"), ("Time (us)", 1e6, ".0f"),
     ("timestamp_ns", 1e9, ".0f"), ("milliSec", 1e3, "g"), ("Time (ms)", 1e3, "g"), ("Time_s", 1, ".4f"),
     ("Time (days)", 1 / 86400, ".14f")],
)  # fmt: skip
def test_units_of_time(load, label, per_second, form):
    recording = load([format(i / 2000 * per_second, form) for i in range(600)], label)
    assert recording.channels[0].sampling_rate == pytest.approx(2000, rel=1e-6)
    assert not recording.findings


def test_days_of_a_spreadsheet(load):
    recording = load([f"{45855.649139 + i * 0.0005 / 86400:.12f}" for i in range(2000)])
    assert recording.channels[0].sampling_rate == pytest.approx(2000, rel=1e-5)
    assert kinds(recording) == {"time_unit_guessed", "time_origin"}


def test_an_impossible_rate_is_refused(load):
    with pytest.raises(ReadError, match=r"'Time \(s\)' makes 7\.2e\+06 Hz, which no device records"):
        load([f"{i * 0.0005 / 3600:.14f}" for i in range(2000)], "Time (s)")
    assert (
        load([f"{i * 1e-8:.10f}" for i in range(99)], "Time (s)", sampling_rate=1000).channels[0].sampling_rate == 1000
    )


@pytest.mark.parametrize("form", ["10:00:{:02d}", "{:d}"])
@pytest.mark.parametrize("first", [0, 300, 700])
def test_whole_seconds(load, form, first):
    recording = load([form.format((i + first) // 1000) for i in range(5500)])
    assert recording.channels[0].sampling_rate == 1000
    coarse = next(finding for finding in recording.findings if finding.kind == "coarse_time")
    assert coarse.level == "warn"
    assert "printed to 1 s only" in coarse.reason
    assert 0.01 < coarse.value < 0.1


def test_a_lost_second_and_lost_samples_in_whole_seconds(load):
    seconds = [i // 1000 for i in range(6000) if not 2000 <= i < 3000]
    gap = next(f for f in load([f"10:00:{s:02d}" for s in seconds]).findings if f.kind == "time_gaps")
    assert gap.value == pytest.approx(1.0)
    uneven = [i // 1000 for i in range(6000) if not 2000 <= i < 2400]
    assert "irregular_time" in kinds(load([f"10:00:{s:02d}" for s in uneven]))


def test_one_change_of_the_second_shows_no_rate(load):
    with pytest.raises(ReadError, match=r"'Time', which changes only once.*state it in the study file"):
        load([f"10:00:{i // 1000:02d}" for i in range(2000)])


@pytest.mark.parametrize(("label", "why"), [("Time (s)", "does not increase"), ("Time (s)", "never changes")])
def test_the_error_names_the_time_column(load, label, why):
    times = range(500, 0, -1) if "increase" in why else [3] * 500
    with pytest.raises(ReadError, match=rf"'Time \(s\)', which {why}.*state it in the study file"):
        load(times, label)


@pytest.mark.parametrize(
    ("has_stamp", "start", "value"),
    [(lambda i: i < 1000, 0.0, 1000.0), (lambda i: i >= 500, 0.0, 500.0), (lambda i: i % 20 == 0, 0.0, 19.0),
     (lambda i: i % 20 == 19 or i > 1990, 0.0, 19.0)],
)  # fmt: skip
def test_rows_without_a_stamp_are_kept(load, has_stamp, start, value):
    recording = load([f"{i / 2000:.4f}" if has_stamp(i) else "" for i in range(2000)], "Time (s)")
    channel = recording.channels[0]
    assert (channel.sampling_rate, channel.n_samples) == (pytest.approx(2000, rel=1e-9), 2000)
    assert channel.start == pytest.approx(start, abs=1e-9)
    np.testing.assert_allclose(channel.read(), EMG[:2000] * 1e-3, rtol=1e-12)
    found = next(finding for finding in recording.findings if finding.kind == "time_incomplete")
    assert (found.level, found.value) == ("warn", value)


def test_two_time_columns_by_name(tmp_path):
    path = tmp_path / "recording.csv"
    rows = [f"{i / 2000:.4f},{EMG[i]}," + (f"{i / 100:.2f},{i % 7}" if i < 100 else ",") for i in range(2000)]
    path.write_text("t_emg,emg,t_imu,acc\n" + "\n".join(rows) + "\n")
    recording = DelimitedReader().read(path, DelimitedOptions())
    assert [(c.label, c.sampling_rate, c.n_samples) for c in recording.channels] == [
        ("emg", 2000, 2000),
        ("acc", 100, 100),
    ]


def test_rows_printed_twice_are_said(tmp_path):
    path = tmp_path / "recording.csv"
    path.write_text("Time (s),EMG (mV)\n" + "".join(f"{i / 1000:.3f},{EMG[i]}\n" * 2 for i in range(1000)))
    found = next(f for f in DelimitedReader().read(path, DelimitedOptions()).findings if f.kind == "repeated_rows")
    assert found.value == 1000


def test_samples_that_share_a_stamp_are_not_called_repeated(load):
    assert "repeated_rows" not in kinds(load([f"{i // 2 / 1000:.3f}" for i in range(2000)], "Time (s)"))


def test_a_column_without_any_number(tmp_path):
    path = tmp_path / "recording.csv"
    path.write_text("Time (s),EMG (uV)\n" + "".join(f"{i / 1000:.3f},NaN\n" for i in range(100)))
    with pytest.raises(ReadError, match=r"no channel has a number.*'EMG \(uV\)'"):
        DelimitedReader().read(path, DelimitedOptions())
    path.write_text("Time (s),EMG (uV),EMG2 (uV)\n" + "".join(f"{i / 1000:.3f},NaN,{i % 7}\n" for i in range(100)))
    recording = DelimitedReader().read(path, DelimitedOptions())
    assert [(f.kind, f.level, f.channel) for f in recording.findings] == [("unusable_cells", "fail", "EMG (uV)")]


@pytest.mark.parametrize(("missing", "expected"), [("NaN", (1000.0, 1000)), ("", (400.0, 400))])
def test_printed_nan_is_no_slower_channel(tmp_path, missing, expected):
    path = tmp_path / "recording.csv"
    rows = [f"{i / 1000:.3f},{EMG[i] if i < 400 else missing},{EMG[i]}" for i in range(1000)]
    path.write_text("Time (s),EMG (uV),EMG2 (uV)\n" + "\n".join(rows) + "\n")
    channel = DelimitedReader().read(path, DelimitedOptions()).channels[0]
    assert (channel.sampling_rate, channel.n_samples) == expected
    assert np.isfinite(channel.read()).sum() == 400


@pytest.mark.parametrize("rate", [1000.0, 1259.259, 2148.148])
@pytest.mark.parametrize("resolution", [0.02, 0.1, 1.0])
def test_rate_from_the_changes_of_coarse_stamps(rate, resolution):
    times = np.floor(np.arange(30000) / rate / resolution + 0.37) * resolution
    clock = read_clock(times, 1.0)
    assert clock.sampling_rate == pytest.approx(rate, rel=2 / 30000)
    assert abs(clock.sampling_rate / rate - 1) <= max(clock.uncertainty, 1e-6) * 2
    assert (clock.gaps, clock.backward, clock.irregular) == (0, 0, 0)


def test_milliseconds_behind_a_colon(load):
    recording = load([f"10:00:{i // 1000:02d}:{i % 1000:03d}" for i in range(3000)])
    assert recording.channels[0].sampling_rate == pytest.approx(1000, rel=1e-9)
    assert kinds(recording) == {"time_origin"}
