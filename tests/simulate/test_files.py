"""What is written can be read by programs that are not ours: ezc3d, pyedflib, pandas."""

from __future__ import annotations

import io
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
import pyedflib
import pytest

from emgpipe.errors import SignalError
from emgpipe.simulate.files import PLAIN, RAIL, Dialect, Track, write_c3d, write_edf, write_text


@pytest.fixture
def emg() -> list[Track]:
    rng = np.random.default_rng(0)
    return [Track(f"MUSCLE.EMG{n}", 2000.0, rng.normal(scale=1e-4, size=6000)) for n in range(1, 6)]


@pytest.fixture
def angles() -> list[Track]:
    return [Track("Hip flexion", 100.0, np.linspace(-30, 110, 300)), Track("Head", 100.0, np.linspace(9, -9, 300))]


def test_c3d_is_what_ezc3d_reads(tmp_path: Path, emg: list[Track]) -> None:
    write_c3d(tmp_path / "a.c3d", emg)
    read = ezc3d.c3d(str(tmp_path / "a.c3d"))
    analog = read["parameters"]["ANALOG"]
    assert analog["LABELS"]["value"] == [track.label for track in emg]
    assert analog["UNITS"]["value"] == ["V"] * 5
    assert analog["RATE"]["value"][0] == 2000.0
    assert read["parameters"]["POINT"]["USED"]["value"][0] == 0
    assert read["parameters"]["POINT"]["FRAMES"]["value"][0] == 300
    written = np.stack([track.samples for track in emg])
    np.testing.assert_allclose(read["data"]["analogs"][0], written, atol=0.51 * RAIL / 32768)


def test_c3d_parameter_section_of_any_length(tmp_path: Path) -> None:
    tracks = [Track(f"CHANNEL WITH A LONG LABEL {n:03d}", 1000.0, np.full(100, n * 1e-5)) for n in range(60)]
    write_c3d(tmp_path / "a.c3d", tracks)
    read = ezc3d.c3d(str(tmp_path / "a.c3d"))
    assert read["parameters"]["ANALOG"]["LABELS"]["value"] == [track.label for track in tracks]
    np.testing.assert_allclose(read["data"]["analogs"][0][:, 0], np.arange(60) * 1e-5, atol=RAIL / 32768)


@pytest.mark.parametrize(("bits", "name"), [(16, "a.edf"), (24, "a.bdf")])
def test_edf_is_what_pyedflib_reads(
    tmp_path: Path, emg: list[Track], angles: list[Track], bits: int, name: str
) -> None:
    tracks = [(track, "uV") for track in emg] + [(track, "deg") for track in angles]
    write_edf(tmp_path / name, tracks, bits=bits)
    with pyedflib.EdfReader(str(tmp_path / name)) as read:
        assert read.getSignalLabels() == [track.label for track, _ in tracks]
        for index, (track, unit) in enumerate(tracks):
            assert read.getSampleFrequency(index) == track.sampling_rate
            assert read.getPhysicalDimension(index) == unit
            factor, reach = (1e6, 1e4) if unit == "uV" else (1.0, 180.0)
            np.testing.assert_allclose(
                read.readSignal(index), track.samples * factor, atol=0.51 * 2 * reach / 2**bits + 1e-9
            )


@pytest.mark.parametrize("dialect", [PLAIN, Dialect(";", ",", unit_row=True), Dialect("\t")])
def test_text_is_what_pandas_reads(tmp_path: Path, emg: list[Track], angles: list[Track], dialect: Dialect) -> None:
    emg[1].samples[[5, 7]] = np.nan
    write_text(tmp_path / "a.csv", emg, angles, dialect)
    text = (tmp_path / "a.csv").read_text().splitlines(keepends=True)
    assert text[0].split(dialect.delimiter)[1].startswith("MUSCLE.EMG1")
    body = "".join(text[2 if dialect.unit_row else 1 :])
    table = pd.read_csv(io.StringIO(body), sep=dialect.delimiter, decimal=dialect.decimal, header=None)
    assert table.shape == (6000, 9)
    np.testing.assert_allclose(table[0], np.arange(6000) / 2000, atol=5.1e-4)
    for column, track in enumerate(emg, start=1):
        np.testing.assert_allclose(table[column], track.samples * 1e6, atol=0.051)
    slow = table.iloc[:300]
    np.testing.assert_allclose(slow[6], np.arange(300) / 100)
    np.testing.assert_allclose(slow[7], angles[0].samples, atol=0.051)
    assert table.iloc[300:, 6:].isna().all().all()


def test_missing_or_too_large_samples_are_refused_with_the_channel(tmp_path: Path) -> None:
    gap = Track("BF", 2000.0, np.full(2000, np.nan))
    loud = Track("VL", 2000.0, np.full(2000, 0.02))
    with pytest.raises(SignalError, match=r"missing samples.*'BF'"):
        write_c3d(tmp_path / "a.c3d", [gap])
    with pytest.raises(SignalError, match=r"beyond the range.*'VL'"):
        write_edf(tmp_path / "a.edf", [(loud, "uV")])
