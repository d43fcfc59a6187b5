"""Figures against those other libraries computed; how much is read; folders with bad files in them."""

from __future__ import annotations

import json
import os
import resource
import time

import numpy as np
import pytest

from emgpipe.errors import MissingPackageError, ReadError
from emgpipe.inspection import FolderSummary, Limits, Look, RecordingSummary, Unreadable
from emgpipe.inspection.sampling import measure, read_pieces, sketch
from emgpipe.model import Channel, channel_from_array
from emgpipe.readers import read
from emgpipe.readers.parts.c3d.example import c3d_example
from emgpipe.readers.parts.edf.example import edf_example
from tests.inspection.recordings import emg_channel, summary

LONG = bool(os.environ.get("EMGPIPE_LONG"))
FILES = ["c3d/markers_analogs.c3d", "c3d/HC002D06.c3d", "edf_bdf/short_psg.edf"]
RMS_UNITS = {"c3d": 1.0, "edf_bdf": 1e-6}


@pytest.mark.parametrize("name", FILES)
def test_figures_are_those_of_the_reference(data_folder, name):
    rows = {row["file"]: row for row in json.loads((data_folder / "references.json").read_text())}
    seen = Look().at(data_folder / name)
    assert isinstance(seen, RecordingSummary)
    assert seen.size == rows[name]["bytes"]
    assert len(seen.channels) == rows[name]["n_channels"]
    factor = RMS_UNITS[name.split("/")[0]]
    for key, expected in rows[name]["reference"].items():
        one = seen.channels[int(key[1 : key.index("]")])]
        assert one.channel.n_samples == expected["n"]
        assert one.statistics.rms == pytest.approx(expected["rms"] * factor, rel=1e-6)
        assert one.statistics.mean == pytest.approx(expected["mean"] * factor, rel=1e-6, abs=1e-9)
        assert one.statistics.deviation == pytest.approx(expected["std"] * factor, rel=1e-6)


def counting(channel: Channel, read_samples: list[tuple[int, int]]) -> Channel:
    from dataclasses import replace

    def load(start, stop):
        read_samples.append((start, stop))
        return channel.load(start, stop)

    return replace(channel, load=load)


def test_of_a_large_recording_three_pieces_are_read():
    asked: list[tuple[int, int]] = []
    seen = summary([counting(emg_channel(seconds=600), asked)], seconds=2.0)
    assert (seen.pieces, seen.piece_seconds) == (3, 2.0)
    assert seen.channels[0].statistics.measured == 6.0
    assert seen.duration == 600.0
    assert {stop - start for start, stop in asked} == {2000}
    assert {(0, 2000), (299_000, 301_000), (598_000, 600_000)} <= set(asked)


def test_a_short_recording_is_read_whole_whatever_its_size():
    seen = summary([emg_channel(seconds=5)], seconds=2.0)
    assert seen.pieces == 0
    assert seen.channels[0].statistics.measured == 5.0


def test_many_channels_are_sampled_shorter():
    from emgpipe.model import Recording, Source

    def seconds(n_channels, size=100_000_000):
        channels = (emg_channel(seconds=0.01),) * n_channels
        return Limits().seconds_for(Recording(channels, Source(None, "c3d")), size)

    assert seconds(16) == 10.0
    assert seconds(256) == 2.5
    assert seconds(16, 1_000_000) is None
    assert seconds(256, 60_000_000) == 2.5


def test_gaps_and_nothing():
    assert np.isnan(measure([np.empty(0)], 10.0).rms)
    only_missing = measure([np.full(5, np.nan)], 10.0)
    assert (only_missing.missing, only_missing.measured) == (5, 0.5)
    some = measure([np.array([3.0, np.nan]), np.array([5.0, 4.0])], 10.0)
    assert (some.mean, some.minimum, some.maximum, some.missing) == (4.0, 3.0, 5.0, 1)
    empty = channel_from_array("a", np.empty(0), 10.0)
    assert summary([empty]).channels[0].sketch == ((),)
    assert summary([]).duration == 0.0


def test_a_damaged_number_is_no_crash():
    damaged = channel_from_array("a", np.array([1e300, -1e300, 1.0, np.nan] * 50), 100.0)
    seen = summary([damaged])
    assert seen.channels[0].statistics.rms == np.inf


def test_the_sketch_of_emg_is_its_amplitude_and_of_an_angle_its_value():
    noise = np.random.default_rng(3).standard_normal(48_000)
    emg = np.concatenate([np.zeros(24_000), noise[:24_000]]) + 7.0
    (heights,) = sketch([emg], measure([emg], 1000.0), of_amplitude=True)
    assert len(heights) == 48
    assert max(heights) == 1.0
    assert np.mean(heights[24:]) > 2 * np.mean(heights[:24])
    ramp = np.linspace(-5, 5, 4800)
    (heights,) = sketch([ramp], measure([ramp], 100.0), of_amplitude=False)
    np.testing.assert_allclose(heights, np.linspace(0, 1, 48), atol=1e-9)
    ramp[1000:2000] = np.nan
    (heights,) = sketch([ramp], measure([ramp], 100.0), of_amplitude=False)
    assert np.isnan(heights).sum() == 10
    assert np.nanmax(heights) == 1.0
    flat = np.full(100, 3.0)
    assert set(sketch([flat], measure([flat], 1.0), of_amplitude=False)[0]) == {0.5}


def test_pieces_do_not_overlap():
    channel = channel_from_array("a", np.arange(100.0), 10.0)
    pieces = read_pieces(channel, 3.3)
    assert [piece[0] for piece in pieces] == [0.0, 33.0, 67.0]
    assert [piece.size for piece in pieces] == [33, 33, 33]
    (whole,) = read_pieces(channel, 3.4)
    assert whole.size == 100


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "P01").mkdir()
    (tmp_path / "P01" / "squat.edf").write_bytes(edf_example())
    (tmp_path / "P01" / "cut.c3d").write_bytes(c3d_example()[:700])
    (tmp_path / "thrust.c3d").write_bytes(c3d_example())
    (tmp_path / "notes.txt").write_text("Dear colleague,\nmore follows.\n")
    return tmp_path


def test_one_bad_file_does_not_stop_a_folder(folder):
    seen = Look().at(folder)
    assert isinstance(seen, FolderSummary)
    assert [one.path.name for one in seen.recordings] == ["squat.edf", "thrust.c3d"]
    assert [one.path.name for one in seen.unreadable] == ["cut.c3d", "notes.txt"]
    assert "[c3d]" in seen.unreadable[0].reason


def test_memory_and_packages_are_reasons(folder):
    def greedy(*_):
        raise MemoryError

    def poor(*_):
        raise MissingPackageError("wfdb", "wfdb", "reading WFDB")

    seen = Look(read=greedy).at(folder / "thrust.c3d")
    assert isinstance(seen, Unreadable)
    assert "memory" in seen.reason
    assert "pip install" in Look(read=poor).at(folder / "thrust.c3d").reason


def test_samples_that_cannot_be_read_are_a_reason(folder):
    from dataclasses import replace

    def vanished(*_):
        raise ReadError("has vanished", path=folder)

    def read_then_lose(path, _):
        recording = read(path)
        return replace(recording, channels=tuple(replace(one, load=vanished) for one in recording.channels))

    assert Look(read=read_then_lose).at(folder / "thrust.c3d") == Unreadable(folder / "thrust.c3d", "has vanished")


def write_long_csv(path, size, real):
    """A CSV of `size` bytes of which the first `real` are rows and the rest is a hole."""
    rows = [f"{number / 2000:.4f},{(number * 7919) % 4001 / 10 - 200:.1f}\n" for number in range(2000)]
    with path.open("w") as handle:
        handle.write("time (s),GMAX RT (uV)\n")
        number = 0
        while handle.tell() < real:
            handle.write("".join(f"{number + i / 2000:.4f},{row.split(',')[1]}" for i, row in enumerate(rows)))
            number += 1
        handle.truncate(size)


def write_long_edf(path, n_records, n_channels=16, rate=2000):
    """An EDF of zeros: a real header, the samples a hole in the file."""
    fields = [(16, "EMG {}"), (80, ""), (8, "uV"), (8, "-3000"), (8, "3000"), (8, "-32768"), (8, "32767"), (80, "")]
    head = f"{'0':<8}{'X':<80}{'X':<80}01.01.2401.01.01{256 * (n_channels + 1):<8}{'':<44}{n_records:<8}{1:<8}"
    signals = "".join(f"{text.format(i):<{width}}" for width, text in fields for i in range(n_channels))
    signals += f"{rate:<8}" * n_channels + " " * 32 * n_channels
    with path.open("wb") as handle:
        handle.write((head + f"{n_channels:<4}" + signals).encode())
        handle.truncate(256 * (n_channels + 1) + n_records * n_channels * rate * 2)


@pytest.mark.parametrize("size", [10**9 if LONG else 3_000_000])
def test_a_large_file_takes_seconds_and_little_memory(tmp_path, size):
    limits = Limits() if LONG else Limits(whole_bytes=400_000, text_bytes=300_000, seconds=1.0)
    long_csv, long_edf = tmp_path / "long.csv", tmp_path / "long.edf"
    write_long_csv(long_csv, size, 2 * limits.text_bytes)
    write_long_edf(long_edf, size // 64_000)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    text, binary = Look(limits=limits).at(long_csv), Look(limits=limits).at(long_edf)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert time.perf_counter() - began < 30
    assert grown < 400_000  # KiB
    assert text.is_estimated
    assert text.pieces == 0  # the part that was read is measured whole
    assert text.channels[0].statistics.measured == text.channels[0].channel.duration
    assert {one.statistics.deviation for one in binary.channels} == {0.0}
    rows_per_byte = text.channels[0].channel.n_samples / limits.text_bytes
    assert text.duration == pytest.approx(size * rows_per_byte / 2000, rel=0.02)
    assert binary.duration == size // 64_000
    assert (binary.pieces, binary.piece_seconds) == (3, limits.seconds)
    assert len(binary.channels) == 16
