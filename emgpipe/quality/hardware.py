"""What the words about a device's filters say in Hz."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emgpipe.model import Acquisition

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_HIGHPASS: Final = re.compile(
    rf"(?:\bHP|high[- ]?pass|low[- ]?cut(?:[- ]?off)?)[^\d;,]{{0,20}}{_NUMBER}", re.IGNORECASE
)
_BAND: Final = re.compile(rf"{_NUMBER}\s*(?:Hz)?\s*(?:-|\u2013|to|\.\.)\s*{_NUMBER}\s*(k?)Hz", re.IGNORECASE)
WIDEST_STOP: Final = 3.0
"""Two frequencies closer than this (as a ratio) are those of a notch, not of a band that passes."""


def hardware_highpass(acquisition: Acquisition) -> float | None:
    """Return the lower edge (Hz) of the filters in the device; None where the recording does not say."""
    words = acquisition.hardware_filters
    if match := _HIGHPASS.search(words):
        return float(match[1])
    for low, high, kilo in _BAND.findall(words):
        if float(high) * (1000.0 if kilo else 1.0) >= WIDEST_STOP * float(low):
            return float(low)
    return None
