"""Whether a course of values steps or drifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST: Final = 3
"""Values; with two, a step cannot be told from a drift."""


def step_in(values: NDArray[np.float64]) -> tuple[int, float] | None:
    """Return where the values step and by how much, if a step tells them better than a slope.

    The change from one to the next must exceed twice what they differ on either side.
    """
    best = max(range(1, values.size), key=lambda place: _gain(values, place))
    before, after = values[:best], values[best:]
    size = float(after.mean() - before.mean())
    left = float(max(np.ptp(before), np.ptp(after)))
    if left > abs(size) / 2 or _left_of_step(before, after) > _left_of_slope(values):
        return None
    return best, size


def _gain(values: NDArray[np.float64], place: int) -> float:
    before, after = values[:place], values[place:]
    return before.size * after.size * float(after.mean() - before.mean()) ** 2


def _left_of_step(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    return float(np.sum((before - before.mean()) ** 2) + np.sum((after - after.mean()) ** 2))


def _left_of_slope(values: NDArray[np.float64]) -> float:
    if values.size < FEWEST:
        return np.inf
    place = np.arange(values.size) - (values.size - 1) / 2
    centered = values - values.mean()
    return float(np.sum((centered - place * (place @ centered) / (place @ place)) ** 2))
