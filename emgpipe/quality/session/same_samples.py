"""Two trials with the same samples: one file under two names."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.memory import release_memory
from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.session.places import in_order
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

EXCERPT = 2048
"""Samples from the middle that are compared first: enough to tell recordings apart, few enough to compare all."""
SHORTEST = 256
Copy = tuple["TrialView", "TrialView"]


class SameSamples(SessionCheck):
    """Channels of two trials whose samples agree, up to sign, gain and offset: one file under two names.

    Two contractions never give the same EMG; the correlation of independent signals of this length is near 0.
    """

    kind: Literal["same_samples"] = "same_samples"
    finds: ClassVar[tuple[str, ...]] = ("same_samples",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    correlation: float = Field(default=0.9999, gt=0.9, le=1)
    """From this correlation of all samples two trials count as one recording; rounding on export leaves more."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for both trials, or for both trials of each channel where not all channels agree."""
        copies: dict[tuple[str, str], list[tuple[TrialView, ChannelView]]] = defaultdict(list)
        pairs: dict[tuple[str, str], Copy] = {}
        for places in _same_size(in_order(session)):
            for (first, one), (second, other) in self._copies(places):
                pairs[first.id, second.id] = (first, second)
                copies[first.id, second.id].extend([(first, one), (second, other)])
        return tuple(finding for key, places in copies.items() for finding in _findings(pairs[key], places))

    def describe(self) -> str:
        """Say what is looked for."""
        return f"two trials whose samples agree (correlation of at least {self.correlation:g})"

    def _copies(
        self, places: Sequence[tuple[TrialView, ChannelView]]
    ) -> Iterable[tuple[tuple[TrialView, ChannelView], tuple[TrialView, ChannelView]]]:
        excerpts = np.array([_unit(_middle(channel.raw)) for _, channel in places])
        release_memory()
        alike = np.abs(excerpts @ excerpts.T) >= self.correlation
        for first, second in combinations(range(len(places)), 2):
            if not alike[first, second] or places[first][0] is places[second][0]:
                continue
            whole = abs(float(_unit(places[first][1].raw) @ _unit(places[second][1].raw)))
            if whole >= self.correlation:
                yield places[first], places[second]


def _same_size(trials: Iterable[TrialView]) -> list[list[tuple[TrialView, ChannelView]]]:
    """Return the channels of one muscle with equally many samples, two or more of them."""
    groups: dict[tuple[object, ...], list[tuple[TrialView, ChannelView]]] = defaultdict(list)
    for trial in trials:
        for channel in trial.targets:
            if channel.finite.size >= SHORTEST and not channel.is_dead:
                groups[*channel.key, channel.raw.size].append((trial, channel))
    return [group for group in groups.values() if len(group) > 1]


def _middle(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    first = max((samples.size - EXCERPT) // 2, 0)
    return samples[first : first + EXCERPT]


def _unit(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the samples without mean, of length 1; missing ones count as the mean, nothing but them as zero."""
    known = np.isfinite(samples)
    if not known.any():
        return np.zeros(samples.size)
    highest = float(np.max(np.abs(samples[known]))) or 1.0
    scaled = np.where(known, samples, 0.0) / highest
    centered = np.where(known, scaled - scaled[known].mean(), 0.0)
    length = float(np.linalg.norm(centered))
    return centered / length if length > 1e-9 else np.zeros(samples.size)


def _findings(pair: Copy, places: list[tuple[TrialView, ChannelView]]) -> Iterable[Finding]:
    """Say it once for each trial where every channel both have agrees, else for each channel."""
    first, second = pair
    shared = {one.key for one in first.targets} & {one.key for one in second.targets}
    if len(shared) > 1 and {channel.key for _, channel in places} == shared:
        for trial, other in ((first, second), (second, first)):
            yield make_finding("same_samples", "fail", _reason("all channels", other), _REMEDY, trial=trial.id)
        return
    for trial, channel in places:
        other = second if trial is first else first
        yield make_finding(
            "same_samples", "fail", _reason(f"'{channel.label}'", other), _REMEDY, **place_of(channel, trial)
        )


def _reason(what: str, other: TrialView) -> str:
    verb = "hold" if what == "all channels" else "holds"
    return f"{what} {verb} the same samples as in trial {other.id}: one recording stands under two names"


_REMEDY = (
    "find out which of both trials the recording belongs to and correct `file` in the trials table; if the other "
    "recording is lost, take its row out"
)
