"""Single spikes and steps far above the EMG: a knocked sensor, an electrode that lost contact for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.heart import near_beats
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView

_WINDOW_SECONDS: Final = 0.15
"""Shorter than the bursts of walking, and three times what is left of a step."""
_TREND_SECONDS: Final = 0.05
"""The mean of so much is taken off each sample, so that slow movement and offset do not count."""
_APART_SECONDS: Final = 0.1
"""Peaks closer than this are one event."""
_MOST_WINDOWS: Final = 32
"""The loudest by their plain RMS, the one with the largest robust measure among them."""
_MASKED: Final = 0.25
"""Of the standard deviation: the least a window counts, where coarse steps leave the robust one at zero."""


class Artifact(ChannelCheck):
    """Single spikes and steps: samples far above the loudest EMG of the trial.

    Compared with the loudest 0.15 s, measured by the median of the absolute values, which a spike or a
    step hardly moves and a contraction does. Heartbeats do not count.
    """

    kind: Literal["artifact"] = "artifact"
    finds: ClassVar[tuple[str, ...]] = ("artifact",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    times: float = Field(default=10.0, gt=5)
    """Height over the amplitude of the loudest 0.15 s; the highest peak of a minute of EMG reaches 5."""
    at_least: float = Field(default=200e-6, ge=0)
    """Height in V, where the unit is known: a single motor unit at rest is lower."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.is_raw_emg:
            return ()
        rate, scale = channel.sampling_rate, float(np.max(np.abs(channel.finite))) or 1.0
        samples = _without_trend(channel.raw / scale, rate)
        loudest = scale * _loudest(samples, max(round(_WINDOW_SECONDS * rate), 16))
        height = scale * np.abs(samples)
        limit = max(self.times * loudest, self.at_least if channel.unit == "V" else 0.0)
        if loudest <= 0.0 or not np.any(height > limit):
            return ()
        if channel.beats is not None:
            height[near_beats(channel.beats, height.size, rate, _APART_SECONDS)] = 0.0
        events = _events(height, limit, max(round(_APART_SECONDS * rate), 1))
        return (self._found(channel, height, events, loudest),) if events else ()

    def _found(
        self, channel: ChannelView, height: NDArray[np.float64], events: list[tuple[int, int]], loudest: float
    ) -> Finding:
        first, last = max(events, key=lambda one: float(np.max(height[one[0] : one[1] + 1])))
        highest = float(np.max(height[first : last + 1]))
        start = channel.at(first)
        reason = (
            f"'{channel.label}' has a spike or step of {amplitude_words(highest, channel.unit)} at {start:.2f} s, "
            f"{highest / loudest:.0f} times the amplitude of its loudest EMG"
        )
        if len(events) > 1:
            reason += f"; there are {len(events)} of them"
        remedy = "leave this repetition or trial out, or blank the artifact; check the contact of the electrodes"
        return make_finding(
            "artifact", "warn", reason, remedy, start=start, stop=channel.at(last + 1), value=highest,
            unit="" if channel.unit == "unknown" else channel.unit,
        )  # fmt: skip

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"spikes and steps above {self.times:g} times the amplitude of the loudest EMG and above "
            f"{1e6 * self.at_least:g} uV"
        )


def _without_trend(samples: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Return the samples less their mean over 50 ms; zero in and beside gaps, so that their edges are no steps."""
    is_there = np.isfinite(samples)
    if not is_there.all():
        samples = np.where(is_there, samples, np.mean(samples[is_there]))
    half = max(round(_TREND_SECONDS * rate / 2), 1)
    centered = samples - samples.mean()
    sums = np.concatenate(([0.0], np.cumsum(centered)))
    index = np.arange(samples.size)
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, samples.size)
    result: NDArray[np.float64] = centered - (sums[high] - sums[low]) / (high - low)
    missing = np.concatenate(([0], np.cumsum(~is_there)))
    result[missing[high] > missing[low]] = 0.0
    return result


def _loudest(samples: NDArray[np.float64], length: int) -> float:
    """Return the largest robust standard deviation of windows; 0 for a signal shorter than one."""
    rows = samples[: samples.size // length * length].reshape(-1, length)
    if not rows.size:
        return 0.0
    plain = np.sqrt(np.einsum("ij,ij->i", rows, rows) / length)
    loud = np.argsort(-plain)[:_MOST_WINDOWS]
    robust = np.median(np.abs(rows[loud]), axis=1) / 0.6745
    return float(np.max(np.maximum(robust, _MASKED * plain[loud])))


def _events(height: NDArray[np.float64], limit: float, apart: int) -> list[tuple[int, int]]:
    """Return first and last sample of each group of samples above the limit."""
    above = np.flatnonzero(height > limit)
    if not above.size:
        return []
    breaks = np.flatnonzero(np.diff(above) > apart)
    firsts = above[np.concatenate(([0], breaks + 1))].tolist()
    lasts = above[np.concatenate((breaks, [above.size - 1]))].tolist()
    return list(zip(firsts, lasts, strict=True))
