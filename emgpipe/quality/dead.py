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
    if finite.size == 0:
        what = "holds no samples" if samples.size == 0 else "holds only missing samples"
        return (make_finding("empty_channel", "fail", f"'{label}' {what}", _DEAD, channel=label),)
    if finite.size > 1 and float(np.ptp(finite)) == 0.0:
        reason = f"'{label}' has the same value ({finite[0] + 0.0:.6g}) in all {finite.size} samples"
        return (make_finding("constant_channel", "fail", reason, _DEAD, channel=label, value=float(finite[0])),)
    missing = samples.size - finite.size
    if missing:
        reason = f"'{label}' misses {missing} of {samples.size} samples; they stay empty, nothing is filled in"
        remedy = "look at the connection of the sensor"
        return (make_finding("missing_samples", "note", reason, remedy, channel=label, value=float(missing)),)
    return ()


_DEAD = "check the sensor; state `use: false` for this channel under `overrides` if it died"
