"""P values adjusted for the number of tests in their family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Correction = Literal["holm", "benjamini_hochberg", "none"]


def adjust(p_values: ArrayLike, correction: Correction = "holm") -> NDArray[np.float64]:
    """Return p values adjusted for the family they form.

    Parameters
    ----------
    p_values : array-like, shape (n_tests,)
        Those that are NaN are no tests: they stay NaN and are not counted.
    correction : {"holm", "benjamini_hochberg", "none"}

    Notes
    -----
    No adjusted value falls when one of the p values rises. So the adjusted values of the smallest p values that the
    tests of a family can reach are the smallest adjusted ones they can.
    """
    values = np.asarray(p_values, dtype=float)
    adjusted = values.copy()
    there = np.isfinite(values)
    if correction == "holm":
        adjusted[there] = _holm(values[there])
    elif correction == "benjamini_hochberg":
        adjusted[there] = _benjamini_hochberg(values[there])
    return adjusted


def _holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Step-down; controls the chance of any false rejection (Holm 1979, Scand J Stat 6:65)."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * np.arange(p_values.size, 0, -1))
    return _back(np.minimum(stepped, 1.0), order)


def _benjamini_hochberg(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Step-up; controls the false discovery rate (Benjamini and Hochberg 1995, J R Stat Soc B 57:289)."""
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * p_values.size / np.arange(1, p_values.size + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def _back(sorted_values: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    values = np.empty_like(sorted_values)
    values[order] = sorted_values
    return values
