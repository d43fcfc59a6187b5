"""Known units and the one conversion function.

Inside emgpipe EMG is in volts, angles in degrees, acceleration in g, time in seconds, frequency in hertz.
A unit nobody stated is ``unknown``: it is data, not a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from emgpipe.errors import UnitError, suggest

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, the quantity it measures and its size in that quantity's base unit."""

    name: str
    quantity: str
    scale: float


_UNITS: Final = (
    Unit("V", "voltage", 1.0),
    Unit("mV", "voltage", 1e-3),
    Unit("uV", "voltage", 1e-6),
    Unit("nV", "voltage", 1e-9),
    Unit("deg", "angle", 1.0),
    Unit("rad", "angle", 57.29577951308232),
    Unit("deg/s", "angular velocity", 1.0),
    Unit("rad/s", "angular velocity", 57.29577951308232),
    Unit("g", "acceleration", 1.0),
    Unit("mg", "acceleration", 1e-3),
    Unit("m/s^2", "acceleration", 1.0 / 9.80665),
    Unit("N", "force", 1.0),
    Unit("kN", "force", 1e3),
    Unit("Nm", "moment", 1.0),
    Unit("Nmm", "moment", 1e-3),
    Unit("m", "length", 1.0),
    Unit("mm", "length", 1e-3),
    Unit("s", "time", 1.0),
    Unit("ms", "time", 1e-3),
    Unit("us", "time", 1e-6),
    Unit("ns", "time", 1e-9),
    Unit("min", "time", 60.0),
    Unit("h", "time", 3600.0),
    Unit("day", "time", 86400.0),
    Unit("Hz", "frequency", 1.0),
    Unit("degC", "temperature", 1.0),
    Unit("uT", "magnetic field", 1.0),
    Unit("%", "ratio", 1.0),
    Unit("counts", "counts", 1.0),
)
BY_NAME: Final = {unit.name: unit for unit in _UNITS}
BASE: Final = {"voltage": "V", "angle": "deg", "acceleration": "g"}

# Spellings found in real files; compared with spaces removed and in this letter case first.
_SPELLINGS: Final = {
    "volt": "V", "volts": "V", "v": "V",
    "millivolt": "mV", "millivolts": "mV", "mv": "mV",
    "µv": "uV", "μv": "uV", "uv": "uV", "microv": "uV", "microvolt": "uV", "microvolts": "uV",
    "nv": "nV", "nvolt": "nV", "nvolts": "nV",
    "mvolt": "mV", "mvolts": "mV", "uvolt": "uV", "uvolts": "uV", "µvolt": "uV", "µvolts": "uV",
    "μvolt": "uV", "μvolts": "uV",
    "°": "deg", "degree": "deg", "degrees": "deg", "degs": "deg", "º": "deg",
    "radian": "rad", "radians": "rad",
    "°/s": "deg/s", "º/s": "deg/s", "dps": "deg/s", "deg/sec": "deg/s", "degrees/s": "deg/s",
    "m/s²": "m/s^2", "m/s2": "m/s^2", "m/s/s": "m/s^2", "m/sec^2": "m/s^2", "ms^-2": "m/s^2", "m/(s^2": "m/s^2",
    "newton": "N", "newtons": "N", "n": "N", "kn": "kN",
    "n.m": "Nm", "n·m": "Nm", "nm": "Nm", "nmm": "Nmm", "n.mm": "Nmm", "n·mm": "Nmm",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "msec": "ms", "msecs": "ms", "millisec": "ms", "millisecs": "ms", "millisecond": "ms", "milliseconds": "ms",
    "µs": "us", "μs": "us", "usec": "us", "usecs": "us", "µsec": "us", "μsec": "us", "microsec": "us",
    "microsecond": "us", "microseconds": "us", "nsec": "ns", "nanosecond": "ns", "nanoseconds": "ns",
    "mins": "min", "minute": "min", "minutes": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "days": "day",
    "hertz": "Hz", "hz": "Hz",
    "°c": "degC", "degc": "degC", "celsius": "degC", "µt": "uT", "μt": "uT", "ut": "uT",
    "count": "counts", "adc": "counts", "adccounts": "counts", "bits": "counts",
    "percent": "%",
}  # fmt: skip


def parse_unit(text: str | None) -> str:
    """Return the known name of a unit as written in a file, or ``unknown``.

    >>> parse_unit("µV"), parse_unit(" mv "), parse_unit("furlong"), parse_unit(None)
    ('uV', 'mV', 'unknown', 'unknown')
    """
    written = (text or "").strip().strip("[]()").replace(" ", "")
    if written in BY_NAME:
        return written
    folded = written.casefold()
    if folded == "mg":  # mG and MG are milli-g in every export seen; no EMG device records milligrams
        return "mg"
    if folded in _SPELLINGS:
        return _SPELLINGS[folded]
    if folded.endswith("rms") and len(folded) > 3:  # ``mV rms``, ``mV(RMS)``
        return parse_unit(written[:-3])
    return next((name for name in BY_NAME if name.casefold() == folded), UNKNOWN)


def conversion_factor(given: str, wanted: str) -> float:
    """Return the number that turns values in `given` into values in `wanted`.

    Parameters
    ----------
    given, wanted : str
        Unit names as in files or as in this module.

    Raises
    ------
    UnitError
        If either is unknown or they measure different quantities.

    >>> conversion_factor("mV", "uV")
    1000.0
    """
    source, target = (BY_NAME.get(parse_unit(name)) for name in (given, wanted))
    for name, unit in ((given, source), (wanted, target)):
        if unit is None:
            raise UnitError(f"unit '{name}' is not known{suggest(name, BY_NAME)} Known units: {', '.join(BY_NAME)}")
    assert source is not None  # noqa: S101 - narrowed by the loop above
    assert target is not None  # noqa: S101
    if source.quantity != target.quantity:
        raise UnitError(f"'{given}' ({source.quantity}) cannot be converted to '{wanted}' ({target.quantity})")
    return float(f"{source.scale / target.scale:.15g}")  # 1000, where binary division gives 1000.0000000000001


def base_unit(unit: str) -> str:
    """Return the unit emgpipe keeps this quantity in (volts, degrees, g), or the unit itself."""
    known = BY_NAME.get(unit)
    return BASE.get(known.quantity, unit) if known else unit


def amplitude_words(value: float, unit: str = "V") -> str:
    """Return an amplitude with at least three digits, trailing zeros below 1 aside; volts in microvolts.

    >>> amplitude_words(312.4e-6), amplitude_words(0.0000021), amplitude_words(4e-9), amplitude_words(1234.0, "counts")
    ('312 uV', '2.10 uV', '0.004 uV', '1234 counts')
    """
    size = value * 1e6 if unit == "V" else value
    decimals = 2 if abs(size) < 10 else 1 if abs(size) < 100 else 0
    words = f"{size:.{decimals}f}" if abs(size) >= 1 else f"{size:.3g}"
    return f"{words} {'uV' if unit == 'V' else unit}"
