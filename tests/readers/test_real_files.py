"""Recordings of other laboratories against the reference figures and against other libraries, channel by channel."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from emgpipe.readers import read
from emgpipe.readers.parts.tables.options import DelimitedOptions
from emgpipe.units import UNKNOWN, base_unit, conversion_factor, parse_unit

C3D = ["1123x01EMG", "Gait", "HC002D06", "PiG_Motion3_FF", "Res16bits", "markers_analogs"]
OPTIONS = {
    "rdata/ID0012_TW_01_emg.derived.csv": {"unit": "uV"},
    "myo_csv/R_0_C_0_EMG.csv": {"sampling_rate": 200},
}
LABELS = {"EMG1": "Sensor 1.EMG1", "EMG2": "Sensor 2.EMG2"}
"""Names of the references that are only part of a label."""
RELATIVE = 1e-6


def factor_to_base(unit: str) -> float:
    known = parse_unit(unit)
    return 1.0 if known == UNKNOWN else conversion_factor(known, base_unit(known))


def close(actual, expected, scale):
    np.testing.assert_allclose(actual, expected, rtol=RELATIVE, atol=RELATIVE * scale)


def check_reference(channel, reference, factor):
    samples, rms = channel.read(), reference["rms"] * factor
    assert samples.size == reference["n"]
    close(np.nanmean(samples), reference["mean"] * factor, rms)
    close(np.sqrt(np.nanmean(samples**2)), rms, rms)
    close(samples[:5], np.array(reference["first5"]) * factor, 0.0)


@pytest.fixture(scope="module")
def references(data_folder):
    return {row["file"]: row for row in json.loads((data_folder / "references.json").read_text())}


@pytest.mark.parametrize("name", C3D)
def test_c3d_against_ezc3d(data_folder, name):
    ezc3d = pytest.importorskip("ezc3d")
    path = data_folder / "c3d" / f"{name}.c3d"
    library = ezc3d.c3d(str(path))
    units = library["parameters"]["ANALOG"]["UNITS"]["value"]
    samples = library["data"]["analogs"][0]
    recording = read(path)
    assert len(recording.channels) == samples.shape[0]
    for channel, expected, unit in zip(recording.channels, samples, units, strict=False):
        assert channel.sampling_rate == library["header"]["analogs"]["frame_rate"]
        expected = expected * factor_to_base(unit)  # noqa: PLW2901 - same samples, other unit
        close(channel.read(), expected, np.abs(expected).max())
        close(channel.read(17, 401), expected[17:401], np.abs(expected).max())


@pytest.mark.parametrize("name", C3D)
def test_c3d_references(data_folder, references, name):
    row = references[f"c3d/{name}.c3d"]
    recording = read(data_folder / row["file"])
    assert [label.removesuffix(" (2)") for label in recording.labels] == [
        label or f"channel {number}" for number, label in enumerate(row["channels"], start=1)
    ]
    for key, reference in row["reference"].items():
        channel = recording.channels[int(key[1 : key.index("]")])]
        assert channel.sampling_rate == row["fs"]
        check_reference(channel, reference, factor_to_base("mV" if row["units"] == ["mV"] else "V"))


def test_edf_and_bdf(data_folder, references):
    pyedflib = pytest.importorskip("pyedflib")
    rows = [row for name, row in references.items() if name.endswith((".edf", ".bdf"))]
    assert len(rows) >= 9
    for row in rows:
        path = data_folder / row["file"]
        recording = read(path)
        assert list(recording.labels) == row["channels"]
        with pyedflib.EdfReader(str(path)) as library:
            for index, channel in enumerate(recording.channels):
                expected = library.readSignal(index) * factor_to_base(library.getPhysicalDimension(index))
                assert channel.sampling_rate == library.getSampleFrequency(index)
                close(channel.read(), expected, np.abs(expected).max())
            for key, reference in row["reference"].items():
                index = int(key[1 : key.index("]")])
                check_reference(
                    recording.channels[index], reference, factor_to_base(library.getPhysicalDimension(index))
                )


def test_edf_against_edfio(data_folder):
    edfio = pytest.importorskip("edfio")
    for path in sorted((data_folder / "edf_bdf").iterdir()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            library = (edfio.read_bdf if path.suffix == ".bdf" else edfio.read_edf)(path)
        for channel, signal in zip(read(path).channels, library.signals, strict=True):
            close(channel.read(), signal.data * factor_to_base(signal.physical_dimension), np.abs(signal.data).max())


@pytest.mark.parametrize(
    ("name", "first", "factor"),
    [
        ("csv_generic/emg.csv", 0, 1.0),
        ("txt_biosppy/emg.txt", 0, 1.0),
        ("myo_csv/R_0_C_0_EMG.csv", 0, 1.0),
        ("delsys_emgworks_csv/truncated_trigno_sample.csv", None, 1.0),
        ("vicon_csv/analogs.csv", None, 1.0),
    ],
)
def test_text_references(data_folder, references, name, first, factor):
    row = references[name]
    recording = read(data_folder / name, [DelimitedOptions(**OPTIONS.get(name, {}))])
    for order, (label, reference) in enumerate(row["reference"].items()):
        channel = (
            recording.channels[first + order] if first is not None else recording.channel(LABELS.get(label, label))
        )
        if isinstance(row["fs"], float):
            assert channel.sampling_rate == pytest.approx(row["fs"], rel=1e-9)
        check_reference(channel, reference, factor)


def test_delsys_rates_and_units(data_folder):
    recording = read(data_folder / "delsys_emgworks_csv" / "truncated_trigno_sample.csv")
    assert {(c.kind, c.unit, c.sampling_rate) for c in recording.channels} == {
        ("emg", "V", 1259.259),
        ("acceleration", "g", 148.1481),
        ("angular_velocity", "deg/s", 148.1481),
    }


def test_walking_gluteus(data_folder, references):
    recording = read(data_folder / "rdata" / "ID0012_TW_01_emg.derived.csv", [DelimitedOptions(unit="uV")])
    row = references["rdata/RAW_DATA.RData"]
    assert list(recording.labels) == row["channels"]
    for label, reference in row["reference"].items():
        channel = recording.channel(label)
        assert (channel.unit, channel.kind, channel.sampling_rate) == ("V", "emg", 1000.0)
        assert channel.start == pytest.approx(0.014)
        check_reference(channel, reference, 1e-6)


def test_vicon_text_equals_its_c3d(data_folder):
    text = read(data_folder / "vicon_csv" / "analogs.csv")
    binary = read(data_folder / "c3d" / "markers_analogs.c3d")
    # The text has six digits at most.
    for number in range(1, 17):
        label = next(label for label in binary.labels if label.endswith(f".EMG{number}") and "IM" not in label)
        np.testing.assert_allclose(
            text.channel(f"Sensor {number}.EMG{number}").read(), binary.channel(label).read(), atol=1e-6
        )


def test_nothing_is_said_about_a_participant(data_folder):
    recording = read(data_folder / "edf_bdf" / "short_psg.edf")
    assert "Female" not in repr(recording)
