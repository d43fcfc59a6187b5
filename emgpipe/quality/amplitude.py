"""Amplitudes that EMG cannot have in the stated unit, counts given as volts, and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

QUIETEST: Final = (0.1e-6, 100e-6)
"""Volts: RMS of the quietest half second. Amplifier noise lies above the first, a muscle at rest below the second."""
LARGEST_RMS: Final = 5e-3
"""Volts: surface EMG of a maximal contraction stays below."""
SMALLEST_RMS: Final = 0.3e-6
"""Volts, our own: a good amplifier on a muscle at rest still shows more; quieter is a wrong unit or no signal."""
STEADY_RMS: Final = 2e-3
"""Volts, our own: in no half second less than this is more than a muscle can do."""
USUAL_RMS: Final = 1e-6
"""Volts: a unit that gives less is not proposed."""
LARGE_OFFSET: Final = 5.0
"""The mean against the RMS of the signal."""
_FACTORS: Final = ((1e-3, "a thousand times"), (1e-6, "a million times"), (1e-9, "a thousand million times"))
_UNITS: Final = (("V", 1.0), ("mV", 1e-3), ("uV", 1e-6), ("nV", 1e-9))


def amplitude_doubts(label: str, figures: Figures, unit: str, *, is_mains: bool = False) -> tuple[Finding, ...]:
    """Find amplitudes that cannot be EMG in volts, counts given as volts, and a large offset.

    The range is our own, wide enough for every raw surface EMG seen; published rest values lie between 1 and 15 uV.
    With `is_mains` the amplitude is that of the mains and tells nothing about rest.
    """
    if not figures.window_rms.size:
        return ()
    if unit == "V":
        found = _volts(label, figures, is_mains=is_mains)
    elif unit == "unknown":
        found = _unstated(label, figures)
    else:
        found = ()
    return (*found, *_offset(label, figures, unit))


def _volts(label: str, figures: Figures, *, is_mains: bool) -> tuple[Finding, ...]:
    rms, quietest = figures.rms, float(np.min(figures.window_rms))
    if rms > LARGEST_RMS or (quietest > STEADY_RMS and not is_mains):
        return (_counts(label, figures) or _unit(label, rms, "large", "smaller"),)
    if rms < SMALLEST_RMS or quietest < QUIETEST[0]:
        return (_unit(label, rms if rms < SMALLEST_RMS else quietest, "small", "larger"),)
    if quietest > QUIETEST[1] and not is_mains:
        reason = (
            f"the quietest half second of '{label}' has {quietest * 1e6:.3g} uV RMS, more than a muscle at rest; "
            "the muscle never rested, the signal is noisy, or the unit is wrong"
        )
        remedy = "look at the signal; state the unit if it is wrong"
        return (make_finding("never_quiet", "note", reason, remedy, channel=label, value=quietest, unit="V"),)
    return ()


def _unit(label: str, rms: float, size: str, other: str) -> Finding:
    sizes = ((words, factor if size == "large" else 1 / factor) for factor, words in _FACTORS)
    fitting = next((words for words, factor in sizes if _is_plausible(rms * factor)), "")
    why = (
        "a wrong unit, the amplifier's gain still in it, or no EMG" if size == "large" else "a wrong unit, or no signal"
    )
    guess = f"; in a unit {fitting} {other} it would be plausible" if fitting else ""
    reason = f"'{label}' has an RMS of {rms:.3g} V, too {size} for EMG at the skin: {why}{guess}"
    remedy = "check the unit in the device's export, and state the right one for this channel in the study file"
    return make_finding("unit_suspected", "warn", reason, remedy, channel=label, value=rms, unit="V")


def _is_plausible(rms: float) -> bool:
    return USUAL_RMS <= rms <= LARGEST_RMS


def _counts(label: str, figures: Figures) -> Finding | None:
    """Return a finding where all values are whole V or mV; whole uV are six decimals, which many files have."""
    for unit, size in _UNITS[:2]:
        if _whole_numbers(figures.finite, size):
            reason = (
                f"all values of '{label}' are whole numbers of {unit} and far too large for EMG "
                f"(RMS {figures.rms:.3g} V); they are probably the converter's counts, not volts"
            )
            remedy = "export the signal in volts, or state how counts become volts"
            return make_finding("counts_as_volts", "warn", reason, remedy, channel=label, value=figures.rms, unit="V")
    return None


def _whole_numbers(finite: NDArray[np.float64], size: float) -> bool:
    values = finite[:20000] / size
    return bool(np.ptp(values) > 2 and np.all(np.abs(values - np.round(values)) < 1e-6))


def _unstated(label: str, figures: Figures) -> tuple[Finding, ...]:
    if _whole_numbers(figures.finite, 1.0):
        reason = f"all values of '{label}' are whole numbers; they are probably the converter's counts"
        remedy = "export the signal in volts, or state how counts become volts"
        return (make_finding("counts_suspected", "note", reason, remedy, channel=label, value=figures.rms),)
    rms, quietest = figures.rms, float(np.min(figures.window_rms))
    fitting = [
        name for name, size in _UNITS
        if _is_plausible(rms * size) and QUIETEST[0] <= quietest * size <= QUIETEST[1]
    ]  # fmt: skip
    if len(fitting) != 1:
        return ()
    reason = f"the unit of '{label}' is not stated; its amplitude (RMS {rms:.3g}) would fit {fitting[0]}"
    remedy = f"state `unit: {fitting[0]}` for this channel if the device's manual agrees"
    return (make_finding("unit_suspected", "note", reason, remedy, channel=label, value=rms),)


def _offset(label: str, figures: Figures, unit: str) -> tuple[Finding, ...]:
    if abs(figures.mean) <= LARGE_OFFSET * figures.rms or figures.rms == 0.0:
        return ()
    shown = "" if unit == "unknown" else f" {unit}"
    reason = f"'{label}' lies around {figures.mean:.4g}{shown}, {abs(figures.mean) / figures.rms:.3g} times its RMS"
    remedy = "the high-pass or a `dc_offset` step takes it away; a drifting offset means a loose electrode"
    found = make_finding("dc_offset", "note", reason, remedy, channel=label, value=figures.mean, unit=shown.strip())
    return (found,)
