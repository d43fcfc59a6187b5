"""The offset from an event that both devices recorded."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.errors import suggest
from emgpipe.joining.base import Join, Joined, drifting, joined, not_joined
from emgpipe.labels import match_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Channel, Recording

FIRST_EVENTS = 10
"""Events at the beginning of each recording of which one at least must be in the other; keeps the search short."""
_REMEDY = "state the offset in the trials table (offset_2), or correct the label under `joining`"


class SharedEvent(Join):
    """Lay the events of the two recordings on top of each other: a marker, or the rising edges of a trigger channel."""

    kind: Literal["event"] = "event"
    label: str = Field(min_length=1)
    """Label of the event, or of the trigger channel, in the first recording."""
    second_label: str | None = Field(default=None, min_length=1)
    """Its label in the second recording; the same if not given."""
    tolerance: float = Field(default=0.02, gt=0)
    """Seconds by which two events that belong together may still lie apart."""

    def find(self, first: Recording, second: Recording, stated: float) -> Joined:  # noqa: ARG002 - events say it all
        """Return the offset that brings most events together; there must be only one such."""
        labels = (self.label, self.second_label or self.label)
        times = [_times(recording, label) for recording, label in zip((first, second), labels, strict=True)]
        for recording, label, found in zip((first, second), labels, times, strict=True):
            if not found.size:
                known = [*dict.fromkeys(event.label for event in recording.events), *recording.labels]
                reason = f"'{recording.source.path.name}' has no event or trigger '{label}'{suggest(label, known)}"
                return not_joined(second, reason, _REMEDY)
        offsets, matched = _best(times[0], times[1], self.tolerance)
        if len(offsets) > 1:
            reason = (
                f"{times[0].size} events '{labels[0]}' stand against {times[1].size} events '{labels[1]}', and "
                f"{len(offsets)} offsets fit equally well ({', '.join(f'{one:+.3f}' for one in offsets[:3])} s)"
            )
            return not_joined(second, reason, _REMEDY, value=float(matched), unit="events")
        return self._joined(second, times, offsets[0], labels)

    def _joined(
        self, second: Recording, times: list[NDArray[np.float64]], offset: float, labels: tuple[str, str]
    ) -> Joined:
        apart = _apart(times[0], times[1] + offset)
        together = np.abs(apart) <= self.tolerance
        offset += float(np.median(apart[together]))
        rest = apart[together] - np.median(apart[together])
        names = f"'{labels[0]}'" if labels[0] == labels[1] else f"'{labels[0]}' and '{labels[1]}'"
        how = (
            f"{int(together.sum())} of {times[0].size} and {times[1].size} events {names} lie together, at most "
            f"{1e3 * float(np.abs(rest).max()):.1f} ms apart"
        )
        drift = float(rest[-1] - rest[0])
        return Joined(offset, (joined(second, offset, how), *drifting(second, drift, "between first and last event")))


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


def _best(first: NDArray[np.float64], second: NDArray[np.float64], tolerance: float) -> tuple[list[float], int]:
    """Return the offsets that bring most events together, alike ones counted once, and how many they bring."""
    among_first = first[:, None] - second[None, :FIRST_EVENTS], first[:FIRST_EVENTS, None] - second[None, :]
    offsets = np.unique(np.concatenate([one.ravel() for one in among_first]))
    counts = np.array([int((np.abs(_apart(first, second + offset)) <= tolerance).sum()) for offset in offsets])
    best = offsets[counts == counts.max()]
    different = [float(best[0])]
    different += [float(one) for before, one in pairwise(best) if one - before > tolerance]
    return different, int(counts.max())


def _apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each second event how much later the nearest first event is."""
    place = np.clip(np.searchsorted(first, second), 1, max(first.size - 1, 1))
    left, right = first[np.minimum(place - 1, first.size - 1)], first[np.minimum(place, first.size - 1)]
    nearest = np.where(np.abs(left - second) <= np.abs(right - second), left, right)
    return np.asarray(nearest - second, dtype=np.float64)
