"""The offset from a channel that both devices recorded, by cross-correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.joining.base import LARGEST_DRIFT, Join, Joined, drifting, joined, not_joined
from emgpipe.joining.evidence import independent_values, is_beyond_chance, lag_error
from emgpipe.joining.peaks import FASTEST, SHORTEST, Peak, Search, correlate, resampled
from emgpipe.labels import did_you_mean, match_label
from emgpipe.model import make_finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Channel, Finding, Recording

RIVAL = 0.9
"""A second peak of more than this part of the first makes the lag doubtful: repetitions resemble each other."""
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
        resampled(_part(first, begin, end), rate),
        resampled(_part(second, begin - found.offset, end - found.offset), rate),
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
