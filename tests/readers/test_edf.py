"""EDF and BDF files written by `pyedflib` and byte by byte."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError
from emgpipe.readers import read
from emgpipe.readers.edf_example import edf_example

DURATION = slice(244, 252)
RECORDS = slice(236, 244)
RECORD_BYTES = 2 * (500 + 50 + 30)


def save(tmp_path, content, name="a.edf"):
    path = tmp_path / name
    path.write_bytes(bytes(content))
    return path


def kinds(recording):
    return [finding.kind for finding in recording.findings]


def test_example(tmp_path):
    recording = read(save(tmp_path, edf_example()))
    emg, angle = recording.channels
    assert recording.labels == ("EMG GMAX RT", "hip flexion")
    assert (emg.sampling_rate, emg.unit, emg.kind, emg.n_samples) == (1000.0, "V", "emg", 2000)
    assert (angle.sampling_rate, angle.unit, angle.kind, angle.n_samples) == (100.0, "deg", "angle", 200)
    assert [(event.label, event.start, event.duration) for event in recording.events] == [("squat", 0.7, 1.0)]
    assert recording.acquisition.start_time == "2025-01-01T10:00:00"
    assert recording.acquisition.hardware_filters == "HP:10Hz"
    assert not recording.findings


@pytest.mark.parametrize(("kind", "suffix"), [("FILETYPE_EDFPLUS", "edf"), ("FILETYPE_BDFPLUS", "bdf")])
def test_against_pyedflib(tmp_path, kind, suffix):
    pyedflib = pytest.importorskip("pyedflib")
    path = tmp_path / f"a.{suffix}"
    random = np.random.default_rng(5)
    signals = [random.uniform(-900, 900, 5 * rate) for rate in (2000, 148)]
    with pyedflib.EdfWriter(str(path), 2, getattr(pyedflib, kind)) as writer:
        limit = 8388607 if suffix == "bdf" else 32767
        limits = {"physical_min": -1000, "physical_max": 1000, "digital_min": -limit - 1, "digital_max": limit}
        writer.setSignalHeaders(
            [
                {"label": "EMG 1", "dimension": "uV", "sample_frequency": 2000, **limits},
                {"label": "ACC", "dimension": "mg", "sample_frequency": 148, **limits},
            ]
        )
        writer.setPatientName("Jane_Doe")
        writer.setBirthdate(np.datetime64("1990-02-03").astype(object))
        writer.writeSamples(signals)
        writer.writeAnnotation(1.25, 0.5, "Kniebeuge µ")
    recording = read(path)
    with pyedflib.EdfReader(str(path)) as library:
        for index, (channel, factor) in enumerate(zip(recording.channels, (1e-6, 1e-3), strict=True)):
            np.testing.assert_allclose(channel.read(), library.readSignal(index) * factor, rtol=1e-9, atol=1e-15)
            whole = channel.read()
            np.testing.assert_array_equal(channel.read(100, 433), whole[100:433])
    assert [(event.label, event.start, event.duration) for event in recording.events] == [("Kniebeuge µ", 1.25, 0.5)]
    for private in ("Jane", "Doe", "1990"):
        assert private not in repr(recording)


def interrupted(starts):
    content = bytearray(edf_example().replace(b"EDF+C", b"EDF+D"))
    for record, start in enumerate(starts):
        place = 1024 + record * RECORD_BYTES + 1100
        content[place : place + 60] = f"+{start}\x14\x14\x00+{start + 0.1:g}\x14mark\x14\x00".encode().ljust(60, b"\0")
    return content


def test_gaps_are_kept(tmp_path):
    recording = read(save(tmp_path, interrupted([3, 3.5, 5.25, 6])))
    continuous = read(save(tmp_path, edf_example(), "b.edf"))
    assert kinds(recording) == ["time_gaps"]
    assert recording.findings[0].value == pytest.approx(1.25 + 0.25)
    for channel, whole in zip(recording.channels, continuous.channels, strict=True):
        samples, rate = channel.read(), channel.sampling_rate
        assert channel.n_samples == int(3.5 * rate)
        present = np.isfinite(samples)
        np.testing.assert_array_equal(samples[present], whole.read())
        expected = np.zeros(samples.size, dtype=bool)
        for start in (0, 0.5, 2.25, 3.0):
            expected[int(start * rate) : int((start + 0.5) * rate)] = True
        np.testing.assert_array_equal(present, expected)
        np.testing.assert_array_equal(channel.read(310, 2444), samples[310:2444])
    assert [event.start for event in recording.events] == pytest.approx([0.1, 0.6, 2.35, 3.1])


def test_interrupted_in_name_only(tmp_path):
    recording = read(save(tmp_path, interrupted([0, 0.5, 1, 1.5])))
    assert recording.channels[0].n_samples == 2000
    assert not recording.findings


def test_interrupted_with_damaged_times(tmp_path):
    with pytest.raises(DamagedFileError, match="overlap"):
        read(save(tmp_path, interrupted([0, 0.5, 0.2, 3])))
    with pytest.raises(DamagedFileError, match="record times are damaged"):
        read(save(tmp_path, interrupted([0, 0.5, 2, 10**12])))


def test_truncated_names_both_counts(tmp_path):
    for cut in (1, RECORD_BYTES, 3 * RECORD_BYTES + 7):
        with pytest.raises(DamagedFileError, match=r"4 data records are declared, [0-3] are there"):
            read(save(tmp_path, edf_example()[:-cut]))


def test_unknown_number_of_records(tmp_path):
    content = bytearray(edf_example())
    content[RECORDS] = b"-1      "
    recording = read(save(tmp_path, content))
    assert recording.channels[0].n_samples == 2000
    assert kinds(recording) == ["record_count"]


def test_surplus_bytes(tmp_path):
    assert kinds(read(save(tmp_path, edf_example() + b"\0" * 99))) == ["surplus_data"]


@pytest.mark.parametrize(
    ("place", "text", "message"),
    [
        (RECORDS, b"99999999", "99999999 data records are declared, 4"),
        (RECORDS, b"-5      ", "-5 data records"),
        (RECORDS, b"many    ", "'many' as number of data records"),
        (DURATION, b"0       ", "data records of 0 s"),
        (DURATION, b"-1      ", "data records of -1 s"),
        (slice(252, 256), b"9999", "cut off in its header"),
        (slice(252, 256), b"-1  ", "declares -1 signals"),
        (slice(256 + 3 * 216, 256 + 3 * 216 + 8), b"99999999", "cut off"),
        (slice(256 + 3 * 216, 256 + 3 * 216 + 8), b"-7      ", "-7 samples per record"),
    ],
)
def test_absurd_headers(tmp_path, place, text, message):
    content = bytearray(edf_example())
    content[place] = text
    with pytest.raises(DamagedFileError, match=message):
        read(save(tmp_path, content))


def test_scaling_that_cannot_be(tmp_path):
    content = bytearray(edf_example())
    place = 256 + 3 * (16 + 80 + 8)
    content[place : place + 8] = b"1000    "
    recording = read(save(tmp_path, content))
    assert recording.channels[0].unit == "counts"
    assert recording.channels[0].read(5, 6)[0] == round(8000 * np.sin(2 * np.pi * 80 * 0.005))
    assert recording.findings[0].level == "fail"


def test_damaged_annotations_are_said(tmp_path):
    content = bytearray(edf_example())
    content[-60:] = b"rubbish".ljust(60, b"\0")
    assert kinds(read(save(tmp_path, content))) == ["annotations_damaged"]
