"""EDF and BDF files written by `pyedflib` and byte by byte."""

from __future__ import annotations

import os

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError
from emgpipe.readers import read
from emgpipe.readers.edf import EdfOptions
from emgpipe.readers.parts.blocks import loader as block_loader
from emgpipe.readers.parts.edf.example import edf_example

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


def test_patient_and_technician_are_dropped_unless_asked_for(tmp_path):
    content = bytearray(edf_example())
    content[8:88] = b"MCH-0234567 F 02-MAY-1951 Haagse_Harry".ljust(80)
    content[88:168] = b"Startdate 02-MAR-2002 EMG561 BK/JOP Sony_MNC".ljust(80)
    path = save(tmp_path, content)
    recording = read(path)
    assert recording.acquisition.device == "Sony MNC"
    for private in ("Harry", "1951", "BK/JOP", "EMG561"):
        assert private not in repr(recording)
    kept = dict(read(path, [EdfOptions(keep_personal_data=True)]).personal)
    assert "Haagse_Harry" in kept["patient"]
    assert "BK/JOP" in kept["recording"]
    assert read(save(tmp_path, edf_example()), [EdfOptions(keep_personal_data=True)]).personal == ()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (b"31.12.8423.59.59", "2084-12-31T23:59:59"),
        (b"01.02.8500.00.00", "1985-02-01T00:00:00"),
        (b"01/02/05 1:00:00", ""),
        (b"31.02.0510.00.00", ""),
        (b"00.00.0000.00.00", ""),
        (b"yesterday, noon.", ""),
        (b"                ", ""),
    ],
)
def test_dates(tmp_path, text, start):
    content = bytearray(edf_example())
    content[168:184] = text
    recording = read(save(tmp_path, content))
    assert recording.acquisition.start_time == start
    assert kinds(recording) == ([] if start else ["start_time_unknown"])
    assert recording.channels[0].n_samples == 2000


def test_record_times_that_contradict_the_header(tmp_path):
    content = bytearray(edf_example())
    for record in range(4):
        place = 1024 + record * RECORD_BYTES + 1100
        content[place : place + 60] = f"+{record * 0.25}\x14\x14\x00".encode().ljust(60, b"\0")
    recording = read(save(tmp_path, content))
    assert kinds(recording) == ["sampling_rate_contradiction"]
    assert recording.findings[0].value == 0.25
    assert recording.channels[0].sampling_rate == 1000.0


def test_inverted_digital_range_is_said(tmp_path):
    content = bytearray(edf_example())
    place = 256 + 3 * (16 + 80 + 8 + 8 + 8)
    content[place : place + 8], content[place + 24 : place + 32] = b"32767   ", b"-32768  "
    inverted, right = read(save(tmp_path, content)), read(save(tmp_path, edf_example(), "b.edf"))
    assert kinds(inverted) == ["scale_inverted"]
    np.testing.assert_allclose(inverted.channels[0].read(), -right.channels[0].read(), atol=2e-8)


def header_of(fields, *, version, kind, n_records, duration):
    """A header by the published layout; `fields` are the signals' texts with their widths."""
    n = len(fields[0][0])
    main = [("X X X X", 80), ("Startdate X X X X", 80), ("01.01.25", 8), ("10.00.00", 8), (str(256 * (n + 1)), 8)]
    main += [(kind, 44), (str(n_records), 8), (f"{duration:g}", 8), (str(n), 4)]
    text = "".join(text.ljust(width) for text, width in main)
    return version + (text + "".join(t.ljust(width) for texts, width in fields for t in texts)).encode()


def signal_fields(labels, per_record, limits):
    n, same = len(labels), lambda text: (text,) * len(labels)
    fields = [(labels, 16), (same(""), 80), (same("uV"), 8), (same("-800"), 8), (same("800"), 8)]
    fields += [(same(str(limits[0])), 8), (same(str(limits[1])), 8), (same(""), 80)]
    return [*fields, (tuple(map(str, per_record)), 8), (("",) * n, 32)]


def test_bdf_annotations_and_gaps_in_24_bits(tmp_path):
    """BDF+D by hand: the same layout with three bytes per sample."""
    fields = signal_fields(("EMG", "BDF Annotations"), (100, 40), (-8388608, 8388607))
    content = header_of(fields, version=b"\xffBIOSEMI", kind="BDF+D", n_records=2, duration=0.1)
    values = np.array([-8388608, -1, 0, 1, 8388607] * 40).reshape(2, 100)
    for record, start in enumerate((5, 5.3)):
        content += b"".join(int(value).to_bytes(3, "little", signed=True) for value in values[record])
        content += f"+{start}\x14\x14\0+{start + 0.02:g}\x150.05\x14hip thrust\x14\0".encode().ljust(120, b"\0")
    recording = read(save(tmp_path, content, "a.bdf"))
    (channel,) = recording.channels
    assert (channel.sampling_rate, channel.n_samples) == (1000.0, 400)
    samples = channel.read()
    assert np.isnan(samples[100:300]).all()
    expected = ((values + 8388608) / 16777215 * 1600 - 800) * 1e-6
    np.testing.assert_allclose(samples[:100], expected[0], atol=1e-15)
    np.testing.assert_allclose(channel.read(300, 400), expected[1], atol=1e-15)
    assert [(e.label, round(e.start, 6), e.duration) for e in recording.events] == [
        ("hip thrust", 0.02, 0.05),
        ("hip thrust", 0.32, 0.05),
    ]


N_SIGNALS = 12


def many_signals(seed, n_records=30, per_record=200):
    """An EDF file of twelve signals of two rates, and what they hold."""
    counts = tuple(per_record if number % 2 else per_record // 2 for number in range(N_SIGNALS))
    fields = signal_fields(tuple(f"EMG {number}" for number in range(N_SIGNALS)), counts, (-32768, 32767))
    content = header_of(fields, version=b"0".ljust(8), kind="", n_records=n_records, duration=0.1)
    random = np.random.default_rng(seed)
    stored = [random.integers(-32768, 32768, (n_records, count)).astype("<i2") for count in counts]
    content += b"".join(signal[record].tobytes() for record in range(n_records) for signal in stored)
    return content, [(signal.ravel() + 32768.0) / 65535 * 1600e-6 - 800e-6 for signal in stored]


@pytest.mark.parametrize("limit", [0, 100_000, 1 << 30])
@pytest.mark.parametrize(
    "order",
    [
        list(range(N_SIGNALS)),
        list(range(N_SIGNALS))[::-1],
        [index for index in range(N_SIGNALS) for _ in range(2)],
        [0, 1, 5, 2, 2, 3, 11, 4, 1, 2, 3, 4, 5, 6, 0, 1, 2],
    ],
)
def test_channels_in_any_order_are_the_same(tmp_path, monkeypatch, limit, order):
    """Columns decoded ahead are handed out once, to the channel they belong to."""
    monkeypatch.setattr(block_loader, "AHEAD_BYTES", limit)
    content, expected = many_signals(1)
    channels = read(save(tmp_path, content)).channels
    for index in order:
        np.testing.assert_allclose(channels[index].read(), expected[index], atol=1e-15)
        np.testing.assert_allclose(channels[index].read(7, 1001), expected[index][7:1001], atol=1e-15)


def test_a_file_that_changes_is_read_anew(tmp_path):
    (before, _), (after, expected) = many_signals(1), many_signals(2)
    path = save(tmp_path, before)
    channels = read(path).channels
    channels[0].read()
    channels[1].read()
    assert block_loader._ahead[0].samples
    path.write_bytes(after)
    os.utime(path, ns=(1, 1))  # however coarse the clock of the disk is
    for index in range(2, N_SIGNALS):
        np.testing.assert_allclose(channels[index].read(), expected[index], atol=1e-15)
    assert not block_loader._ahead[0].samples


@pytest.mark.parametrize(
    ("recording_field", "first", "start"),
    [
        (b"Startdate 01-JAN-2025 X X X", "+0", "2025-01-01T10:00:00"),
        (b"Startdate 01-JAN-2025 X X X", "+0.25", "2025-01-01T10:00:00.250000"),
        (b"Startdate X X X X", "+0", "10:00:00"),
        (b"Startdate X X X X", "+0.125", "10:00:00.125000"),
    ],
)
def test_hidden_dates_and_fractions_of_a_second(tmp_path, recording_field, first, start):
    content = bytearray(edf_example())
    content[88:168] = recording_field.ljust(80)
    for record in range(4):
        place = 1024 + record * RECORD_BYTES + 1100
        content[place : place + 60] = f"+{float(first) + record * 0.5:g}\x14\x14\x00".encode().ljust(60, b"\0")
    recording = read(save(tmp_path, content))
    assert recording.acquisition.start_time == start
    assert kinds(recording) == []


def test_a_start_that_nobody_knows(tmp_path):
    content = bytearray(edf_example())
    content[88:184] = b"Startdate X X X X".ljust(80) + b"01.01.8500.00.00"
    recording = read(save(tmp_path, content))
    assert (recording.acquisition.start_time, kinds(recording)) == ("", [])


def spread(tmp_path, last, *, per_record=50, duration=b"1"):
    """Two records of a signal and their times, the second at `last`."""
    fields = [("EMG", "uV", -1000, 1000, -32768, 32767, per_record), ("EDF Annotations", "", -1, 1, -32768, 32767, 30)]
    main = b"0".ljust(8) + b"X X X X".ljust(80) + b"Startdate X X X X".ljust(80) + b"01.02.2010.11.12"
    main += b"768".ljust(8) + b"EDF+D".ljust(44) + b"2".ljust(8) + duration.ljust(8) + b"2".ljust(4)
    texts = [[str(field[place]) for field in fields] for place in range(7)]
    columns = [(texts[0], 16), (["", ""], 80), *((texts[place], 8) for place in range(1, 6)), (["", ""], 80)]
    columns += [(texts[6], 8), (["", ""], 32)]
    head = main + b"".join(text.encode().ljust(width) for values, width in columns for text in values)
    records = [bytes(2 * per_record) + f"+{time}\x14\x14\x00".encode().ljust(60, b"\0") for time in (0, last)]
    return save(tmp_path, head + b"".join(records))


def test_a_long_pause_is_kept(tmp_path):
    channel = read(spread(tmp_path, 3600)).channels[0]
    assert channel.n_samples == 3601 * 50
    assert int(np.isnan(channel.read()).sum()) == 3599 * 50


@pytest.mark.parametrize(
    ("last", "per_record", "duration", "said"),
    [
        (86399, 60000, b"1", "claims 86399 s of time"),
        (80000, 2000, b"1", "claims 80000 s of time"),
        (86000, 1000, b"0.001", "claims 86000 s of time"),
        (1e6, 50, b"1", "claims 1000000 s of time"),
        (1, 2000, b"0.001", "more than 1 MHz"),
    ],
)
def test_absurd_times_and_rates_of_interrupted_recordings(tmp_path, last, per_record, duration, said):
    with pytest.raises(DamagedFileError, match=said):
        read(spread(tmp_path, last, per_record=per_record, duration=duration))
