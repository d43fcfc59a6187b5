"""Header of EDF and BDF files: fixed-width text, 256 bytes and 256 more per signal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from emgpipe.errors import DamagedFileError
from emgpipe.model import Finding, make_finding
from emgpipe.readers.base import MOST_RATE

if TYPE_CHECKING:
    from pathlib import Path

FIELD_WIDTHS = {
    "label": 16, "transducer": 80, "dimension": 8, "physical_min": 8, "physical_max": 8,
    "digital_min": 8, "digital_max": 8, "prefilter": 80, "per_record": 8, "reserved": 32,
}  # fmt: skip
NO_DATE = datetime(1985, 1, 1)
"""What a program writes that does not know the start, or hides it."""
ANNOTATIONS = re.compile(r"(EDF|BDF) Annotations", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EdfSignal:
    """One signal's header; `offset` is its first byte in a data record."""

    label: str
    dimension: str
    physical_min: float
    physical_max: float
    digital_min: float
    digital_max: float
    prefilter: str
    per_record: int
    offset: int

    @property
    def is_annotation(self) -> bool:
        """Whether the signal holds text and not samples."""
        return ANNOTATIONS.match(self.label) is not None

    @property
    def is_degenerate(self) -> bool:
        """Whether no scaling can be derived."""
        return self.digital_max == self.digital_min or self.physical_max == self.physical_min

    @property
    def scaling(self) -> tuple[float, float]:
        """(scale, shift): physical value = stored * scale + shift."""
        if self.is_degenerate:
            return 1.0, 0.0
        scale = (self.physical_max - self.physical_min) / (self.digital_max - self.digital_min)
        return scale, self.physical_max - scale * self.digital_max


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """What the reader needs; `start_time` is ISO text or empty, `personal` what the header says about people."""

    version: str
    sample_bytes: int
    is_interrupted: bool
    start_time: str
    data_start: int
    n_records: int
    record_duration: float
    signals: tuple[EdfSignal, ...]
    findings: tuple[Finding, ...] = field(default=())
    device: str = ""
    personal: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def record_bytes(self) -> int:
        """Size of a data record."""
        return self.sample_bytes * sum(signal.per_record for signal in self.signals)


def read_header(path: Path) -> EdfHeader:
    """Parse the header and check it against the file's size.

    Raises
    ------
    DamagedFileError
        It is cut off, contradicts itself or declares more than the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        main = handle.read(256)
        n_signals = int(_number(main[252:256], "number of signals", path)) if len(main) == 256 else 0
        needed = 256 * (n_signals + 1)
        if len(main) < 256 or (n_signals > 0 and size < needed):
            raise _damaged(f"is cut off in its header ({size} of {max(needed, 512)} bytes)", path)
        if n_signals < 1:
            raise _damaged(f"declares {n_signals} signals", path)
        rest = handle.read(256 * n_signals)
    bdf = main.startswith(b"\xff")
    sample_bytes = 3 if bdf else 2
    signals = _signals(rest, n_signals, sample_bytes, path)
    duration = _number(main[244:252], "duration of a data record", path)
    if duration <= 0 and any(not signal.is_annotation for signal in signals):
        raise _damaged(f"declares data records of {duration:g} s", path)
    reserved = _text(main[192:236])
    record_bytes = sample_bytes * sum(signal.per_record for signal in signals)
    declared = int(_number(main[236:244], "number of data records", path))
    n_records, findings = _count_records(declared, size - needed, record_bytes, path)
    fastest = max((signal.per_record for signal in signals if not signal.is_annotation), default=0)
    if fastest > MOST_RATE * duration:
        raise _damaged(f"declares {fastest} samples in data records of {duration:g} s, more than 1 MHz", path)
    stated = main[184:192].strip()
    if stated.isdigit() and int(stated) != needed:
        reason = (
            f"the header says it is {int(stated)} bytes long, {n_signals} signals make {needed}; the latter is used"
        )
        findings.append(make_finding("header_contradiction", "warn", reason, "compare the signals with the original"))
    version = ("BDF" if bdf else "EDF") + (reserved[3:5] if reserved[3:5] in {"+C", "+D"} else "")
    start = _start_time(_text(main[168:184]), is_anonymous=_text(main[88:168]).startswith("Startdate X"))
    if start is None:
        reason = f"the start of the recording, '{_text(main[168:184])}', is no date and time; it is left out"
        findings.append(make_finding("start_time_unknown", "note", reason))
    return EdfHeader(
        version=version,
        sample_bytes=sample_bytes,
        is_interrupted=version.endswith("+D"),
        start_time=start or "",
        data_start=needed,
        n_records=n_records,
        record_duration=duration,
        signals=signals,
        findings=tuple(findings),
        device=_device(_text(main[88:168])),
        personal=_personal(_text(main[8:88]), _text(main[88:168])),
    )


def _signals(rest: bytes, n: int, sample_bytes: int, path: Path) -> tuple[EdfSignal, ...]:
    columns: dict[str, list[bytes]] = {}
    position = 0
    for name, width in FIELD_WIDTHS.items():
        columns[name] = [rest[position + i * width : position + (i + 1) * width] for i in range(n)]
        position += n * width
    signals, offset = [], 0
    for i in range(n):
        label = _text(columns["label"][i])
        low, high, digital_low, digital_high = (
            _number(columns[name][i], f"{name.replace('_', ' ')} of '{label}'", path)
            for name in ("physical_min", "physical_max", "digital_min", "digital_max")
        )
        per_record = int(_number(columns["per_record"][i], f"samples per record of '{label}'", path))
        if per_record < 0:
            raise _damaged(f"declares {per_record} samples per record for '{label}'", path)
        dimension, prefilter = _text(columns["dimension"][i]), _text(columns["prefilter"][i])
        signals.append(EdfSignal(label, dimension, low, high, digital_low, digital_high, prefilter, per_record, offset))
        offset += sample_bytes * per_record
    return tuple(signals)


def _count_records(declared: int, data_bytes: int, record_bytes: int, path: Path) -> tuple[int, list[Finding]]:
    if record_bytes == 0:
        raise _damaged("declares data records without samples", path)
    found, surplus = divmod(data_bytes, record_bytes)
    if declared == -1:  # written while the recording still ran
        reason = f"the number of data records is not stated; {found} are there"
        return found, [make_finding("record_count", "warn", reason, "check that the recording is complete")]
    if declared < 0:
        raise _damaged(f"declares {declared} data records", path)
    if declared > found:
        raise _damaged(f"is cut off: {declared} data records are declared, {found} are there", path)
    if declared < found or surplus:
        extra = data_bytes - declared * record_bytes
        reason = f"{declared} data records are declared; {extra} further bytes at the end of the file are not read"
        return declared, [make_finding("surplus_data", "warn", reason, "check that the recording is complete")]
    return declared, []


def _number(stored: bytes, name: str, path: Path) -> float:
    text = _text(stored).replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        raise _damaged(f"has '{text}' as {name}, which is not a number", path) from None
    if not math.isfinite(value) or abs(value) > 1e15:
        raise _damaged(f"has {value:g} as {name}", path)
    return value


def _text(stored: bytes) -> str:
    try:
        decoded = stored.decode("utf-8")
    except UnicodeDecodeError:
        decoded = stored.decode("latin-1")
    return decoded.replace("\x00", " ").strip()


def _start_time(text: str, *, is_anonymous: bool) -> str | None:
    """Return the start as ISO text, without the date where it is hidden; empty where all of it is, None for no time."""
    parts = re.fullmatch(r"(\d\d)[.:/-](\d\d)[.:/-](\d\d) *(\d\d)[.:](\d\d)[.:](\d\d)", text)
    if parts is None:
        return None
    day, month, year, hour, minute, second = (int(part) for part in parts.groups())
    try:
        start = datetime(year + (1900 if year >= 85 else 2000), month, day, hour, minute, second)
    except ValueError:
        return None
    if not is_anonymous:
        return start.isoformat()
    return "" if start == NO_DATE else start.time().isoformat()


def later(start_time: str, seconds: float) -> str:
    """Return a start time some seconds later: in EDF+ the first record's own time holds its fraction of a second.

    >>> later("2025-01-01T10:00:00", 0.25), later("10:00:00", 0.5), later("", 0.5)
    ('2025-01-01T10:00:00.250000', '10:00:00.500000', '')
    """
    if not start_time or not 0.0 < seconds < 86400.0:
        return start_time
    has_date = "T" in start_time
    moment = datetime.fromisoformat(start_time if has_date else f"2000-01-01T{start_time}")
    moment += timedelta(seconds=seconds)
    return moment.isoformat() if has_date else moment.time().isoformat()


def _device(recording: str) -> str:
    """Return the equipment, the fifth word of an EDF+ recording field; the third and fourth name people."""
    words = recording.split()
    if len(words) < 5 or words[0].casefold() != "startdate" or words[4] == "X":
        return ""
    return words[4].replace("_", " ")


def _personal(patient: str, recording: str) -> tuple[tuple[str, str], ...]:
    given = (("patient", patient), ("recording", re.sub(r"^Startdate \S+", "", recording).strip()))
    return tuple((name, text) for name, text in given if set(text.split()) - {"X"})


def _damaged(what: str, path: Path) -> DamagedFileError:
    return DamagedFileError(f"the file {what}; copy or export it again", path=path, reader="edf")
