"""Low-pass for channels that are not EMG: angles and accelerations before movements are looked for in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.butterworth import corrected_edges
from emgpipe.chain.stretches import finite_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDER = 2
"""Butterworth order per pass; two passes make it 4."""


def low_pass(values: NDArray[np.float64], sampling_rate: float, cutoff: float) -> NDArray[np.float64]:
    """Zero-phase Butterworth low-pass over each stretch without NaN; -3 dB at `cutoff` Hz after both passes.

    Where the cut-off reaches half the sampling rate there is nothing above it, and the values come back unchanged.

    Parameters
    ----------
    values : array, shape (n_samples,)
        NaN where missing; the result has the same gaps.
    """
    smooth = np.array(values, dtype=np.float64)
    if cutoff >= sampling_rate / 2:
        return smooth
    from scipy.signal import butter, sosfiltfilt

    _, design = corrected_edges(None, cutoff, ORDER, sampling_rate)
    sections = butter(ORDER, design or cutoff, fs=sampling_rate, output="sos")
    # scipy pads by a few samples; the filter rings for about one period of its cut-off.
    period = math.ceil(sampling_rate / cutoff)
    for run in finite_runs(smooth):
        piece = smooth[run]
        smooth[run] = sosfiltfilt(sections, piece, padlen=min(period, piece.size - 1))
    return smooth
