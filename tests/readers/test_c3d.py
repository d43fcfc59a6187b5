"""C3D files written byte by byte, and what `ezc3d` makes of them."""

from __future__ import annotations

import struct
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.readers import read
from emgpipe.readers.c3d import C3dOptions
from emgpipe.readers.parts.blocks.blocks import decode_dec
from emgpipe.readers.parts.c3d.example import c3d_example
from emgpipe.readers.parts.c3d.parameters import Parameters

N_POINTS, PER_FRAME, RATE = 2, 5, 200.0
COUNTS = np.random.default_rng(3).integers(-2000, 2000, (40, PER_FRAME, 3))
SCALES, OFFSETS, GENERAL = (0.001, -0.002, 0.5), (3, 0, -7), 0.25


def to_dec(values):
    """IEEE to VAX F floats by arithmetic on mantissa and exponent."""
    stored = b""
    for value in np.ravel(values):
        mantissa, exponent = np.frexp(abs(float(value)))
        if not mantissa:
            stored += bytes(4)
            continue
        fraction = round(mantissa * 2**24) & 0x7FFFFF
        bits = (0x80000000 if value < 0 else 0) | ((int(exponent) + 128) << 23) | fraction
        stored += struct.pack("<HH", bits >> 16, bits & 0xFFFF)
    return stored


class Dialect:
    """Byte order, float type and sample type of a file."""

    def __init__(self, processor=84, *, is_float=False, unsigned=False):
        self.processor, self.is_float, self.unsigned = processor, is_float, unsigned
        self.order = ">" if processor == 86 else "<"

    def short(self, *values):
        return b"".join(struct.pack(self.order + "H", int(value) & 0xFFFF) for value in values)

    def real(self, *values):
        return to_dec(values) if self.processor == 85 else struct.pack(f"{self.order}{len(values)}f", *values)

    def samples(self, values):
        flat = np.ravel(values)
        if not self.is_float:
            return (flat.astype(np.int64) & 0xFFFF).astype(f"{self.order}u2").tobytes()
        return self.real(*flat) if self.processor == 85 else flat.astype(f"{self.order}f4").tobytes()


def parameter(dialect, group, name, kind, shape, data):
    body = struct.pack("<bB", kind, len(shape)) + bytes(shape) + data + b"\0"
    return struct.pack("<bb", len(name), group) + name.encode() + dialect.short(2 + len(body)) + body


def group(dialect, number, name):
    return struct.pack("<bb", len(name), -number) + name.encode() + dialect.short(3) + b"\0"


def c3d_file(dialect, *, counts=COUNTS, first=1, last=None, extra=(), labels=b"EMG1EMG2EMG3", units=b"mV V  N "):
    n_frames, per_frame, n = counts.shape
    offsets = [value + 2048 for value in OFFSETS] if dialect.unsigned else OFFSETS
    stored = counts + 2048 if dialect.unsigned else counts
    parts = [
        bytes([1, 80, 0, dialect.processor]),
        group(dialect, 1, "POINT"),
        parameter(dialect, 1, "USED", 2, (), dialect.short(N_POINTS)),
        parameter(dialect, 1, "RATE", 4, (), dialect.real(RATE)),
        parameter(dialect, 1, "SCALE", 4, (), dialect.real(-0.1 if dialect.is_float else 0.1)),
        parameter(dialect, 1, "LABELS", -1, (2, N_POINTS), b"P1P2"),
        group(dialect, 2, "ANALOG"),
        parameter(dialect, 2, "USED", 2, (), dialect.short(n)),
        parameter(dialect, 2, "RATE", 4, (), dialect.real(RATE * per_frame)),
        parameter(dialect, 2, "GEN_SCALE", 4, (), dialect.real(GENERAL)),
        parameter(dialect, 2, "SCALE", 4, (n,), dialect.real(*SCALES)),
        parameter(dialect, 2, "OFFSET", 2, (n,), dialect.short(*offsets)),
        parameter(dialect, 2, "LABELS", -1, (4, len(labels) // 4), labels),
        parameter(dialect, 2, "UNITS", -1, (3, n), units.ljust(3 * n)[: 3 * n]),
        *(parameter(dialect, 2, "FORMAT", -1, (8,), b"UNSIGNED") for _ in range(dialect.unsigned)),
        group(dialect, 3, "TRIAL"),
        group(dialect, 4, "EVENT"),
        group(dialect, 5, "SUBJECTS"),
        *(parameter(dialect, *given) for given in extra),
        b"\0\0",
    ]
    section = bytearray(b"".join(parts))
    blocks = -(-len(section) // 512)
    section[2] = blocks
    last = first + n_frames - 1 if last is None else last
    header = bytes([2, 80]) + dialect.short(N_POINTS, n * per_frame, first, last, 0)
    header += (
        dialect.real(-0.1 if dialect.is_float else 0.1) + dialect.short(2 + blocks, per_frame) + dialect.real(RATE)
    )
    points = np.zeros((n_frames, 4 * N_POINTS))
    frames = np.concatenate([points, stored.reshape(n_frames, -1)], axis=1)
    return header.ljust(512, b"\0") + bytes(section).ljust(512 * blocks, b"\0") + dialect.samples(frames)


def save(tmp_path, content):
    path = tmp_path / "trial.c3d"
    path.write_bytes(content)
    return path


DIALECTS = {
    f"{name} {'float' if is_float else 'unsigned' if unsigned else 'signed'}": Dialect(
        processor, is_float=is_float, unsigned=unsigned
    )
    for name, processor in (("Intel", 84), ("DEC", 85), ("MIPS", 86))
    for is_float, unsigned in ((False, False), (False, True), (True, False))
}


def expected(channel, factor):
    return (COUNTS[..., channel].ravel() - OFFSETS[channel]) * SCALES[channel] * GENERAL * factor


@pytest.mark.parametrize("name", DIALECTS)
def test_dialects(tmp_path, name):
    recording = read(save(tmp_path, c3d_file(DIALECTS[name])))
    assert recording.labels == ("EMG1", "EMG2", "EMG3")
    assert [channel.unit for channel in recording.channels] == ["V", "V", "N"]
    for index, factor in enumerate((1e-3, 1.0, 1.0)):
        channel = recording.channels[index]
        assert channel.sampling_rate == 1000.0
        np.testing.assert_allclose(channel.read(), expected(index, factor), rtol=1e-6)
        np.testing.assert_allclose(channel.read(7, 23), expected(index, factor)[7:23], rtol=1e-6)
    assert not recording.findings


@pytest.mark.parametrize("name", ["Intel signed", "Intel float", "DEC signed", "MIPS signed"])
def test_dialects_against_ezc3d(tmp_path, name):
    ezc3d = pytest.importorskip("ezc3d")
    path = save(tmp_path, c3d_file(DIALECTS[name], units=b"V  V  V  "))
    try:
        samples = ezc3d.c3d(str(path))["data"]["analogs"][0]
    except (OSError, RuntimeError, ValueError) as error:
        pytest.skip(f"ezc3d does not read this dialect: {error}")
    # ezc3d takes a negative OFFSET as positive (third channel); the format's guide subtracts it with its sign.
    for channel, oracle in zip(read(path).channels[:2], samples, strict=False):
        np.testing.assert_allclose(channel.read(), oracle, rtol=1e-6)


@pytest.mark.parametrize("name", ["Intel signed", "Intel float", "MIPS signed"])
def test_dialects_against_the_c3d_package(tmp_path, name):
    c3d = pytest.importorskip("c3d")
    path = save(tmp_path, c3d_file(DIALECTS[name], units=b"V  V  V  "))
    with warnings.catch_warnings(), path.open("rb") as handle:
        warnings.simplefilter("ignore")
        frames = [analog for _, _, analog in c3d.Reader(handle).read_frames()]
    for channel, oracle in zip(read(path).channels, np.concatenate(frames, axis=1), strict=True):
        np.testing.assert_allclose(channel.read(), oracle, rtol=1e-6)


def test_dec_floats():
    values = np.array([0.0, 1.0, -1.0, 0.1, 1e-9, -3.4e30, 2000.3556], dtype=np.float32)
    stored = np.frombuffer(to_dec(values), dtype=np.uint8).reshape(-1, 4)
    np.testing.assert_array_equal(decode_dec(stored), values)


def test_example_has_its_event():
    assert b"GMAX RT" in c3d_example()


def test_events_count_from_the_first_frame_in_the_file(tmp_path):
    dialect = DIALECTS["Intel float"]
    extra = [
        (4, "USED", 2, (), dialect.short(2)),
        (4, "TIMES", 4, (2, 2), dialect.real(0, 0.55, 0, 0.52)),
        (4, "LABELS", -1, (4, 2), b"off on  "),
        (4, "CONTEXTS", -1, (5, 2), b"Left Right"),
    ]
    recording = read(save(tmp_path, c3d_file(dialect, first=101, extra=extra)))
    assert [event.label for event in recording.events] == ["Right on", "Left off"]
    assert [event.start for event in recording.events] == pytest.approx([0.02, 0.05])
    late = read(save(tmp_path, c3d_file(dialect, first=1, extra=extra)))
    assert {finding.kind for finding in late.findings} == {"events_outside"}


@pytest.mark.parametrize("cut", [1, 600, 2000])
def test_truncated_file_names_both_counts(tmp_path, cut):
    content = c3d_file(DIALECTS["Intel float"])
    with pytest.raises(DamagedFileError, match=r"40 frames are declared, \d+ are there"):
        read(save(tmp_path, content[:-cut]))


def test_more_than_65535_frames(tmp_path):
    counts = np.zeros((70000, 1, 3), dtype=int)
    counts[-1] = 9
    dialect = DIALECTS["Intel signed"]
    extra = [
        (3, "ACTUAL_START_FIELD", 2, (2,), dialect.short(1, 0)),
        (3, "ACTUAL_END_FIELD", 2, (2,), dialect.short(70000 - 65536, 1)),
    ]
    for given in (extra, []):
        recording = read(save(tmp_path, c3d_file(dialect, counts=counts, last=65535, extra=given)))
        assert recording.channels[0].n_samples == 70000
        assert recording.channels[1].read(69999)[0] == pytest.approx(9 * SCALES[1] * GENERAL)
        content = c3d_file(dialect, counts=counts[:60000], last=65535, extra=extra)
    with pytest.raises(DamagedFileError, match=r"70000 frames are declared, 60000 are there"):
        read(save(tmp_path, content))


def test_cropped_file_keeps_its_own_count(tmp_path):
    dialect = DIALECTS["Intel float"]
    extra = [
        (3, "ACTUAL_START_FIELD", 2, (2,), dialect.short(1, 0)),
        (3, "ACTUAL_END_FIELD", 2, (2,), dialect.short(900, 0)),
    ]
    recording = read(save(tmp_path, c3d_file(dialect, extra=extra)))
    assert recording.channels[0].n_samples == 40 * PER_FRAME


def test_surplus_is_said(tmp_path):
    recording = read(save(tmp_path, c3d_file(DIALECTS["Intel float"]) + bytes(5000)))
    assert recording.channels[0].n_samples == 40 * PER_FRAME
    assert [finding.kind for finding in recording.findings] == ["surplus_data"]


def test_labels_more_fewer_and_twice(tmp_path):
    dialect = DIALECTS["Intel signed"]
    more = read(save(tmp_path, c3d_file(dialect, labels=b"A   B   C   D   E   ")))
    assert more.labels == ("A", "B", "C")
    fewer = read(save(tmp_path, c3d_file(dialect, labels=b"A   A   ")))
    assert fewer.labels == ("A", "A (2)", "channel 3")
    continued = [(2, "LABELS2", -1, (4, 2), b"M   N   ")]
    assert read(save(tmp_path, c3d_file(dialect, labels=b"A   ", extra=continued))).labels == ("A", "M", "N")


def test_no_analog_channel(tmp_path):
    content = c3d_file(DIALECTS["Intel float"], counts=np.zeros((4, 1, 0), dtype=int), labels=b"")
    with pytest.raises(ReadError, match="no analog channel"):
        read(save(tmp_path, content))


def test_infinite_floats_are_missing(tmp_path):
    content = bytearray(c3d_example())
    content[-8:-4] = struct.pack("<f", float("inf"))
    recording = read(save(tmp_path, bytes(content)))
    assert np.isnan(recording.channels[0].read(499)).all()
    assert np.isfinite(recording.channels[1].read()).all()


def test_file_that_shrinks_after_opening(tmp_path):
    path = save(tmp_path, c3d_example())
    recording = read(path)
    path.write_bytes(c3d_example()[:-100])
    with pytest.raises(DamagedFileError, match="shorter since it was opened"):
        recording.channels[0].read()
    path.unlink()
    with pytest.raises(ReadError, match="cannot be read any more"):
        recording.channels[0].read()


def test_scales_of_more_than_255_channels():
    stored = {"ANALOG:SCALE": np.arange(255.0), "ANALOG:SCALE2": np.arange(255.0, 300.0)}
    library = {
        name: SimpleNamespace(bytes_per_element=4, num_elements=values.size, bytes=values.astype("<f4").tobytes())
        for name, values in stored.items()
    }
    assert Parameters(library, 84).all_numbers("ANALOG:SCALE") == list(range(300))
    del library["ANALOG:SCALE2"]
    assert len(Parameters(library, 84).all_numbers("ANALOG:SCALE")) == 255


def long_file(dialect, *, n_frames=70000, last=65535, extra=(), padding=0):
    counts = np.ones((n_frames, 1, 3), dtype=int)
    return c3d_file(dialect, counts=counts, last=last, extra=extra) + bytes(padding)


@pytest.mark.parametrize(
    "extra",
    [
        lambda d: [(1, "LONG_FRAMES", 4, (), d.real(70000))],
        lambda d: [(1, "FRAMES", 4, (), d.real(70000))],
        lambda d: [
            (3, "ACTUAL_START_FIELD", 2, (2,), d.short(1, 0)),
            (3, "ACTUAL_END_FIELD", 2, (2,), d.short(4464, 1)),
        ],
    ],
)
@pytest.mark.parametrize("name", ["Intel signed", "DEC signed", "MIPS signed", "Intel float"])
def test_number_of_frames_beyond_16_bits(tmp_path, name, extra):
    dialect = DIALECTS[name]
    recording = read(save(tmp_path, long_file(dialect, extra=extra(dialect), padding=300)))
    assert recording.channels[0].n_samples == 70000
    assert not recording.findings


def test_padding_is_no_signal(tmp_path):
    """65535 stored, the true number nowhere: zeros up to a block of 512 bytes are not read as samples."""
    content = long_file(DIALECTS["Intel signed"])
    padding = -len(content) % 512
    frame_bytes = 2 * (4 * N_POINTS + 3)
    assert padding > frame_bytes
    recording = read(save(tmp_path, content + bytes(padding)))
    assert recording.channels[0].n_samples == 70000
    (finding,) = recording.findings
    assert (finding.kind, finding.level) == ("frame_count", "warn")
    assert f"{padding // frame_bytes} of zeros" in finding.reason


def test_number_of_frames_that_started_anew(tmp_path):
    content = long_file(DIALECTS["Intel signed"], last=70000 - 65536)
    recording = read(save(tmp_path, content))
    assert recording.channels[0].n_samples == 70000
    assert [finding.kind for finding in recording.findings] == ["frame_count"]


def test_subjects_are_dropped_unless_asked_for(tmp_path):
    dialect = DIALECTS["Intel float"]
    path = save(tmp_path, c3d_file(dialect, extra=[(5, "NAMES", -1, (8, 1), b"Jane Doe")]))
    assert "Jane" not in repr(read(path))
    assert read(path, [C3dOptions(keep_personal_data=True)]).personal == (("subject", "Jane Doe"),)


def test_scale_of_zero_and_doubtful_format_are_said(tmp_path):
    dialect = DIALECTS["Intel signed"]
    content = c3d_file(dialect)
    scale = parameter(dialect, 2, "SCALE", 4, (3,), dialect.real(*SCALES))
    offset = parameter(dialect, 2, "OFFSET", 2, (3,), dialect.short(*OFFSETS))
    zero = content.replace(scale, parameter(dialect, 2, "SCALE", 4, (3,), dialect.real(0.001, 0.0, 0.5)))
    (finding,) = read(save(tmp_path, zero)).findings
    assert (finding.kind, finding.level) == ("scale_missing", "warn")
    assert "channels 2 is 0" in finding.reason
    far = content.replace(offset, parameter(dialect, 2, "OFFSET", 2, (3,), dialect.short(32768, 32768, 32768)))
    assert [finding.kind for finding in read(save(tmp_path, far)).findings] == ["format_doubtful"]


def test_contexts_and_labels_of_events_may_be_missing(tmp_path):
    dialect = DIALECTS["MIPS float"]
    extra = [(4, "USED", 2, (), dialect.short(2)), (4, "TIMES", 4, (2, 2), dialect.real(0, 0.02, 0, 0.01))]
    recording = read(save(tmp_path, c3d_file(dialect, extra=extra)))
    assert [(event.label, round(event.start, 6)) for event in recording.events] == [
        ("event 2", 0.01),
        ("event 1", 0.02),
    ]


@pytest.mark.parametrize("n_frames", [65535, 65536, 65537])
@pytest.mark.parametrize("name", ["Intel signed", "MIPS float"])
def test_a_saturated_header_loses_no_frame(tmp_path, name, n_frames):
    content = long_file(DIALECTS[name], n_frames=n_frames)
    channel = read(save(tmp_path, content)).channels[0]
    assert channel.n_samples == n_frames
    assert (channel.read()[-3:] != 0).all()
    padded = read(save(tmp_path, content + bytes(-len(content) % 512)))
    assert padded.channels[0].n_samples == n_frames


def many_events(dialect, *, used, found):
    times = [value for number in range(found) for value in (0.0, number / 2000)]
    extra = [(4, "USED", 2, (), dialect.short(used))]
    for part in range(0, found, 255):
        number, suffix = min(found - part, 255), "" if not part else str(part // 255 + 1)
        names = b"".join(b"e%03d" % (part + index) for index in range(number))
        extra.append((4, f"TIMES{suffix}", 4, (2, number), dialect.real(*times[2 * part : 2 * (part + number)])))
        extra.append((4, f"LABELS{suffix}", -1, (4, number), names))
    return extra


def test_more_than_255_events(tmp_path):
    dialect = DIALECTS["Intel float"]
    recording = read(save(tmp_path, c3d_file(dialect, extra=many_events(dialect, used=400, found=400))))
    assert [event.label for event in recording.events] == [f"e{number:03d}" for number in range(400)]
    assert recording.events[-1].start == pytest.approx(399 / 2000)
    assert "event_count" not in {finding.kind for finding in recording.findings}


def test_declared_events_without_a_time_are_said(tmp_path):
    dialect = DIALECTS["DEC signed"]
    recording = read(save(tmp_path, c3d_file(dialect, extra=many_events(dialect, used=300, found=255))))
    assert len(recording.events) == 255
    (finding,) = [finding for finding in recording.findings if finding.kind == "event_count"]
    assert "declares 300 events, 255 have a time" in finding.reason
