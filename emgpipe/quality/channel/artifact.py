"""Single spikes and steps far above the EMG: a knocked sensor, an electrode that lost contact for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.heart import near_beats
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView

_WINDOW_SECONDS: Final = {"spike": 0.15, "step": 0.3}
"""As short as bursts of walking, and much longer than what a spike or a step leaves, which a median must outvote."""
_SIDE_SECONDS: Final = 0.025
"""On either side of a sample, whose means it is compared with, so that slow movement and offset do not count."""
_AWAY_SECONDS: Final = 0.3
"""From a step, within which it may still decay."""
_APART_SECONDS: Final = 0.1
"""Peaks closer than this are one event."""
_MOST_WINDOWS: Final = 32
"""The loudest by their plain RMS, the one with the largest robust measure among them."""
_FIRST_WINDOWS: Final = 2
"""Of these, which mostly suffice to see that there is no artifact."""
_FEWEST_FIRINGS: Final = 5
_SLOWEST_FIRING: Final = 0.25
"""Seconds between the spikes of a motor unit, at most; a knocked sensor or a bad contact is slower or irregular."""
_REGULAR: Final = 0.3
"""How far each interval of a motor unit may be from the median one, relative to it."""
_MASKED: Final = 0.25
"""Of the standard deviation: the least a window counts, where coarse steps leave the robust one at zero."""


class _Event(NamedTuple):
    """A spike or a step: its samples, how high it is, and how many times as high as the loudest EMG."""

    name: str
    first: int
    last: int
    height: float
    times: float


class Artifact(ChannelCheck):
    """Single spikes and steps: samples far above the loudest EMG of the trial.

    Compared with the loudest 0.15 s, measured by the median of the absolute values, which a spike or a
    step hardly moves and a contraction does. Heartbeats do not count; many, or a regular train as single motor units
    make it, is a note.
    """

    kind: Literal["artifact"] = "artifact"
    finds: ClassVar[tuple[str, ...]] = ("artifact",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    times: float = Field(default=10.0, gt=5)
    """Height over the amplitude of the loudest 0.15 s (0.3 s for steps); a minute of EMG reaches 5."""
    at_least: float = Field(default=200e-6, ge=0)
    """Height in V, where the unit is known: a single motor unit at rest is lower."""

    most_per_second: float = Field(default=1.0, gt=0)
    """More of them are a property of the signal: a note."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.has_signal:  # not only raw EMG: a large step makes it look like something else
            return ()
        found = [self._events(channel, *measured) for measured in self._measures(channel)]
        largest = max((one for one in found if one), key=lambda one: max(event.times for event in one), default=None)
        return (self._found(channel, largest),) if largest else ()

    def _measures(self, channel: ChannelView) -> Iterator[tuple[str, NDArray[np.float64], float]]:
        """Yield what an artifact can be, how much each sample is like it, and how much the loudest EMG is."""
        scale, rate = float(np.max(np.abs(channel.finite))) or 1.0, channel.sampling_rate
        spikes, steps = _spikes_and_steps(channel.raw / scale, max(round(_SIDE_SECONDS * rate), 1))
        for name, samples in (("spike", spikes), ("step", steps)):
            window = max(round(_WINDOW_SECONDS[name] * rate), 16)
            if float(np.max(np.abs(samples))) <= self.times * _loudest(samples, window, _FIRST_WINDOWS):
                continue  # nothing is high enough, and looking at more windows would only raise the limit
            loudest = _loudest(samples, window)
            if name == "step" and loudest > 0.0:  # bursts are shorter than this window: those elsewhere count, too
                elsewhere = _away_from(samples, self.times * loudest, round(_AWAY_SECONDS * rate))
                loudest = max(loudest, _loudest(elsewhere, max(round(_WINDOW_SECONDS["spike"] * rate), 16)))
            yield name, scale * np.abs(samples), scale * loudest

    def _events(self, channel: ChannelView, name: str, height: NDArray[np.float64], loudest: float) -> list[_Event]:
        limit = max(self.times * loudest, self.at_least if channel.unit == "V" else 0.0)
        if loudest <= 0.0 or not np.any(height > limit):
            return []
        if channel.beats is not None:
            height[near_beats(channel.beats, height.size, channel.sampling_rate, _APART_SECONDS)] = 0.0
        groups = _groups(height > limit, max(round(_APART_SECONDS * channel.sampling_rate), 1))
        peaks = ((first, last, float(np.max(height[first : last + 1]))) for first, last in groups)
        return [_Event(name, first, last, peak, peak / loudest) for first, last, peak in peaks]

    def _found(self, channel: ChannelView, events: list[_Event]) -> Finding:
        worst = max(events, key=lambda event: event.height)
        start = channel.at(worst.first)
        reason = (
            f"'{channel.label}' has a {worst.name} of {amplitude_words(worst.height, channel.unit)} at {start:.2f} s, "
            f"{worst.times:.0f} times as much as its loudest EMG"
        )
        if len(events) > 1:
            reason += f"; there are {len(events)} of them"
        remedy = "leave this repetition or trial out, or blank the artifact; check the contact of the electrodes"
        level: Level = "warn"
        is_many = len(events) > self.most_per_second * channel.duration + 1.0
        if is_many or _is_motor_unit(events, channel.sampling_rate):
            often = "many" if is_many else "regular"
            level, remedy = "note", f"so {often} they may be EMG of single motor units; look at the signal"
        return make_finding(
            "artifact", level, reason, remedy, start=start, stop=channel.at(worst.last), value=worst.height,
            unit="" if channel.unit == "unknown" else channel.unit,
        )  # fmt: skip

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"spikes and steps above {self.times:g} times the amplitude of the loudest EMG and above "
            f"{1e6 * self.at_least:g} uV"
        )


def _is_motor_unit(events: list[_Event], rate: float) -> bool:
    """Say whether the events follow each other as fast and as regularly as the spikes of a motor unit do."""
    if len(events) < _FEWEST_FIRINGS:
        return False
    intervals = np.diff([event.first for event in events]) / rate
    usual = float(np.median(intervals))
    return usual <= _SLOWEST_FIRING and bool(np.all(np.abs(intervals - usual) <= _REGULAR * usual))


def _spikes_and_steps(samples: NDArray[np.float64], side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each sample less the mean around it, and the mean after less the mean before it.

    Both are zero beside gaps and ends, so that these are no steps.
    """
    is_there = np.isfinite(samples)
    if not is_there.all():
        samples = np.where(is_there, samples, np.mean(samples[is_there]))
    centered = samples - samples.mean()
    spikes, steps = np.zeros(samples.size), np.zeros(samples.size)
    if samples.size <= 2 * side:
        return spikes, steps
    sums = np.concatenate(([0.0], np.cumsum(centered)))
    means = (sums[side:] - sums[:-side]) / side
    before, after = means[:-side], means[side:]
    inner = slice(side, samples.size - side + 1)
    steps[inner] = after - before
    spikes[inner] = centered[inner] - 0.5 * (before + after)
    if not is_there.all():
        missing = np.concatenate(([0], np.cumsum(~is_there)))
        index = np.arange(samples.size)
        near = missing[np.minimum(index + side + 1, samples.size)] > missing[np.maximum(index - side, 0)]
        spikes[near] = steps[near] = 0.0
    return spikes, steps


def _loudest(samples: NDArray[np.float64], length: int, most: int = _MOST_WINDOWS) -> float:
    """Return the largest robust standard deviation of the loudest windows; 0 for a signal shorter than one."""
    rows = samples[: samples.size // length * length].reshape(-1, length)
    if not rows.size:
        return 0.0
    plain = np.sqrt(np.einsum("ij,ij->i", rows, rows) / length)
    loud = np.argsort(-plain)[:most]
    rest = rows[loud] - np.median(rows[loud], axis=1, keepdims=True)  # a step that decays leaves a slope behind it
    robust = np.median(np.abs(rest), axis=1) / 0.6745
    return float(np.max(np.maximum(robust, _MASKED * plain[loud])))


def _away_from(samples: NDArray[np.float64], limit: float, reach: int) -> NDArray[np.float64]:
    """Return the samples with zeros within `reach` of each one above the limit."""
    result = samples.copy()
    for first, last in _groups(np.abs(samples) > limit, reach):
        result[max(first - reach, 0) : last + reach + 1] = 0.0
    return result


def _groups(is_above: NDArray[np.bool_], apart: int) -> list[tuple[int, int]]:
    """Return first and last of each group of samples that are above."""
    above = np.flatnonzero(is_above)
    if not above.size:
        return []
    breaks = np.flatnonzero(np.diff(above) > apart)
    firsts = above[np.concatenate(([0], breaks + 1))].tolist()
    lasts = above[np.concatenate((breaks, [above.size - 1]))].tolist()
    return list(zip(firsts, lasts, strict=True))
