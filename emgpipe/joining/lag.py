"""The offset from a channel that both devices recorded, by cross-correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.errors import suggest
from emgpipe.joining.base import Join, Joined, drifting, joined, not_joined
from emgpipe.labels import match_label
from emgpipe.model import make_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording

FASTEST = 2000.0
"""Samples per second the channels are compared at, at most; the peak is then interpolated."""
SHORTEST = 1.0
"""Seconds that the two channels must share at a lag for it to count."""
LOBE = 0.05
"""Seconds around the peak that belong to it, at least."""
RIVAL = 0.9
"""A second peak of more than this part of the first makes the lag doubtful: repetitions resemble each other."""
_REMEDY = "state the offset in the trials table (offset_2), or name another channel under `joining`"


class CommonChannel(Join):
    """Shift the second recording until a channel that both devices recorded fits best (normalized cross-correlation).

    The lag is interpolated between samples (parabola through the peak). A channel of opposite sign is understood.
    """

    kind: Literal["lag"] = "lag"
    channel: str = Field(min_length=1)
    """Label of the channel in the first recording."""
    second_channel: str | None = Field(default=None, min_length=1)
    """Its label in the second recording; the same if not given."""
    within: float = Field(default=10.0, gt=0)
    """Seconds around the stated offset in which the lag is looked for."""
    minimum: float = Field(default=0.5, gt=0, le=1)
    """Least correlation; below it the recordings are not joined."""

    def find(self, first: Recording, second: Recording, stated: float) -> Joined:
        """Return the offset at the highest correlation, with correlation and next best peak as a finding."""
        labels = (self.channel, self.second_channel or self.channel)
        channels = []
        for recording, label in zip((first, second), labels, strict=True):
            place = match_label([label], recording.labels)
            if place is None:
                reason = f"'{recording.source.path.name}' has no channel '{label}'{suggest(label, recording.labels)}"
                return not_joined(second, reason, _REMEDY)
            channels.append(recording.channels[place])
        found = correlate(channels[0], channels[1], stated, self.within)
        if found is None:
            reason = f"the two channels share less than {SHORTEST:g} s within {self.within:g} s of {stated:+g} s"
            return not_joined(second, reason, _REMEDY)
        if abs(found.correlation) < self.minimum:
            reason = (
                f"'{labels[0]}' and '{labels[1]}' resemble each other too little: the highest correlation is "
                f"{abs(found.correlation):.2f}, at {found.offset:+.3f} s; {self.minimum:g} is needed"
            )
            return not_joined(second, reason, _REMEDY, value=abs(found.correlation))
        how = f"correlation of '{labels[0]}' and '{labels[1]}' {found.correlation:.3f}, next best {found.rival:.3f}"
        said = [joined(second, found.offset, how), *_doubts(second, found, self.within, stated)]
        return Joined(found.offset, (*said, *drifting(second, _drift(channels, found), "from first to second half")))


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest correlation: at which offset (s), its value with its sign, and the next best one elsewhere."""

    offset: float
    correlation: float
    rival: float


def correlate(first: Channel, second: Channel, around: float, within: float) -> Peak | None:
    """Return the offset of the second channel at which it fits the first best.

    Parameters
    ----------
    first, second : Channel
        Their rates may differ.
    around, within : float
        Offsets from ``around - within`` to ``around + within`` (s) are tried.
    """
    from scipy.signal import correlate as correlation

    rate = min(max(first.sampling_rate, second.sampling_rate), FASTEST)
    one, other = _at(first, rate), _at(second, rate)
    if min(one.size, other.size) < SHORTEST * rate:
        return None
    lags = np.arange(-(other.size - 1), one.size)
    offsets = lags / rate + first.start - second.start
    products = correlation(one, other, mode="full", method="fft")
    energy = np.sqrt(_overlapping(one**2, other, lags) * _overlapping(other**2, one, -lags))
    shared = np.minimum(one.size, other.size + lags) - np.maximum(0, lags)
    usable = (np.abs(offsets - around) <= within + 0.5 / rate) & (shared >= SHORTEST * rate) & (energy > 0)
    if not usable.any():
        return None
    values = np.where(usable, products / np.where(energy > 0, energy, 1.0), 0.0)
    return _peak(values, offsets, rate)


def _at(channel: Channel, rate: float) -> NDArray[np.float64]:
    """Return the channel at another rate, without its mean and with zeros in gaps."""
    samples = channel.read()
    known = np.isfinite(samples)
    centered = np.where(known, samples - (samples[known].mean() if known.any() else 0.0), 0.0)
    if channel.sampling_rate > 1.5 * rate:  # a slower clock must not see what it cannot follow
        width = max(1, round(channel.sampling_rate / rate))
        centered = np.convolve(centered, np.full(width, 1.0 / width), mode="same")
    times = np.arange(int(channel.duration * rate)) / rate
    return np.interp(times, np.arange(samples.size) / channel.sampling_rate, centered)


def _overlapping(
    squares: NDArray[np.float64], other: NDArray[np.float64], lags: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return for each lag the sum of `squares` over the samples that `other` reaches."""
    sums = np.concatenate(([0.0], np.cumsum(squares)))
    upper = np.clip(other.size + lags, 0, squares.size)
    return np.asarray(np.maximum(sums[upper] - sums[np.clip(lags, 0, squares.size)], 0.0))


def _peak(values: NDArray[np.float64], offsets: NDArray[np.float64], rate: float) -> Peak:
    size = np.abs(values)
    top = int(size.argmax())
    shift = 0.0
    if 0 < top < size.size - 1:
        left, middle, right = size[top - 1 : top + 2]
        curve = left - 2 * middle + right
        shift = 0.5 * (left - right) / curve if curve < 0 else 0.0
    return Peak(
        float(offsets[top] + shift / rate), float(values[top]), _rival(values * np.sign(values[top]), top, rate)
    )


def _rival(size: NDArray[np.float64], top: int, rate: float) -> float:
    """Return the highest value of the same sign outside the peak's own lobe, which ends where it has halved."""
    low = size < 0.5 * size[top]
    reach = round(LOBE * rate)
    before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
    first = min(int(before[-1]) if before.size else 0, top - reach)
    last = max(top + int(after[0]) if after.size else size.size, top + reach)
    outside = np.concatenate((size[: max(first, 0)], size[last:]))
    return float(outside.max()) if outside.size else 0.0


def _doubts(second: Recording, found: Peak, within: float, stated: float) -> list[Finding]:
    said = []
    name = second.source.path.name
    if found.rival > RIVAL * abs(found.correlation):
        reason = (
            f"the lag of '{name}' is doubtful: another one fits nearly as well (correlation {found.rival:.3f} against "
            f"{abs(found.correlation):.3f})"
        )
        remedy = "state a rough offset and a smaller `within`, so that only one repetition can fit"
        said.append(make_finding("lag_doubtful", "warn", reason, remedy, value=found.rival / abs(found.correlation)))
    if abs(abs(found.offset - stated) - within) < LOBE:
        reason = f"the lag of '{name}' lies at the edge of the search ({stated:g} ± {within:g} s) and may lie beyond"
        said.append(
            make_finding("lag_doubtful", "warn", reason, "state a larger `within`", value=found.offset, unit="s")
        )
    return said


def _drift(channels: Sequence[Channel], found: Peak) -> float:
    """Return how much larger (s) the offset is in the second half of the shared time than in the first."""
    first, second = channels
    begin = max(first.start, second.start + found.offset)
    end = min(first.start + first.duration, second.start + found.offset + second.duration)
    middle = (begin + end) / 2
    if middle - begin < 2 * SHORTEST:
        return 0.0
    halves = [
        correlate(
            _part(first, lower, upper), _part(second, lower - found.offset, upper - found.offset), found.offset, 0.25
        )
        for lower, upper in ((begin, middle), (middle, end))
    ]
    before, after = halves
    if (
        before is None
        or after is None
        or min(abs(before.correlation), abs(after.correlation)) < RIVAL * abs(found.correlation)
    ):
        return 0.0
    return after.offset - before.offset


def _part(channel: Channel, start: float, stop: float) -> Channel:
    from emgpipe.model import channel_from_array

    first = max(0, round((start - channel.start) * channel.sampling_rate))
    last = min(channel.n_samples, round((stop - channel.start) * channel.sampling_rate))
    begin = channel.start + first / channel.sampling_rate
    return channel_from_array(channel.label, channel.read(first, last), channel.sampling_rate, start=begin)
