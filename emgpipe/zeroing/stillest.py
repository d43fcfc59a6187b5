"""The stretch of a calibration trial in which the participant kept stillest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Signal

_TURN = 360.0


@dataclass(frozen=True, slots=True)
class Still:
    """The stillest stretch of one channel in one calibration trial; `start` and `stop` in s of the trial's clock.

    `value` (its median) and `extent` (its range) are in the channel's unit.
    """

    trial: str
    signal: Signal
    start: float
    stop: float
    value: float
    extent: float


def find_still(trial: str, signal: Signal, span: slice, window: float) -> Still | None:
    """Find the `window` seconds of a signal with the smallest range among the samples of `span`.

    Returns
    -------
    Still or None
        None: there are not so many samples without a gap.
    """
    values = signal.raw[span]
    there = values[np.isfinite(values)]
    if there.size == 0:
        return None
    values = there[0] + short_way(signal, values - there[0])  # a pose beside 180 degrees must not jump to -180
    length = max(round(window * signal.sampling_rate), 1)
    found = stillest_stretch(values, length)
    if found is None:
        return None
    first, extent = found
    start = signal.start + (span.start + first) / signal.sampling_rate
    middle = float(np.median(values[first : first + length]))
    return Still(trial, signal, start, start + length / signal.sampling_rate, middle, extent)


def stillest_stretch(values: NDArray[np.float64], length: int) -> tuple[int, float] | None:
    """Return the first sample and the range of the `length` samples with the smallest range, none of them missing.

    Parameters
    ----------
    values : array, shape (n_samples,)
        NaN where missing.
    length : int
        1 or more.

    Returns
    -------
    (int, float) or None
        The first of equals; None where there are not `length` samples without a gap.
    """
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    if values.size < length:
        return None
    there = np.isfinite(values)
    highest = maximum_filter1d(np.where(there, values, np.inf), length)
    lowest = minimum_filter1d(np.where(there, values, -np.inf), length)
    first = length // 2  # the filters look `length // 2` samples back
    extent = (highest - lowest)[first : first + values.size - length + 1]
    best = int(np.argmin(extent))
    return (best, float(extent[best])) if np.isfinite(extent[best]) else None


def short_way(signal: Signal, differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return differences of angles in degrees the short way round, -180 to 180; other quantities as they are."""
    if signal.kind != "angle" or signal.unit != "deg":
        return differences
    return differences - _TURN * np.round(differences / _TURN)
