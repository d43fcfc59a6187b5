"""Amplitudes that EMG cannot have in the stated unit, counts given as volts, and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, make_finding
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

USUAL_RMS: Final = 1e-6
"""Volts: a unit that gives less is not proposed."""
MUSCLE_SHAPE: Final = 0.4
"""Density of 250 to 400 Hz by that of 60 to 150 Hz: EMG has less than 0.25, the white noise of an amplifier 1."""
_FACTORS: Final = ((1e-3, "a thousand times"), (1e-6, "a million times"), (1e-9, "a thousand million times"))
_UNITS: Final = (("V", 1.0), ("mV", 1e-3), ("uV", 1e-6), ("nV", 1e-9))


class UnitLimits(Settings):
    """Amplitudes surface EMG can have; our own, wide enough for every raw recording seen."""

    largest: float = Field(default=5000.0, gt=0)
    """uV RMS of the whole: surface EMG of a maximal contraction stays below."""
    steady: float = Field(default=2000.0, gt=0)
    """uV RMS: in no half second less than this is more than a muscle can do."""
    rest_largest: float = Field(default=500.0, gt=0)
    """uV RMS of a rest trial: no muscle at rest has more."""
    smallest: float = Field(default=0.3, ge=0)
    """uV RMS of the whole: a good amplifier on a muscle at rest still shows more."""
    quietest: float = Field(default=0.1, ge=0)
    """uV RMS of the quietest half second: amplifier noise lies above."""
    mvic_smallest: float = Field(default=3.0, ge=0)
    """uV RMS of an MVIC that has the spectrum of a muscle: a maximal contraction gives more."""
    never_quiet: float = Field(default=100.0, gt=0)
    """uV RMS of the quietest half second: a muscle that rests at all has less; only noted."""
    offset: float = Field(default=5.0, gt=0)
    """The mean by the RMS from which on an offset is noted."""


def amplitude_doubts(
    label: str,
    figures: Figures,
    unit: str,
    *,
    role: str = "",
    is_mains: bool = False,
    limits: UnitLimits | None = None,
) -> tuple[Finding, ...]:
    """Find amplitudes that cannot be EMG in volts, counts given as volts, and a large offset.

    The range is our own, wide enough for every raw surface EMG seen; published rest values lie between 1 and 15 uV.
    With `is_mains` the amplitude is that of the mains and tells nothing about rest.
    """
    limits = limits or UnitLimits()
    if not figures.window_rms.size:
        return ()
    if unit == "V":
        found = _volts(label, figures, role, limits, is_mains=is_mains)
    elif unit == "unknown":
        found = _unstated(label, figures, limits)
    else:
        found = ()
    return (*found, *_offset(label, figures, unit, limits))


def _volts(label: str, figures: Figures, role: str, limits: UnitLimits, *, is_mains: bool) -> tuple[Finding, ...]:
    rms, quietest = figures.rms * 1e6, float(np.min(figures.window_rms)) * 1e6
    steady = limits.rest_largest if role == "rest" else limits.steady
    if rms > limits.largest or (quietest > steady and not is_mains):
        return (_counts(label, figures) or _unit(label, figures.rms, "large", "smaller"),)
    is_weak = role == "mvic" and rms < limits.mvic_smallest and has_muscle_shape(figures)
    if rms < limits.smallest or quietest < limits.quietest or is_weak:
        seen = quietest if quietest < limits.quietest <= limits.smallest <= rms and not is_weak else rms
        return (_unit(label, seen * 1e-6, "small", "larger"),)
    if quietest > limits.never_quiet and not is_mains:
        reason = (
            f"the quietest half second of '{label}' has {quietest:.3g} uV RMS, more than a muscle at rest; "
            "the muscle never rested, the signal is noisy, or the unit is wrong"
        )
        remedy = "look at the signal; state the unit if it is wrong"
        return (make_finding("never_quiet", "note", reason, remedy, channel=label, value=quietest * 1e-6, unit="V"),)
    return ()


def has_muscle_shape(figures: Figures) -> bool:
    """Say whether the spectrum falls toward high frequencies as that of muscles does, and white noise does not.

    The median density is compared, so that a few lines of mains do not count. False where the rate is too low to tell.
    """
    low, high = _density(figures, 60.0, 150.0), _density(figures, 250.0, 400.0)
    return 0.0 < high < MUSCLE_SHAPE * low


def _density(figures: Figures, low: float, high: float) -> float:
    chosen = figures.density[(figures.frequencies >= low) & (figures.frequencies < high)]
    return float(np.median(chosen)) if chosen.size else 0.0


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
    return USUAL_RMS <= rms <= UnitLimits().largest * 1e-6


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


def _unstated(label: str, figures: Figures, limits: UnitLimits) -> tuple[Finding, ...]:
    if _whole_numbers(figures.finite, 1.0):
        reason = f"all values of '{label}' are whole numbers; they are probably the converter's counts"
        remedy = "export the signal in volts, or state how counts become volts"
        return (make_finding("counts_suspected", "note", reason, remedy, channel=label, value=figures.rms),)
    rms, quietest = figures.rms, float(np.min(figures.window_rms))
    fitting = [
        name for name, size in _UNITS
        if _is_plausible(rms * size) and limits.quietest <= quietest * size * 1e6 <= limits.never_quiet
    ]  # fmt: skip
    if len(fitting) != 1:
        return ()
    reason = f"the unit of '{label}' is not stated; its amplitude (RMS {rms:.3g}) would fit {fitting[0]}"
    remedy = f"state `unit: {fitting[0]}` for this channel if the device's manual agrees"
    return (make_finding("unit_suspected", "note", reason, remedy, channel=label, value=rms),)


def _offset(label: str, figures: Figures, unit: str, limits: UnitLimits) -> tuple[Finding, ...]:
    if abs(figures.mean) <= limits.offset * figures.rms or figures.rms == 0.0:
        return ()
    shown = "" if unit == "unknown" else f" {unit}"
    reason = f"'{label}' lies around {figures.mean:.4g}{shown}, {abs(figures.mean) / figures.rms:.3g} times its RMS"
    remedy = "the high-pass or a `dc_offset` step takes it away; a drifting offset means a loose electrode"
    found = make_finding("dc_offset", "note", reason, remedy, channel=label, value=figures.mean, unit=shown.strip())
    return (found,)
