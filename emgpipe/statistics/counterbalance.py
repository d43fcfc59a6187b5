"""Orders of conditions in which each precedes every other equally often: the Williams design.

E. J. Williams 1949, Experimental designs balanced for the estimation of residual effects of treatments, Australian
Journal of Scientific Research A 2:149-168.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def williams_sequences(k: int) -> list[tuple[int, ...]]:
    """Return the sequences of a Williams design: k for an even number of conditions, 2 k for an odd one.

    Each condition stands once in each period, and precedes every other equally often.

    Parameters
    ----------
    k : int
        Number of conditions, at least 2.
    """
    # 0, 1, k-1, 2, k-2, ...: neighbors differ by every amount once; shifting it cyclically gives the square.
    first = [0, *((step + 1) // 2 if step % 2 else k - step // 2 for step in range(1, k))]
    square = [tuple((place + shift) % k for place in first) for shift in range(k)]
    return square if k % 2 == 0 else [*square, *(row[::-1] for row in square)]


def assign_orders(k: int, participants: int, seed: int = 0) -> list[tuple[int, ...]]:
    """Return one order of the conditions 0 .. k-1 per participant.

    Which condition takes which place of the design, and which participant takes which sequence, is drawn at random;
    every sequence is used once before any is used again.

    Parameters
    ----------
    participants : int
        At least 1.
    seed : int
        The same seed gives the same orders.
    """
    rng = np.random.default_rng(seed)
    names = rng.permutation(k)
    sequences = williams_sequences(k) if k > 1 else [(0,)]
    orders: list[tuple[int, ...]] = []
    while len(orders) < participants:
        drawn = rng.permutation(len(sequences))
        orders += [tuple(int(names[place]) for place in sequences[row]) for row in drawn]
    return orders[:participants]


@dataclass(frozen=True, slots=True)
class Balance:
    """How even a set of orders is.

    Attributes
    ----------
    in_period : array of int, shape (k, k)
        How often condition i stands in period j.
    before : array of int, shape (k, k)
        How often condition i comes right before condition j.
    """

    in_period: NDArray[np.int64]
    before: NDArray[np.int64]

    @property
    def even(self) -> bool:
        """Whether every condition stands equally often in every period and right before every other."""
        others = self.before[~np.eye(len(self.before), dtype=bool)]
        return bool(np.ptp(self.in_period) == 0 and (others.size == 0 or np.ptp(others) == 0))


def balance(orders: Sequence[Sequence[int]]) -> Balance:
    """Count positions and successions in a set of orders of the same conditions 0 .. k-1."""
    k = len(orders[0])
    in_period, before = np.zeros((k, k), dtype=np.int64), np.zeros((k, k), dtype=np.int64)
    for order in orders:
        for period, condition in enumerate(order):
            in_period[condition, period] += 1
        for first, second in pairwise(order):
            before[first, second] += 1
    return Balance(in_period, before)
