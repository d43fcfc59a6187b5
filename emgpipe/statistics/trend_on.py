"""An outcome against a number every participant brings, such as training age: slope and rank correlation."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.log_ratio import CONFIDENCE
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES
from emgpipe.statistics.two_groups import NO_P, Relabeled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Slope:
    """Least-squares slope per unit of x, its 95 % t interval by n - 2 degrees of freedom; NaN where there is none."""

    slope: float
    low: float
    high: float
    t: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's rho (midranks for ties) and its two-sided permutation p."""

    rho: float
    p: Relabeled


def slope_on(x: NDArray[np.float64], y: NDArray[np.float64]) -> Slope:
    """Return the slope of `y` on `x`.

    Parameters
    ----------
    x, y : array, shape (n_participants,)
        Finite.
    """
    from scipy.special import stdtr, stdtrit

    n = x.size
    if n < 2 or _flat(x):
        return Slope(math.nan, math.nan, math.nan, math.nan, max(n - 2, 0), math.nan)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    residual = float(((dy - slope * dx) ** 2).sum())
    if n < 3 or residual <= _ROUNDING**2 * max(float(dy @ dy), float(y @ y) * _ROUNDING):
        return Slope(slope, math.nan, math.nan, math.nan, n - 2, math.nan)
    error = math.sqrt(residual / (n - 2) / float(dx @ dx))
    half = float(stdtrit(n - 2, (1 + CONFIDENCE) / 2)) * error
    t = slope / error
    return Slope(slope, slope - half, slope + half, t, n - 2, 2 * float(stdtr(n - 2, -abs(t))))


def spearman(
    x: NDArray[np.float64], y: NDArray[np.float64], resamples: int = DEFAULT_RESAMPLES, seed: int = 0
) -> RankCorrelation:
    """Return Spearman's rank correlation; p over all orders of the participants, or seeded random ones.

    Parameters
    ----------
    x, y : array, shape (n_participants,)
        Finite.
    """
    if x.size < 3 or _flat(x) or _flat(y):
        return RankCorrelation(math.nan, NO_P)
    first, second = (_standard_ranks(values) for values in (x, y))
    exact = math.factorial(min(x.size, 20)) <= resamples
    if exact:
        orders = np.array(list(itertools.permutations(range(x.size))))
    else:
        orders = np.random.default_rng(seed).permuted(np.tile(np.arange(x.size), (resamples, 1)), axis=1)
        orders[0] = np.arange(x.size)
    rhos = second[orders] @ first
    p = float(np.mean(np.abs(rhos) >= abs(rhos[0]) - _ROUNDING))
    return RankCorrelation(float(rhos[0]), Relabeled(p, exact, len(orders)))


def _standard_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return midranks, centered, of length 1."""
    ordered = np.sort(values)
    ranks = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2
    ranks = ranks - ranks.mean()
    return np.asarray(ranks / np.sqrt(ranks @ ranks), dtype=np.float64)


def _flat(values: NDArray[np.float64]) -> bool:
    return bool(np.ptp(values) <= _ROUNDING * np.abs(values).max())
