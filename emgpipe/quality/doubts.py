"""What makes one wonder about an EMG channel, from a stretch of its samples alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.quality.catalogue import DEFAULT_CHECKS
from emgpipe.quality.look import look_at_channel
from emgpipe.quality.views import ChannelView

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Kind


def doubts(
    channel_label: str,
    samples: NDArray[np.float64],
    sampling_rate: float,
    unit: str,
    kind: Kind,
    *,
    time: Callable[[int], float] | None = None,
) -> tuple[Finding, ...]:
    """Make the checks that need nothing but the samples; nothing for other kinds than EMG and for dead channels.

    Parameters
    ----------
    channel_label : str
    samples : array, shape (n_samples,)
        A stretch of the channel, or all of it; NaN where missing.
    sampling_rate : float
        In Hz.
    unit : str
        ``V``, ``counts``, ``unknown``, ...
    kind : str
        What the channel measures; only ``emg`` is looked at.
    time : callable, optional
        Gives the time in seconds of a sample by its index; counted from the first sample if left out.

    Returns
    -------
    tuple of Finding
        Without the place in the study, which the caller adds.
    """
    return look_at_channel(DEFAULT_CHECKS, ChannelView(channel_label, samples, sampling_rate, unit, kind, time=time))
