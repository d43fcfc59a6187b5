"""Trials of one channel on different scales: a file in mV read as V, another gain, another sampling rate."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import loudest
from emgpipe.quality.session.places import named, used, whole_session
from emgpipe.quality.session.spectra import median_frequency
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.model import Finding, ReferenceKey, Stage
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

Places = list[tuple["TrialView", "ChannelView"]]
FITS: Final = 0.15
"""Of the ratio of two rates: so near must the ratio of the median frequencies be to call one rate wrong."""
LEAST_RATIO: Final = 1.2
"""Rates nearer to each other than this shift the spectrum too little to say which is right."""

AT_WORK: Final = 5.0
"""A muscle works in a task whose loudest half second is this many times the quietest."""


class ConsistentScale(SessionCheck):
    """Amplitudes of one channel that differ between trials by more than a muscle can, and rates that differ.

    Loudest and quietest half second must differ alike: a muscle at rest in one trial and at work in another changes
    the first, and not the noise between its contractions.
    """

    kind: Literal["consistent_scale"] = "consistent_scale"
    finds: ClassVar[tuple[str, ...]] = ("scale_differs", "sampling_rate_differs")
    stage: ClassVar[Stage | Literal[""]] = "raw"

    factor: float = Field(default=150.0, gt=1)
    """Trials of one role whose loudest and quietest half seconds differ by this factor are on different scales."""
    task_over_mvic: float = Field(default=30.0, gt=1)
    """Tasks that are this many times as loud as the MVIC are on another scale."""
    mvic_over_task: float = Field(default=300.0, gt=1)
    """An MVIC that is this many times as loud as tasks in which the muscle works is on another scale."""
    rest_factor: float = Field(default=30.0, gt=1)
    """Rest whose level is this many times that of the quietest half second of the other trials."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for each trial on another scale, or for the muscle where the roles differ."""
        found: list[Finding] = []
        for key in session.keys:
            found.extend(self._scale(session, key))
            found.extend(_rates(session, key))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"trials of a channel whose amplitudes differ by a factor of {self.factor:g}, tasks "
            f"{self.task_over_mvic:g} times as loud as the MVIC, rest {self.rest_factor:g} times as loud as the "
            "quietest part of other trials"
        )

    def _scale(self, session: SessionView, key: ReferenceKey) -> Iterator[Finding]:
        places = {role: _with_levels(session, key, role) for role in ("rest", "mvic", "task")}
        odd = [finding for role in ("mvic", "task") for finding in self._within(places[role])]
        yield from odd
        if not odd:
            yield from self._between(key, places)

    def _within(self, places: Places) -> Iterator[Finding]:
        """Part the trials of one role at the widest gap; the fewer ones are odd."""
        ranked = sorted(places, key=lambda place: loudest(place[1].loudness))
        highs = np.array([loudest(one.loudness) for _, one in ranked])
        if highs.size < 2 or highs[0] <= 0:
            return
        widest = int(np.argmax(np.diff(np.log(highs)))) + 1
        low, high = ranked[:widest], ranked[widest:]
        quiet = [float(np.median([one.loudness.min() for _, one in part])) for part in (low, high)]
        if highs[widest] < self.factor * highs[widest - 1] or quiet[1] < self.factor * quiet[0]:
            return
        odd, others = (low, high) if len(low) < len(high) else (high, low)
        ratio = float(np.median(highs[widest:]) / np.median(highs[:widest]))
        for trial, channel in odd:
            reason = (
                f"'{channel.label}' is {ratio:.0f} times {'smaller' if odd is low else 'larger'} here than in "
                f"{others[0][0].id}{' and others' if len(others) > 1 else ''}, at its loudest and at its quietest: one "
                "of both is in another unit or was recorded with another gain"
            )
            yield make_finding("scale_differs", "fail", reason, _UNIT, value=ratio, **place_of(channel, trial))

    def _between(self, key: ReferenceKey, places: dict[str, Places]) -> Iterator[Finding]:
        """Set tasks against MVIC trials, and rest against both."""
        mvic, task = (_typical([loudest(one.loudness) for _, one in places[role]]) for role in ("mvic", "task"))
        works = any(loudest(one.loudness) > AT_WORK * one.loudness.min() for _, one in places["task"])
        least = 1 / self.mvic_over_task if works else 0.0
        if mvic > 0 and task > 0 and not least < task / mvic < self.task_over_mvic:
            larger, smaller = ("tasks", "MVIC trials") if task > mvic else ("MVIC trials", "tasks")
            ratio = max(task / mvic, mvic / task)
            yield _between(key, larger, smaller, ratio)
            return
        rest = _typical([float(np.median(one.loudness)) for _, one in places["rest"]])
        quiet = min((float(one.loudness.min()) for _, one in (*places["mvic"], *places["task"])), default=0.0)
        if quiet > 0 and rest / quiet > self.rest_factor:
            yield _between(key, "rest trials", "the quietest half second of the other trials", rest / quiet)


_UNIT = "state `unit` for this channel (under `overrides` if only some files need it), or export the file again"


def _between(key: ReferenceKey, larger: str, smaller: str, ratio: float) -> Finding:
    reason = (
        f"{named(key)}: the {larger} are {ratio:.0f} times as loud as {smaller}, more than a muscle can explain: "
        "they are in different units or were recorded with different gains"
    )
    return make_finding("scale_differs", "fail", reason, _UNIT, value=ratio, **whole_session(key))


def _with_levels(session: SessionView, key: ReferenceKey, role: str) -> Places:
    return [(trial, one) for trial, one in used(session, key, role) if one.loudness.size and one.loudness.min() > 0]


def _typical(levels: Sequence[float]) -> float:
    return float(np.median(levels)) if levels else 0.0


def _rates(session: SessionView, key: ReferenceKey) -> Iterator[Finding]:
    """Compare the sampling rates of MVIC and task trials, and whether the spectra say that one of them is wrong."""
    by_rate: dict[float, list[float]] = defaultdict(list)
    for _, channel in used(session, key, "mvic", "task"):
        frequency = median_frequency(channel.figures) if channel.is_raw_emg else float("nan")
        by_rate[round(channel.sampling_rate, 3)].append(frequency)
    if len(by_rate) < 2:
        return
    first, second = sorted(by_rate, key=lambda rate: -len(by_rate[rate]))[:2]
    known = [[one for one in by_rate[rate] if np.isfinite(one)] for rate in (first, second)]
    reason = f"{named(key)} was sampled at {first:g} Hz in some trials and at {second:g} Hz in others"
    ratio = second / first
    if all(known) and max(ratio, 1 / ratio) > LEAST_RATIO:
        shift = float(np.median(known[1]) / np.median(known[0]))
        if abs(np.log(shift / ratio)) < FITS:
            reason += (
                f", and the median frequency ({np.median(known[0]):.0f} and {np.median(known[1]):.0f} Hz) differs by "
                "the same factor: one of both rates is stated wrongly"
            )
            yield make_finding("sampling_rate_differs", "warn", reason, _RATE, value=ratio, **whole_session(key))
            return
    remedy = "good to know: nothing is wrong with two rates if both are stated rightly"
    yield make_finding("sampling_rate_differs", "note", reason, remedy, value=ratio, **whole_session(key))


_RATE = "find the rate the device was set to, and state it under `recordings: reading` for the files that lack it"
