"""Stretches of samples: between gaps, or wherever a flag is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def finite_runs(values: NDArray[np.float64]) -> list[slice]:
    """Return the stretches without NaN, in order.

    >>> finite_runs(np.array([1.0, np.nan, 2.0, 3.0]))
    [slice(0, 1, None), slice(2, 4, None)]
    """
    return runs(np.isfinite(values))


def runs(flags: NDArray[np.bool_]) -> list[slice]:
    """Return the stretches where `flags` is true, in order."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return [slice(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
