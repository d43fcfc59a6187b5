"""Header of a WFDB record (``.hea``), parsed by the package `wfdb` and checked."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emgpipe.errors import DamagedFileError, MissingPackageError, ReadError
from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from pathlib import Path

MOST_HEADER_BYTES = 1 << 20
FORMATS = r"(?:8|16|24|32|61|80|160|212|310|311|508|516|524)"
_RECORD = re.compile(r"([-\w]+)(/\d+)?[ \t]+(\d+)(?:[ \t]+(\S+).*)?")
_SIGNAL = re.compile(rf"(?=\S*[A-Za-z~])\S+[ \t]+{FORMATS}(?:x\d+)?(?::\d+)?(?:\+\d+)?(?:[ \t]+([+-]?[\d.]\S*).*)?")
_STORED = re.compile(r"\S+\.dat\s", re.IGNORECASE)
_SEGMENT = re.compile(r"[-\w~]+[ \t]+\d+")
LOOKED_AT = 1000
"""Signal lines that are looked at to recognize a header."""
DEFAULT_RATE = 250.0


@dataclass(frozen=True, slots=True)
class WfdbSignal:
    """One signal; physical value = (stored - baseline) / gain. A gain of 0 means that none is stated."""

    label: str
    file_name: str
    storage: str
    per_frame: int
    skew: int
    byte_offset: int
    gain: float
    baseline: int
    units: str
    initial: int | None


@dataclass(frozen=True, slots=True)
class WfdbHeader:
    """What the reader needs; `n_frames` is None where the header does not say."""

    frame_rate: float
    n_frames: int | None
    signals: tuple[WfdbSignal, ...]
    start_time: str = ""
    comments: tuple[str, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()


def header_lines(text: str) -> list[str]:
    """Return the lines that are neither empty nor comments."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def looks_like_header(lines: list[str], *, is_named: bool = False) -> bool:
    """Say whether the first line describes a record and those after it its signals.

    >>> looks_like_header(["emg 1 4000 50860", "emg.dat 16 10000/mV 16 0 -333 -29438 0 EMG"])
    True
    >>> looks_like_header(["1 2 3", "0.5 16 3"]), looks_like_header(["MVC 1 1000", "EMG1 16", "0.1 0.2"])
    (False, False)

    Parameters
    ----------
    lines : list of str
        Without comments and empty lines.
    is_named : bool
        Whether the name of the file ends as headers do; otherwise each signal line must name a signal file.
    """
    record = _RECORD.fullmatch(lines[0]) if lines else None
    if record is None or record[3].strip("0") == "":
        return False
    if record[2]:
        segments = lines[1 : 1 + min(int(record[2][1:10]), LOOKED_AT)]
        return is_named and len(segments) > 0 and all(_SEGMENT.fullmatch(line) for line in segments)
    count = min(int(record[3][:10]), LOOKED_AT)
    signals = lines[1 : 1 + count]
    plausible = bool(signals) and all(_SIGNAL.fullmatch(line) for line in signals)
    stored = bool(signals) and all(_STORED.match(line) for line in signals)
    # A header that lost its end still names its signal file, and the message about it is to say so.
    return plausible and ((is_named and len(signals) == count) or (stored and (is_named or len(signals) == count)))


def read_header(path: Path) -> WfdbHeader:
    """Parse the header.

    Raises
    ------
    ReadError
        The record is of a kind that is not read: several segments, compressed, no signals.
    DamagedFileError
        The header cannot be understood or contradicts itself.
    MissingPackageError
        The package `wfdb` is not installed.
    """
    with path.open("rb") as handle:
        lines = header_lines(handle.read(MOST_HEADER_BYTES).decode("utf-8", errors="replace"))
    parsed = _parse(path)
    n_segments = getattr(parsed, "n_seg", None)
    if n_segments:
        segments = ", ".join(str(name) for name in (parsed.seg_name or [])[:6])
        message = f"the record consists of {n_segments} segments; open their headers one by one ({segments})"
        raise ReadError(message, path=path, reader="wfdb")
    count = int(parsed.n_sig or 0)
    names = list(getattr(parsed, "file_name", None) or [])
    if not count:
        raise ReadError("the record has no signals, only annotations; open another one", path=path, reader="wfdb")
    if len(names) != count or len(lines) != count + 1:
        raise _damaged(f"declares {count} signals and describes {len(names)}", path)
    findings = [] if len(lines[0].split()) > 2 else [_default_rate()]
    signals = tuple(_signal(parsed, index, lines[index + 1], path) for index in range(count))
    rate = float(parsed.fs)
    if not (math.isfinite(rate) and rate > 0):
        raise _damaged(f"states a sampling rate of {rate} Hz", path)
    return WfdbHeader(
        frame_rate=rate,
        n_frames=int(parsed.sig_len) if parsed.sig_len else None,
        signals=signals,
        start_time=parsed.base_datetime.isoformat() if getattr(parsed, "base_datetime", None) else "",
        comments=tuple(str(line) for line in parsed.comments or []),
        findings=tuple(findings),
    )


def _parse(path: Path) -> Any:
    try:
        import wfdb
    except ImportError as error:
        raise MissingPackageError("wfdb", "wfdb", f"{path}: reading a WFDB record") from error
    if path.suffix != ".hea" or "::" in str(path):  # the package derives the name of the file, or of an address
        message = "the name of a WFDB header must end in .hea and hold no '::'; rename it"
        raise ReadError(message, path=path, reader="wfdb")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return wfdb.rdheader(str(path.absolute().with_suffix("")))
    except OSError as error:
        raise ReadError(f"the header cannot be read ({error.strerror})", path=path, reader="wfdb") from error
    except Exception as error:
        raise _damaged(f"cannot be understood ({error})", path) from error


def _signal(parsed: Any, index: int, line: str, path: Path) -> WfdbSignal:
    name, label = str(parsed.file_name[index]), str(parsed.sig_name[index] or "")
    if name in {"", ".", ".."} or "/" in name or "\\" in name:
        raise _damaged(f"names the signal file '{name}', which is no file beside it", path)
    storage = str(parsed.fmt[index])
    if storage in {"508", "516", "524"}:
        message = f"the samples are compressed (format {storage}, FLAC); convert the record to format 16"
        raise ReadError(message, path=path, reader="wfdb")
    if re.fullmatch(FORMATS, storage) is None:
        raise _damaged(f"states the unknown storage format {storage} for '{label}'", path)
    gain, baseline = float(parsed.adc_gain[index] or 0), parsed.baseline[index]
    stated = _SIGNAL.fullmatch(line)
    if stated is None or not re.match(r"-?[\d.]*[1-9]", stated[1] or ""):
        gain = 0.0  # the package puts 200 where no gain is stated
    if not math.isfinite(gain) or (gain and not 1e-12 < abs(gain) < 1e18):
        raise _damaged(f"states a gain of {gain} for '{label}'", path)
    return WfdbSignal(
        label=label,
        file_name=name,
        storage=storage,
        per_frame=max(int(parsed.samps_per_frame[index] or 1), 1),
        skew=int(parsed.skew[index] or 0),
        byte_offset=int(parsed.byte_offset[index] or 0),
        gain=gain,
        baseline=int(baseline or 0),
        units=str(parsed.units[index] or ""),
        initial=None if parsed.init_value[index] is None else int(parsed.init_value[index]),
    )


def _default_rate() -> Finding:
    reason = f"the header states no sampling rate; the format's default of {DEFAULT_RATE:g} Hz is used"
    return make_finding("sampling_rate_missing", "fail", reason, "write the sampling rate into the first line of .hea")


def _damaged(what: str, path: Path) -> DamagedFileError:
    return DamagedFileError(f"the header {what}; copy or export the record again", path=path, reader="wfdb")
