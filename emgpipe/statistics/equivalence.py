"""Equivalence of two levels within a margin: two one-sided t tests (Schuirmann 1987, J Pharmacokinet Biopharm 15:657).

A p value above .05 against zero does not show that two levels are the same; this does, within the margin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from emgpipe.statistics.paired_tests import PairedT, paired_t

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Verdict = Literal["different", "equivalent", "different but negligible", "undecided"]


@dataclass(frozen=True, slots=True)
class TwoOneSided:
    """Two one-sided t tests of paired differences against a lower and an upper bound.

    Attributes
    ----------
    difference : PairedT
        The test against zero and the interval that goes with it (1 - alpha).
    low, high : float
        The 1 - 2 alpha interval: it lies inside the bounds exactly where `p` is below alpha.
    p_low, p_high : float
        Against a mean at or below the lower bound; at or above the upper one.
    p : float
        The larger of the two: the test of equivalence.
    """

    difference: PairedT
    low: float
    high: float
    p_low: float
    p_high: float
    p: float


def two_one_sided(differences: NDArray[np.float64], low: float, high: float, alpha: float = 0.05) -> TwoOneSided:
    """Test whether the mean difference lies between two bounds.

    Parameters
    ----------
    differences : array, shape (n,)
        One per participant, without NaN; see `emgpipe.statistics.paired_tests.paired_differences`.
    low, high : float
        The bounds, `low` < `high`, on the scale of the differences.
    alpha : float
        Of each one-sided test.

    Returns
    -------
    TwoOneSided
        NaN with fewer than two differences or where all are the same.
    """
    from scipy.special import stdtr

    zero = paired_t(differences, 1 - alpha)
    narrow = paired_t(differences, 1 - 2 * alpha)
    if math.isnan(zero.t):
        return TwoOneSided(zero, math.nan, math.nan, math.nan, math.nan, math.nan)
    error = zero.sd / math.sqrt(zero.n)
    p_low = float(stdtr(zero.df, (low - zero.mean) / error))
    p_high = float(stdtr(zero.df, (zero.mean - high) / error))
    return TwoOneSided(zero, narrow.low, narrow.high, p_low, p_high, max(p_low, p_high))


def verdict(p_difference: float, p_equivalence: float, alpha: float = 0.05) -> Verdict:
    """Return what the two tests show together; NaN shows nothing.

    >>> verdict(0.2, 0.01), verdict(0.01, 0.2), verdict(0.01, 0.01), verdict(0.2, 0.2)
    ('equivalent', 'different', 'different but negligible', 'undecided')
    """
    different, equivalent = p_difference <= alpha, p_equivalence <= alpha
    if different:
        return "different but negligible" if equivalent else "different"
    return "equivalent" if equivalent else "undecided"
