"""Making a signal thin and smooth enough to look for movements in it.

Used for detection only: no number in a table is read from what is made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.moving import centered_mean
from emgpipe.chain.stretches import finite_runs, runs

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Series:
    """Samples for detection, shape (n,), NaN where nothing is known; `start` in s of the trial's clock."""

    start: float
    sampling_rate: float
    values: NDArray[np.float64]

    def time(self, index: float) -> float:
        """Return the time in seconds of a sample index, which may lie between samples."""
        return self.start + index / self.sampling_rate


def fill_short_gaps(values: NDArray[np.float64], longest: int) -> NDArray[np.float64]:
    """Return a copy with NaN gaps of up to `longest` samples interpolated; gaps at the ends stay."""
    filled = np.array(values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(filled))
    for gap in runs(~np.isfinite(filled)):
        inside = gap.start > 0 and gap.stop < filled.size
        if inside and gap.stop - gap.start <= longest:
            filled[gap] = np.interp(np.arange(gap.start, gap.stop), known, filled[known])
    return filled


def moving_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Centered mean over `width` samples (made odd) within each stretch without NaN; shrinks at the edges."""
    result = np.array(values, dtype=np.float64)
    for run in finite_runs(result):
        result[run] = centered_mean(result[run], 2 * (width // 2) + 1)
    return result
