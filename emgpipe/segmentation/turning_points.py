"""Where a movement turns round: peaks and valleys that differ by more than a threshold.

Comparing each value with the last extreme, and not with fixed levels, keeps the count right when the ends of the
movement drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMPLETE = 0.75
"""A movement cut off by an end of the record counts when it has this share of the way of its other half."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """Sample indices of a valley, the peak after it and the valley after that."""

    first: int
    top: int
    last: int


@dataclass(frozen=True, slots=True)
class Cycles:
    """The whole cycles in order, and the spans (indices) at either end that hold part of one."""

    whole: tuple[Cycle, ...]
    cut_off: tuple[tuple[int, int], ...] = ()


def find_cycles(values: NDArray[np.float64], threshold: float) -> Cycles:
    """Find valley-peak-valley cycles in which both ways are at least `threshold`.

    Parameters
    ----------
    values : array, shape (n,)
        Without NaN.
    threshold : float
        The least way between a valley and a peak, in the unit of `values`.
    """
    turns, begins_high = turning_points(values, threshold)
    if begins_high:
        turns = [0, *turns]  # the record begins on the way up or at the top
    cycles = [Cycle(*turns[at : at + 3]) for at in range(0, len(turns) - 2, 2)]
    cut_off = []
    if len(turns) >= 2 and len(turns) % 2 == 0:
        cut_off.append((turns[-2], values.size))  # went up and did not come back
    if cycles and _incomplete_end(values, cycles[-1]) and not cut_off:
        cut_off.append((cycles.pop().first, values.size))
    if cycles and _incomplete_start(values, cycles[0], threshold):
        cut_off.insert(0, (0, cycles.pop(0).last))
    return Cycles(tuple(cycles), tuple(cut_off))


def _incomplete_start(values: NDArray[np.float64], cycle: Cycle, threshold: float) -> bool:
    rise, fall = values[cycle.top] - values[cycle.first], values[cycle.top] - values[cycle.last]
    return bool(rise < max(COMPLETE * fall, threshold))


def _incomplete_end(values: NDArray[np.float64], cycle: Cycle) -> bool:
    rise, fall = values[cycle.top] - values[cycle.first], values[cycle.top] - values[cycle.last]
    return bool(fall < COMPLETE * rise)


def turning_points(values: NDArray[np.float64], threshold: float) -> tuple[list[int], bool]:
    """Return the indices of alternating valleys and peaks, and whether the first is a peak.

    The last index is the extreme reached after the last reversal, up to the end of the record. The list is empty
    when the values never move by `threshold`.
    """
    turns: list[int] = []
    low = high = 0
    rising: bool | None = None
    for index, value in enumerate(values.tolist()):
        if value > values[high]:
            high = index
        if value < values[low]:
            low = index
        if rising is not False and values[high] - value >= threshold:
            turns.append(high)
            rising, low = False, index
        elif rising is not True and value - values[low] >= threshold:
            turns.append(low)
            rising, high = True, index
    if rising is None:
        return [], False
    begins_high = rising == (len(turns) % 2 == 0)
    turns.append(high if rising else low)
    return turns, begins_high
