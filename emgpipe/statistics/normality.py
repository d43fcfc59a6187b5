"""Whether numbers look normally distributed: Shapiro and Wilk's test (1965, Biometrika 52:591)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shapiro_wilk(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return W and p; NaN with fewer than three values or without a spread.

    Parameters
    ----------
    values : array, shape (n,)
        Without NaN.
    """
    if values.size < 3 or np.ptp(values) <= 1e-9 * np.abs(values).max():
        return math.nan, math.nan
    from scipy.stats import shapiro

    w, p = shapiro(values)
    return float(w), float(p)
