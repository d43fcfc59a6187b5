"""The devices of an OpenSignals recording as its heading describes them; shared by the text and the HDF5 reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.errors import ReadError, suggest
from emgpipe.model import Acquisition, Finding, Level, make_finding
from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.labels import scaling_to_base
from emgpipe.readers.parts.opensignals.sensors import SensorOptions, Transfer, sensor_kind, transfer_of
from emgpipe.units import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Kind

_NOT_ANALOG = re.compile(r"(nseq|di\d*|[io]\d+|digital\w*)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})")


_COUNTS = "are given in counts of the converter, because"
_DOUBTS: dict[str, tuple[Level, str, str]] = {
    "sensor": ("note", f"{_COUNTS} the file names no sensor with a known transfer function",
               "for EMG STATEsensors: {LABEL: emg}}]"),
    "device": ("warn", f"{_COUNTS} the device is not known", "STATEsupply_voltage: 3.0, gain: 1000}]"),
    "resolution": ("fail", f"{_COUNTS} its resolution is not stated or smaller than the samples",
                   "export the recording again"),
    "converted": ("warn", "were converted by OpenSignals, and the file does not say to which unit",
                  "STATEunit: mV}]"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """One acquisition unit.

    Attributes
    ----------
    address : str
        Its MAC address, or what stands in its place.
    model : str
        ``biosignalsplux``, ``bitalino_rev``, ...
    sampling_rate : float
        In Hz.
    is_converted : bool
        OpenSignals has turned counts into units itself, without saying which.
    start_time : str
        ISO 8601, to the second: fractions are written without leading zeros and cannot be told apart.
    comments : str
    """

    address: str
    model: str
    sampling_rate: float
    is_converted: bool
    start_time: str
    comments: str


@dataclass(frozen=True, slots=True)
class Line:
    """One analog channel: its label, the sensor's name and the converter's bits (None where not stated)."""

    label: str
    sensor: str
    bits: int | None
    device: Device


def device_of(address: str, stated: dict[str, Any]) -> Device | None:
    """Return a device from its part of the heading; None without a usable sampling rate."""
    try:
        rate = float(np.asarray(stated["sampling rate"], dtype=np.float64).reshape(-1)[0])
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    if not 0 < rate <= MOST_RATE:
        return None
    return Device(
        address, str(stated.get("device", "")), rate, str(stated.get("convertedValues", 0)) not in {"0", "False"},
        _start_time(str(stated.get("date", "")), str(stated.get("time", ""))), str(stated.get("comments", "")).strip(),
    )  # fmt: skip


def is_analog(column: str) -> bool:
    """Say whether a column holds samples, not sequence numbers or digital lines.

    >>> [is_analog(name) for name in ("nSeq", "DI", "I1", "O2", "A1", "CH1")]
    [False, False, False, False, True, True]
    """
    return _NOT_ANALOG.fullmatch(column) is None


MOST_BITS = 32
"""No converter has more."""


def bits_per_channel(resolution: object, n_columns: int, n_channels: int) -> list[int | None]:
    """Return the converter's bits of each analog channel; the stated list may count digital lines, or be one number.

    >>> bits_per_channel([4, 1, 1, 1, 1, 10], 6, 1), bits_per_channel(12, 3, 2), bits_per_channel([16], 7, 3)
    ([10], [12, 12], [16, 16, 16])
    """
    try:
        stated = [int(bits) for bits in np.asarray(resolution, dtype=np.float64).reshape(-1)]
    except (TypeError, ValueError, OverflowError):
        return [None] * n_channels
    if any(not 0 < bits <= MOST_BITS for bits in stated):
        return [None] * n_channels
    if len(stated) == 1:
        return [stated[0]] * n_channels
    if len(stated) in {n_channels, n_columns} and n_channels:
        return [*stated[-n_channels:]]
    return [None] * n_channels


def texts(value: object) -> list[str]:
    """Return a list of text from a heading; one text counts as a list of one."""
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list | tuple | np.ndarray) else []


@dataclass(frozen=True, slots=True)
class Conversion:
    """How one channel is returned: kind, unit, ``samples = stored * scale + shift``, and why not in volts."""

    kind: Kind
    unit: str
    scale: float = 1.0
    shift: float = 0.0
    doubt: str = ""
    transfer: Transfer | None = None


def conversion_of(line: Line, label: str, options: SensorOptions, *, largest: float, whole: bool) -> Conversion:
    """Decide how a channel is returned.

    Parameters
    ----------
    line : Line
    label : str
        As the user knows the channel.
    options : SensorOptions
    largest : float
        Of the samples seen so far: more than the resolution allows makes the resolution doubtful.
    whole : bool
        Whether all samples seen are whole numbers, as counts are.
    """
    kind = sensor_kind(options.sensors.get(label, line.sensor), label)
    if options.counts:
        return Conversion(kind, "counts" if whole and not line.device.is_converted else UNKNOWN)
    if line.device.is_converted or not whole:
        return _converted(kind, options)
    if line.bits is not None and largest >= 2.0**line.bits:
        return Conversion(kind, "counts", doubt="resolution")
    transfer = transfer_of(kind, line.device.model, line.bits, options)
    if transfer is not None:
        return Conversion(kind, "V", transfer.scale, transfer.shift, transfer=transfer)
    if kind not in {"emg", "ecg"}:
        return Conversion(kind, "counts", doubt="sensor")
    return Conversion(kind, "counts", doubt="resolution" if line.bits is None else "device")


def _converted(kind: Kind, options: SensorOptions) -> Conversion:
    if options.unit is None or kind not in {"emg", "ecg"}:
        return Conversion(kind, UNKNOWN, doubt="converted")
    unit, factor = scaling_to_base(options.unit)
    return Conversion(kind, unit, factor)


def conversion_findings(
    labels: Sequence[str], lines: Sequence[Line], conversions: Sequence[Conversion], reader: str
) -> list[Finding]:
    """Say which channels are not in volts, and what to state."""
    findings = []
    state = f"state it in the study file, below `recordings:`, as reading: [{{kind: {reader}, "
    for doubt, (level, reason, remedy) in _DOUBTS.items():
        doubted = [number for number, conversion in enumerate(conversions) if conversion.doubt == doubt]
        if doubted:
            named = ", ".join(
                f"'{labels[i]}' ({_said(lines[i].sensor, 'no sensor')}, {_said(lines[i].device.model, 'no device')})"
                for i in doubted
            )
            advice = remedy.replace("STATE", state).replace("LABEL", labels[doubted[0]])
            findings.append(make_finding("not_in_volts", level, f"{named} {reason}", advice))
    return findings


def lost_samples(sequence: NDArray[np.float64], device: Device) -> list[Finding]:
    """Compare sequence numbers, which wrap around at a power of two, with the rows that are there.

    Repeated numbers are no losses: the counter of long recordings stands still at its largest value.
    """
    known = sequence[np.isfinite(sequence)]
    if known.size < 2:
        return []
    most = float(known.max())
    size = next((power for power in (16.0, 128.0, 256.0, 65536.0, 2.0**32) if most < power), 2.0**53)
    steps = np.diff(known)
    steps = np.where(steps < 0, steps + size, steps)
    lost = float((steps[steps > 1] - 1).sum())
    if not lost:
        return []
    reason = (
        f"the sequence numbers of device {device.address} jump {int((steps > 1).sum())} times: at least {lost:.0f} "
        "samples were lost on the way; later samples really are later than shown"
    )
    return [make_finding("lost_samples", "warn", reason, "keep the device closer to the computer", value=lost)]


def check_sensors(options: SensorOptions, labels: list[str], path: Path, reader: str) -> None:
    """Refuse sensors stated for channels that are not in the file."""
    for label in options.sensors:
        if label not in labels:
            near = suggest(label, labels) or f"; channels in the file: {', '.join(labels[:20])}"
            raise ReadError(
                f"sensors names the channel '{label}', which is not in the file{near}", path=path, reader=reader
            )


def acquisition_of(devices: Sequence[Device], conversions: Sequence[Conversion]) -> Acquisition:
    """Return the acquisition facts; gain and rail only where all EMG channels share them."""
    transfers = {conversion.transfer for conversion in conversions if conversion.kind == "emg"}
    shared = next(iter(transfers)) if len(transfers) == 1 else None
    models = ", ".join(dict.fromkeys(device.model for device in devices if device.model))
    start = min((device.start_time for device in devices if device.start_time), default="")
    return Acquisition(
        start_time=start, device=models, gain=shared.gain if shared else None, rail=shared.rail if shared else None
    )


def distinct_labels(lines: Sequence[Line]) -> list[str]:
    """Return the labels; those that several devices share carry the device's address."""
    owners: dict[str, set[str]] = {}
    for line in lines:
        owners.setdefault(line.label, set()).add(line.device.address)
    return [f"{line.label} [{line.device.address}]" if len(owners[line.label]) > 1 else line.label for line in lines]


def _start_time(date: str, time: str) -> str:
    day, moment = _DATE.match(date.strip()), _TIME.match(time.strip())
    if day is None or moment is None:
        return ""
    year, month, number = (int(part) for part in day.groups())
    hour, minute, second = (int(part) for part in moment.groups())
    return f"{year:04d}-{month:02d}-{number:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def _said(text: str, absent: str) -> str:
    """Return what the header says between quotation marks, as it is free text."""
    return f"'{text}'" if text else absent
