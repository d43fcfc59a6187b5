"""EDF+ and BDF+ as pyedflib, edfio and a parser of the published layout see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import edfio
import numpy as np
import pyedflib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.errors import StoreError
from emgpipe.model import Acquisition, Event, Recording, Source, channel_from_array
from emgpipe.simulate.damage import Change, damaged
from emgpipe.writers import write
from emgpipe.writers.edf_header import short_labels
from emgpipe.writers.edf_ranges import Extent, scale_for
from emgpipe.writers.edf_records import EXACT, divide
from tests.writers.recordings import everything, read

BITS = {".edf": 16, ".bdf": 24}


@pytest.fixture(params=BITS)
def path(request, tmp_path):
    return tmp_path / f"out{request.param}"


def recording(*channels, **rest) -> Recording:
    return Recording(channels, Source(Path("in"), "test"), **rest)


def emg(rate: float, n: int, label: str = "EMG", size: float = 1e-4):
    return channel_from_array(label, np.random.default_rng(1).normal(0, size, n), rate)


def seen_by_libraries(path: Path) -> list[tuple[str, float, str, np.ndarray]]:
    """(label, rate, unit, samples) of each signal, on which two libraries agree."""
    other = edfio.read_edf(path) if path.suffix == ".edf" else edfio.read_bdf(path)
    found = []
    with pyedflib.EdfReader(str(path)) as file:
        assert file.signals_in_file == other.num_signals
        for i, signal in enumerate(other.signals):
            samples = file.readSignal(i)
            np.testing.assert_allclose(signal.data, samples, rtol=1e-9, atol=1e-9)
            assert signal.label == file.getLabel(i)
            assert signal.sampling_frequency == pytest.approx(file.getSampleFrequency(i), rel=1e-9)
            found.append((signal.label, signal.sampling_frequency, signal.physical_dimension, samples))
    return found


def test_libraries_see_samples_rates_units_and_events(path):
    angle = channel_from_array("hip flexion", 40 + 30 * np.sin(np.arange(500) / 30), 100.0, unit="deg", kind="angle")
    raw = channel_from_array("raw", np.arange(10000) % 700 - 300.0, 2000.0, unit="unknown")
    events = (Event("squat", 0.5, 1.25), Event("µ stop", 4.000125))
    source = recording(emg(2000.0, 10000, "GMAX RT"), angle, raw, events=events)
    write(replace(source, acquisition=Acquisition("2024-03-05T10:20:30", "Trigno", hardware_filters="20-450 Hz")), path)
    found = seen_by_libraries(path)
    assert [one[:3] for one in found] == [
        ("GMAX RT", 2000.0, "uV"), ("hip flexion", 100.0, "deg"), ("raw", 2000.0, ""),
    ]  # fmt: skip
    for (_, _, unit, samples), channel in zip(found, source.channels, strict=True):
        expected = channel.read() * (1e6 if unit == "uV" else 1.0)
        assert samples.size == expected.size
        step = (expected.max() - expected.min()) / (2 ** BITS[path.suffix] - 1)
        # Half a step, and what rounding the range to eight characters adds.
        assert (
            np.abs(samples - expected).max()
            <= step * 0.501 + 2e-6 * np.abs(expected).max() * 2 ** -BITS[path.suffix] * 4
        )
    with pyedflib.EdfReader(str(path)) as file:
        starts, spans, texts = file.readAnnotations()
        assert file.getStartdatetime().isoformat() == "2024-03-05T10:20:30"
        assert file.getEquipment() == "Trigno"
        assert file.getPrefilter(0) == "20-450 Hz"
    ours = [i for i, text in enumerate(texts) if not text.startswith("emgpipe ")]
    assert [texts[i] for i in ours] == ["squat", "µ stop"]
    np.testing.assert_allclose(starts[ours], [0.5, 4.000125], atol=1e-6)
    assert spans[ours[0]] == 1.25


def test_header_follows_the_published_layout(path):
    """Read by position, as Kemp et al. 1992 print the table."""
    write(recording(emg(1000.0, 2500)), path)
    data = path.read_bytes()
    assert data[:8] == (b"0       " if path.suffix == ".edf" else b"\xffBIOSEMI")
    assert data[8:88].decode().split() == ["X", "X", "X", "X"]
    assert data[88:168].decode().split() == ["Startdate", "X", "X", "X", "X"]
    assert data[168:184] == b"01.01.8500.00.00"
    assert int(data[184:192]) == 256 * 3
    assert data[192:236].decode().strip() == ("EDF+C" if path.suffix == ".edf" else "BDF+C")
    records, duration, signals = int(data[236:244]), float(data[244:252]), int(data[252:256])
    assert signals == 2
    per_record = [int(data[256 + 216 * 2 + 8 * i : 256 + 216 * 2 + 8 * (i + 1)]) for i in range(2)]
    assert per_record[0] / duration == 1000.0
    assert records * per_record[0] == 2500  # no filling where the length can be divided
    assert len(data) == 768 + records * sum(per_record) * (BITS[path.suffix] // 8)
    assert data[:256].isascii() or path.suffix == ".bdf"


def test_every_stored_number_is_the_nearest(path):
    """The published formula, applied to the stored integers by hand."""
    channel = emg(1000.0, 1000)
    write(recording(channel), path)
    data, width = path.read_bytes(), BITS[path.suffix] // 8
    low, high = float(data[256 + 104 * 2 : 256 + 104 * 2 + 8]), float(data[256 + 112 * 2 : 256 + 112 * 2 + 8])
    per_record = [int(data[256 + 216 * 2 + 8 * i : 256 + 216 * 2 + 8 * (i + 1)]) for i in range(2)]
    body = np.frombuffer(data[768:], dtype=np.uint8).reshape(-1, sum(per_record) * width)[:, : per_record[0] * width]
    triples = body.reshape(-1, width)
    stored = sum(triples[:, i].astype(np.int64) << (8 * i) for i in range(width))
    stored = np.where(stored >= 2 ** (8 * width - 1), stored - 2 ** (8 * width), stored)
    steps = 2 ** (8 * width) - 1
    values = low + (stored + 2 ** (8 * width - 1)) * (high - low) / steps
    assert np.abs(values - channel.read() * 1e6).max() <= (high - low) / steps / 2 * 1.0001


@pytest.mark.parametrize(
    "rates",
    [(2000.0,), (2148.148,), (2148.1481481481483, 148.14814814814815), (1259.259,), (1925.926,), (2000.3556,),
     (990.0, 66.0), (2000.0, 100.0, 50.0), (2148.148, 74.074)],
)  # fmt: skip
def test_rates_come_back_exactly_where_eight_characters_can_say_them(rates):
    lengths = [round(20 * rate) for rate in rates]
    records = divide(rates, lengths, 2)
    assert len(records.duration) <= 8
    found = [count / float(records.duration) for count in records.per_record]
    error = max(abs(new / old - 1) for new, old in zip(found, rates, strict=True))
    assert records.rate_error == pytest.approx(error, abs=1e-15)
    assert error <= (EXACT if rates != (2148.148, 74.074) else 1e-5)
    assert all(records.count * count >= length for count, length in zip(records.per_record, lengths, strict=True))


def test_rates_that_cannot_be_said_are_told_and_come_back(path):
    rates = (2148.148, 148.148, 74.07)
    findings = write(recording(*(emg(rate, round(5 * rate), f"at {rate}") for rate in rates)), path)
    (told,) = [finding for finding in findings if finding.kind == "rate_changed"]
    worst = max(abs(one[1] / rate - 1) for one, rate in zip(seen_by_libraries(path), rates, strict=True))
    assert told.value == pytest.approx(worst, rel=1e-3)
    assert [channel.sampling_rate for channel in read(path).channels] == list(rates)


def test_gaps_are_filled_annotated_and_told(path):
    samples = 50e-6 + 10e-6 * np.sin(np.arange(3000) / 20)
    samples[500:800] = np.nan
    findings = write(recording(channel_from_array("GMAX", samples, 1000.0)), path)
    (told,) = [finding for finding in findings if finding.kind == "gaps_filled"]
    assert (told.level, told.value) == ("warn", 300.0)
    filled = seen_by_libraries(path)[0][3]
    np.testing.assert_allclose(filled[500:800], 40.0, atol=0.01)  # the value of the range nearest to zero
    with pyedflib.EdfReader(str(path)) as file:
        starts, spans, texts = file.readAnnotations()
    mark = list(texts).index("emgpipe missing: GMAX")
    assert (starts[mark], spans[mark]) == (0.5, 0.3)
    back = read(path)
    assert back.events == ()
    np.testing.assert_array_equal(np.isnan(back.channels[0].read()), np.isnan(samples))


def test_channels_that_begin_later_are_shifted_for_other_programs(path):
    late = channel_from_array("late", np.full(100, 3.0), 100.0, unit="deg", start=0.25)
    findings = write(recording(emg(1000.0, 2000), replace(late, start=0.253)), path)
    assert "starts_aligned" in {finding.kind for finding in findings}
    shown = seen_by_libraries(path)[1][3]
    assert shown.size >= 125
    assert read(path).channels[1].start == 0.253
    np.testing.assert_allclose(read(path).channels[1].read(), 3.0, atol=1e-6)


def test_filling_at_the_end_is_told_and_undone(path):
    findings = write(recording(emg(1000.0, 100_003)), path)  # a prime number
    (told,) = [finding for finding in findings if finding.kind == "end_filled"]
    n = seen_by_libraries(path)[0][3].size
    assert told.value == pytest.approx((n - 100_003) / 1000.0)
    assert read(path).channels[0].n_samples == 100_003


def test_several_pieces_equal_one(path, monkeypatch):
    source = everything()
    write(source, path)
    whole = path.read_bytes()
    monkeypatch.setattr("emgpipe.writers.edf.PIECE_BYTES", 1)
    write(source, path, force=True)
    assert path.read_bytes() == whole


@given(st.floats(-1e7, 1e7), st.floats(0, 1e6), st.sampled_from([16, 24]), st.sampled_from(["V", "deg", "unknown"]))
@settings(deadline=None, derandomize=True)
def test_ranges_enclose_closely(low, span, bits, unit):
    scale = scale_for(unit, Extent(low, low + span, ()), bits)
    assert all(len(text) <= 8 for text in scale.physical)
    given_low, given_high = low * scale.factor, (low + span) * scale.factor
    physical_low, physical_high = map(float, scale.physical)
    slack = 1e-12 * max(abs(given_low), abs(given_high))
    assert physical_low - slack <= given_low <= given_high <= physical_high + slack
    assert physical_low < physical_high
    ends = np.array([low, low + span])
    step = scale.step_and_shift[0] / scale.factor
    assert np.abs(scale.load(scale.store(ends)) - ends).max() <= step * 0.5 + 1e-9 * np.abs(ends).max()


def test_range_of_an_ordinary_emg_channel():
    scale = scale_for("V", Extent(-0.00123456789, 0.00098765432, ()), 16)
    assert (scale.dimension, scale.physical) == ("uV", ("-1234.57", "987.6544"))


def test_short_labels_are_different_and_plain():
    labels = [
        "GMÁX RT (µV)",
        "Right Biceps Femoris Caput",
        "Right Biceps Femoris Short",
        "EDF Annotations",
        "x" * 30,
        "x" * 31,
    ]
    short = short_labels(labels)
    assert short[:3] == ("GMAX RT (uV)", "Femoris Caput", "Femoris Short")
    assert all(len(label) <= 16 and label.isascii() for label in short)
    assert len(set(short)) == len(short)
    assert not short[3].startswith("EDF Annotations")


def test_what_edf_cannot_hold_is_refused(path):
    far = replace(emg(1000.0, 100), start=1e6)
    with pytest.raises(StoreError, match=r"so far apart.*h5"):
        write(recording(emg(1000.0, 100, "first"), far), path)
    with pytest.raises(StoreError, match="do not fit"):
        write(recording(emg(100_000.0, 100, "fast"), emg(1e-4, 2, "slow")), path)
    assert not path.exists()


def test_damaged_descriptions_are_told(path):
    write(everything(), path)
    content = path.read_bytes()
    place = content.index(b"skip")
    path.write_bytes(content[:place] + b"skap" + content[place + 4 :])
    back = read(path)
    assert "description_damaged" in {finding.kind for finding in back.findings}
    assert not any(event.label.startswith("emgpipe") for event in back.events)
    assert back.labels[0] != everything().labels[0]


def test_damage_in_the_description_never_raises_anything_else(tmp_path):
    path = tmp_path / "out.edf"
    write(everything(), path)
    content = path.read_bytes()
    rng = np.random.default_rng(5)
    places = [i for i in range(len(content)) if content[i : i + 8] == b"emgpipe "]
    for _ in range(300):
        at = (int(rng.choice(places)) + int(rng.integers(0, 240))) / len(content)
        kind = str(rng.choice(["flip", "replace"]))
        path.write_bytes(damaged(content, [Change(kind, at, False, rng.bytes(2))]))
        for channel in read(path).channels:
            assert channel.read().size == channel.n_samples
