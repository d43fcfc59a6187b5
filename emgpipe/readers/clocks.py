"""A sampling rate from time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPOCH = 1e6
"""Time stamps beyond this many seconds (11 days) count from some date and not from the start of the recording."""

JITTER = 0.01
"""More long steps than this share (and than five) are no gaps: the stamps came in packets, only their span counts."""


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
    """

    sampling_rate: float
    start: float
    n_samples: int
    gaps: int = 0
    missing: float = 0.0
    backward: int = 0


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
    times = stamps[known] * seconds
    steps = np.diff(times) / np.diff(known)
    expected = _usual_step(times, steps, known)
    if expected <= 0:
        return None
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
    return Clock(
        _clean(counts / span), float(times[0]), int(known[-1]) + 1, int(gap.sum()), missing, int(backward.sum())
    )


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


def _usual_step(times: NDArray[np.float64], steps: NDArray[np.float64], known: NDArray[np.intp]) -> float:
    if (steps == 0).any() and (steps >= 0).all():  # printed too coarsely to tell neighbors apart
        return float((times[-1] - times[0]) / (known[-1] - known[0]))
    positive = steps[steps > 0]
    return float(np.median(positive)) if positive.size >= 0.9 * steps.size else 0.0


def _clean(rate: float) -> float:
    """Take off the rounding of binary floating point (999.9999999999), never more."""
    return float(f"{rate:.12g}")
