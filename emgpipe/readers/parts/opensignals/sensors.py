"""What PLUX and BITalino sensors measure, and how counts of their converter become volts.

``EMG = (ADC / 2^n - 1/2) * VCC / gain`` with VCC and gain of the device family; the same form for ECG. Sources: the
biosignalsplux EMG and ECG sensor datasheets and the BITalino EMG and ECG datasheets (PLUX Wireless Biosignals S.A.,
https://support.pluxbiosignals.com). Other sensors need a calibration that the files do not hold; they stay counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from emgpipe.readers.base import ReaderOptions, guess_kind

if TYPE_CHECKING:
    from emgpipe.model import Kind

MOST_BITS = 24
_PLUX = frozenset(
    {"bioplux", "bioplux_exp", "biosignalsplux", "rachimeter", "channeller", "swifter", "ddme_openbanplux"}
)
_BITALINO = frozenset({"bitalino_rev", "bitalino_riot"})
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("emg", "emg"), ("ecg", "ecg"), ("acc", "acceleration"), ("xyz", "acceleration"), ("gyr", "angular_velocity"),
    ("ang", "angle"), ("gon", "angle"), ("force", "force"), ("load", "force"),
)  # fmt: skip
Positive = Annotated[float, Field(gt=0, le=1e6)]


class SensorOptions(ReaderOptions):
    """What can be stated about the sensors of an OpenSignals recording."""

    counts: bool = False
    """Return the counts of the analog-to-digital converter as they stand in the file, without conversion."""
    sensors: dict[str, Literal["emg", "ecg", "raw"]] = Field(default_factory=dict)
    """Sensors of single channels, by label, where the file calls them RAW or CUSTOM; goes before the file."""
    supply_voltage: Positive | None = None
    """VCC of the sensors in V, where the device is not known: 3.0 for biosignalsplux, 3.3 for BITalino."""
    gain: Positive | None = None
    """Gain of the EMG and ECG sensors, where the device is not known: 1000 for biosignalsplux, 1009 for BITalino."""
    unit: str | None = None
    """Unit of EMG and ECG channels that OpenSignals has converted itself."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """``volts = counts * scale + shift``; `rail` is the largest voltage the converter can show."""

    scale: float
    shift: float
    rail: float
    gain: float


def sensor_kind(sensor: str, label: str) -> Kind:
    """Say what a channel measures from the name of its sensor, else from its label.

    >>> sensor_kind("EMGBITREV", "A1"), sensor_kind("XYZ", "CH5"), sensor_kind("RAW", "GMAX RT")
    ('emg', 'acceleration', 'emg')
    """
    name = sensor.strip().lower()
    known = next((kind for beginning, kind in _KINDS if name.startswith(beginning)), None)
    return known or guess_kind(label, "counts")


def transfer_of(kind: str, device: str, bits: int | None, options: SensorOptions) -> Transfer | None:
    """Return how counts become volts, or None where device, sensor or resolution are not known.

    >>> transfer_of("emg", "biosignalsplux", 16, SensorOptions()).rail
    0.0015
    """
    if kind not in {"emg", "ecg"} or bits is None or not 0 < bits <= MOST_BITS:
        return None
    voltage, gain = _supply(device, options), options.gain or _gain(kind, device)
    if voltage is None or gain is None:
        return None
    return Transfer(voltage / gain / 2.0**bits, -0.5 * voltage / gain, 0.5 * voltage / gain, gain)


def _supply(device: str, options: SensorOptions) -> float | None:
    if options.supply_voltage is not None:
        return options.supply_voltage
    name = device.lower()
    return 3.0 if name in _PLUX else 3.3 if name in _BITALINO or name == "bitalino" else None


def _gain(kind: str, device: str) -> float | None:
    name = device.lower()
    if name in _PLUX:
        return 1000.0 if kind == "emg" else 1019.0
    if name in _BITALINO:
        return 1009.0 if kind == "emg" else 1100.0
    if name == "bitalino":
        return 1008.0 if kind == "emg" else 1100.0
    return None
