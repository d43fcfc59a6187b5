"""Text files that end in the middle of a line: no number may be read that was not in the whole file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import READERS, read
from tests.readers.examples import BY_NAME, write_example

N = 300
RANDOM = np.random.default_rng(1)
A, B = np.round(RANDOM.normal(0, 80, N), 4), np.round(RANDOM.normal(0, 50, N), 4)


def lines(row, n=N, end=""):
    return "".join(row(i) + end + "\n" for i in range(n))


def general(value):
    return f"{value * 1e-6:.6g}"


def opensignals(device, column, sensor, resolution):
    stated = {
        "sensor": sensor, "column": column, "channels": [1, 2], "convertedValues": 0, "device": device,
        "sampling rate": 1000, "label": column[-2:], "resolution": resolution, "special": [{}, {}],
        "time": "15:1:32.73", "date": "2018-7-4",
    }  # fmt: skip
    return f"# OpenSignals Text File Format\n# {json.dumps({'98:D3': stated})}\n# EndOfHeader\n"


LABCHART = (
    "Interval=\t0,001 s\nExcelDateTime=\t4,5e+04\t07/17/25 15:34:45\nTimeFormat=\tStartOfBlock\nDateFormat=\t\n"
    "ChannelTitle=\tEMG\tForce\nRange=\t100,00 mV\t10,000 V\nUnitName=\t*\t*\n"
)
VICON = "Devices,,\n2000,,\n,,Trigno - Sensor 1,Trigno - Sensor 10\nFrame,Sub Frame,EMG1,EMG10\n,,V,V\n" + lines(
    lambda i: f"{1 + i // 20},{i % 20},{general(A[i])},{general(B[i])}"
)
FILES = {
    "vicon": VICON,
    "vicon_two_blocks": VICON + "\nModel Outputs\n100\n,,Jane:LKneeAngles\nFrame,Sub Frame,X\n,,deg\n"
    + lines(lambda i: f"{i + 1},0,{B[i]:g}", n=15),
    "opensignals": opensignals("biosignalsplux", ["nSeq", "DI", "CH1", "CH2"], ["EMG", "RAW"], [16, 16])
    + lines(lambda i: f"{i}\t0\t{32768 + int(10 * A[i])}\t{32768 + int(10 * B[i])}", end="\t"),
    "bitalino": opensignals(
        "bitalino_rev", ["nSeq", "I1", "I2", "O1", "O2", "A1", "A6"], ["EMGBITREV"] * 2, [4, 1, 1, 1, 1, 10, 6]
    )
    + lines(lambda i: f"{i % 16}\t0\t0\t0\t0\t{512 + int(A[i])}\t{32 + int(B[i] / 8)}", end="\t"),
    "trigno_api": "RF,,BF,\nEMG 1 (1925.926),ACC X (148.148),EMG 1 (1925.926),ACC X (148.148)\n"
    + lines(lambda i: f"{A[i]:.6g},{f'{B[i]:.6g}' if i < 23 else ''},{B[i]:.6g},{f'{A[i]:.6g}' if i < 23 else ''}"),
    "labchart_comma": LABCHART + lines(lambda i: f"{i / 1000:g}\t{A[i]}\t{B[i]}".replace(".", ",")),
    "transposed": "".join(
        f"{name}," + ",".join(map(one, range(3 * N))) + "\n"
        for name, one in (
            ("Time (s)", lambda i: f"{i / 2000:.4f}"),
            ("EMG1 (uV)", lambda i: f"{A[i % N]:g}"),
            ("EMG2 (uV)", lambda i: f"{B[i % N]:g}"),
        )
    ),
    "csv_integers": "Time (ms),EMG (uV),EMG 2 (uV)\n" + lines(lambda i: f"{i},{int(100 * A[i])},{int(100 * B[i])}"),
    "csv_fixed": "Time (s),EMG (uV),EMG 2 (uV)\n" + lines(lambda i: f"{i / 1000:.3f},{A[i]:.4f},{B[i]:.4f}"),
    "csv_exponents": "Time (s),EMG (V),EMG 2 (V)\n" + lines(lambda i: f"{i / 1000:.3f},{A[i]:.3e},{B[i]:.3e}"),
    "csv_general": "Time (s);EMG (V);EMG 2 (V)\n" + lines(lambda i: f"{i / 1000:.3f};{general(A[i])};{general(B[i])}"),
    "one_column": "# sampling rate: 2000 Hz\nEMG1 (uV)\n" + lines(lambda i: f"{A[i]:g}"),
}  # fmt: skip
TEXT_READERS = [reader.name for reader in READERS if reader.is_text and not reader.is_folder]


def no_number_is_wrong(path, content, cuts):
    path.write_bytes(content)
    truth = {channel.label: channel.read().copy() for channel in read(path).channels}
    for cut in cuts:
        path.write_bytes(content[:cut])
        try:
            found = read(path).channels
        except ReadError:
            continue
        for channel in found:
            if channel.label not in truth:  # cut inside the heading
                continue
            samples, whole = channel.read(), truth[channel.label]
            assert samples.size <= whole.size, (cut, channel.label)
            there = np.isfinite(samples)
            np.testing.assert_allclose(
                samples[there], whole[: samples.size][there], rtol=1e-9, atol=1e-15, err_msg=f"{channel.label}, {cut}"
            )


@pytest.mark.parametrize("name", FILES)
def test_cut_anywhere(name, tmp_path):
    content = FILES[name].encode()
    places = {int(len(content) * (0.35 + 0.0079 * k)) + (k * 7) % 13 for k in range(80)}
    no_number_is_wrong(tmp_path / "cut.csv", content, sorted(places | set(range(len(content) - 40, len(content)))))


@pytest.mark.parametrize("name", TEXT_READERS)
def test_examples_cut_anywhere(name, tmp_path):
    path = write_example(BY_NAME[name], tmp_path)
    content = path.read_bytes()
    no_number_is_wrong(path, content, [int(len(content) * (0.4 + 0.02 * k)) + k % 7 for k in range(29)])


def kinds(path, text):
    path.write_text(text)
    return {finding.kind: finding.level for finding in read(path).findings}


def test_a_whole_file_without_line_end_is_no_warning(tmp_path):
    text = FILES["csv_integers"].rstrip("\n")
    assert kinds(tmp_path / "whole.csv", text) == {"last_cell_doubtful": "note"}
    assert read(tmp_path / "whole.csv").channels[1].n_samples == N
    assert np.isnan(read(tmp_path / "whole.csv").channels[1].read()[-1])
    for name in ("csv_fixed", "csv_exponents"):
        assert kinds(tmp_path / f"{name}.csv", FILES[name].rstrip("\n")) == {}


def test_an_exponent_that_lost_a_digit_is_cut(tmp_path):
    found = kinds(tmp_path / "cut.csv", FILES["csv_exponents"].rstrip("\n")[:-1])
    assert found["cut_off"] == "warn"


def test_noraxon_with_all_rows_but_not_all_digits(tmp_path):
    text = '"type";"begin_time";"frequency";"count"\n"record";"0";"1000";"50"\n\n"time";"EMG 1 (uV)"\n'
    text += lines(lambda i: f"{i / 1000:.3f};{A[i]:g}", n=50)
    path = tmp_path / "noraxon.csv"
    assert kinds(path, text.rstrip("\n")[:-1])["last_cell_doubtful"] == "note"
    assert np.isnan(read(path).channels[0].read()[-1])
