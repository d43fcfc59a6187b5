"""One set at a time: the slope over its repetitions, or over a hold, and the end against the beginning."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.statistics.slopes import least_squares_slope

if TYPE_CHECKING:
    from numpy.typing import NDArray

Over = Literal["repetitions", "hold"]
FEWEST: Final = 3
"""Repetitions below which a slope says nothing."""
_LEAST_OF_HOLD: Final = 0.5
"""Share of a hold's course that must be there."""


@dataclass(frozen=True, slots=True)
class Series:
    """What one set says about one outcome.

    Attributes
    ----------
    slope : float
        Per repetition or per second; of the logarithm where the outcome is an amplitude.
    percent : float
        The slope as percent per step: of the amplitude, or of the first value; NaN for values that have no zero.
    change : float
        The end against the beginning: a log ratio, or a difference where the outcome has no zero.
    course : array, shape (n_steps,)
        Values at `positions`: percent of the own mean, or difference from it.
    positions : array, shape (n_steps,)
        Repetition numbers, or percent of the hold.
    """

    slope: float
    percent: float
    change: float
    course: NDArray[np.float64]
    positions: NDArray[np.float64]


def usable(values: NDArray[np.float64], kind: str) -> NDArray[np.bool_]:
    """Say which values count: amplitudes and frequencies must be above 0."""
    there: NDArray[np.bool_] = np.isfinite(values)
    return there if kind == "raw" else there & (np.where(there, values, 0) > 0)


def over_repetitions(numbers: NDArray[np.float64], values: NDArray[np.float64], kind: str) -> Series | None:
    """Return the trend over the repetitions of a set; None under three usable ones with numbers of their own.

    Parameters
    ----------
    numbers, values : array, shape (n_repetitions,)
        Repetition numbers, and one value each.
    kind : {"log", "raw", "frequency"}
        Amplitudes, values without a zero (angles), frequencies.
    """
    there = usable(values, kind)
    if len(set(numbers[there].tolist())) < FEWEST:
        return None
    order = np.argsort(numbers[there], kind="stable")
    x, y = numbers[there][order], values[there][order]
    slope = least_squares_slope(x, np.log(y) if kind == "log" else y)
    percent = percent_of(slope) if kind == "log" else 100 * slope / float(y[0]) if kind == "frequency" else math.nan
    change = float(y[-1] - y[0]) if kind == "raw" else math.log(y[-1]) - math.log(y[0])
    return Series(slope, percent, change, _relative(y, kind), x)


def over_hold(course: NDArray[np.float64], duration: float, trim: float, kind: str) -> Series | None:
    """Return the trend over one hold; None where less than half of it is there.

    Parameters
    ----------
    course : array, shape (n_points,)
        At equal steps from 0 to 100 % of the hold.
    duration : float
        In s.
    trim : float
        Share left out at either end.
    kind : {"log", "raw"}
    """
    share = np.linspace(0, 1, course.size)
    inside = (share >= trim - 1e-9) & (share <= 1 - trim + 1e-9)
    there = usable(course, kind) & inside
    if not duration > 0 or np.count_nonzero(there) < _LEAST_OF_HOLD * np.count_nonzero(inside):
        return None
    x, y = share[there] * duration, course[there]
    slope = least_squares_slope(x, np.log(y) if kind == "log" else y)
    edges = np.linspace(trim, 1 - trim, 11)
    place = np.clip(np.searchsorted(edges, share[there], side="right") - 1, 0, 9)
    tenths = np.array([y[place == number].mean() if (place == number).any() else math.nan for number in range(10)])
    first, last = float(tenths[0]), float(tenths[-1])
    change = last - first if kind == "raw" else _log_ratio(last, first)
    percent = percent_of(slope) if kind == "log" else math.nan
    return Series(slope, percent, change, _relative(tenths, kind), 100 * (edges[:-1] + edges[1:]) / 2)


def percent_of(log: float) -> float:
    """Return the change in percent that a log difference stands for, kept finite."""
    return 100 * math.expm1(min(max(log, -700.0), 700.0)) if math.isfinite(log) else math.nan


def _log_ratio(last: float, first: float) -> float:
    return math.log(last) - math.log(first) if math.isfinite(last + first) else math.nan


def _relative(values: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """Return values as percent of their (geometric) mean, or as difference from their mean."""
    if kind == "raw":
        return np.asarray(values - np.nanmean(values))
    logs = np.log(values)
    return np.asarray(100 * np.exp(logs - np.nanmean(logs)))
