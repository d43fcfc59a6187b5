"""What a paired t test can find, and what an exact test can reach, with n participants.

Power by the noncentral t distribution (Cohen 1988, Statistical Power Analysis, ch. 2, with dz as the effect).
"""

from __future__ import annotations

import math
from typing import Final

_LARGEST: Final = 100.0


def paired_power(dz: float, n: int, alpha: float = 0.05) -> float:
    """Return the power of a two-sided paired t test.

    Parameters
    ----------
    dz : float
        Mean difference over the SD of the differences, not below 0.
    n : int
        Participants, at least 2.
    alpha : float
        Level of the test, between 0 and 1.
    """
    from scipy.special import nctdtr, stdtrit

    critical = float(stdtrit(n - 1, 1 - alpha / 2))
    shift = dz * math.sqrt(n)
    beyond = 1 - float(nctdtr(n - 1, shift, critical))
    other_side = float(nctdtr(n - 1, shift, -critical))
    # The distribution function is not to be had for opposite signs and a large shift; what it would add there is nil.
    return beyond + (other_side if math.isfinite(other_side) else 0.0)


def smallest_effect(n: int, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest dz that a two-sided paired t test finds with this power; infinite where none below 100 is.

    Parameters
    ----------
    n : int
        Participants, at least 2.
    """
    low, high = 0.0, 1.0
    while paired_power(high, n, alpha) < power:
        low, high = high, 2 * high
        if high > _LARGEST:
            return math.inf
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if paired_power(middle, n, alpha) < power else (low, middle)
    return high


def smallest_p(n: int) -> float:
    """Return the smallest two-sided p of an exact sign-flip or Wilcoxon test over n participants: 2 / 2**n."""
    return min(1.0, 2.0 ** (1 - n))


def fewest_participants(tests: int, alpha: float = 0.05) -> int:
    """Return the fewest participants with whom an exact test can pass the first step of Holm over this many tests."""
    n = 2
    while smallest_p(n) * tests > alpha:
        n += 1
    return n
