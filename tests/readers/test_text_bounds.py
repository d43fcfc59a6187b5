"""Text that is damaged or far too large, and rows that are no samples: said in words, in little time and memory."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.parts.tables import exponents, lying
from emgpipe.readers.parts.tables.cells import split_line, to_number

EMG = np.round(np.random.default_rng(2).normal(0, 80, 2000), 4)
ROWS = [f"{i / 2000:.4f},{value:.4f}" for i, value in enumerate(EMG)]
CSV = "Time (s),EMG (uV)\n" + "\n".join([*ROWS, ""])
LABCHART = "Interval=\t0.001 s\nChannelTitle=\tA\tB\nRange=\t10 V\t10 V\n"


@pytest.fixture
def load(tmp_path):
    def write_and_read(content, name="recording.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path)

    return write_and_read


def kinds(recording):
    return {finding.kind for finding in recording.findings}


@pytest.mark.parametrize("rest", ["Mean,12.3\nSD,80.5\nMax,300\n", "\nMean,12.3\n"])
@pytest.mark.parametrize("first", ["Sample,EMG (uV)\n# sampling rate: 2000 Hz\n", "Time (s),EMG (uV)\n"])
def test_summaries_below_are_no_samples(load, first, rest):
    rows = [f"{i},{value}" if first.startswith("Sample") else f"{i / 2000},{value}" for i, value in enumerate(EMG)]
    recording = load(first + "\n".join([*rows, rest]))
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)
    assert "text_rows" in kinds(recording)


def test_a_row_whose_counter_is_damaged_stays_a_row(load):
    rows = [f"{'x' if i == 700 else i},{value}" for i, value in enumerate(EMG)]
    recording = load("Sample,EMG (uV)\n# sampling rate: 2000 Hz\n" + "\n".join([*rows, ""]))
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_of_one_column_are_missing_samples(load, end):
    rows = ["" if 100 <= i < 110 else f"{value:.4f}" for i, value in enumerate(EMG)]
    recording = load(end.join(["# sampling rate: 2000 Hz", "EMG (uV)", *rows, "", ""]))
    samples = recording.channels[0].read()
    assert np.isnan(samples[100:110]).all()
    np.testing.assert_allclose(np.delete(samples, range(100, 110)), np.delete(EMG, range(100, 110)) * 1e-6)
    assert kinds(recording) == {"unusable_cells"}


def test_double_spacing_is_no_missing_sample(load):
    recording = load("# sampling rate: 2000 Hz\n\nEMG (uV)\n\n" + "\n\n".join(f"{value:.4f}" for value in EMG) + "\n")
    np.testing.assert_allclose(recording.channels[0].read(), EMG * 1e-6)


def test_digits_in_groups_as_python_writes_them_are_no_number(load):
    assert to_number("1_000", ".") is None
    recording = load(CSV.replace(ROWS[5], "0.0025,1_000"))
    assert np.flatnonzero(np.isnan(recording.channels[0].read())).tolist() == [5]


def test_a_quote_that_never_closes():
    assert split_line('1,"' + "a" * 200_000, ",")[0] == "1"


@pytest.mark.parametrize("place", [70_000, 150_000])
def test_zero_bytes_of_an_interrupted_copy(load, place):
    text = ("Time (s),EMG (uV)\n" + "\n".join(f"{i / 2000:.4f},{EMG[i % 2000]:.4f}" for i in range(12000))).encode()
    with pytest.raises(DamagedFileError, match=rf"zero bytes from byte {place} on.*copy the file again"):
        load(text[:place] + bytes(5000) + text[place:])
    with pytest.raises(DamagedFileError, match="zero bytes"):
        load(text[:place] + bytes(90_000))


def test_zero_bytes_early(load):
    with pytest.raises(ReadError, match=r"text with zero bytes from byte 20000 on .*copy the file again"):
        load(CSV.encode()[:20_000] + bytes(5000))


def test_zero_bytes_in_labchart(load):
    rows = "".join(f"{i / 1000:.3f}\t{value}\t1\n" for i, value in enumerate(EMG)) * 4
    text = (LABCHART + rows).encode()
    with pytest.raises(DamagedFileError, match="zero bytes"):
        load(text + bytes(100), "recording.txt")


def test_one_endless_line(tmp_path, monkeypatch):
    monkeypatch.setattr(exponents, "MOST_LINE_BYTES", 3 << 20)
    monkeypatch.setattr(exponents.check_bytes, "__kwdefaults__", {"most_line": 3 << 20})
    monkeypatch.setattr(lying, "MOST_LINE_BYTES", 3 << 20)
    numbers = (",".join(f"{value:.4f}" for value in EMG) + ",").encode() * 500
    for content in (numbers, b"Time,EMG\n0,1\n0.001,2\n" + b"," * (8 << 20), CSV.encode() + b'"' + b"a" * (8 << 20)):
        (tmp_path / "recording.csv").write_bytes(content)
        tracemalloc.start()
        with pytest.raises(ReadError, match=r"a line is longer than 3 MB|has 8388609 columns"):
            read(tmp_path / "recording.csv")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 40e6


def test_columns_without_number_are_refused(load):
    n = 30_000
    rows = "".join(f"{i / 1000:.3f}" + ",1.5" * n + "\n" for i in range(5))
    with pytest.raises(ReadError, match="has 30001 columns, up to 20000 are read"):
        load("Time (s)," + ",".join(f"EMG {i} (uV)" for i in range(n)) + "\n" + rows)
    keys = '"type";"begin_time";"frequency";"count"\n"ALL";"0";"1000";"5"\n\n"time";'
    labels = ";".join(f'"EMG {i} (uV)"' for i in range(n))
    with pytest.raises(ReadError, match=r"noraxon_csv\] has 30001 columns"):
        load(keys + labels + "\n" + rows.replace(",", ";"))


def test_labels_longer_than_the_first_bytes(load):
    n = 12_000
    keys = '"type";"begin_time";"frequency";"count"\n"ALL";"0";"1000";"5"\n\n"time";'
    labels = ";".join(f'"EMG of a long name {i} (uV)"' for i in range(n))
    rows = "".join(f"{i / 1000:.3f}" + ";1.5" * n + "\n" for i in range(5))
    assert len(labels) > 1 << 18
    path_recording = load(keys + labels + "\n" + rows)
    assert len(path_recording.channels) == n
    assert not path_recording.findings


LABCHART_COMMA = LABCHART.replace("0.001 s", "0,001 s")


def comma(*cells):
    return "\t".join(str(cell).replace(".", ",") for cell in cells) + "\n"


@pytest.mark.parametrize("first", ["0\t0\t0\n", ""])
@pytest.mark.parametrize("date", ["", "\t17.07.2025"])
def test_labchart_decimal_comma(load, first, date):
    begin = bool(first)
    first = first.replace("0\t", f"0{date}\t", 1)
    rows = [comma(f"{(i + begin) / 1000:g}", *([] if not date else ["@"]), EMG[i], 2 * EMG[i]) for i in range(500)]
    recording = load(LABCHART_COMMA + first + "".join(rows).replace("\t@", date), "recording.txt")
    assert recording.labels == ("A", "B")
    np.testing.assert_allclose(recording.channels[0].read()[begin:], EMG[:500])
    np.testing.assert_allclose(recording.channels[1].read()[begin:], 2 * EMG[:500])
    assert recording.channels[0].sampling_rate == 1000
    assert not recording.findings


def test_labchart_rows_that_begin_with_nan_or_text_are_rows(load):
    rows = [f"{'NaN' if 10 <= i < 15 else 'OL' if i == 30 else EMG[i]}\t{EMG[i]}\n" for i in range(500)]
    first, second = load(LABCHART + "".join(rows), "recording.txt").channels
    assert np.flatnonzero(np.isnan(first.read())).tolist() == [10, 11, 12, 13, 14, 30]
    np.testing.assert_allclose(second.read(), EMG[:500])


def test_labchart_many_blocks_take_linear_time(load):
    def took(n):
        text = "".join(f"{LABCHART}0\t{i}\t1\n0.001\t1\t2\n" for i in range(n))
        start = time.perf_counter()
        (first, _) = load(text, "recording.txt").channels
        np.testing.assert_array_equal(first.read()[::2], np.arange(n))
        return time.perf_counter() - start

    took(10)
    assert took(8000) < 8 * max(took(2000), 0.05)


@pytest.mark.parametrize(
    "heading", ["MVC 2 1000\nEMG1\tEMG2\n", "MVC 1 1000\nEMG 16\n", "Subject 12\nTrial 16\nTime\tEMG (mV)\n"]
)
@pytest.mark.parametrize("name", ["session.txt", "session.csv"])
def test_plain_text_is_no_wfdb_header(tmp_path, heading, name):
    path = tmp_path / name
    path.write_text(heading + "".join(f"{i / 2000:.4f}\t{value}\n" for i, value in enumerate(EMG)))
    assert choose(path)[0].name == "delimited"


def test_wfdb_header_under_another_name_is_known_by_its_signal_files(tmp_path):
    path = tmp_path / "record.txt"
    path.write_text("emg 2 4000 50860\nemg.dat 16 10000/mV 16 0\nemg.dat 16 10000/mV 16 0\n")
    assert choose(path)[0].name == "wfdb"


def test_deep_json_is_one_error(load):
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    with pytest.raises(ReadError, match="the heading"):
        load(f"# OpenSignals Text File Format\n# {deep}\n# EndOfHeader\n0\t1\n1\t2\n", "deep.txt")
