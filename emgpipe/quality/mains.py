"""Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, Level, make_finding
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

FUNDAMENTALS: Final = (50.0, 60.0)
BAND: Final = (20.0, 450.0)
"""Hz: the band of EMG, in which the share is counted."""
HALF_WIDTH: Final = 1.0
NEIGHBORHOOD: Final = (2.0, 8.0)
"""Hz from a peak to what it is compared with."""
SHARPNESS: Final = 10.0
"""A peak by its neighbors; the mean of three segments or more seldom varies by so much."""
FEW: Final = 3
SHARPNESS_OF_FEW: Final = 20.0
"""The same for the mean of fewer segments."""
COARSEST: Final = 1.05
"""Hz between frequencies that still tell a peak from a band: segments of a second, whatever the rate."""
LEAST_MULTIPLES: Final = 2
"""Peaks at multiples that make a family where a filter took the fundamental out."""


class MainsLimits(Settings):
    """How much interference from the mains matters."""

    note_above: float = Field(default=0.05, ge=0, le=1)
    """Share of the power from 20 to 450 Hz of the loudest parts worth knowing; it adds half of it to the amplitude."""
    warn_above: float = Field(default=0.1, ge=0, le=1)
    """Share above which it is worth a look: the amplitude is 5 % too high."""
    fail_above: float = Field(default=0.5, ge=0, le=1)
    """Share above which there is more mains than EMG; in an MVIC or task the numbers should not be used."""
    quiet_note_above: float = Field(default=2.0, ge=0)
    """uV RMS of the mains in the quietest parts worth knowing; the noise of a good recording at rest is below 5 uV."""
    quiet_warn_above: float = Field(default=5.0, ge=0)
    """uV RMS of the mains in the quietest parts above which it is worth a look: low amplitudes are raised."""
    frequency: float | None = Field(default=None, gt=0)
    """Hz of the mains where the recording does not say it; both 50 and 60 Hz are tried if left out."""


@dataclass(frozen=True, slots=True)
class Hum:
    """Interference from the mains in a part of a signal: `frequency` in Hz, `share` of the power, `rms` in its unit."""

    frequency: float
    share: float
    rms: float


NO_HUM: Final = Hum(0.0, 0.0, 0.0)


def hum_of(figures: Figures, fundamentals: tuple[float, ...] = FUNDAMENTALS) -> Hum:
    """Measure the power that stands in sharp peaks at multiples of a mains frequency, of 20 to 450 Hz.

    Of several frequencies the one with most power counts. Zero where the spectrum is too coarse to tell.
    """
    total = figures.power(*BAND)
    if figures.frequencies.size < 2 or figures.frequencies[1] > COARSEST or total <= 0.0:
        return NO_HUM
    powers = {fundamental: _peaks(figures, fundamental) for fundamental in fundamentals}
    frequency = max(powers, key=powers.__getitem__)
    return Hum(frequency, powers[frequency] / total, float(np.sqrt(powers[frequency])))


def mains_doubts(label: str, loud: Hum, quiet: Hum, unit: str, role: str, limits: MainsLimits) -> tuple[Finding, ...]:
    """Judge interference from the mains by what it does to amplitudes.

    Parameters
    ----------
    label : str
    loud, quiet : Hum
        Of the loudest and the quietest parts. At rest the share says nothing: there is no EMG to compare with.
    unit : str
        Of the signal; only volts tell how large the interference is.
    role : str
        Of the trial; empty where it is not known.
    limits : MainsLimits

    Returns
    -------
    tuple of Finding
        At most one, ``mains``: its value is the share of the power from 20 to 450 Hz of the loudest parts, or the RMS
        in the quietest parts (unit V) where that is what matters.
    """
    by_share = None if role == "rest" else _level_of_share(loud, unit, role, limits)
    by_rms = _level_of_rms(quiet, unit, limits)
    if by_share is None and by_rms is None:
        return ()
    if _GRAVITY[by_share] >= _GRAVITY[by_rms]:
        more = ", more than there is EMG" if loud.share >= limits.fail_above else ""
        reason = (
            f"{100 * loud.share:.0f} % of the power of '{label}' is interference from the mains "
            f"({loud.frequency:g} Hz){more}; amplitudes are raised by {100 * raised(loud.share):.0f} %"
        )
        return (make_finding("mains", by_share or "note", reason, _REMEDY, channel=label, value=loud.share),)
    reason = (
        f"the quietest parts of '{label}' hold {quiet.rms * 1e6:.1f} uV RMS of interference from the mains "
        f"({quiet.frequency:g} Hz), {100 * quiet.share:.0f} % of their power; low amplitudes are raised"
    )
    return (make_finding("mains", by_rms or "note", reason, _REMEDY, channel=label, value=quiet.rms, unit="V"),)


_REMEDY: Final = (
    "check the contact of the electrodes and the reference electrode, and move cables away from mains; the cleaning "
    "steps of the chain can take it out of rest, MVIC and tasks alike"
)
_GRAVITY: Final[dict[Level | None, int]] = {None: 0, "note": 1, "warn": 2, "fail": 3}


def raised(share: float) -> float:
    """Return by which part an amplitude is too high when a share of its power is interference."""
    return float(1.0 / np.sqrt(max(1.0 - share, 1e-4)) - 1.0)


def _level_of_share(hum: Hum, unit: str, role: str, limits: MainsLimits) -> Level | None:
    if hum.share < limits.note_above:
        return None
    if unit == "V" and hum.rms * 1e6 < limits.quiet_note_above:  # a share of next to nothing
        return "note"
    if hum.share >= limits.fail_above and role in {"mvic", "task"}:
        return "fail"
    return "warn" if hum.share >= limits.warn_above else "note"


def _level_of_rms(hum: Hum, unit: str, limits: MainsLimits) -> Level | None:
    if unit != "V" or hum.share < limits.warn_above or hum.rms * 1e6 < limits.quiet_note_above:
        return None
    return "warn" if hum.rms * 1e6 >= limits.quiet_warn_above else "note"


def _peaks(figures: Figures, fundamental: float) -> float:
    """Return the power above its surroundings at the multiples of a frequency, where it stands in sharp peaks.

    Without a peak at the frequency itself or at several odd multiples, what stands at a multiple is something else.
    """
    highest = min(BAND[1], float(figures.frequencies[-1]) - NEIGHBORHOOD[1])
    peaks = np.arange(fundamental, highest, fundamental)
    excess = _excess(figures, peaks).tolist() if peaks.size else []
    has_family = sum(one > 0.0 for one in excess[2::2]) >= LEAST_MULTIPLES
    return sum(excess) if excess and (excess[0] > 0.0 or has_family) else 0.0


def _excess(figures: Figures, peaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power above its surroundings at each of these frequencies, 0 where it stands in no sharp peak."""
    first = np.searchsorted(figures.frequencies, peaks - NEIGHBORHOOD[1])
    stop = np.searchsorted(figures.frequencies, peaks + NEIGHBORHOOD[1] + 1e-9)
    index = first[:, None] + np.arange(int(np.max(stop - first)))
    is_inside = index < stop[:, None]
    index = np.minimum(index, figures.frequencies.size - 1)
    away, density = np.abs(figures.frequencies[index] - peaks[:, None]), figures.density[index]
    is_beside, is_within = is_inside & (away >= NEIGHBORHOOD[0]), is_inside & (away <= HALF_WIDTH)
    floor = _medians(density, is_beside)
    sharpness = SHARPNESS if figures.n_segments >= FEW else SHARPNESS_OF_FEW
    highest = np.max(density, axis=1, where=is_within, initial=0.0)
    above = np.sum(np.where(is_within, density - floor[:, None], 0.0), axis=1) * figures.frequencies[1]
    is_peak = is_within.any(axis=1) & ~(highest < sharpness * floor)
    return np.where(is_peak, np.maximum(above, 0.0), 0.0)


def _medians(density: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the median of the chosen ones of each row; infinite where none is chosen."""
    ordered, count = np.sort(np.where(chosen, density, np.inf), axis=1), np.maximum(chosen.sum(axis=1), 1)
    rows = np.arange(len(density))
    return np.asarray(0.5 * (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2]))
