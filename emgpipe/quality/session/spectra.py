"""Spectra of the trials of one muscle, made comparable: median frequency, and levels in bands."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.levels import HIGHEST, LOWEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

HALF_OCTAVES: Final = 2.0 ** (np.arange(6, 19) / 2)
"""Edges of the bands in Hz: 8, 11.3, 16 ... 512."""
USABLE: Final = 0.4
"""Of the sampling rate: above, the anti-aliasing filter of the device shapes the spectrum."""


def median_frequency(figures: Figures) -> float:
    """Return the frequency in Hz that halves the power between 20 and 450 Hz; NaN where there is no power.

    Mains lines count: a channel with much of them is not to be compared.
    """
    chosen = (figures.frequencies >= LOWEST) & (figures.frequencies <= HIGHEST)
    density = figures.density[chosen]
    highest = float(density.max()) if density.size else 0.0
    if highest <= 0 or not np.isfinite(highest):
        return float("nan")
    below = np.cumsum(density / highest)
    return float(np.interp(below[-1] / 2, below, figures.frequencies[chosen]))


def band_density(figures: Figures, sampling_rate: float) -> NDArray[np.float64]:
    """Return the median density in half octaves from 8 to 512 Hz, NaN beyond what the rate allows.

    The median, so that lines of the mains do not count.

    Returns
    -------
    array, shape (12,)
    """
    result = np.full(HALF_OCTAVES.size - 1, np.nan)
    for band, (low, high) in enumerate(pairwise(HALF_OCTAVES)):
        first, stop = np.searchsorted(figures.frequencies, (low, high))
        if high <= USABLE * sampling_rate and stop - first >= 2:
            result[band] = float(np.median(figures.density[first:stop]))
    return result
