"""Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model import Finding, Level, make_finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

FUNDAMENTALS: Final = (50.0, 60.0)
BAND: Final = (20.0, 450.0)
"""Hz: the band of EMG, in which the share is counted."""
NOTED: Final = 0.1
DOMINANT: Final = 0.5
"""Share of the power. From the first on it is worth knowing, from the second on it is more than the EMG."""
HALF_WIDTH: Final = 1.0
NEIGHBORHOOD: Final = (2.0, 8.0)
"""Hz from a peak to what it is compared with."""
SHARPNESS: Final = 10.0
"""A peak by its neighbors; even the spectrum of a single segment seldom varies by so much."""
COARSEST: Final = 1.0
"""Hz between frequencies that still tell a peak from a band."""


def mains_doubts(label: str, figures: Figures) -> tuple[Finding, ...]:
    """Find power of the loudest parts that stands in sharp peaks at multiples of 50 or 60 Hz.

    Returns
    -------
    tuple of Finding
        At most one, ``mains``; its value is the share of the power from 20 to 450 Hz.
    """
    total = figures.power(*BAND)
    if figures.frequencies.size < 2 or figures.frequencies[1] > COARSEST or total <= 0.0:
        return ()
    shares = {fundamental: _peaks(figures, fundamental) / total for fundamental in FUNDAMENTALS}
    frequency = max(shares, key=shares.__getitem__)
    share = shares[frequency]
    if share < NOTED:
        return ()
    level: Level = "warn" if share >= DOMINANT else "note"
    more = ", more than there is EMG" if level == "warn" else ""
    reason = f"{100 * share:.0f} % of the power of '{label}' is interference from the mains ({frequency:g} Hz){more}"
    remedy = "check the contact of the electrodes and the reference electrode, and move cables away from mains"
    return (make_finding("mains", level, reason, remedy, channel=label, value=share),)


def _peaks(figures: Figures, fundamental: float) -> float:
    """Return the power above its surroundings at the multiples of a frequency, where it stands in sharp peaks.

    Without a peak at the frequency itself what stands at a multiple is something else.
    """
    highest = min(BAND[1], float(figures.frequencies[-1]) - NEIGHBORHOOD[1])
    excess = [_excess(figures, peak) for peak in np.arange(fundamental, highest, fundamental).tolist()]
    return sum(excess) if excess and excess[0] > 0.0 else 0.0


def _excess(figures: Figures, peak: float) -> float:
    away = np.abs(figures.frequencies - peak)
    beside: NDArray[np.float64] = figures.density[(away >= NEIGHBORHOOD[0]) & (away <= NEIGHBORHOOD[1])]
    within: NDArray[np.float64] = figures.density[away <= HALF_WIDTH]
    floor = float(np.median(beside))
    if float(np.max(within)) < SHARPNESS * floor:
        return 0.0
    return float(np.sum(within - floor) * figures.frequencies[1])
