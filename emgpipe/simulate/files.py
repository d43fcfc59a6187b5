"""Write the demo recordings as three devices would: text, C3D, EDF or BDF.

Samples come in base units (V, degrees) and are written in the unit each device uses.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

RAIL: Final = 10e-3
"""Range of the simulated amplifiers: plus and minus 10 mV in 16 bits, 0.3 uV per step."""


@dataclass(frozen=True, slots=True)
class Track:
    """One channel to write: label, sampling rate (Hz), samples in V or degrees."""

    label: str
    sampling_rate: float
    samples: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program writes text: the delimiter, the decimal mark, and where units stand."""

    delimiter: str = ","
    decimal: str = "."
    unit_row: bool = False


PLAIN: Final = Dialect()


def write_text(path: Path, emg: Sequence[Track], angles: Sequence[Track], dialect: Dialect) -> None:
    """Write EMG in uV and angles in degrees, each group behind its own time column; the slower group ends early.

    All tracks of a group share one sampling rate and length. Missing samples are blank cells.
    """
    groups = [(group, unit) for group, unit in ((emg, "uV"), (angles, "deg")) if group]
    lines = _heading(groups, dialect)
    columns = [_group_cells(group, 1e6 if unit == "uV" else 1.0, dialect) for group, unit in groups]
    for (group, _), cells in zip(groups, columns, strict=True):
        blank = dialect.delimiter * len(group)
        cells.extend([blank] * (max(map(len, columns)) - len(cells)))
    lines += [dialect.delimiter.join(row) for row in zip(*columns, strict=True)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode())


def _heading(groups: Sequence[tuple[Sequence[Track], str]], dialect: Dialect) -> list[str]:
    labels, units = [], []
    for group, unit in groups:
        labels += ["Time", *(track.label for track in group)]
        units += ["s", *(unit for _ in group)]
    if dialect.unit_row:
        return [dialect.delimiter.join(labels), dialect.delimiter.join(units)]
    return [dialect.delimiter.join(f"{label} ({unit})" for label, unit in zip(labels, units, strict=True))]


def _group_cells(group: Sequence[Track], factor: float, dialect: Dialect) -> list[str]:
    """Return one text per row: time and the samples of a group, joined by the delimiter."""
    rate = group[0].sampling_rate
    times = np.arange(group[0].samples.size) / rate
    table = np.column_stack([times, *(track.samples * factor for track in group)])
    digits = 3 if float(rate).is_integer() else 5
    template = f"%.{digits}f\t" + "\t".join(["%.1f"] * len(group))
    text = "\n".join([template] * times.size) % tuple(table.ravel())
    text = text.replace("nan", "").replace(".", dialect.decimal).replace("\t", dialect.delimiter)
    return text.split("\n")


def write_edf(path: Path, tracks: Sequence[tuple[Track, str]], *, bits: int = 16) -> None:
    """Write EDF (16 bits) or BDF (24 bits); `tracks` are (track, unit) with unit ``uV`` or ``deg``.

    The length must be a whole number of seconds: data records last 1 s.
    """
    import edfio

    digital, signals = 2 ** (bits - 1), []
    for track, unit in tracks:
        reach = 180.0 if unit == "deg" else RAIL
        _check_writable(track, reach)
        factor = 1.0 if unit == "deg" else 1e6
        parts: dict[str, Any] = {
            "label": track.label,
            "physical_dimension": unit,
            "physical_range": (-round(reach * factor), round(reach * factor)),
            "digital_range": (-digital, digital - 1),
        }
        signals.append((track.samples * factor, track.sampling_rate, parts))
    if bits == 16:
        edf = [edfio.EdfSignal(data, rate, **parts) for data, rate, parts in signals]
        edfio.Edf(edf, data_record_duration=1).write(path)
    else:
        bdf = [edfio.BdfSignal(data, rate, **parts) for data, rate, parts in signals]
        edfio.Bdf(bdf, data_record_duration=1).write(path)


def write_c3d(path: Path, tracks: Sequence[Track], *, point_rate: float = 100.0) -> None:
    """Write a C3D file with analog channels only: signed 16 bits, little-endian, unit V.

    Follows "The C3D File Format: A Technical User Guide" (Motion Lab Systems): a header block, parameter blocks, data
    from the next block of 512 bytes on. The number of samples must be a multiple of the samples per frame.
    """
    rate = tracks[0].sampling_rate
    per_frame = round(rate / point_rate)
    n_frames = tracks[0].samples.size // per_frame
    step = RAIL / 32768
    for track in tracks:
        _check_writable(track, RAIL)
    counts = np.stack([np.rint(track.samples / step) for track in tracks], axis=1)
    groups = _c3d_groups([track.label for track in tracks], point_rate, per_frame, n_frames, step)
    parameters = _c3d_parameters(groups, data_block=0)
    data_block = 2 + -(-len(parameters) // 512)  # blocks count from 1; the header is the first
    parameters = _c3d_parameters(groups, data_block).ljust((data_block - 2) * 512, b"\0")
    header = struct.pack(
        "<BBHHHHHfHHf", 2, 0x50, 0, len(tracks) * per_frame, 1, n_frames, 0, 1.0, data_block, per_frame, point_rate
    ).ljust(512, b"\0")
    path.write_bytes(header + parameters + np.clip(counts, -32768, 32767).astype("<i2").tobytes())


Value = int | float | str | list[int] | list[float] | list[str]


def _c3d_groups(
    labels: list[str], point_rate: float, per_frame: int, n_frames: int, step: float
) -> dict[str, dict[str, Value]]:
    n_channels = len(labels)
    return {
        "POINT": {
            "USED": 0,
            "SCALE": 1.0,
            "RATE": point_rate,
            "DATA_START": 0,
            "FRAMES": n_frames,
            "LABELS": [""],
            "DESCRIPTIONS": [""],
            "UNITS": "mm",
        },
        "ANALOG": {
            "USED": n_channels,
            "LABELS": labels,
            "DESCRIPTIONS": ["simulated surface EMG"] * n_channels,
            "GEN_SCALE": 1.0,
            "SCALE": [step] * n_channels,
            "OFFSET": [0] * n_channels,
            "UNITS": ["V"] * n_channels,
            "RATE": point_rate * per_frame,
            "FORMAT": "SIGNED",
            "BITS": 16,
        },
        "TRIAL": {"ACTUAL_START_FIELD": [1, 0], "ACTUAL_END_FIELD": [n_frames, 0]},
    }


def _c3d_parameters(groups: dict[str, dict[str, Value]], data_block: int) -> bytes:
    """Return the parameter section; POINT:DATA_START gets `data_block`."""
    body = b""
    for number, (group, parameters) in enumerate(groups.items(), start=1):
        name = group.encode()
        body += struct.pack("<bb", len(name), -number) + name + struct.pack("<hB", 3, 0)
        for key, value in parameters.items():
            body += _c3d_parameter(number, key, data_block if key == "DATA_START" else value)
    body += b"\0\0"
    n_blocks = -(-(len(body) + 4) // 512)
    return struct.pack("<BBBB", 1, 0x50, n_blocks, 84) + body  # 84: Intel byte order


def _c3d_parameter(group: int, key: str, value: Value) -> bytes:
    kind, dimensions, data = _c3d_value(value)
    content = struct.pack("<bB", kind, len(dimensions)) + bytes(dimensions) + data + b"\0"
    name = key.encode()
    return struct.pack("<bb", len(name), group) + name + struct.pack("<h", len(content) + 2) + content


def _c3d_value(value: Value) -> tuple[int, list[int], bytes]:
    """Return (type: -1 text, 2 integer, 4 float; dimensions; bytes) of a parameter."""
    if isinstance(value, str):
        return -1, [len(value)], value.encode()
    if isinstance(value, int):
        return 2, [], struct.pack("<H", value)
    if isinstance(value, float):
        return 4, [], struct.pack("<f", value)
    texts = [item for item in value if isinstance(item, str)]
    if texts:
        width = max(map(len, texts))
        return -1, [width, len(texts)], "".join(text.ljust(width) for text in texts).encode()
    if all(isinstance(item, int) for item in value):
        return 2, [len(value)], struct.pack(f"<{len(value)}H", *value)
    return 4, [len(value)], struct.pack(f"<{len(value)}f", *value)


def _check_writable(track: Track, reach: float) -> None:
    if not np.isfinite(track.samples).all():
        raise SignalError(
            "C3D, EDF and BDF cannot hold missing samples; simulate a dropout with fill='flat'", channel=track.label
        )
    highest = float(np.abs(track.samples).max(initial=0.0))
    if highest > reach:
        raise SignalError(
            f"the largest value, {highest:g}, lies beyond the range of the file, {reach:g}; use a smaller amplitude",
            channel=track.label,
        )
