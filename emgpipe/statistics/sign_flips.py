"""Signs for sign-flip tests: all of them where that is few enough, else seeded random ones.

Under the null hypothesis a participant's difference is as likely to have either sign; the unit is the participant
(Fisher 1935, The Design of Experiments, ch. 3; Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39, for the "+ 1"
of a random sample of permutations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_RESAMPLES: Final = 10_000
_ROWS: Final = 512
"""Drawn at a time."""


@dataclass(frozen=True, slots=True)
class SignFlips:
    """Signs to multiply participants' differences with.

    Attributes
    ----------
    signs : array of float64, shape (n_flips, n)
        +1 and -1. The first row is all +1: the data as they are.
    exact : bool
        Every possible assignment is in, each once.
    """

    signs: NDArray[np.float64]
    exact: bool

    def p_value(self, statistics: NDArray[np.float64]) -> float:
        """Return the share of flips whose statistic is at least that of the first row, the data.

        Equal within 1e-9 relative counts as equal, so that rounding decides nothing. A random sample holds the data
        as one of its members, which is the "+ 1" of Phipson and Smyth.

        Parameters
        ----------
        statistics : array, shape (n_flips,)
            One statistic per row of `signs`; larger speaks against the null hypothesis.
        """
        observed = statistics[0]
        return float(np.mean(statistics >= observed - 1e-9 * max(abs(float(observed)), 1e-300)))


def sign_flips(n: int, resamples: int = DEFAULT_RESAMPLES, seed: int = 0) -> SignFlips:
    """Return all 2**n sign assignments where these are at most `resamples`, else `resamples` random ones.

    Parameters
    ----------
    n : int
        Number of participants, at least 1.
    resamples : int
        Most rows; at least 1.
    seed : int
        Of the random ones.
    """
    if n < 60 and 2**n <= resamples:
        codes = np.arange(2**n, dtype=np.int64)[:, None]
        signs = np.asarray(1.0 - 2.0 * ((codes >> np.arange(n)) & 1), dtype=np.float64)
        return SignFlips(signs, exact=True)
    rng, signs = np.random.default_rng(seed), np.empty((resamples, n))
    for first in range(0, resamples, _ROWS):  # the same numbers as at once, without room for them as integers
        part = signs[first : first + _ROWS]
        part[:] = rng.integers(0, 2, size=part.shape)
        part *= -2.0
        part += 1.0
    signs[0] = 1.0
    return SignFlips(signs, exact=False)
