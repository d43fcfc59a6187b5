"""When a movement from one end to the other begins and ends, by its speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORE = 0.2
"""The search for both ends sets out where 20 % and 80 % of the way are done, so that a stall in between (the
sticking region of a heavy lift) does not end the movement."""
SLOPE_WINDOW = 0.2
"""Speed is the slope of a line over this share of the time the core takes: slow movements need a longer one,
because sensor noise is as large but their speed is small."""


def movement_bounds(values: NDArray[np.float64], sampling_rate: float, speed_fraction: float) -> tuple[float, float]:
    """Return where a rising movement begins and ends, as sample indices between samples.

    Parameters
    ----------
    values : array, shape (n,)
        From the valley (first sample) to the peak (last sample), pauses at either end included.
    sampling_rate : float
        In Hz.
    speed_fraction : float
        The movement lasts as long as its speed stays above this fraction of its peak.
    """
    way = values[-1] - values[0]
    core_first = int(np.flatnonzero(values <= values[0] + CORE * way)[-1])
    later = values[core_first:] >= values[0] + (1 - CORE) * way
    core_last = core_first + int(np.argmax(later))
    window = max(0.05 * sampling_rate, SLOPE_WINDOW * (core_last - core_first))
    speed = slope(values, max(1, round(window / 2)))
    limit = speed_fraction * float(speed[core_first : core_last + 1].max())
    begin = _crossing(speed[core_first::-1], limit)
    end = _crossing(speed[core_last:], limit)
    return core_first - begin, core_last + end


def slope(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Return the slope per sample of the least-squares line over 2 * half + 1 samples around each.

    Beyond the ends the record is continued by its point reflection, which keeps a straight line straight.
    """
    half = min(half, values.size - 1)
    before = 2 * values[0] - values[half:0:-1]
    after = 2 * values[-1] - values[-2 : -half - 2 : -1]
    offsets = np.arange(-half, half + 1)
    weights = offsets / float(np.sum(offsets**2))
    return np.asarray(np.correlate(np.concatenate((before, values, after)), weights, mode="valid"))


def _crossing(speed: NDArray[np.float64], limit: float) -> float:
    """Return how many samples pass, from the first on, until the speed falls to the limit."""
    below = np.flatnonzero(speed <= limit)
    if below.size == 0:
        return float(speed.size - 1)
    at = int(below[0])
    if at == 0:
        return 0.0
    above, under = float(speed[at - 1]), float(speed[at])
    return at - 1 + (above - limit) / (above - under)
