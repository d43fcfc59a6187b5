"""A sampling rate from time stamps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCH = 1e6
"""Time stamps beyond this many seconds (11 days) count from some date and not from the start of the recording."""

JITTER = 0.01
"""More long steps than this share (and than five) are no gaps: the stamps came in packets, only their span counts."""


SAME = 0.02
"""Steps that differ by less than this part of a step are alike."""


LONG, RISING = 50, 0.2
"""A signal does not rise for so many samples; with printed stamps, so many of them differ from the one before."""
SHARED = 20.0
"""From so many samples with one stamp on, the changes of the stamp show the rate better than a straight line."""
FEW = 2
"""So few odd steps cannot show that a clock is a little slow."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a column of time stamps says.

    Attributes
    ----------
    sampling_rate : float
        In Hz; (n - 1) / (last - first) over the parts without gaps.
    start : float
        First time stamp in s.
    n_samples : int
        Time stamps up to the last one.
    gaps : int
        Steps longer than 1.5 times the usual one.
    missing : float
        Time lost in gaps, in s.
    backward : int
        Steps that go back in time.
    irregular : float
        Share of steps that are off by half or more; coarse printing alone does not count.
    resolution : float
        How finely the stamps are printed, in s; 0 where they do not show it.
    uncertainty : float
        Relative uncertainty of the rate where many samples share one stamp; 0 elsewhere.
    first : int
        Row of the first time stamp; `start` is the time of row 0.
    missing_stamps : int
        Rows without a time stamp before the last one.
    """

    sampling_rate: float
    start: float
    n_samples: int
    gaps: int = 0
    missing: float = 0.0
    backward: int = 0
    irregular: float = 0.0
    resolution: float = 0.0
    uncertainty: float = 0.0
    first: int = 0
    missing_stamps: int = 0


def read_clock(stamps: NDArray[np.float64], seconds: float) -> Clock | None:
    """Derive a clock; None if the stamps do not increase.

    Parameters
    ----------
    stamps : array, shape (n_rows,)
        NaN where there is none.
    seconds : float
        How many seconds one unit of the stamps is.
    """
    known = np.flatnonzero(np.isfinite(stamps))
    if known.size < 2:
        return None
    clock = _clock(stamps, known, seconds)
    if clock is None or not np.isfinite(clock.sampling_rate) or clock.sampling_rate <= 0:
        return None
    first = int(known[0])
    return replace(
        clock, start=clock.start - first / clock.sampling_rate if first else clock.start, first=first,
        missing_stamps=clock.n_samples - known.size,
    )  # fmt: skip


def _clock(stamps: NDArray[np.float64], known: NDArray[np.intp], seconds: float) -> Clock | None:
    start, n_samples = float(stamps[known[0]] * seconds), int(known[-1]) + 1
    times = (stamps[known] - stamps[known[0]]) * seconds  # small numbers: stamps may count from 1970
    steps = np.diff(times) / np.diff(known)
    expected = _usual_step(steps)
    if expected <= 0:
        return None
    resolution = _resolution(steps, expected)
    if resolution >= SHARED * expected:
        return _from_changes(times, known, Clock(0.0, start, n_samples, resolution=resolution))
    if resolution and not _lost_few(steps, expected, resolution) and _is_steady(times, known, resolution):
        return Clock(_clean(_slope(times, known)), start, n_samples, resolution=resolution)
    coarse = float(steps[steps > 0].min()) if (steps == 0).any() else 0.0
    gap = steps > 1.5 * expected + coarse * 1.01
    backward = steps < 0
    if gap.sum() > max(5, JITTER * gap.size):
        gap[:] = False
    regular = ~(gap | backward)
    counts = np.diff(known)[regular].sum()
    span = (steps * np.diff(known))[regular].sum()
    if counts == 0 or span <= 0:
        return None
    missing = float(((steps[gap] - expected) * np.diff(known)[gap]).sum())
    breaks = np.flatnonzero(~regular) + 1
    rate = _slope(times, known, breaks) if coarse else counts / span
    irregular = 0.0 if coarse else float((np.abs(steps - expected) >= 0.5 * expected).mean())
    return Clock(
        _clean(rate), start, n_samples, int(gap.sum()), missing, int(backward.sum()), irregular, resolution
    )  # fmt: skip


def _from_changes(times: NDArray[np.float64], known: NDArray[np.intp], clock: Clock) -> Clock | None:
    """Derive the rate where many samples share one stamp: from the whole spans between two changes of the stamp.

    The first and the last span may be cut, so that they do not count.
    """
    changes = np.flatnonzero(np.diff(times) > 0) + 1
    backward = int((np.diff(times) < 0).sum())
    spans = np.diff(times[changes])
    if spans.size == 0:
        return None
    rows = np.diff(known[changes])
    usual = float(np.median(spans))
    whole = np.abs(spans - usual) <= SAME * usual
    counted = rows[whole]
    # Samples are spread evenly, so that each border of a span lies within one of them; scatter says more.
    typical = float(np.median(counted))
    odd = float((np.abs(counted - typical) > np.maximum(2.0, 0.05 * typical)).mean())
    uncertainty = max(1.0, float(np.ptp(counted)) / np.sqrt(counted.size)) / float(counted.sum())
    gaps = spans > 1.5 * usual
    fitted = _slope(times[changes], known[changes], np.flatnonzero(~whole) + 1)
    rate = _clean(fitted if np.isfinite(fitted) else float(counted.sum() / spans[whole].sum()))
    missing = float((spans[gaps] - usual).sum())
    return replace(
        clock, sampling_rate=rate, gaps=int(gaps.sum()), missing=missing, backward=backward, irregular=odd,
        uncertainty=uncertainty,
    )  # fmt: skip


def looks_uniform(column: NDArray[np.float64]) -> bool:
    """Say whether a column without a telling label can only be time: it increases in steps that are all alike."""
    known = column[np.isfinite(column)]
    if known.size < 3 or known.size < column.size - np.isnan(column[known.size :]).sum():
        return False
    steps = np.diff(known)
    if (steps <= 0).any():
        return False
    usual = float(np.median(steps))
    return bool((np.abs(steps - usual) <= 0.1 * usual).mean() >= 0.99)


def never_falls(column: NDArray[np.float64]) -> bool:
    """Say whether a column that nothing names can only be time: it goes up all the way through the file."""
    steps = np.diff(column[np.isfinite(column)])
    return steps.size >= LONG and bool((steps >= 0).all()) and bool((steps > 0).mean() >= RISING)


def _usual_step(steps: NDArray[np.float64]) -> float:
    forward = steps[steps >= 0]
    if forward.size < 0.9 * steps.size:
        return 0.0
    # Neighbors that are printed alike cannot be told apart: the mean step is left.
    return float(forward.mean() if (forward == 0).any() else np.median(forward))


def _resolution(steps: NDArray[np.float64], expected: float) -> float:
    """Return how finely stamps are printed: their steps are multiples of it. 0 where all steps are alike."""
    different = np.unique(np.round(steps[steps >= 0] / expected, 3))
    apart = np.diff(different, prepend=0.0)
    apart = apart[apart > SAME]
    return float(apart.min()) * expected if apart.size > 1 or different[0] == 0 else 0.0


def _lost_few(steps: NDArray[np.float64], expected: float, resolution: float) -> bool:
    """Say whether all steps are one unit of the printed stamps but for one or two that are twice as long.

    A clock of 999.8 Hz printed to the millisecond looks the same once; that samples were lost is likelier, and said.
    """
    if abs(resolution / expected - 1.0) > SAME:
        return False
    odd = np.abs(steps / expected - 1.0) > SAME
    return 0 < int(odd.sum()) <= FEW and bool((steps[odd] > expected).all())


def _is_steady(times: NDArray[np.float64], known: NDArray[np.intp], resolution: float) -> bool:
    """Say whether rounding alone explains uneven steps: all stamps lie within it of a straight line."""
    rate = _slope(times, known)
    if not np.isfinite(rate) or rate <= 0:
        return False
    seen = float(np.ptp(times - known / rate))
    if seen <= resolution or seen > 2.0 * resolution:
        return seen <= resolution
    # The fitted line is not quite the one the stamps were rounded from: a few rare jumps tilt it.
    return _narrowest(times, known, 1.0 / rate, resolution) <= (1.0 + SAME) * resolution


def _narrowest(times: NDArray[np.float64], known: NDArray[np.intp], period: float, resolution: float) -> float:
    """Return the width of the narrowest straight band that holds all stamps; it is convex in the slope."""
    reach = 2.0 * resolution / float(known[-1] - known[0])
    low, high = period - reach, period + reach
    for _ in range(24):
        left, right = low + (high - low) / 3.0, high - (high - low) / 3.0
        if float(np.ptp(times - known * left)) < float(np.ptp(times - known * right)):
            high = right
        else:
            low = left
    return float(np.ptp(times - known * (0.5 * (low + high))))


def _slope(times: NDArray[np.float64], known: NDArray[np.intp], breaks: NDArray[np.intp] | None = None) -> float:
    """Return samples per second by a straight line through all stamps, one in each stretch between `breaks`."""
    products = squares = 0.0
    pieces = np.empty(0, dtype=np.intp) if breaks is None else breaks
    for stretch, indices in zip(np.split(times, pieces), np.split(known, pieces), strict=True):
        place = indices - indices.mean()
        products += float(place @ (stretch - stretch.mean()))
        squares += float(place @ place)
    return squares / products if products > 0 else float("nan")


def _clean(rate: float) -> float:
    """Take off the rounding of binary floating point (999.9999999999), never more."""
    return float(f"{rate:.12g}")
