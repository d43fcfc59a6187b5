"""What makes one wonder about an EMG channel, from a stretch of its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.quality.amplitude import amplitude_doubts
from emgpipe.quality.clipping import clipping
from emgpipe.quality.figures import figures_of
from emgpipe.quality.processed import processed_doubts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Kind

SLOWEST: Final = 100.0
"""Samples per second; published median frequencies of surface EMG lie between 40 and 150 Hz."""


def doubts(
    channel_label: str, samples: NDArray[np.float64], sampling_rate: float, unit: str, kind: Kind
) -> tuple[Finding, ...]:
    """Find what is doubtful about an EMG channel; nothing for other kinds and for dead channels.

    Dead channels are `check_samples`' task.

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

    Returns
    -------
    tuple of Finding
        Level warn (``clipped`` also fail): ``clipped``, ``unit_suspected``, ``counts_as_volts``, ``slow_for_emg``,
        ``looks_rectified``, ``looks_enveloped``. Level note: ``never_quiet``, ``looks_filtered``, ``dc_offset``,
        ``counts_suspected`` and, where no unit is stated, ``unit_suspected``. Without the place in the study, which
        the caller adds.
    """
    if kind != "emg":
        return ()
    figures = figures_of(samples, sampling_rate)
    if figures.finite.size < 2 or float(np.ptp(figures.finite)) == 0.0:
        return ()
    if sampling_rate < SLOWEST:
        return (_too_slow(channel_label, sampling_rate),)
    clipped = clipping(channel_label, figures.finite, unit)
    processed = processed_doubts(channel_label, figures)
    if any(finding.level == "warn" for finding in processed):  # what an envelope's amplitude tells is about scaling
        return (*clipped, *processed)
    return (*clipped, *amplitude_doubts(channel_label, figures, unit), *processed)


def _too_slow(label: str, sampling_rate: float) -> Finding:
    reason = (
        f"'{label}' has {sampling_rate:g} samples per second; EMG has most of its power above {SLOWEST / 2:g} Hz, "
        "so this is an envelope, another signal, or the rate is wrong"
    )
    remedy = "use the raw channel, or state the right sampling rate or time unit"
    return make_finding("slow_for_emg", "warn", reason, remedy, channel=label, value=sampling_rate, unit="Hz")
