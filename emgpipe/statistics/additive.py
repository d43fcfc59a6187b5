"""The additive model: log amplitude = block + level, by least squares over the cells that exist.

With every cell filled the level effects are the column means. With cells missing, column means mix who did a
condition with what the condition does; the model compares levels inside blocks only, so that a strong participant
who did one exercise cannot lift it. It is the two-way crossed classification without interaction of the textbooks on
linear models: two levels can be compared where a chain of shared blocks connects them, and only there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AdditiveFit:
    """Level effects, comparable inside one component and nowhere else.

    Attributes
    ----------
    effects : array, shape (n_levels,)
        Sum to zero inside each component; NaN for a level without any cell.
    components : array of int, shape (n_levels,)
        Levels with the same number are connected; -1 for a level without any cell.
    """

    effects: NDArray[np.float64]
    components: NDArray[np.int64]


def fit_additive(cells: NDArray[np.float64]) -> AdditiveFit:
    """Fit block + level to a table with holes.

    Parameters
    ----------
    cells : array, shape (n_blocks, n_levels)
        Logarithms; NaN where there is no cell.

    Notes
    -----
    The block effects are eliminated. What remains is a singular system in the level effects whose null space is one
    constant per component; the least-squares solution of least norm therefore sums to zero in each component.
    """
    there = np.isfinite(cells)
    counts = there.sum(axis=1)
    used, there = cells[counts > 0], there[counts > 0]
    counts = counts[counts > 0].astype(float)
    values = np.where(there, used, 0.0)
    centered = np.where(there, used - (values.sum(axis=1) / counts)[:, None], 0.0)
    weights = there.astype(float)
    normal = np.diag(weights.sum(axis=0)) - weights.T @ (weights / counts[:, None])
    effects = np.linalg.lstsq(normal, centered.sum(axis=0), rcond=None)[0]
    components = connected_levels(there)
    return AdditiveFit(np.where(components >= 0, effects, np.nan), components)


def connected_levels(there: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each level the number of its component, -1 for a level no block has.

    Parameters
    ----------
    there : array of bool, shape (n_blocks, n_levels)
    """
    components = np.full(there.shape[1], -1, dtype=np.int64)
    shares_block = (there.T.astype(int) @ there.astype(int)) > 0
    for level in range(there.shape[1]):
        if components[level] >= 0 or not there[:, level].any():
            continue
        members = shares_block[level]
        while not np.array_equal(members, wider := shares_block[members].any(axis=0)):
            members = wider
        components[members] = components.max() + 1
    return components
