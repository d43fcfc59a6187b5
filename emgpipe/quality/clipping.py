"""Signals cut off at a rail: a value the signal reaches again and again and stays at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, Level, make_finding
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONG_PLATEAU: Final = 20
"""One plateau this long is enough."""
FEWEST_LEVELS: Final = 32
"""With fewer steps between smallest and largest value, equal neighbors are ordinary."""
MANY_HITS: Final = 10
MANY_LEVELS: Final = 256
"""In a signal of many levels the largest value occurs once or twice, unless it is the largest there can be."""
NEAR: Final = 0.0025
BESIDE: Final = 0.0125
"""Shares of the span from a rail: where a rail with noise on it gathers its samples, and where it leaves few."""
GATHERED: Final = 2.0
"""Samples near a noisy rail by those beside it; where signals run out on their own it is below one."""
FAR: Final = 1.5
FAR_BOTH: Final = 1.05
"""Standard deviations from the mean to a noisy rail: a rectified signal gathers nearer, at its fold; where samples
gather at both ends it is not rectified, but may be a square wave."""
SPREAD: Final = 5.0
"""From the first sample near a noisy rail to the last, by their number; an artifact is one block."""
AT_RAIL: Final = 0.001
"""Share of a stated rail from which on a sample lies at it."""


class ClippingLimits(Settings):
    """From where on a signal is cut off."""

    shortest_plateau: int = Field(default=3, ge=2)
    """Samples in a row at the largest or smallest value that count as a plateau (common practice: 3)."""
    fewest_plateaus: int = Field(default=2, ge=1)
    """Plateaus that make a value a rail where the recording does not state one: a single flat top may be chance in a
    signal of few levels, the same value twice is a rail."""
    fail_above: float = Field(default=0.001, ge=0, le=1)
    """Share of the samples at the rail above which the amplitude should not be used: more than one in a thousand."""


def clipping(
    label: str, finite: NDArray[np.float64], unit: str, limits: ClippingLimits | None = None, rail: float | None = None
) -> tuple[Finding, ...]:
    """Find a signal cut off at its largest or smallest value, or at the rail the recording states.

    Parameters
    ----------
    label : str
    finite : array, shape (n_samples,)
        Samples without gaps.
    unit : str
        Of the samples; a smallest value of zero is a rail only for counts.
    limits : ClippingLimits, optional
    rail : float, optional
        The largest value, up and down, the recording says its converter can show, in V.

    Returns
    -------
    tuple of Finding
        At most one, ``clipped``; its value is the share of samples at the rail.
    """
    limits = limits or ClippingLimits()
    at, about = _stated(finite, rail if unit == "V" else None, limits), ""
    if not at:
        at, about = _seen(finite, unit, limits)
    if not at:
        return ()
    share = sum(at.values()) / finite.size
    level: Level = "fail" if share > limits.fail_above else "warn"
    size, unit = (1e6, "uV") if unit == "V" else (1.0, unit)
    reached = " and ".join(f"{size * rail:.4g}" for rail in at)
    shown = "" if unit == "unknown" else f" {unit}"
    reason = (
        f"'{label}' is cut off at {about}{reached}{shown}: {100 * share:.2g} % of its samples lie there; "
        "true amplitudes are larger"
    )
    remedy = "lower the gain for the next recording; leave this stretch or channel out"
    return (make_finding("clipped", level, reason, remedy, channel=label, value=share),)


def _stated(finite: NDArray[np.float64], rail: float | None, limits: ClippingLimits) -> dict[float, int]:
    """Return how many samples lie at the stated rail, by its sign; nothing where the signal shows another one."""
    if not rail or rail < 0.0:
        return {}
    low, high = float(np.min(finite)), float(np.max(finite))
    levels = _levels(finite, high - low)
    near = max(AT_RAIL * rail, 1.5 * (high - low) / levels) if levels else AT_RAIL * rail
    if max(high, -low) > rail + near or near > 0.02 * rail:  # a wrong statement, or too coarse to say
        return {}
    found: dict[float, int] = {}
    for value in (rail, -rail):
        lengths = _run_lengths(np.abs(finite - value) <= near)
        hits = int(np.sum(lengths))
        if np.any(lengths >= limits.shortest_plateau) or hits > max(limits.fail_above * finite.size, MANY_HITS):
            found[value] = hits
    return found


def _seen(finite: NDArray[np.float64], unit: str, limits: ClippingLimits) -> tuple[dict[float, int], str]:
    """Return the rails the signal shows with how many samples lie there, and "about" where there is noise on them."""
    low, high = float(np.min(finite)), float(np.max(finite))
    rails = [high] if low == 0.0 and unit != "counts" else [high, low]
    levels = _levels(finite, high - low)
    at = {rail: hits for rail in rails if (hits := _hits(finite == rail, levels, limits))}
    if at or levels < 2 / NEAR:
        return at, ""
    return _noisy(finite, rails, levels, limits), "about "


def _noisy(finite: NDArray[np.float64], rails: list[float], levels: float, limits: ClippingLimits) -> dict[float, int]:
    """Return the rails at whose level many samples gather without being equal, and how many."""
    found = {rail: hits for rail in rails if (hits := _gathered(finite, rail, levels, limits))}
    least = (FAR if len(found) < 2 else FAR_BOTH) * float(np.std(finite))
    mean = float(np.mean(finite))
    return {rail: hits for rail, hits in found.items() if abs(rail - mean) > least}


def _gathered(finite: NDArray[np.float64], rail: float, levels: float, limits: ClippingLimits) -> int:
    """Return how many samples lie near an end of the range, 0 where as many lie beside them or all are one block."""
    span, away = float(np.ptp(finite)), np.abs(finite - rail)
    near = away <= NEAR * span
    at = np.flatnonzero(near)
    n_beside = int(np.sum(away <= BESIDE * span)) - at.size
    is_rail = at.size >= GATHERED * n_beside and at[-1] - at[0] > SPREAD * at.size
    return _hits(near, levels, limits) if is_rail else 0


def _hits(at_rail: NDArray[np.bool_], levels: float, limits: ClippingLimits) -> int:
    """Return how many samples lie at a rail, 0 where they are too few to call it one."""
    lengths = _run_lengths(at_rail)
    hits = int(np.sum(lengths))
    plateaus = int(np.sum(lengths >= limits.shortest_plateau))
    has_plateaus = plateaus >= limits.fewest_plateaus or bool(np.any(lengths >= LONG_PLATEAU))
    is_rail = (has_plateaus and levels >= FEWEST_LEVELS) or (hits >= MANY_HITS and levels >= MANY_LEVELS)
    return hits if is_rail else 0


def _run_lengths(chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False])).astype(np.int8)))
    lengths: NDArray[np.intp] = edges[1::2] - edges[::2]
    return lengths


def _levels(finite: NDArray[np.float64], span: float) -> float:
    """Return how many of the smallest steps seen fit between smallest and largest value."""
    steps = np.abs(np.diff(finite[:20000]))
    steps = steps[steps > 1e-9 * span]
    return span / float(np.min(steps)) if steps.size else 0.0
