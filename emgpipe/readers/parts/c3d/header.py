"""Header and parameters of a C3D file, as plain numbers."""

from __future__ import annotations

import io
import math
import struct
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emgpipe.errors import DamagedFileError
from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.parts.blocks.blocks import item_size
from emgpipe.readers.parts.c3d.parameters import NUMBERS, Parameters

if TYPE_CHECKING:
    from pathlib import Path

METADATA_BYTES = 512 * 512
"""Header and parameters: both are addressed in single bytes, counting blocks of 512 bytes."""
HEADER_EVENTS = slice(300, 302)
MOST_HEADER_EVENTS = 18
HALF_RANGE = 16384
"""A zero level beyond this only makes sense for unsigned 16-bit samples."""


@dataclass(frozen=True, slots=True)
class C3dHeader:
    """What the reader needs of header and parameters.

    Attributes
    ----------
    frame_counts : tuple of int
        Declared numbers of frames, the most trustworthy first.
    saturated : bool
        The header's 16-bit frame number is at its limit and nothing else states a number.
    scales, offsets : tuple of float
        Per channel: value = (stored - offset) * scale, GEN_SCALE included.
    events : tuple of (label, seconds)
        Seconds since frame 1.
    """

    data_start: int
    n_points: int
    n_channels: int
    per_frame: int
    frame_rate: float
    first_frame: int
    frame_counts: tuple[int, ...]
    saturated: bool
    dtype: str
    labels: tuple[str, ...]
    units: tuple[str, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    events: tuple[tuple[str, float], ...] = ()
    device: str = ""
    subjects: tuple[str, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = field(default=())

    @property
    def sampling_rate(self) -> float:
        """Analog rate: point rate times samples per frame."""
        return self.frame_rate * self.per_frame

    @property
    def frame_bytes(self) -> int:
        """Size of a frame: four numbers per point, then the analog samples."""
        return (4 * self.n_points + self.n_channels * self.per_frame) * item_size(self.dtype)


def read_header(path: Path) -> C3dHeader:
    """Parse header and parameters.

    Raises
    ------
    DamagedFileError
        They are cut off or contradict themselves.
    """
    with path.open("rb") as handle:
        metadata = bytearray(handle.read(METADATA_BYTES))
    library = _parse(metadata, path)
    processor = metadata[(metadata[0] - 1) * 512 + 3]
    header = library.header
    parameters = Parameters(library, processor)
    per_frame, n_channels, findings = _layout(header, parameters, path)
    scales, offsets, more = _scaling(parameters, n_channels)
    point_scale = float(header.scale_factor) or parameters.number("POINT:SCALE") or 0.0
    frame_rate, doubts = _frame_rate(header, parameters, per_frame, path)
    events, lost = _event_times(parameters)
    frame_counts, is_header_only = _frame_counts(header, parameters)
    return C3dHeader(
        data_start=(_data_block(header, parameters, path) - 1) * 512,
        n_points=int(header.point_count),
        n_channels=n_channels,
        per_frame=per_frame,
        frame_rate=frame_rate,
        first_frame=_first_frame(header, parameters),
        frame_counts=frame_counts,
        saturated=int(header.last_frame) == 65535 and is_header_only,
        dtype=_sample_type(processor, parameters, is_float=point_scale < 0),
        labels=_padded(parameters.texts("ANALOG:LABELS"), n_channels),
        units=_padded(parameters.texts("ANALOG:UNITS"), n_channels),
        scales=scales,
        offsets=offsets,
        events=events,
        device=" ".join(parameters.texts("MANUFACTURER:COMPANY") + parameters.texts("MANUFACTURER:SOFTWARE")),
        subjects=tuple(name for name in parameters.texts("SUBJECTS:NAMES") if name),
        findings=(*findings, *more, *doubts, *lost),
    )


def _parse(metadata: bytearray, path: Path) -> Any:
    import c3d

    class Lenient(c3d.Reader):
        def _check_metadata(self) -> None:
            """Leave out checks that real files fail; what matters is checked here."""

    if len(metadata) < 512 or len(metadata) < (metadata[0] - 1) * 512 + 4:
        message = f"the file is cut off in its header, after {len(metadata)} bytes; copy or export it again"
        raise DamagedFileError(message, path=path, reader="c3d")
    if max(metadata[HEADER_EVENTS]) > MOST_HEADER_EVENTS:  # the library fails on a count that is garbage
        metadata[HEADER_EVENTS] = b"\x00\x00"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they repeat what is checked below
            return Lenient(io.BytesIO(bytes(metadata)))  # type: ignore[no-untyped-call]
    except (AssertionError, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        message = f"the parameters cannot be understood ({error}); the file is damaged, export it again"
        raise DamagedFileError(message, path=path, reader="c3d") from error


def _layout(header: Any, parameters: Parameters, path: Path) -> tuple[int, int, list[Finding]]:
    per_frame, total = int(header.analog_per_frame), int(header.analog_count)
    if total and (not per_frame or total % per_frame):
        message = f"the header declares {total} analog samples per frame at {per_frame} samples per channel"
        raise DamagedFileError(f"{message}; these contradict each other, export it again", path=path, reader="c3d")
    n_channels = total // per_frame if per_frame else 0
    used = parameters.number("ANALOG:USED", unsigned=True)
    if used is None or int(used) == n_channels:
        return max(per_frame, 1), n_channels, []
    reason = f"ANALOG:USED says {int(used)} channels, the header {n_channels}; the header is followed"
    return max(per_frame, 1), n_channels, [make_finding("channel_count", "warn", reason, "check the channel labels")]


def _data_block(header: Any, parameters: Parameters, path: Path) -> int:
    block = int(header.data_block) or int(parameters.number("POINT:DATA_START", unsigned=True) or 0)
    if block < 2:
        raise DamagedFileError("does not say where its data begin; export it again", path=path, reader="c3d")
    return block


def _frame_rate(header: Any, parameters: Parameters, per_frame: int, path: Path) -> tuple[float, list[Finding]]:
    stated = parameters.number("ANALOG:RATE")
    rate = parameters.number("POINT:RATE") or float(header.frame_rate) or (stated or 0.0) / per_frame
    if not (math.isfinite(rate) and rate > 0):
        raise DamagedFileError(f"states a frame rate of {rate} Hz; export it again", path=path, reader="c3d")
    if not stated or not math.isfinite(stated) or abs(stated / (rate * per_frame) - 1) <= 0.005:
        return rate, []
    difference = abs(stated / (rate * per_frame) - 1)
    reason = (
        f"ANALOG:RATE says {stated:g} Hz, {per_frame} samples in each of {rate:g} frames/s make {rate * per_frame:g}"
    )
    level: Level = "warn" if difference <= 0.02 else "fail"
    remedy = "check the export settings; the second is used"
    return rate, [make_finding("sampling_rate_contradiction", level, reason, remedy, value=stated, unit="Hz")]


def _first_frame(header: Any, parameters: Parameters) -> int:
    words = parameters.numbers("TRIAL:ACTUAL_START_FIELD", unsigned=True)
    return int(words[0] + 65536 * words[1]) if len(words) >= 2 else int(header.first_frame)


def _frame_counts(header: Any, parameters: Parameters) -> tuple[tuple[int, ...], bool]:
    """Return the declared numbers of frames, and whether nothing but the header states one."""
    counts: list[int] = []
    start = parameters.numbers("TRIAL:ACTUAL_START_FIELD", unsigned=True)
    end = parameters.numbers("TRIAL:ACTUAL_END_FIELD", unsigned=True)
    if len(start) >= 2 and len(end) >= 2:
        counts.append(int(end[0] + 65536 * end[1]) - int(start[0] + 65536 * start[1]) + 1)
    for name in ("POINT:LONG_FRAMES", "POINT:FRAMES"):
        value = parameters.number(name, unsigned=True)
        if value is not None and math.isfinite(value) and value > 0 and int(value) != 65535:
            counts.append(int(value))
    is_header_only = not counts
    counts.append(int(header.last_frame) - int(header.first_frame) + 1)
    return tuple(dict.fromkeys(counts)), is_header_only


def _sample_type(processor: int, parameters: Parameters, *, is_float: bool) -> str:
    types = NUMBERS[processor]
    if is_float:
        return types[4]
    unsigned = any(text.upper() == "UNSIGNED" for text in parameters.texts("ANALOG:FORMAT"))
    return types[2].replace("i2", "u2") if unsigned else types[2]


def _scaling(parameters: Parameters, n: int) -> tuple[tuple[float, ...], tuple[float, ...], list[Finding]]:
    unsigned = any(text.upper() == "UNSIGNED" for text in parameters.texts("ANALOG:FORMAT"))
    general = parameters.number("ANALOG:GEN_SCALE")
    general = 1.0 if general is None else general
    scales = parameters.all_numbers("ANALOG:SCALE")
    offsets = parameters.all_numbers("ANALOG:OFFSET", unsigned=unsigned)
    findings = []
    if len(scales) < n:
        reason = f"a scale is stated for {len(scales)} of {n} analog channels; the others are left as stored"
        findings.append(make_finding("scale_missing", "warn", reason, "export the file again with ANALOG:SCALE"))
    scales = (scales + [1.0] * n)[:n]
    if not all(map(math.isfinite, [*scales, *offsets, general])):
        findings.append(make_finding("scale_missing", "fail", "an analog scale is not a number", "export it again"))
    elif n and not (general and all(scales)):
        zero = [str(number) for number, scale in enumerate(scales, start=1) if not general * scale]
        reason = f"the scale of the analog channels {', '.join(zero[:12])} is 0, so all their samples are"
        findings.append(make_finding("scale_missing", "warn", reason, "export the file again with ANALOG:SCALE"))
    offsets = (offsets + [0.0] * n)[:n]
    if not parameters.texts("ANALOG:FORMAT") and any(abs(offset) >= HALF_RANGE for offset in offsets):
        reason = "ANALOG:FORMAT is not stated and the zero level lies far off; samples are read as signed numbers"
        findings.append(
            make_finding("format_doubtful", "warn", reason, "check the amplitude; export with ANALOG:FORMAT")
        )
    return tuple(general * scale for scale in scales), tuple(offsets), findings


def _padded(texts: list[str], n: int) -> tuple[str, ...]:
    return tuple((texts + [""] * n)[:n])


def _event_times(parameters: Parameters) -> tuple[tuple[tuple[str, float], ...], list[Finding]]:
    used = int(parameters.number("EVENT:USED", unsigned=True) or 0)
    times = _pairs(parameters.all_numbers("EVENT:TIMES"))[:used]
    labels, contexts = parameters.texts("EVENT:LABELS"), parameters.texts("EVENT:CONTEXTS")
    events = []
    for index, (minutes, seconds) in enumerate(times):
        words = (names[index] for names in (contexts, labels) if index < len(names))
        label = " ".join(word for word in words if word) or f"event {index + 1}"
        if math.isfinite(minutes) and math.isfinite(seconds):
            events.append((label, 60.0 * minutes + seconds))
    findings = []
    if used > len(events):
        reason = f"EVENT:USED declares {used} events, {len(events)} have a time; the others are missing"
        findings.append(make_finding("event_count", "warn", reason, "compare the events with the original"))
    return tuple(sorted(events, key=lambda event: event[1])), findings


def _pairs(values: list[float]) -> list[tuple[float, float]]:
    return list(zip(values[0::2], values[1::2], strict=False))
