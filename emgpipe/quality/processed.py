"""Signs of earlier processing: rectified, an envelope, or filtered to a narrower band than the rate allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, make_finding
from emgpipe.quality.mains import hum_of
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

ENVELOPE_EDGE: Final = 20.0
"""Hz: EMG has most of its power above, an envelope nearly all below."""
STEEP_RATIO: Final = 1.5
"""Power of 50 to 150 Hz by power of 20 to 50 Hz: white noise has 3.3, raw EMG more, a moving average less than 0.5."""
NEGATIVE_SHARE: Final = 0.1
SLOW_SHARE: Final = 0.99
SLOW_RATIO: Final = 0.5
"""Of an envelope whose mean was removed: power below the edge, and the ratio above; stricter, as its sign says less."""
EDGE_WIDTH: Final = 0.05
EDGE_SHARE: Final = 0.02
"""In standard deviations from the lowest value, and the share of samples there that only a folded signal has."""
MAINS_SHARE: Final = 0.5
"""Of the power: a mains wave ends as sharply as a folded signal."""
OVERSHOOT: Final = 0.2
"""A low-pass that overshoots leaves a few envelope samples just below zero."""
UPPER_EDGES: Final = (60.0, 1000.0)
LOWER_EDGES: Final = (8.0, 80.0)


class ProcessedLimits(Settings):
    """From where on a signal looks processed."""

    folded_below: float = Field(default=2.0, gt=0)
    """Mean by standard deviation below which a signal without negative values looks rectified; a rectified normal
    signal has 1.32, bursts make it smaller, an offset larger."""
    slow_above: float = Field(default=0.9, gt=0, le=1)
    """Share of the power below 20 Hz above which a signal without negative values looks like an envelope."""
    steepness: float = Field(default=20.0, gt=0)
    """dB that the spectrum loses within half an octave (upper edge) or one octave (lower edge) at the edge of a
    filter; muscle and electrodes alone lose less than 8."""


def processed_doubts(
    label: str, figures: Figures, *, is_clipped: bool = False, limits: ProcessedLimits | None = None
) -> tuple[Finding, ...]:
    """Find signs of earlier processing: at most one of envelope and rectified, else the edges of a filter.

    A signal that `is_clipped` piles up at its lowest value as a rectified one does after its mean was removed.
    """
    limits = limits or ProcessedLimits()
    if not figures.frequencies.size:
        return ()
    if _is_envelope(figures, limits):
        reason = (
            f"'{label}' is hardly ever negative and slower than {ENVELOPE_EDGE:g} Hz: "
            "it looks like an envelope, or is no EMG"
        )
        return (make_finding("looks_enveloped", "warn", reason, _RAW, channel=label),)
    if _is_centered_envelope(figures):
        reason = (
            f"'{label}' is slower than {ENVELOPE_EDGE:g} Hz: "
            "it looks like an envelope with its mean removed, or is no EMG"
        )
        return (make_finding("looks_enveloped", "warn", reason, _RAW, channel=label),)
    if not is_clipped and _is_centered_rectified(figures, limits) and hum_of(figures).share < MAINS_SHARE:
        reason = f"'{label}' is folded at its lowest value: it looks rectified, with its mean removed afterwards"
        return (make_finding("looks_rectified", "warn", reason, _RAW, channel=label),)
    if _is_rectified(figures, limits):
        reason = f"'{label}' has no negative values, distributed like a rectified signal: it looks rectified"
        return (make_finding("looks_rectified", "warn", reason, _RAW, channel=label),)
    return _filtered(label, filter_edges(figures, limits))


_RAW = "use the raw channel if the recording or the device has it; otherwise say in the report what was done before"


def _is_envelope(figures: Figures, limits: ProcessedLimits) -> bool:
    if figures.frequencies[-1] < ENVELOPE_EDGE or not _is_positive(figures):
        return False
    total = figures.power(0.0, np.inf)
    is_slow = figures.power(0.0, ENVELOPE_EDGE) > limits.slow_above * total
    # A raw signal on a large, drifting offset is slow and positive as well; but above 20 Hz it has the shape of EMG.
    is_steep = figures.power(50.0, 150.0) < STEEP_RATIO * figures.power(ENVELOPE_EDGE, 50.0)
    return bool(is_slow and (is_steep or figures.frequencies[-1] < 150.0))


def _is_positive(figures: Figures) -> bool:
    """Say whether nearly all values are above zero, the others just below it."""
    finite = figures.finite
    return bool(np.mean(finite < 0) <= NEGATIVE_SHARE and -np.min(finite) < OVERSHOOT * np.max(finite))


def _is_rectified(figures: Figures, limits: ProcessedLimits) -> bool:
    finite = figures.finite
    spread = float(np.std(finite))
    low = float(np.min(finite))
    return 0.0 <= low < 0.1 * spread and figures.mean < limits.folded_below * spread


def _is_centered_envelope(figures: Figures) -> bool:
    if figures.frequencies[-1] < 150.0:
        return False
    is_slow = figures.power(0.0, ENVELOPE_EDGE) > SLOW_SHARE * figures.power(0.0, np.inf)
    return bool(is_slow and figures.power(50.0, 150.0) < SLOW_RATIO * figures.power(ENVELOPE_EDGE, 50.0))


def _is_centered_rectified(figures: Figures, limits: ProcessedLimits) -> bool:
    """Say whether the values end sharply at the lowest, many just above it, and run out slowly to the other side."""
    finite, low, high = figures.finite, float(np.min(figures.finite)), float(np.max(figures.finite))
    spread = float(np.std(finite))
    fold = limits.folded_below * spread
    if low >= 0.0 or figures.mean - low > fold or high - figures.mean < fold:
        return False
    return bool(np.mean(finite - low < EDGE_WIDTH * spread) > EDGE_SHARE)


def filter_edges(figures: Figures, limits: ProcessedLimits | None = None) -> tuple[float | None, float | None]:
    """Return the frequencies (Hz) below and above which the spectrum falls off a cliff; None where it does not."""
    if not figures.frequencies.size:
        return None, None
    steepness = (limits or ProcessedLimits()).steepness
    return _lower_edge(figures, steepness), _upper_edge(figures, steepness)


def _filtered(label: str, edges: tuple[float | None, float | None]) -> tuple[Finding, ...]:
    low, high = edges
    if low is None and high is None:
        return ()
    between = " and ".join(
        part
        for part in (f"above about {high:.0f} Hz" if high else "", f"below about {low:.0f} Hz" if low else "")
        if part
    )
    reason = f"'{label}' has almost no power {between}: it looks filtered before"
    remedy = "good to know: a band-pass wider than this changes nothing; the device or its software may have filtered"
    return (make_finding("looks_filtered", "note", reason, remedy, channel=label, value=high or low, unit="Hz"),)


def _upper_edge(figures: Figures, steepness: float) -> float | None:
    """Return the frequency above which the spectrum falls off a cliff and stays down."""
    last = 0.95 * float(figures.frequencies[-1])
    floor = _level(figures, 20.0, 400.0) - steepness
    for edge in _steps(UPPER_EDGES[0], min(UPPER_EDGES[1], last / 2**0.75)):
        kept, lost = _level(figures, edge / 2**0.25, edge), _level(figures, edge * 2**0.5, edge * 2**0.75)
        is_cliff = kept > floor and kept - lost > steepness
        if is_cliff and kept - _level(figures, edge * 2**0.5, last) > steepness:
            return edge * 2**0.25  # between what is kept and what is lost; within a quarter for Butterworth filters
    return None


def _lower_edge(figures: Figures, steepness: float) -> float | None:
    """Return the frequency below which the spectrum falls off a cliff."""
    if figures.frequencies[1] > 1.0:
        return None
    floor = _level(figures, 20.0, 400.0) - steepness / 2
    drops: list[tuple[float, float]] = []
    last = 0.95 * float(figures.frequencies[-1])
    for edge in _steps(LOWER_EDGES[0], min(LOWER_EDGES[1], last / 2**1.5)):  # an octave that is kept must be seen
        kept, lost = _level(figures, edge, edge * 2**0.5), _level(figures, edge / 4, edge / 2)
        if kept - lost > steepness and kept > floor:
            drops.append((kept - lost, edge))
    return max(drops)[1] * 2**0.25 if drops else None


def _steps(first: float, last: float) -> list[float]:
    """Return frequencies an eighth of an octave apart."""
    count = int(8 * np.log2(last / first)) if last > first else -1
    return [first * 2 ** (step / 8) for step in range(count + 1)]


def _level(figures: Figures, low: float, high: float) -> float:
    """Return the median density between two frequencies in dB; the median, so that mains hum does not count."""
    first, stop = figures.frequencies.searchsorted((low, high))
    chosen: NDArray[np.float64] = np.sort(figures.density[first:stop])
    value = float(chosen[(chosen.size - 1) // 2] + chosen[chosen.size // 2]) / 2 if chosen.size else 0.0
    return 10.0 * float(np.log10(value)) if value > 0 else -400.0
