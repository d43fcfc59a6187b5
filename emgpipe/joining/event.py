"""The offset from an event that both devices recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.joining.base import Join, Joined, drifting, joined, not_joined
from emgpipe.labels import did_you_mean, match_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Channel, Recording

FIRST_EVENTS = 10
"""Events at the beginning of each recording of which one at least must be in the other; keeps the search short."""
FITTING = 0.7
"""Part of the events in the shared time that must meet one of the other device."""
_REMEDY = "state the offset in the trials table (offset_2), which then decides, or correct the label under `joining`"


class SharedEvent(Join):
    """Lay the events of the two recordings on top of each other: a marker, or the rising edges of a trigger channel."""

    kind: Literal["event"] = "event"
    label: str = Field(min_length=1)
    """Label of the event, or of the trigger channel, in the first recording."""
    second_label: str | None = Field(default=None, min_length=1)
    """Its label in the second recording; the same if not given."""
    tolerance: float = Field(default=0.02, gt=0)
    """Seconds by which two events that belong together may still lie apart."""
    within: float | None = Field(default=None, gt=0)
    """Seconds around the stated offset in which the offset is looked for; anywhere if not given."""

    def find(self, first: Recording, second: Recording, stated: float) -> Joined:
        """Return the offset at which the events in the shared time meet; of several that fit, the stated one."""
        labels = (self.label, self.second_label or self.label)
        trains = [_Train.of(recording, label) for recording, label in zip((first, second), labels, strict=True)]
        for recording, label, train in zip((first, second), labels, trains, strict=True):
            if not train.times.size:
                near = did_you_mean(label, recording.labels)  # not of events: what an operator typed may be a name
                reason = f"'{recording.source.path.name}' has no event or trigger '{label}'{near}"
                return not_joined(second, reason, _REMEDY)
        names = f"'{labels[0]}'" if labels[0] == labels[1] else f"'{labels[0]}' and '{labels[1]}'"
        offsets = _fitting(trains[0], trains[1], self.tolerance)
        if self.within is not None:
            offsets = [offset for offset in offsets if abs(offset - stated) <= self.within]
        if not offsets:
            reason = f"no offset brings the {trains[0].times.size} and {trains[1].times.size} events {names} together"
            return not_joined(second, reason, _REMEDY)
        if len(offsets) > 1 and stated == 0:
            shown = ", ".join(f"{one:+.3f}" for one in sorted(offsets, key=abs)[:4])
            reason = f"the events {names} meet at {len(offsets)} offsets ({shown} s, ...): they repeat too evenly"
            return not_joined(second, reason, _REMEDY, value=float(len(offsets)))
        chosen = min(offsets, key=lambda offset: abs(offset - stated))
        said = f"; of {len(offsets)} offsets that fit, the one nearest to the stated {stated:+g} s"
        return _joined(second, trains, chosen, self.tolerance, names + (said if len(offsets) > 1 else ""))


@dataclass(frozen=True, slots=True)
class _Train:
    """The times of an event, and from when to when it would have been recorded (s); how finely times are known."""

    times: NDArray[np.float64]
    start: float
    stop: float
    resolution: float

    @classmethod
    def of(cls, recording: Recording, label: str) -> _Train:
        times = _times(recording, label)
        starts = [*(channel.start for channel in recording.channels), *times[:1]]
        stops = [*(channel.start + channel.duration for channel in recording.channels), *times[-1:]]
        rates = [channel.sampling_rate for channel in recording.channels]
        return cls(times, min(starts, default=0.0), max(stops, default=0.0), 1 / max(rates) if rates else 0.0)


def _times(recording: Recording, label: str) -> NDArray[np.float64]:
    """Return when the event happened, increasing; of a trigger channel its rising edges."""
    events = sorted(event.start for event in recording.events if event.label == label)
    place = match_label([label], recording.labels)
    if events or place is None:
        return np.array(events, dtype=np.float64)
    return _rising_edges(recording.channels[place])


def _rising_edges(channel: Channel) -> NDArray[np.float64]:
    samples = channel.read()
    known = samples[np.isfinite(samples)]
    if not known.size or np.ptp(known) == 0:
        return np.empty(0)
    high = samples > (known.min() + known.max()) / 2
    edges = np.flatnonzero(high[1:] & ~high[:-1]) + 1
    return np.asarray(channel.start + edges / channel.sampling_rate, dtype=np.float64)


def _fitting(first: _Train, second: _Train, tolerance: float) -> list[float]:
    """Return the offsets at which nearly all events of the shared time meet, ones that bring few together left out.

    A pulse that comes every second fits at many offsets; a single event that meets another by chance, where there are
    offsets at which several meet, does not count.
    """
    apart = first.times[:, None] - second.times[None, :FIRST_EVENTS], first.times[:FIRST_EVENTS, None] - second.times
    matched: list[tuple[float, int]] = []
    for offset in np.unique(np.concatenate([one.ravel() for one in apart])).tolist():
        count, possible = _meeting(first, second, offset, tolerance)
        if count and count >= FITTING * possible:
            matched.append((offset, count))
    most = max((count for _, count in matched), default=0)
    enough = 1 if most == 1 else max(2, -(-most // 2))
    return _apart_by([(offset, count) for offset, count in matched if count >= enough], 2 * tolerance)


def _meeting(first: _Train, second: _Train, offset: float, tolerance: float) -> tuple[int, int]:
    """Return how many events meet at an offset, and how many could because both devices were recording."""
    shifted = second.times + offset
    start, stop = max(first.start, second.start + offset), min(first.stop, second.stop + offset)
    of_first = first.times[(first.times >= start - tolerance) & (first.times <= stop + tolerance)]
    of_second = shifted[(shifted >= start - tolerance) & (shifted <= stop + tolerance)]
    if not of_first.size or not of_second.size:
        return 0, 0
    count = int((np.abs(_nearest(of_first, of_second)) <= tolerance).sum())
    return count, max(of_first.size, of_second.size)


def _apart_by(offsets: list[tuple[float, int]], least: float) -> list[float]:
    """Return one offset for each group of neighbors: the one that brings most together."""
    groups: list[list[tuple[float, int]]] = []
    for offset, count in offsets:
        if groups and offset - groups[-1][-1][0] <= least:
            groups[-1].append((offset, count))
        else:
            groups.append([(offset, count)])
    return [max(group, key=lambda one: one[1])[0] for group in groups]


def _nearest(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each second event how much later the nearest first event is."""
    place = np.clip(np.searchsorted(first, second), 1, max(first.size - 1, 1))
    left, right = first[np.minimum(place - 1, first.size - 1)], first[np.minimum(place, first.size - 1)]
    closest = np.where(np.abs(left - second) <= np.abs(right - second), left, right)
    return np.asarray(closest - second, dtype=np.float64)


def _joined(second: Recording, trains: list[_Train], offset: float, tolerance: float, names: str) -> Joined:
    apart = _nearest(trains[0].times, trains[1].times + offset)
    together = np.abs(apart) <= tolerance
    middle = float(np.median(apart[together]))
    rest = apart[together] - middle
    known = max(train.resolution for train in trains)
    how = (
        f"{int(together.sum())} of {trains[0].times.size} and {trains[1].times.size} events {names} lie together, at "
        f"most {1e3 * float(np.abs(rest).max()):.1f} ms apart"
    )
    if known:
        how += f"; an event is known to a sample of the slower device, {1e3 * known:.2g} ms"
    drift = drifting(second, float(rest[-1] - rest[0]), "between first and last event")
    return Joined(offset + middle, (joined(second, offset + middle, how), *drift))
