"""Noraxon's names of signals: the unit at their end, the device before them, and what they measure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emgpipe.readers.base import guess_kind
from emgpipe.readers.labels import scaling_to_base
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from emgpipe.model import Kind

_BRACKETED = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]*)[)\]]\s*")
_AFTER_COMMA = re.compile(r"(.*\S)\s*,\s*([^,\s]+)\s*")
_DEVICE = re.compile(r"[^.\-]*\bEMG\s*[.\-]\s*(?=Internal\b)", re.IGNORECASE)
_SENSORS = re.compile(r"\binternal\b|\baccel|\bgyro|\bmag\b|\bcourse\b|\bpitch\b|\broll\b", re.IGNORECASE)
_MAGNETOMETER = re.compile(r"\bmag(netometer)?\b", re.IGNORECASE)
_FURTHER = {"mgauss": ("uT", 0.1), "gauss": ("uT", 100.0)}
_UNCONVERTED = frozenset(
    {"n/cm^2", "n/cm2", "m/s", "cm", "bpm", "1/min", "hpa", "mmhg", "kg", "w", "j", "fs", "steps/min", "mt", "deg/s^2"}
)
"""Units Noraxon writes that emgpipe keeps as in the file, in lower case."""


def split_label(written: str) -> tuple[str, str]:
    """Return the name and the unit of a label; a bracket that is no unit belongs to the name.

    >>> split_label("BICEPS BR. LT (uV)"), split_label("RT Foot Accel X,mG"), split_label("VMO (medial)")
    (('BICEPS BR. LT', 'uV'), ('RT Foot Accel X', 'mG'), ('VMO (medial)', ''))
    """
    for pattern in (_BRACKETED, _AFTER_COMMA):
        found = pattern.fullmatch(written)
        if found and _is_unit(found[2]):
            return found[1], found[2]
    return written, ""


def scaling(written: str) -> tuple[str, float]:
    """Return the unit emgpipe keeps a quantity in, and the factor that gets there.

    >>> scaling("uV"), scaling("mGauss"), scaling("N/cm^2")
    (('V', 1e-06), ('uT', 0.1), ('unknown', 1.0))
    """
    return _FURTHER.get(written.strip().lower()) or scaling_to_base(written)


def kind_of(label: str, unit: str) -> Kind:
    """Say what a signal measures; the motion sensors inside an EMG sensor carry EMG in their names.

    >>> kind_of("Ultium EMG.Internal Mag 1 Mx", "unknown"), kind_of("Ultium EMG.EMG 1", "V")
    ('other', 'emg')
    """
    plain = _DEVICE.sub("", label)
    kind = guess_kind(plain, unit)
    if unit == UNKNOWN and (_MAGNETOMETER.search(plain) or (kind == "emg" and _SENSORS.search(plain))):
        return "other"  # the Mx of a magnetometer is no moment
    return kind


def _is_unit(text: str) -> bool:
    folded = text.strip().lower()
    return parse_unit(text) != UNKNOWN or folded in _FURTHER or folded in _UNCONVERTED
