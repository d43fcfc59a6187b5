"""What a steady muscle, exactly as loud as in its MVIC, would read: the share of windows and search time alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.session.places import used
from emgpipe.statistics.peak_bias import Highest, Smoother, equivalent_bandwidth, expected_highest, expected_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Reference, ReferenceKey
    from emgpipe.quality.above.readings import Reading
    from emgpipe.quality.views import ChannelView, SessionView

NEAR_TOP: Final = 0.8
"""The MVIC's value was looked for where the envelope is at least this share of it; a ramp is no search."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the windows alone would read, in percent of the reference.

    Attributes
    ----------
    mean, highest_mean : float
        By the mean of a repetition, and by the highest of all repetitions' means.
    peak : float
        By the peak of one repetition of usual length, on average.
    highest : float
        By the highest of all repetitions, on average.
    spread : float
        SD of `highest`, of which one session is one draw.
    bandwidth : float
        Equivalent bandwidth in Hz of the muscle's EMG in the tasks.
    smoother, window : float
        Windows in s of the envelope and of the MVIC's mean.
    repetition, searched : float
        Median length of a repetition, and time in which the MVIC's value was looked for, in s.
    repetitions : int
    """

    mean: float
    highest_mean: float
    peak: float
    highest: float
    spread: float
    bandwidth: float
    smoother: float
    window: float
    repetition: float
    searched: float
    repetitions: int


def expected_readings(
    session: SessionView, key: ReferenceKey, reference: Reference, found: Sequence[Reading]
) -> Expected | None:
    """Return what the windows alone would read; None where windows or spectra are not known, or nothing was found."""
    window, smoother = session.windows.reference, session.windows.smoother.get(key[0], math.nan)
    mine = _bandwidth([channel for _, channel in used(session, key, "mvic")])
    disturbed = {one.trial.id for one in found if one.spike is not None}  # a spike is broad
    disturbed |= {one.trial or "" for one in session.findings if one.kind == "mains" and one.level != "note"}
    tasks = [channel for trial, channel in used(session, key, "task") if trial.id not in disturbed]
    task = _bandwidth(tasks) if tasks else mine
    times = _mvic_times(session, key, reference, window)
    lengths = [one.repetition.duration for one in found]
    if not lengths or not times:
        return None
    base = _reference_level(Smoother(mine, smoother, window), times, reference.n_used)
    usual = float(np.median(lengths))
    peak, highest = (expected_highest(Smoother(task, smoother), some) for some in ([usual], lengths))
    means = expected_highest(Smoother(task, smoother, usual), [usual] * len(lengths))
    result = Expected(
        mean=100 * expected_level(Smoother(task, smoother)) / base.mean,
        highest_mean=100 * means.mean / base.mean,
        peak=100 * peak.mean / base.mean,
        highest=100 * highest.mean / base.mean,
        spread=100 * highest.mean / base.mean * math.hypot(highest.sd / highest.mean, base.sd / base.mean),
        bandwidth=task,
        smoother=smoother,
        window=window,
        repetition=usual,
        searched=math.fsum(times),
        repetitions=len(lengths),
    )
    return result if all(map(math.isfinite, (result.highest, result.highest_mean))) else None


def _bandwidth(channels: Sequence[ChannelView]) -> float:
    """Return the median of the equivalent bandwidths, of the filtered signal where there is one."""
    each = []
    for channel in channels:
        figures = channel.filtered_figures or channel.figures
        each.append(equivalent_bandwidth(figures.frequencies, figures.density))
    known = [one for one in each if math.isfinite(one)]
    return float(np.median(known)) if known else math.nan


def _mvic_times(session: SessionView, key: ReferenceKey, reference: Reference, window: float) -> list[float]:
    """Return for each MVIC trial how long (s) the value was looked for near the top; trials far below add nothing.

    A mean over a window that is not searched (the middle of the trial) has that window alone.
    """
    trials = {attempt.trial for attempt in reference.attempts}
    times = []
    for trial, channel in used(session, key, "mvic"):
        if trial.id not in trials or channel.envelope is None:
            continue
        near = np.count_nonzero(channel.envelope >= NEAR_TOP * reference.value) / channel.sampling_rate
        if near >= window / 2:
            times.append(max(near, window) if session.windows.is_searched else window)
    return times


def _reference_level(rule: Smoother, times: Sequence[float], n_used: int) -> Highest:
    """Return what the reference itself reads of a steady muscle; a mean of the best few lies below the best."""
    if n_used <= 1 or len(times) == 1:
        return expected_highest(rule, times)
    each = [expected_highest(rule, [one]) for one in times]
    return Highest(float(np.mean([one.mean for one in each])), float(np.mean([one.sd for one in each])))
