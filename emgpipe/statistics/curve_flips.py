"""One curve under sign flips: paired t at every point, the largest of them and the strongest cluster of every flip."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK: Final = 512
"""Flips at a time: a chunk of 101 points stays inside the processor's cache."""
_TIE: Final = 1e-9
_ALL_ALIKE: Final = 1e-12
"""Differences that are all the same have no spread and an infinite t: it is held at sqrt((n - 1) / 1e-12)."""


def t_quantile(n: int, alpha: float) -> float:
    """Return the |t| that n participants' differences pass with a two-sided chance of alpha."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 1 - alpha / 2))


def t_values(signs: NDArray[np.float64], differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the paired t, shape (n_flips, n_points); the sum of squares is the same under every flip.

    With r = (sum d)^2 / (n sum d^2), t^2 = (n - 1) r / (1 - r). Where all differences are zero, t is zero.
    """
    n = len(differences)
    largest = np.abs(differences).max(axis=0)
    scaled = differences / np.where(largest > 0, largest, 1.0)
    squares = n * np.sum(scaled**2, axis=0)
    sums = signs @ scaled
    share = np.minimum(sums**2 / np.where(squares > 0, squares, 1.0), 1.0)
    spread = np.maximum(1 - share, _ALL_ALIKE)
    return np.asarray(np.sign(sums) * np.sqrt((n - 1) * share / spread))


def null_of_flips(
    differences: NDArray[np.float64], signs: NDArray[np.float64], limit: float, edges: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest |t| and the strongest cluster of every flip.

    Parameters
    ----------
    edges : array of int
        Places before which points are missing, so that no cluster reaches across.
    """
    highest, strongest = np.empty(len(signs)), np.empty(len(signs))
    for start in range(0, len(signs), _CHUNK):
        t = t_values(signs[start : start + _CHUNK], differences)
        highest[start : start + _CHUNK] = np.abs(t).max(axis=1)
        strongest[start : start + _CHUNK] = _strongest(np.insert(t, edges, 0.0, axis=1), limit)
    return highest, strongest


def _strongest(t: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return the mass of the strongest cluster of each row; 0 where there is none."""
    side = np.zeros((t.shape[0], t.shape[1] + 1), dtype=np.int8)  # a column of zeros parts the rows
    side[:, :-1] = (t > limit).astype(np.int8) - (t < -limit)
    flat = side.ravel()
    starts = np.flatnonzero((flat != 0) & np.diff(flat, prepend=np.int8(0)).astype(bool))
    strongest = np.zeros(len(t))
    if starts.size:
        mass = np.zeros(side.shape)
        mass[:, :-1] = np.where(side[:, :-1] != 0, np.abs(t), 0.0)
        np.maximum.at(strongest, starts // side.shape[1], np.add.reduceat(mass.ravel(), starts))
    return strongest


def clusters_of(t: NDArray[np.float64], limit: float) -> Iterator[tuple[int, int, int, float]]:
    """Yield first, last, sign and mass of each cluster; NaN is outside."""
    with np.errstate(invalid="ignore"):
        side = (t > limit).astype(int) - (t < -limit).astype(int)
    for first, last in stretches(side):
        yield first, last, int(side[first]), float(np.abs(t[first : last + 1]).sum())


def stretches(labels: NDArray[np.int_] | NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of every run of equal labels that are not zero."""
    padded = np.concatenate(([0], np.asarray(labels, dtype=int), [0]))
    changes = np.flatnonzero(np.diff(padded))
    for first, after in pairwise(changes):
        if padded[first + 1] != 0:
            yield int(first), int(after) - 1


def share_at_least(null: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each value the share of the flips that reach it; equal within rounding counts as reached."""
    below = np.searchsorted(np.sort(null), values * (1 - _TIE), side="left")
    return np.asarray((null.size - below) / null.size)


def critical_t(highest: NDArray[np.float64], alpha: float) -> float:
    """Return the largest |t| of the flips that more than a share of alpha reaches; what lies above it counts."""
    ordered = np.sort(highest)
    counts = share_at_least(highest, ordered) <= alpha + 1e-12
    return float(ordered[~counts][-1]) if counts.any() else math.nan
