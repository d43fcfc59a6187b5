"""The offset from a channel that both devices recorded, by cross-correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.joining.base import LARGEST_DRIFT, Join, Joined, drifting, joined, not_joined
from emgpipe.joining.evidence import FALLEN, independent_values, is_beyond_chance, lag_error
from emgpipe.labels import did_you_mean, match_label
from emgpipe.model import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording

FASTEST = 2000.0
"""Samples per second the channels are compared at, at most; the peak is then interpolated."""
SHORTEST = 1.0
"""Seconds that the two channels must share at a lag for it to count."""
LOBE = 0.05
"""Seconds around a peak that belong to it, at least."""
RIVAL = 0.9
"""A second peak of more than this part of the first makes the lag doubtful: repetitions resemble each other."""
MOST_PEAKS = 12
DRIFT_SEARCH = 0.5
"""Seconds around the found offset in which the halves of a recording are compared."""
_REMEDY = "state the offset in the trials table (offset_2) and a small `within`, or name another channel"


class CommonChannel(Join):
    """Shift the second recording until a channel that both devices recorded fits best (normalized cross-correlation).

    The lag is interpolated between samples (parabola through the peak). Where several lags fit nearly alike, as they
    do with repetitions, the stated offset decides; without one the recordings are not joined.
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
    overlap: float = Field(default=0.5, gt=0, le=1)
    """Part of the shorter recording that the two must share: over a short time anything fits by chance."""
    inverted: bool = False
    """The second device recorded the channel with the opposite sign."""

    def find(self, first: Recording, second: Recording, stated: float) -> Joined:
        """Return the offset at the highest correlation, with correlation, overlap and next best peak as a finding."""
        labels = (self.channel, self.second_channel or self.channel)
        channels = []
        for recording, label in zip((first, second), labels, strict=True):
            place = match_label([label], recording.labels)
            if place is None:
                near = did_you_mean(label, recording.labels)
                return not_joined(second, f"'{recording.source.path.name}' has no channel '{label}'{near}", _REMEDY)
            channels.append(recording.channels[place])
        peaks = correlate(channels[0], channels[1], Search(stated, self.within, self.overlap, inverted=self.inverted))
        problem = self._problem(peaks, channels, stated)
        if problem:
            return not_joined(second, problem, _REMEDY, value=peaks[0].correlation if peaks else None)
        found = min(_alike(peaks), key=lambda peak: abs(peak.offset - stated))
        independent = _independent(channels, found)
        if not is_beyond_chance(found, independent, 2 * self.within * independent / found.shared):
            reason = (
                f"the best fit of {_names(labels)} (correlation {found.correlation:.3f} at {found.offset:+.3f} s) is "
                f"no better than chance gives: in {found.shared:.1f} s so slow a signal has only some "
                f"{independent:.0f} independent values"
            )
            return not_joined(second, reason, _REMEDY, value=found.correlation)
        error = lag_error(found, independent)
        said = [
            joined(second, found.offset, _how(found, peaks, labels, error)),
            *_doubts(second, found, peaks),
            *_imprecise(second, error),
        ]
        drift = _drift(channels, found, inverted=self.inverted)
        return Joined(found.offset, (*said, *drifting(second, drift, "over the time they share")))

    def _problem(self, peaks: Sequence[Peak], channels: Sequence[Channel], stated: float) -> str:
        """Say why no lag can be believed, or nothing."""
        names = f"'{channels[0].label}' and '{channels[1].label}'"
        around = f"within {self.within:g} s of {stated:+g} s"
        if not peaks:
            return (
                f"{names} have no best fit {around} at which they share {self.overlap:.0%} of the shorter recording "
                f"and at least {SHORTEST:g} s"
            )
        best = peaks[0]
        if best.correlation < self.minimum:
            return (
                f"{names} resemble each other too little: the highest correlation is {best.correlation:.2f}, at "
                f"{best.offset:+.3f} s; {self.minimum:g} is needed (another channel, another sign, or clocks of "
                "different speed)"
            )
        if len(_alike(peaks)) > 1 and stated == 0:
            shown = ", ".join(f"{peak.offset:+.3f} s ({peak.correlation:.3f})" for peak in _alike(peaks)[:4])
            return f"several lags of {names} fit nearly alike {around}: {shown}"
        return ""


@dataclass(frozen=True, slots=True)
class Search:
    """Offsets from ``around - within`` to ``around + within`` (s) at which `overlap` of the shorter one is shared."""

    around: float
    within: float
    overlap: float = 0.0
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Peak:
    """A lag at which the channels fit better than at those around it.

    Attributes
    ----------
    offset : float
        In seconds.
    correlation : float
    shared : float
        Seconds the two have in common there.
    width : float
        Seconds from the peak to where the correlation has fallen by a tenth.
    """

    offset: float
    correlation: float
    shared: float
    width: float


def correlate(first: Channel, second: Channel, search: Search) -> tuple[Peak, ...]:
    """Return the offsets of the second channel at which it fits the first, the best one first; their rates may differ.

    A lag at the edge of the search is no peak: the fit may still get better beyond.
    """
    from scipy.signal import correlate as correlation

    rate = min(max(first.sampling_rate, second.sampling_rate), FASTEST)
    one, other = _at(first, rate), _at(second, rate)
    if min(one.size, other.size) < SHORTEST * rate:
        return ()
    lags = np.arange(-(other.size - 1), one.size)
    offsets = lags / rate + first.start - second.start
    products = correlation(one, other, mode="full", method="fft") * (-1.0 if search.inverted else 1.0)
    energy = np.sqrt(_overlapping(one**2, other, lags) * _overlapping(other**2, one, -lags))
    shared = np.minimum(one.size, other.size + lags) - np.maximum(0, lags)
    least = max(SHORTEST * rate, search.overlap * min(one.size, other.size))
    usable = (np.abs(offsets - search.around) <= search.within + 0.5 / rate) & (shared >= least) & (energy > 0)
    if not usable.any():
        return ()
    values = np.where(usable, products / np.where(energy > 0, energy, 1.0), -np.inf)
    return tuple(
        Peak(
            float(offsets[top] + shift / rate),
            float(values[top]),
            float(shared[top] / rate),
            _width(values, top) / rate,
        )
        for top, shift in _peaks(values, max(round(LOBE * rate), 1))
    )


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


def _peaks(values: NDArray[np.float64], reach: int) -> Iterator[tuple[int, float]]:
    """Yield place and fraction of the highest value, then of the next one outside its lobe, and so on.

    A lobe ends where the values have fallen to half of its peak, `reach` samples away at least.
    """
    left = values.copy()
    for _ in range(MOST_PEAKS):
        top = int(left.argmax())
        height = float(left[top])
        if not np.isfinite(height) or height <= 0:
            return
        low = values < 0.5 * height
        before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
        begin = min(int(before[-1]) if before.size else 0, top - reach)
        end = max(top + int(after[0]) if after.size else values.size, top + reach)
        left[max(begin, 0) : end] = -np.inf
        around = values[top - 1 : top + 2]
        if around.size == 3 and np.isfinite(around).all() and around[1] >= max(around[0], around[2]):
            curve = around[0] - 2 * around[1] + around[2]
            yield top, float(0.5 * (around[0] - around[2]) / curve) if curve < 0 else 0.0


def _width(values: NDArray[np.float64], top: int) -> float:
    """Return how many samples from a peak its values have fallen by a tenth, the mean of both sides."""
    low = values < (1 - FALLEN) * values[top]
    before, after = np.flatnonzero(low[:top]), np.flatnonzero(low[top:])
    sides = [top - int(before[-1])] if before.size else []
    sides += [int(after[0])] if after.size else []
    return float(np.mean(sides)) if sides else float(values.size)


def _alike(peaks: Sequence[Peak]) -> list[Peak]:
    """Return the best peak and those that are nearly as high."""
    return [peak for peak in peaks if peak.correlation > RIVAL * peaks[0].correlation or peak is peaks[0]]


def _names(labels: tuple[str, str]) -> str:
    return " and ".join(f"'{label}'" for label in labels)


def _how(found: Peak, peaks: Sequence[Peak], labels: tuple[str, str], error: float) -> str:
    others = [peak.correlation for peak in peaks if peak is not found]
    next_best = f", next best {max(others):.3f}" if others else ""
    return (
        f"correlation of {_names(labels)} {found.correlation:.3f} over {found.shared:.1f} s{next_best}; standard error "
        f"of the lag {1e3 * error:.2g} ms"
    )


def _imprecise(second: Recording, error: float) -> tuple[Finding, ...]:
    if error <= LARGEST_DRIFT:
        return ()
    reason = f"the lag of '{second.source.path.name}' is known to about {1e3 * error:.0f} ms only"
    remedy = "good enough to find repetitions; to compare times of onset use a quicker channel or a shared event"
    return (make_finding("lag_imprecise", "warn", reason, remedy, value=1e3 * error, unit="ms"),)


def _independent(channels: Sequence[Channel], found: Peak) -> float:
    """Return how many independent values the two have where they overlap."""
    first, second = channels
    begin = max(first.start, second.start + found.offset)
    end = min(first.start + first.duration, second.start + found.offset + second.duration)
    rate = min(max(first.sampling_rate, second.sampling_rate), FASTEST)
    return independent_values(
        _at(_part(first, begin, end), rate), _at(_part(second, begin - found.offset, end - found.offset), rate)
    )


def _doubts(second: Recording, found: Peak, peaks: Sequence[Peak]) -> list[Finding]:
    alike = [peak for peak in _alike(peaks) if peak is not found]
    if not alike:
        return []
    shown = ", ".join(f"{peak.offset:+.3f} s ({peak.correlation:.3f})" for peak in alike[:3])
    reason = f"other lags of '{second.source.path.name}' fit nearly as well ({shown}); the stated offset decided"
    remedy = "check it in the report's traces; a smaller `within` leaves only one"
    return [make_finding("lag_doubtful", "warn", reason, remedy, value=float(len(alike)))]


def _drift(channels: Sequence[Channel], found: Peak, *, inverted: bool) -> float:
    """Return how far (s) the clocks part over the shared time; 0 where it cannot be told.

    The offsets of the two halves belong to their middles, which are half the shared time apart.
    """
    first, second = channels
    begin = max(first.start, second.start + found.offset)
    end = min(first.start + first.duration, second.start + found.offset + second.duration)
    middle = (begin + end) / 2
    if middle - begin < 2 * SHORTEST:
        return 0.0
    search = Search(found.offset, DRIFT_SEARCH, inverted=inverted)
    halves = [
        correlate(_part(first, lower, upper), _part(second, lower - found.offset, upper - found.offset), search)
        for lower, upper in ((begin, middle), (middle, end))
    ]
    if not all(halves) or min(half[0].correlation for half in halves) < RIVAL * found.correlation:
        return 0.0
    return 2 * (halves[1][0].offset - halves[0][0].offset)


def _part(channel: Channel, start: float, stop: float) -> Channel:
    from emgpipe.model import channel_from_array

    first = max(0, round((start - channel.start) * channel.sampling_rate))
    last = min(channel.n_samples, round((stop - channel.start) * channel.sampling_rate))
    begin = channel.start + first / channel.sampling_rate
    return channel_from_array(channel.label, channel.read(first, last), channel.sampling_rate, start=begin)
