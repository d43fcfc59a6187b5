"""Is there a signal at all? Checks made on every channel before it enters the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_samples(samples: NDArray[np.float64], label: str) -> tuple[Finding, ...]:
    """Find what makes a channel worthless: no samples, only missing samples, or one value throughout.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        As read; NaN where missing.
    label : str
        The channel's label.

    Returns
    -------
    tuple of Finding
        With level ``fail`` for a dead channel, ``note`` for some missing samples; without the place in the study,
        which the caller adds.
    """
    finite = samples[np.isfinite(samples)]
    extent = (float(finite.min()), float(finite.max())) if finite.size else None
    return check_extent(samples.size, finite.size, extent, label)


def check_extent(size: int, present: int, extent: tuple[float, float] | None, label: str) -> tuple[Finding, ...]:
    """Say of samples what `check_samples` says, from their number, how many are there, and the lowest and highest."""
    if extent is None:
        what = "holds no samples" if size == 0 else "holds only missing samples"
        return (make_finding("empty_channel", "fail", f"'{label}' {what}", _DEAD, channel=label),)
    low, high = extent
    if present > 1 and low == high:
        reason = f"'{label}' has the same value ({low + 0.0:.6g}) in all {present} samples"
        return (make_finding("constant_channel", "fail", reason, _DEAD, channel=label, value=low),)
    missing = size - present
    if missing:
        reason = f"'{label}' misses {missing} of {size} samples; they stay empty, nothing is filled in"
        remedy = "look at the connection of the sensor"
        return (make_finding("missing_samples", "note", reason, remedy, channel=label, value=float(missing)),)
    return ()


_DEAD = "check the sensor; state `use: false` for this channel under `overrides` if it died"
