"""What makes one wonder about an EMG channel, from a stretch of its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.quality.amplitude import amplitude_doubts
from emgpipe.quality.clipping import clipping
from emgpipe.quality.figures import figures_of
from emgpipe.quality.flat import Timeline, flat_finding, flat_stretches, without
from emgpipe.quality.mains import mains_doubts
from emgpipe.quality.processed import processed_doubts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from emgpipe.model import Kind
    from emgpipe.quality.figures import Figures

SLOWEST: Final = 100.0
"""Samples per second; published median frequencies of surface EMG lie between 40 and 150 Hz."""


def doubts(
    channel_label: str,
    samples: NDArray[np.float64],
    sampling_rate: float,
    unit: str,
    kind: Kind,
    *,
    time: Callable[[int], float] | None = None,
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
    time : callable, optional
        Gives the time in seconds of a sample by its index; counted from the first sample if left out.

    Returns
    -------
    tuple of Finding
        Level warn (``clipped`` also fail): ``clipped``, ``unit_suspected``, ``counts_as_volts``, ``slow_for_emg``,
        ``looks_rectified``, ``looks_enveloped``, ``flat_stretch``, ``mains`` (both also note). Level note:
        ``never_quiet``, ``looks_filtered``, ``dc_offset``,
        ``counts_suspected`` and, where no unit is stated, ``unit_suspected``. Without the place in the study, which
        the caller adds.
    """
    if kind != "emg":
        return ()
    finite = samples[np.isfinite(samples)]
    if finite.size < 2 or float(np.ptp(finite)) == 0.0:
        return ()
    if sampling_rate < SLOWEST:
        return (_too_slow(channel_label, sampling_rate),)
    clipped = clipping(channel_label, finite, unit)
    rails = {float(finite.min()), float(finite.max())} if clipped else set()
    flat = [one for one in flat_stretches(samples, sampling_rate, unit) if one.value not in rails]
    timeline = Timeline(samples.size, sampling_rate, time or (lambda index: index / sampling_rate))
    said = flat_finding(channel_label, flat, timeline, unit)
    figures = figures_of(without(samples, flat), sampling_rate)
    return (*clipped, *said, *_of_figures(channel_label, figures, unit, is_clipped=bool(clipped)))


def _of_figures(label: str, figures: Figures, unit: str, *, is_clipped: bool) -> tuple[Finding, ...]:
    if figures.finite.size < 2 or float(np.ptp(figures.finite)) == 0.0:
        return ()
    processed = processed_doubts(label, figures, is_clipped=is_clipped)
    if any(finding.level == "warn" for finding in processed):  # what an envelope's amplitude tells is about scaling
        return processed
    mains = mains_doubts(label, figures)
    is_mains = any(finding.level == "warn" for finding in mains)
    return (*mains, *amplitude_doubts(label, figures, unit, is_mains=is_mains), *processed)


def _too_slow(label: str, sampling_rate: float) -> Finding:
    reason = (
        f"'{label}' has {sampling_rate:g} samples per second; EMG has most of its power above {SLOWEST / 2:g} Hz, "
        "so this is an envelope, another signal, or the rate is wrong"
    )
    remedy = "use the raw channel, or state the right sampling rate or time unit"
    return make_finding("slow_for_emg", "warn", reason, remedy, channel=label, value=sampling_rate, unit="Hz")
