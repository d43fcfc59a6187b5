"""What each repetition of a muscle reads in percent of its reference, and which of it is one short spike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.session.places import used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import ReferenceKey, Repetition
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

MOST_MISSING: Final = 0.1
"""A repetition with a larger share of missing samples gives no number."""
SPIKE_SECONDS: Final = 0.02
SPIKE_SHARE: Final = 0.7
"""A spike: so much of the energy in the window of a peak lies in its loudest 0.02 s."""
MOST_SPIKES: Final = 8
SHORTEST: Final = 5
"""A window holds at least this many times the length of a spike, or a spike cannot be told from EMG in it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One repetition of one muscle.

    Attributes
    ----------
    trial : TrialView
    repetition : Repetition
    mean, peak : float
        Of the envelope, in percent of the reference.
    clean_peak : float
        The highest sample apart from spikes, in percent of the reference.
    spike : float or None
        Time (s, trial clock) of the spike the peak lies on.
    """

    trial: TrialView
    repetition: Repetition
    mean: float
    peak: float
    clean_peak: float
    spike: float | None

    @property
    def where(self) -> str:
        """Trial and repetition in words."""
        return f"{self.trial.id}, repetition at {self.repetition.start:.1f} s"


def readings(session: SessionView, key: ReferenceKey, reference: float, window: float) -> tuple[Reading, ...]:
    """Read every repetition of every task trial of a muscle.

    Parameters
    ----------
    reference : float
        What counts as 100 %, in the unit of the envelope.
    window : float
        Of the smoother in s; NaN where it is not known, and spikes are not looked for.
    """
    return tuple(
        one
        for trial, channel in used(session, key, "task")
        for repetition in trial.repetitions
        for one in _of_repetition(trial, channel, repetition, reference, window)
    )


def cut(channel: ChannelView, start: float, stop: float) -> slice:
    """Return the samples of a channel from `start` to `stop` (s, trial clock)."""
    first, last = (round((time - channel.start) * channel.sampling_rate) for time in (start, stop))
    return slice(min(max(first, 0), channel.raw.size), min(max(last, 0), channel.raw.size))


def _of_repetition(
    trial: TrialView, channel: ChannelView, repetition: Repetition, reference: float, window: float
) -> Iterator[Reading]:
    if channel.envelope is None:
        return
    where = cut(channel, repetition.start, repetition.stop)
    envelope = channel.envelope[where]
    is_there = np.isfinite(envelope)
    if not envelope.size or np.count_nonzero(is_there) < (1 - MOST_MISSING) * envelope.size:
        return
    scale = 100.0 / reference
    mean, peak = scale * float(np.mean(envelope[is_there])), scale * float(np.max(envelope[is_there]))
    clean, spike = peak, None
    if peak > 100.0 and channel.filtered is not None and np.isfinite(window):
        highest, at = _without_spikes(envelope, channel.filtered[where], round(window * channel.sampling_rate), channel)
        clean = scale * highest
        spike = None if at is None else channel.at(where.start + at)
    yield Reading(trial, repetition, mean, peak, clean, spike)


def _without_spikes(
    envelope: NDArray[np.float64], filtered: NDArray[np.float64], width: int, channel: ChannelView
) -> tuple[float, int | None]:
    """Return the highest envelope sample whose window holds no spike, and where the spike of the highest is.

    A spike lifts the envelope over a whole window on either side, which is left out with it.
    """
    length = max(round(SPIKE_SECONDS * channel.sampling_rate), 1)
    left = np.where(np.isfinite(envelope), envelope, -np.inf)
    highest, first = float(np.max(left)), None
    if width < SHORTEST * length:
        return highest, None
    for _ in range(MOST_SPIKES):
        top = int(np.argmax(left))
        spike = _spike_in(filtered, top, width, length)
        if spike is None:
            return float(left[top]), first
        first = spike if first is None else first
        left[max(spike - width, 0) : spike + width + 1] = -np.inf
        if not np.isfinite(left).any():
            break
    return highest, None  # spikes everywhere: no clean peak is left to set the highest against


def _spike_in(filtered: NDArray[np.float64], top: int, width: int, length: int) -> int | None:
    """Return the middle of the loudest `length` samples around `top` if they hold most of the energy there."""
    first = max(top - width // 2, 0)
    energy = np.square(np.nan_to_num(filtered[first : top + width // 2 + 1]))
    total = float(np.sum(energy))
    if energy.size <= length or not 0 < total < np.inf:
        return None
    sums = np.convolve(energy, np.ones(length), mode="valid")
    loudest = int(np.argmax(sums))
    return first + loudest + length // 2 if sums[loudest] > SPIKE_SHARE * total else None
