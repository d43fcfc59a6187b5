"""WFDB records: every storage format against the package `wfdb`, and what is said about broken records."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError, MissingPackageError, ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.parts.wfdb.example import wfdb_example
from emgpipe.readers.parts.wfdb.packed import unpack_212, unpack_310, unpack_311
from emgpipe.readers.wfdb import WfdbOptions

N_FRAMES = 1001  # odd, and no multiple of three: packed formats end in the middle of a group
FORMATS = ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311"]
N_BYTES = {"8": 1, "16": 2, "24": 3, "32": 4, "61": 2, "80": 1, "160": 2, "212": 1.5, "310": 4 / 3, "311": 4 / 3}


@pytest.fixture(scope="module")
def wfdb():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("wfdb")


def write(folder, header, content, name="r"):
    (folder / f"{name}.dat").write_bytes(content)
    path = folder / f"{name}.hea"
    path.write_text(header)
    return path


def kinds(recording):
    return [finding.kind for finding in recording.findings if "first sample" not in finding.reason]


def stored_bytes(storage, n_samples):
    n_bytes = int(np.ceil(n_samples * N_BYTES[storage]))
    if storage == "310":
        n_bytes += -n_bytes % 2  # whole words of 16 bits
    content = np.random.default_rng(int(storage)).integers(0, 256, n_bytes, dtype=np.uint8)
    if storage == "311":
        content[3::4] &= 0x3F  # the package takes an unused bit of the third sample as part of it
    if storage == "8":
        content[:] = content % 7 - 3
    return content.tobytes()


@pytest.mark.parametrize("storage", FORMATS)
@pytest.mark.parametrize("n_signals", [1, 2, 3])
def test_formats_against_the_package(tmp_path, wfdb, storage, n_signals):
    lines = [f"r {n_signals} 1259.259 {N_FRAMES}"]
    lines += [f"r.dat {storage}+16 {250.5 + k}({7 - k})/mV 12 {k} {11 * k} 0 0 EMG {k}" for k in range(n_signals)]
    content = bytes(16) + stored_bytes(storage, n_signals * N_FRAMES)
    path = write(tmp_path, "\n".join(lines), content)
    expected = wfdb.rdrecord(str(path.with_suffix(""))).p_signal.T * 1e-3
    channels = read(path).channels
    assert len(channels) == n_signals
    for channel, samples in zip(channels, expected, strict=True):
        assert (channel.sampling_rate, channel.unit) == (1259.259, "V")
        np.testing.assert_allclose(channel.read(), samples, rtol=1e-12, atol=1e-18)
        for start, stop in [(0, 1), (1, 2), (2, 3), (500, 777), (999, 1001)]:
            np.testing.assert_array_equal(channel.read(start, stop), channel.read()[start:stop])


@pytest.mark.parametrize("storage", ["16", "212", "80"])
def test_rates_and_skew_against_the_package(tmp_path, wfdb, storage):
    n = 400
    header = (
        f"r 3 500 {n}\nr.dat {storage}x4 100/uV 12 0 0 0 0 EMG\nr.dat {storage}x1 10/deg 12 0 0 0 0 knee\n"
        f"r.dat {storage}:3 10/mV 12 0 0 0 0 late\n"
    )
    path = write(tmp_path, header, stored_bytes(storage, 6 * n))
    library = wfdb.rdrecord(str(path.with_suffix("")), smooth_frames=False)
    recording = read(path)
    assert [channel.sampling_rate for channel in recording.channels] == [2000.0, 500.0, 500.0]
    for channel, samples, factor in zip(recording.channels, library.e_p_signal, (1e-6, 1.0, 1e-3), strict=True):
        np.testing.assert_allclose(channel.read(), samples * factor, rtol=1e-12)
    assert np.isnan(recording.channels[2].read()[-3:]).all()


def test_record_written_by_the_package(tmp_path, wfdb):
    random = np.random.default_rng(4)
    samples = random.normal(0, 0.3, (5000, 4))
    samples[100:120, 1] = np.nan
    names = ["EMG 1", "EMG 2", "ECG", "EMG 4"]
    wfdb.wrsamp(
        "w", fs=2000, units=["mV"] * 4, sig_name=names, p_signal=samples, fmt=["16"] * 4, write_dir=str(tmp_path)
    )
    wfdb.wrann(
        "w", "atr", np.array([10, 4000]), symbol=["N", '"'], aux_note=["", "squat begins"], write_dir=str(tmp_path)
    )
    recording = read(tmp_path / "w.hea")
    assert recording.labels == tuple(names)
    assert [channel.kind for channel in recording.channels] == ["emg", "emg", "ecg", "emg"]
    expected = wfdb.rdrecord(str(tmp_path / "w")).p_signal.T
    for channel, values in zip(recording.channels, expected, strict=True):
        np.testing.assert_allclose(channel.read(), values * 1e-3, rtol=1e-12)
    assert np.isnan(recording.channels[1].read()).sum() == 20
    assert [(event.label, event.start) for event in recording.events] == [("N", 0.005), ("squat begins", 2.0)]
    assert not recording.findings


def test_real_record(data_folder, wfdb):
    path = data_folder / "wfdb" / "emg_healthy.hea"
    recording = read(path)
    library = wfdb.rdrecord(str(path.with_suffix("")))
    (channel,) = recording.channels
    assert (channel.label, channel.sampling_rate, channel.unit, channel.kind) == ("EMG", 4000.0, "V", "emg")
    np.testing.assert_allclose(channel.read(), library.p_signal[:, 0] * 1e-3, rtol=1e-12)
    assert not recording.findings


def test_age_and_sex_are_dropped_unless_asked_for(data_folder):
    path = data_folder / "wfdb" / "emg_healthy.hea"
    assert "44" not in repr(read(path))
    assert read(path).personal == ()
    kept = read(path, [WfdbOptions(keep_personal_data=True)]).personal
    assert any("<age>: 44" in text for _, text in kept)


def test_example(tmp_path):
    for name, content in wfdb_example().items():
        (tmp_path / name).write_bytes(content)
    path = tmp_path / "example.hea"
    recording = read(path)
    assert [(event.label, event.start) for event in recording.events] == [("squat", 0.7)]
    assert recording.acquisition.start_time == "2025-01-01T10:00:00"
    assert [(c.label, c.sampling_rate, c.unit) for c in recording.channels] == [
        ("EMG GMAX RT", 1000.0, "V"),
        ("hip flexion", 500.0, "deg"),
    ]
    time = np.arange(1000) / 1000.0
    expected = np.round(8000 * np.sin(2 * np.pi * 80 * time)) * 1e-7
    np.testing.assert_allclose(recording.channels[0].read(), expected, atol=1e-18)
    assert not recording.findings
    reader, _ = choose(path)
    assert [part.name for part in reader.companions(path)] == ["example.atr", "example.dat"]
    with pytest.raises(ReadError, match=r"open its header example\.hea"):
        read(tmp_path / "example.dat")


def test_packed_formats_by_their_layout():
    def group(*values):
        return np.array([values], dtype=np.uint8)

    np.testing.assert_array_equal(unpack_212(group(0x34, 0xF2, 0x01)), [[0x234, 0xF01 - 4096]])
    first, second, third = 0b1000000001 - 1024, 0b0101010101, 0b1111100001 - 1024
    word = (first & 1023) | (second & 1023) << 10 | (third & 1023) << 20
    np.testing.assert_array_equal(unpack_311(group(*word.to_bytes(4, "little"))), [[first, second, third]])
    low = (first & 1023) << 1 | (third & 0x1F) << 11
    high = (second & 1023) << 1 | ((third & 1023) >> 5) << 11
    stored = low.to_bytes(2, "little") + high.to_bytes(2, "little")
    np.testing.assert_array_equal(unpack_310(group(*stored)), [[first, second, third]])


SIGNAL = "r.dat 16 200/mV 16 0 0 0 0 EMG"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (f"r 1 1000 101\n{SIGNAL}", r"r\.dat is cut off: 101 samples are declared, 100 are there"),
        (f"r 1 1000 1000000000000\n{SIGNAL}", "1000000000000 samples are declared"),
        (f"r 2147483647 1000 100\n{SIGNAL}", "declares 2147483647 signals and describes 1"),
        (f"r 1 0 100\n{SIGNAL}", "sampling rate of 0"),
        (f"r 1 1000 100\n{SIGNAL.replace('r.dat', 'gone.dat')}", r"gone\.dat' is missing"),
        (f"r 1 1000 100\n{SIGNAL.replace('r.dat', '../r.dat')}", "cannot be understood"),
        (f"r 1 1000 100\n{SIGNAL.replace(' 16 ', ' 516 ', 1)}", "compressed"),
        (f"r 2 1000 100\n{SIGNAL}\n{SIGNAL.replace(' 16 ', ' 212 ', 1)}", "several storage formats"),
        (f"r 1 1000 100\n{SIGNAL.replace(' 16 ', ' 16:999999999999 ', 1)}", "shifts 'EMG' by 999999999999 samples"),
        (f"r 1 1000 100\n{SIGNAL.replace(' 16 ', ' 16:100 ', 1)}", "shifts 'EMG' by 100 samples, the record has 100"),
        ("r/2 1 1000 100\nr_1 50\nr_2 50", r"2 segments; open their headers one by one \(r_1, r_2\)"),
    ],
)
def test_records_that_are_refused(tmp_path, wfdb, header, message):  # noqa: ARG001 - skips without the package
    path = write(tmp_path, header, bytes(200))
    with pytest.raises(ReadError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("header", "kind", "level"),
    [
        ("r 1\nr.dat 16 200/mV 16 0 0 0 0 EMG", "sampling_rate_missing", "fail"),
        ("r 1 1000\nr.dat 16 200/mV 16 0 0 0 0 EMG", "record_count", "warn"),
        ("r 1 1000 50\nr.dat 16 200/mV 16 0 0 0 0 EMG", "surplus_data", "warn"),
        ("r 1 1000 100\nr.dat 16 0 16 0 0 0 0 EMG", "scale_missing", "warn"),
        ("r 1 1000 100\nr.dat 16", "scale_missing", "warn"),
        ("r 1 1000 100\nr.dat 16 200/furlong 16 0 0 0 0 EMG", "unknown_unit", "note"),
        ("r 1 1000 100\nr.dat 16 200/mV 16 0 77 0 0 EMG", "header_contradiction", "note"),
    ],
)
def test_doubts_are_said(tmp_path, wfdb, header, kind, level):  # noqa: ARG001
    recording = read(write(tmp_path, header, bytes(200)))
    assert (kind, level) in [(finding.kind, finding.level) for finding in recording.findings]


def test_counts_without_a_gain(tmp_path, wfdb):  # noqa: ARG001
    content = np.arange(100, dtype="<i2").tobytes()
    channel = read(write(tmp_path, "r 1 1000 100\nr.dat 16 0/mV 16 0 0 0 0 EMG", content)).channels[0]
    assert channel.unit == "counts"
    np.testing.assert_array_equal(channel.read(), np.arange(100))


def test_signals_without_a_gain_are_named_as_channels_are(tmp_path, wfdb):  # noqa: ARG001
    recording = read(write(tmp_path, "r 2 1000 50\nr.dat 16\nr.dat 16 0/mV 16 0 0 0 0 EMG", bytes(200)))
    (finding,) = [finding for finding in recording.findings if finding.kind == "scale_missing"]
    assert finding.reason.startswith("no gain is stated for 'channel 1', 'EMG';")
    assert recording.labels == ("channel 1", "EMG")


def test_damaged_annotations_are_said(tmp_path, wfdb):  # noqa: ARG001
    path = write(tmp_path, f"r 1 1000 100\n{SIGNAL}", bytes(200))
    path.with_suffix(".atr").write_bytes(b"\xff\xff\xff")
    assert kinds(read(path)) == ["annotations_damaged"]


def test_missing_package_is_named(tmp_path, monkeypatch):
    path = write(tmp_path, f"r 1 1000 100\n{SIGNAL}", bytes(200))
    monkeypatch.setitem(sys.modules, "wfdb", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'emgpipe\[wfdb\]'"):
        read(path)


def test_tables_of_numbers_are_no_header(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("1 2 3\n0.5 16 3\n0.7 16 4\n0.9 16 5\n")
    assert choose(path)[0].name != "wfdb"


def test_signal_file_that_shrinks(tmp_path, wfdb):  # noqa: ARG001
    for storage in ("16", "212"):
        path = write(tmp_path, f"r 1 1000 100\nr.dat {storage} 200/mV 16 0 0 0 0 EMG", bytes(200))
        channel = read(path).channels[0]
        path.with_suffix(".dat").write_bytes(bytes(90))
        with pytest.raises(DamagedFileError, match="shorter since it was opened"):
            channel.read()
