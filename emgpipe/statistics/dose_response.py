"""How one participant's scores follow a dose: line and parabola by least squares, each block on its own height.

First stage of the two-stage analysis of repeated measures (summary measures: Matthews and others 1990, BMJ 300:230);
the second is `emgpipe.statistics.slopes.mean_test` over the participants' own numbers. A *block* is what scores are
comparable in, such as a session.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.slopes import least_squares_slope

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING: Final = 1e-12
"""Scores nearer than this, relative to their size, are equal: a slope must not be made of rounding."""


@dataclass(frozen=True, slots=True)
class OwnDose:
    """One participant's dose and response.

    Attributes
    ----------
    positions : int
        Doses that are apart from each other.
    lowest, highest : float
        Of the doses.
    slope : float
        Of the score per unit of dose; NaN where the blocks hold one dose each.
    linear, curvature : float
        Score = height + linear * dose + curvature * dose**2; NaN with too few positions.
    """

    positions: int
    lowest: float
    highest: float
    slope: float
    linear: float
    curvature: float

    @property
    def width(self) -> float:
        """From the lowest to the highest dose."""
        return self.highest - self.lowest

    @property
    def inner_highest(self) -> float:
        """The dose of the parabola's highest point if it lies between the participant's doses, else NaN."""
        return highest_inside(self.linear, self.curvature, self.lowest, self.highest)


def own_dose(
    dose: NDArray[np.float64], score: NDArray[np.float64], block: NDArray[np.int64], apart: float, for_curve: int = 4
) -> OwnDose:
    """Fit one participant's line and, with enough positions, parabola.

    Parameters
    ----------
    dose, score : array, shape (n,)
        Finite. Blocks with one value say nothing about a slope and are left out.
    block : array of int64, shape (n,)
        Blocks of one participant, from 0.
    apart : float
        Doses nearer than this count as one position.
    for_curve : int
        Positions a parabola needs.
    """
    sizes = np.bincount(block, minlength=1)
    kept = sizes[block] > 1
    x, y, where = dose[kept], score[kept], block[kept]
    if not x.size:
        return OwnDose(count_positions(dose, apart), math.nan, math.nan, math.nan, math.nan, math.nan)
    positions = count_positions(x, apart)
    inside_x, inside_y = within_blocks(x, where), within_blocks(y, where)
    if np.abs(inside_y).max() <= _ROUNDING * max(1.0, float(np.abs(y).max())):
        inside_y = np.zeros(y.size)
    linear, curvature = _parabola(x, inside_y, where) if positions >= for_curve else (math.nan, math.nan)
    slope = least_squares_slope(inside_x, inside_y)
    return OwnDose(positions, float(x.min()), float(x.max()), slope, linear, curvature)


def count_positions(dose: NDArray[np.float64], apart: float) -> int:
    """Return how many doses, taken from the lowest upwards, are each at least so far above the one before."""
    count, last = 0, -math.inf
    for one in np.sort(dose):
        if one >= last + apart and one > last:
            count, last = count + 1, float(one)
    return count


def within_blocks(values: NDArray[np.float64], block: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return values minus the mean of their block."""
    sizes = np.bincount(block)
    means = np.bincount(block, weights=values) / np.maximum(sizes, 1)
    return np.asarray(values - means[block], dtype=np.float64)


def highest_inside(linear: float, curvature: float, low: float, high: float) -> float:
    """Return where linear * x + curvature * x**2 is highest if that is a peak between low and high, else NaN."""
    if not curvature < 0:
        return math.nan
    peak = -linear / (2 * curvature)
    return peak if low < peak < high else math.nan


def _parabola(x: NDArray[np.float64], centered: NDArray[np.float64], block: NDArray[np.int64]) -> tuple[float, float]:
    scale = float(np.abs(x).max())
    unit = x / scale
    design = np.column_stack((within_blocks(unit, block), within_blocks(unit**2, block)))
    found, _, rank, _ = np.linalg.lstsq(design, centered, rcond=None)
    if rank < 2:
        return math.nan, math.nan
    return float(found[0]) / scale, float(found[1]) / scale**2
