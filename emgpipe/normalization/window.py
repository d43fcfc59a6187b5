"""How good the window of an MVIC trial is: noise, clipping, spikes, steadiness, and whether it was held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.chain.moving import highest_mean, odd_window, window_sums
from emgpipe.chain.stretches import runs
from emgpipe.normalization.noise import CORRECTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.normalization.base import Candidate

HALF_SECOND: Final = 0.5
AROUND: Final = 1.0
"""Seconds around the best half second in which a maximum that was held is still there."""
NEAR_RAIL: Final = 0.001
"""How near the rail a sample must lie, as a share of the span of the window: that of the trial may be an artifact's."""
FEWEST_IN_A_ROW: Final = 3
FEWEST_STAYS: Final = 2
"""A rail is where the trial has at least so many samples in a row at an extreme value, at least so many times."""
OF_A_SPIKE: Final = 0.01
BESIDE: Final = 0.1
"""Seconds on either side of the largest sample that may be of the same spike, and in which it is compared."""
SHORTEST: Final = 16
"""Samples a window needs before its steadiness and crest mean anything."""


def window_figures(candidate: Candidate, first: int, last: int, *, contiguous: bool) -> dict[str, Any]:
    """Return the figures of `MvicAttempt` for the samples first..last of the candidate's span.

    Parameters
    ----------
    first, last : int
        Of the window, counted from the first sample of the span.
    contiguous : bool
        Whether the value was taken from all samples of the window.
    """
    signal = candidate.signal
    span = signal.span(candidate.start, candidate.stop)
    envelope = np.zeros(0) if signal.envelope is None else signal.envelope[span]
    rate = signal.sampling_rate
    best = highest_mean(envelope, HALF_SECOND, rate)
    middle = (first + last) // 2 if contiguous or best is None else (best[1] + best[2]) // 2
    variation, slope = _steadiness(envelope[first:last], rate) if contiguous else (None, None)
    return {
        "noise": _quietest(_as_recorded(candidate, envelope, span), rate),
        "clipped": _at_rail(signal.raw[span], first, last, candidate.acquisition.rail),
        "crest": None if signal.filtered is None else _crest(signal.filtered[span][first:last], rate),
        "variation": variation,
        "slope": slope,
        "held": _held(envelope, middle, rate),
        "missing": float(np.mean(~np.isfinite(envelope))) if envelope.size else None,
        "is_contiguous": contiguous,
    }


def _as_recorded(candidate: Candidate, envelope: NDArray[np.float64], span: slice) -> NDArray[np.float64]:
    """Return what tells the noise: the envelope, or the filtered signal where noise was taken from the envelope."""
    signal = candidate.signal
    if signal.filtered is None or not signal.chain_hash.endswith(CORRECTED):
        return envelope
    return signal.filtered[span]


def _quietest(envelope: NDArray[np.float64], rate: float) -> float | None:
    """Return the RMS of the quietest half second without gaps."""
    width = odd_window(HALF_SECOND, rate)
    if envelope.size < width:
        return None
    missing = ~np.isfinite(envelope)
    whole = window_sums(np.where(missing, 0.0, np.square(envelope)), width) / width
    if missing.any():
        whole = whole[window_sums(missing.astype(np.float64), width) < 0.5]
    return float(np.sqrt(max(float(whole.min()), 0.0))) if whole.size else None


def _at_rail(raw: NDArray[np.float64], first: int, last: int, rail: float | None) -> float | None:
    """Return the share of the window's samples at a rail: an extreme value of the trial at which the signal stays."""
    known = raw[np.isfinite(raw)]
    window = raw[first:last]
    if known.size < 2 or not window.size:
        return None
    low, high = float(known.min()), float(known.max())
    inside = window[np.isfinite(window)]
    near = NEAR_RAIL * float(np.ptp(inside)) if inside.size else 0.0
    if not 0.0 < near < np.inf:
        return 0.0
    at = np.abs(window) >= (1.0 - NEAR_RAIL) * rail if rail else np.zeros(window.size, dtype=bool)
    for is_near, is_near_in_window in (
        (raw >= high - near, window >= high - near),
        (raw <= low + near, window <= low + near),
    ):
        if _is_rail(is_near):
            at = at | is_near_in_window
    return float(np.mean(at))


def _is_rail(at: NDArray[np.bool_]) -> bool:
    """Tell whether a signal stays at an extreme value: every signal is there once, and a sine is there in passing."""
    stays = [one for one in runs(at) if one.stop - one.start >= FEWEST_IN_A_ROW]
    return len(stays) >= FEWEST_STAYS


def _crest(filtered: NDArray[np.float64], rate: float) -> float | None:
    """Return the largest magnitude by the RMS of the signal beside it, itself left out.

    Beside it and not of the whole window: a contraction in bursts has large samples where all are large.
    """
    size = np.abs(np.where(np.isfinite(filtered), filtered, 0.0))
    largest = float(size.max(initial=0.0))
    if size.size < SHORTEST or not 0.0 < largest < np.inf:
        return None
    place = np.arange(size.size) - int(np.argmax(size))
    away = np.abs(place) / rate
    beside = (
        size[(away > OF_A_SPIKE) & (away <= BESIDE) & np.isfinite(filtered)] / largest
    )  # volts squared can underflow
    power = float(np.mean(np.square(beside))) if beside.size >= SHORTEST else 0.0
    return None if power == 0.0 else 1.0 / float(np.sqrt(power))


def _steadiness(envelope: NDArray[np.float64], rate: float) -> tuple[float | None, float | None]:
    """Return the coefficient of variation, and the slope as a share of the mean per second."""
    known = np.isfinite(envelope)
    values = envelope[known]
    mean = float(np.mean(values)) if values.size >= SHORTEST else 0.0
    if not 0.0 < mean < np.inf:
        return None, None
    relative = values / mean - 1.0
    times = np.flatnonzero(known) / rate
    times = times - float(np.mean(times))
    slope = float(np.dot(times, relative) / np.dot(times, times))
    return float(np.sqrt(np.mean(np.square(relative)))), slope


def _held(envelope: NDArray[np.float64], middle: int, rate: float) -> float | None:
    """Return the highest mean of a second that contains the best half second, by the mean of that half second.

    A maximum reached only in passing, or a spike, is not there in the second around it.
    """
    half = odd_window(HALF_SECOND, rate) // 2
    first, last = max(middle - half, 0), min(middle + half + 1, envelope.size)
    inner = _mean(envelope[first:last])
    width = min(odd_window(AROUND, rate), envelope.size)
    near = envelope[max(last - width, 0) : first + width]
    outer = highest_mean(near, min(AROUND, (near.size - 1) / rate), rate)
    if inner is None or outer is None:
        return None
    return min(outer[0] / inner, 1.0)


def _mean(samples: NDArray[np.float64]) -> float | None:
    known = samples[np.isfinite(samples)]
    mean = float(np.mean(known)) if known.size else 0.0
    return mean if 0.0 < mean < np.inf else None
