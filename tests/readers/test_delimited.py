"""Dialects of text files, written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import read
from emgpipe.readers.parts.tables import regular as delimited_regular
from emgpipe.readers.parts.tables.layout import find_layout
from emgpipe.readers.parts.tables.options import DelimitedOptions

EMG = np.round(np.sin(np.arange(60) * 0.7) * 100, 3)


@pytest.fixture
def load(tmp_path):
    def write_and_read(text, written_as="utf-8", **options):
        path = tmp_path / "recording.csv"
        whole = text if text.endswith(("\n", "\r")) else text + "\n"  # without it the last number would be in doubt
        path.write_bytes(whole.encode(written_as))
        return read(path, [DelimitedOptions(**options)])

    return write_and_read


def table(rows=60, rate=1000.0, delimiter=",", decimal=".", digits=6):
    numbers = ((i / rate, EMG[i % 60]) for i in range(rows))
    lines = [delimiter.join([f"{time:.{digits}f}", f"{emg:.3f}", f"{-emg:.3f}"]) for time, emg in numbers]
    return "\n".join(lines).replace(".", decimal) + "\n"


def header(delimiter=","):
    return delimiter.join(["time (s)", "GMAX RT (uV)", "GMED RT (uV)"]) + "\n"


def kinds(recording):
    return {finding.kind for finding in recording.findings}


def check(recording, rate=1000.0):
    assert recording.labels == ("GMAX RT (uV)", "GMED RT (uV)")
    first, second = recording.channels
    assert (first.unit, first.kind) == ("V", "emg")
    assert first.sampling_rate == pytest.approx(rate, rel=1e-9)
    np.testing.assert_allclose(first.read(), EMG * 1e-6, rtol=1e-12)
    np.testing.assert_allclose(second.read(), -EMG * 1e-6, rtol=1e-12)
    assert not recording.findings


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_decimal_marks(load, delimiter, decimal):
    if delimiter == decimal:
        pytest.skip("not without quotes")
    check(load(header(delimiter) + table(delimiter=delimiter, decimal=decimal)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(load, encoding):
    text = header().replace("uV", "µV") + table()
    recording = load(text, encoding)
    assert recording.labels[0] == "GMAX RT (µV)"
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(load, end):
    check(load((header() + table()).replace("\n", end)))


def test_quotes_and_decimal_comma_between_commas(load):
    lines = [f'"{line.replace(".", ",")}"'.replace(";", '","') for line in table(delimiter=";").splitlines()]
    check(load(header() + "\n".join(lines)))


def test_columns_of_blanks(load):
    lines = ["  " + line.replace(",", "    ") for line in table().splitlines()]
    check(load("time (s)\tGMAX RT (uV)\tGMED RT (uV)\n" + "\n".join(lines)))


def test_preamble_comments_and_unit_row(load):
    text = 'Recording of 5" electrodes; lab 3\n# made by hand\n\ntime,GMAX RT,GMED RT\ns,µV,mV\n' + table()
    recording = load(text)
    assert recording.labels == ("GMAX RT", "GMED RT")
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)
    np.testing.assert_allclose(recording.channels[1].read(), -EMG * 1e-3)


def test_commented_header(load):
    check(load("# " + header() + table()))


def test_sep_line_of_spreadsheets(load):
    check(load("sep=;\n" + header(";") + table(delimiter=";", decimal=",")))


def test_time_in_milliseconds(load):
    lines = [f"{i * 0.5:.1f},{value}" for i, value in enumerate(EMG)]
    stated = load("time_ms,EMG_mV\n" + "\n".join(lines))
    assert stated.channels[0].sampling_rate == pytest.approx(2000)
    assert stated.channels[0].unit == "V"
    assert not stated.findings
    guessed = load("time,EMG_mV\n" + "\n".join(lines))
    assert guessed.channels[0].sampling_rate == pytest.approx(2000)
    assert kinds(guessed) == {"time_unit_guessed"}


@pytest.mark.parametrize("rate", [990.0, 1259.259, 1925.926, 2000.3556, 2148.148, 148.148])
@pytest.mark.parametrize("digits", [4, 6])
def test_odd_rates_from_printed_time(load, rate, digits):
    recording = load(header() + table(rows=6000, rate=rate, digits=digits))
    # The last stamp is printed with an error of half a digit at most.
    allowed = 0.5 * 10.0**-digits * rate / 5999 * 2 + 1e-9
    assert recording.channels[0].sampling_rate == pytest.approx(rate, rel=allowed)
    assert "time_gaps" not in kinds(recording)


def test_start_of_time_is_kept(load):
    lines = [f"{2.5 + i / 1000:.3f},{value}" for i, value in enumerate(EMG)]
    assert load("time,EMG (V)\n" + "\n".join(lines)).channels[0].start == pytest.approx(2.5)


def test_epoch_time_starts_at_zero(load):
    lines = [f"{1557936053.329 + i / 1000:.3f},{value}" for i, value in enumerate(EMG)]
    recording = load("timestamp,EMG (V)\n" + "\n".join(lines))
    assert recording.channels[0].start == 0.0
    assert kinds(recording) == {"time_origin"}
    assert recording.channels[0].sampling_rate == pytest.approx(1000, rel=1e-3)


def test_headerless(load):
    recording = load(table())
    assert recording.labels == ("column 2", "column 3")
    assert recording.channels[0].sampling_rate == pytest.approx(1000)
    assert kinds(recording) == {"unknown_unit"}


def test_headerless_without_time_asks_for_the_rate(load):
    text = "\n".join(f"{a},{b}" for a, b in zip(EMG, EMG[::-1], strict=True))
    with pytest.raises(ReadError, match=r"sampling rate; state it .*kind: delimited, sampling_rate: 1000"):
        load(text)
    recording = load(text, sampling_rate=1500, unit="mV")
    assert recording.labels == ("column 1", "column 2")
    assert recording.channels[0].sampling_rate == 1500
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-3)


def test_a_count_of_rows_is_no_time(load):
    text = "\n".join(f"{i},{value}" for i, value in enumerate(EMG))
    with pytest.raises(ReadError, match="state it in the study file"):
        load(text)
    recording = load(text, sampling_rate=1000)
    assert recording.labels == ("column 2",)
    assert "counter_column" in kinds(recording)


def test_single_column_of_decimal_commas(load):
    text = "\n".join(f"{value / 1000:.5f}".replace(".", ",") for value in EMG)
    recording = load(text, sampling_rate=1000)
    np.testing.assert_allclose(recording.channels[0].read(), EMG / 1000, atol=6e-6)


@pytest.mark.parametrize(
    "line",
    ["Sampling Rate (Hz):= 1500.00", "Frequency: 1500", "# sampling_rate = 1.5e3", "Sample Rate,1500 Hz",
     "%Fs: 1.5 kHz", "Abtastrate: 1500,0", "Interval= 0.6666666666666666 ms"],
)  # fmt: skip
def test_rate_in_the_heading(load, line):
    rows = [f"{value},{i / 7:.3f}" for i, value in enumerate(EMG)]
    recording = load("\n".join([line, "EMG (mV),knee angle (deg)", *rows]))
    assert [channel.sampling_rate for channel in recording.channels] == pytest.approx([1500, 1500])
    assert [channel.kind for channel in recording.channels] == ["emg", "angle"]


def test_rate_below_its_key(load):
    text = '"type";"frequency";"last_name"\n"emg";"2000.4";"Doe"\n\n"EMG 1 (uV)";"EMG 2 (uV)"\n'
    recording = load(text + "\n".join(f"{v:.2f};{-v:.2f}".replace(".", ",") for v in EMG))
    assert recording.channels[0].sampling_rate == 2000.4
    assert "Doe" not in repr(recording)


@pytest.mark.parametrize(("stated", "level"), [(1002, None), (1010, "warn"), (1500, "fail")])
def test_stated_rate_against_time_column(load, stated, level):
    recording = load(header() + table(), sampling_rate=stated)
    assert recording.channels[0].sampling_rate == stated
    found = [finding for finding in recording.findings if finding.kind == "sampling_rate_contradiction"]
    assert [finding.level for finding in found] == ([level] if level else [])
    if level:
        assert str(stated) in found[0].reason
        assert "1000" in found[0].reason


def test_gap_in_time(load):
    lines = table().splitlines()
    recording = load(header() + "\n".join(lines[:20] + [f"{float(x.split(',')[0]) + 0.5},1,2" for x in lines[20:]]))
    gap = next(finding for finding in recording.findings if finding.kind == "time_gaps")
    assert gap.value == pytest.approx(0.5)
    assert recording.channels[0].sampling_rate == pytest.approx(1000)


def test_irregular_time(load):
    jitter = np.cumsum(np.random.default_rng(1).exponential(0.001, 300))
    recording = load("time,EMG (V)\n" + "\n".join(f"{t:.6f},{t % 0.01:.4f}" for t in jitter))
    assert "irregular_time" in kinds(recording)


def second_clock(delimiter=","):
    fast = [[f"{i / 1259.259:.7f}", f"{EMG[i % 60]}"] for i in range(800)]
    slow = [[f"{i / 148.148:.7f}", f"{i % 5}"] for i in range(94)] + [["", ""]] * 706
    rows = [delimiter.join(a + b) for a, b in zip(fast, slow, strict=True)]
    return delimiter.join(["X[s]", "Glut: EMG 1 (uV)", "X[s]", "Glut: ACC.X 1 (g)"]) + "\n" + "\n".join(rows)


@pytest.mark.parametrize("short", [False, True])
def test_second_clock(load, short):
    text = second_clock()
    recording = load(text.replace(",,\n", "\n").removesuffix(",,") if short else text)
    emg, acceleration = recording.channels
    assert emg.sampling_rate == pytest.approx(1259.259, rel=1e-6)
    assert acceleration.sampling_rate == pytest.approx(148.148, rel=1e-6)
    assert (emg.n_samples, acceleration.n_samples) == (800, 94)
    np.testing.assert_array_equal(acceleration.read(), np.arange(94) % 5)
    assert not recording.findings


def test_rates_in_labels(load):
    rows = [f"{EMG[i % 60]},{i % 5 if i < 75 else ''}" for i in range(975)]
    recording = load("EMG 1 (1925.926),ACC X (148.148)\n" + "\n".join(rows))
    assert [channel.sampling_rate for channel in recording.channels] == [1925.926, 148.148]
    assert [channel.n_samples for channel in recording.channels] == [975, 75]


def test_slow_column_without_a_rate_is_said(load):
    rows = [f"{i / 1000:.3f},{EMG[i % 60]},{i % 5 if i < 100 else ''}" for i in range(1000)]
    recording = load("time,EMG (uV),knee angle (deg)\n" + "\n".join(rows))
    angle = recording.channel("knee angle (deg)")
    assert (angle.sampling_rate, angle.n_samples) == (pytest.approx(100), 100)
    assert "slower_columns" in kinds(recording)
    stated = load("time,EMG (uV),knee angle (deg)\n" + "\n".join(rows), sampling_rates={"knee angle (deg)": 99.5})
    assert stated.channel("knee angle (deg)").sampling_rate == 99.5


def test_sensor_that_fell_off_stays_missing(load):
    rows = [f"{i / 1000:.3f},{EMG[i % 60]},{EMG[i % 60] if i < 900 else ''}" for i in range(1000)]
    recording = load("time,EMG 1 (uV),EMG 2 (uV)\n" + "\n".join(rows))
    second = recording.channels[1]
    assert (second.sampling_rate, second.n_samples) == (pytest.approx(1000), 1000)
    assert np.isnan(second.read()).sum() == 100
    assert next(f for f in recording.findings if f.kind == "unusable_cells").value == 100


@pytest.mark.parametrize("cell", ["", "NaN", "-", "n/a", "inf", "-Inf", "broken", "1.2.3", "*"])
def test_cells_without_a_number(load, cell):
    lines = table().splitlines()
    lines[30] = f"0.030000,{cell},1.0"
    recording = load(header() + "\n".join(lines))
    samples = recording.channels[0].read()
    assert np.isnan(samples).nonzero()[0].tolist() == [30]
    found = next(finding for finding in recording.findings if finding.kind == "unusable_cells")
    assert (found.channel, found.value) == ("GMAX RT (uV)", 1)
    assert recording.channels[1].read()[30] == pytest.approx(1e-6)


def test_comments_between_rows_and_ragged_rows(load):
    lines = table().splitlines()
    lines[30:30] = ["# the participant coughed"]
    lines[40] += ",99,98"
    lines[50] = lines[50].rsplit(",", 1)[0]
    recording = load(header() + "\n".join(lines))
    assert recording.channels[0].n_samples == 60
    assert np.isnan(recording.channels[1].read()).sum() == 1
    assert {"text_rows", "row_width", "unusable_cells"} <= kinds(recording)


@pytest.mark.parametrize("surplus", [",5", ",5,6"])
def test_one_row_too_wide(load, surplus):
    lines = table().splitlines()
    lines[40] += surplus
    recording = load(header() + "\n".join(lines))
    assert "row_width" in kinds(recording)
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)


def test_trailing_delimiters_and_empty_columns(load):
    recording = load(header().strip() + ",,,\n" + table().replace("\n", ",,,\n"))
    check(recording)


def test_duplicate_and_empty_labels(load):
    recording = load("time (s),EMG (uV),EMG (uV),\n" + table().replace("\n", ",3\n"))
    assert recording.labels == ("EMG (uV)", "EMG (uV) (2)", "column 4")
    assert "duplicate_labels" in kinds(recording)


def test_column_of_text_is_left_out_and_said(load):
    lines = [f"{line},{'start' if i == 3 else ''}" for i, line in enumerate(table().splitlines())]
    recording = load(header().strip() + ",Activity\n" + "\n".join(lines))
    assert recording.labels == ("GMAX RT (uV)", "GMED RT (uV)")
    assert kinds(recording) == {"text_column"}


def test_numbered_labels(load):
    assert load("Time (s),1,2\n" + table()).labels == ("1", "2")


def test_row_names_of_r(load):
    text = "time EMG angle\n" + "\n".join(f'"{i + 1}" {i / 1000:.3f} {v} {i % 3}' for i, v in enumerate(EMG))
    recording = load(text)
    assert recording.labels == ("EMG", "angle")
    assert recording.channels[0].sampling_rate == pytest.approx(1000)


def test_unknown_unit_is_one_note(load):
    recording = load("time,A,B\n" + table())
    assert [channel.unit for channel in recording.channels] == ["unknown", "unknown"]
    (finding,) = recording.findings
    assert (finding.kind, finding.level) == ("unknown_unit", "note")
    assert "'A', 'B'" in finding.reason
    assert "unit: uV" in finding.remedy


def test_units_can_be_stated(load):
    recording = load("time,A,knee angle\n" + table(), unit="mV", units={"knee angle": "rad"})
    assert [channel.unit for channel in recording.channels] == ["V", "deg"]
    np.testing.assert_allclose(recording.channels[1].read(), -np.degrees(EMG), rtol=1e-9)


def test_a_unit_for_emg_is_not_for_angles(load):
    recording = load("time,EMG,knee angle\n" + table(), unit="mV")
    assert [(channel.unit, channel.kind) for channel in recording.channels] == [("V", "emg"), ("unknown", "angle")]


def test_everything_can_be_stated(load):
    text = "1;2;3\n4;5;6\nmV;mV;mV\nA;B;C\n" + table(delimiter=";", decimal=",")
    recording = load(
        text, delimiter=";", decimal=",", header_row=4, unit_row=3, skip_rows=2, time_column="none", sampling_rate=1200,
        encoding="cp1252",
    )  # fmt: skip
    assert recording.labels == ("A", "B", "C")
    assert {channel.unit for channel in recording.channels} == {"V"}
    assert recording.channels[0].sampling_rate == 1200
    np.testing.assert_allclose(recording.channels[1].read(), EMG * 1e-3)


def test_stated_time_column(load):
    text = "EMG,clock\n" + "\n".join(f"{v},{i / 500:.3f}" for i, v in enumerate(EMG))
    assert load(text, time_column="Clock").channels[0].sampling_rate == pytest.approx(500)
    assert load(text, time_column="2").labels == ("EMG",)
    with pytest.raises(ReadError, match=r"no column 'clok'.*did you mean 'clock'"):
        load(text, time_column="clok")
    with pytest.raises(ReadError, match="does not increase"):
        load(text.replace("0.", "-0."), time_column="clock")


def test_stated_channel_that_does_not_exist(load):
    with pytest.raises(ReadError, match=r"'GMAX'.*not in the file.*GMAX RT"):
        load(header() + table(), units={"GMAX": "mV"})


def test_unknown_encoding(load):
    with pytest.raises(ReadError, match="not known; use utf-8"):
        load(table(), encoding="klingon")


def test_long_preamble_and_wide_table(load):
    n = 300
    labels = ",".join(["time (s)", *(f"EMG {i} (uV)" for i in range(n))])
    rows = [f"{i / 1000:.3f}," + ",".join(f"{(i * k) % 97 - 48}" for k in range(n)) for i in range(50)]
    recording = load("".join(f"# note {i}\n" for i in range(2000)) + labels + "\n" + "\n".join(rows))
    assert len(recording.channels) == n
    np.testing.assert_allclose(recording.channels[7].read(), [((i * 7) % 97 - 48) * 1e-6 for i in range(50)])


@pytest.mark.parametrize(
    "rate", [250.0, 600.0, 963.0, 990.0, 995.0, 998.0, 999.3, 1259.259, 1925.926, 2000.3556, 2148.148]
)
@pytest.mark.parametrize("printed", ["rounded", "cut"])
def test_time_printed_to_the_millisecond_is_no_fault(load, rate, printed):
    stamps = np.arange(6000) / rate
    stamps = np.round(stamps, 3) if printed == "rounded" else np.floor(stamps * 1000 + 1e-9) / 1000
    lines = [f"{time:.3f},{EMG[i % 60]}" for i, time in enumerate(stamps)]
    recording = load("time (s),EMG (uV)\n" + "\n".join(lines))
    assert not recording.findings
    assert recording.channels[0].sampling_rate == pytest.approx(rate, rel=1e-3 * rate / 6000)  # 1 ms in the whole file


def test_time_stamps_of_packets(load):
    lines = [f"{i // 20 * 0.02:.3f},{EMG[i % 60]}" for i in range(6000)]
    recording = load("time (s),EMG (uV)\n" + "\n".join(lines))
    assert not recording.findings
    assert recording.channels[0].sampling_rate == pytest.approx(1000, rel=3e-5)


def test_a_gap_in_coarse_time_is_still_found(load):
    lines = [f"{(i + 500 * (i > 3000)) / 2148.148:.3f},{EMG[i % 60]}" for i in range(6000)]
    recording = load("time (s),EMG (uV)\n" + "\n".join(lines))
    assert kinds(recording) == {"time_gaps"}
    assert recording.channels[0].sampling_rate == pytest.approx(2148.148, rel=3e-5)


def test_rounded_time_does_not_contradict_a_stated_rate(load):
    lines = [f"{i / 2148.148 * 1000:.0f},{EMG[i]}" for i in range(30)]
    assert not load("time (ms),EMG (uV)\n" + "\n".join(lines), sampling_rate=2148.148).findings


def test_epoch_time_keeps_its_precision(load):
    lines = [f"{1557936053329 + i},{EMG[i % 60]}" for i in range(3000)]
    assert load("time (ms),EMG (uV)\n" + "\n".join(lines)).channels[0].sampling_rate == 1000.0


@pytest.mark.parametrize(
    ("line", "rate"),
    [("Sampling rate [kHz]: 2", 2000), ("Sampling rate: 2,000 Hz", 2000), ("Abtastrate;1.000,00;Hz", 1000),
     ("Sampling rate: 2148,148 Hz", 2148.148), ("Sampling rate: 1.5 kHz", 1500)],
)  # fmt: skip
def test_ways_to_write_a_rate(load, line, rate):
    rows = [f"{value};{value / 2}" for value in EMG]
    assert load("\n".join([line, "EMG 1 (mV);EMG 2 (mV)", *rows])).channels[0].sampling_rate == rate


@pytest.mark.parametrize("line", ["Label: EMG 1 Sampling frequency: 1e999 Unit: mV", "Sampling rate: 1e999", "Fs: 0"])
def test_impossible_rates_are_not_stated(load, line):
    with pytest.raises(ReadError, match="sampling rate"):
        load("\n".join([line, "EMG 1;EMG 2", *(f"{value};{value / 2}" for value in EMG)]))


@pytest.mark.parametrize(
    ("form", "start"),
    [("0:00:{:06.3f}", 0.0), ("00:{:06.3f}", 0.0), ("2024-05-03 12:59:{:06.3f}", 0.0),
     ("3.5.2024 00:01:{:06.3f}", 60.0), ("05/03/2024 1:59:{:06.3f} PM", 0.0)],
)  # fmt: skip
@pytest.mark.parametrize("decimal", [".", ","])
def test_time_of_day(load, form, start, decimal):
    lines = [f"{form.format(i / 100)};{EMG[i % 60]}".replace(".", decimal) for i in range(1000)]
    lines = [line.replace("3,5,2024", "3.5.2024") for line in lines]
    recording = load("Zeit;EMG (uV)\n" + "\n".join(lines))
    (channel,) = recording.channels
    assert (channel.sampling_rate, channel.start) == (pytest.approx(100), pytest.approx(start))
    assert kinds(recording) == ({"time_origin"} if "59" in form else set())


def test_time_of_day_past_midnight(load):
    lines = [f"{'23:59:59' if i < 100 else '00:00:00'}.{i % 100:02d},{EMG[i % 60]}" for i in range(200)]
    recording = load("time,EMG (uV)\n" + "\n".join(lines))
    assert kinds(recording) == {"time_origin"}
    assert recording.channels[0].sampling_rate == pytest.approx(100)


def test_time_of_day_beside_time_stamps(load):
    lines = [f"{EMG[i % 60]},{1e9 + i / 250:.4f},12:00:{i / 250:06.3f}" for i in range(1000)]
    recording = load("EMG (uV),timestamp,timestamp (formatted)\n" + "\n".join(lines))
    assert recording.labels == ("EMG (uV)",)
    assert recording.channels[0].sampling_rate == pytest.approx(250)
    assert kinds(recording) == {"time_origin"}


@pytest.mark.parametrize("count", [3000, 6000])
def test_thousands_of_lines_above_the_numbers(load, count):
    check(load("".join(f"Remark {i}: nothing, here\n" for i in range(count)) + header() + table()))


def test_first_rows_without_samples_are_kept(load):
    lines = table().splitlines()
    lines[:5] = [f"{i / 1000:.6f},OL,OL" for i in range(5)]
    recording = load(header() + "\n".join(lines))
    first = recording.channels[0]
    assert (first.label, first.n_samples, first.start) == ("GMAX RT (uV)", 60, 0.0)
    assert np.isnan(first.read()).sum() == 5
    assert "such as 'OL'" in recording.findings[0].reason


def test_labels_one_short_are_not_shifted(load):
    recording = load("time (s),GMAX RT (uV)\n" + table())
    assert recording.labels == ("column 2", "column 3")
    assert "no line above the numbers has 3 labels" in recording.findings[0].reason


def test_numbers_of_other_programs(load):
    lines = [f"{i / 1000:.6f};{v:.6E};{-v:.3f}".replace("E", "D").replace("-", "\u2212", 1) for i, v in enumerate(EMG)]
    lines = [line.replace("D\u2212", "D-") for line in lines]
    recording = load(header(";") + "\n".join(lines))
    assert not recording.findings
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6, rtol=1e-9)


def test_end_of_file_mark_of_old_programs(load):
    np.testing.assert_allclose(load(header() + table() + "\x1a").channels[0].read(), EMG * 1e-6)


@pytest.mark.parametrize("text", ["Brain Vision Data Exchange Marker File\n", "[\n{"])
def test_headers_of_other_formats_are_no_tables(load, text):
    with pytest.raises(ReadError, match=r"a BrainVision header|a JSON document"):
        load(text + "\n" + table())


@pytest.mark.parametrize("blank", ["", "\n\n\n"])
def test_a_large_file_is_parsed_in_halves_like_in_one(tmp_path, monkeypatch, blank):
    rng = np.random.default_rng(4)
    values = rng.normal(size=(5001, 3)).round(6)
    rows = [f"{i / 1000:.3f},{a},{b},{'' if i % 7 else c}" for i, (a, b, c) in enumerate(values.tolist())]
    path = tmp_path / "large.csv"
    path.write_text("time (s),A (uV),B (uV),C (deg)\n" + "\n".join(rows[:900]) + blank + "\n" + "\n".join(rows[900:]))
    whole = read(path)
    monkeypatch.setattr(delimited_regular, "PARTED_BYTES", 1000)
    assert len(delimited_regular._parts(path, find_layout(path.read_text().split("\n")), "utf-8")) == 2
    halves = read(path)
    assert halves.findings == whole.findings
    for one, other in zip(halves.channels, whole.channels, strict=True):
        np.testing.assert_array_equal(one.read(), other.read())
    np.testing.assert_allclose(halves.channels[0].read(), values[:, 0] * 1e-6, rtol=1e-12)
