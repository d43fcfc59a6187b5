"""Electrodes that moved or came loose between trials: rest, spectrum and MVIC before and after."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import loudest
from emgpipe.quality.session.places import in_order, named, used, whole_session
from emgpipe.quality.session.spectra import median_frequency
from emgpipe.quality.session.steps import FEWEST, step_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, ReferenceKey, Stage
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

Places = list[tuple["TrialView", "ChannelView"]]
LOUD_ENOUGH: Final = 4.0
"""Times the quietest half second of the muscle in the session; below, the spectrum is that of the noise."""

HELD: Final = 0.8
"""Of the loudest half second: what counts as the hold of an MVIC."""


class ElectrodeShift(SessionCheck):
    """Steps between trials that a shifted or loose electrode leaves: in rest noise, median frequency and MVIC.

    Fatigue lowers the median frequency slowly from trial to trial; a shift is a step between two trials that all later
    ones keep. Only trials of one kind are compared: one exercise with one load, or one MVIC position.
    """

    kind: Literal["electrode_shift"] = "electrode_shift"
    finds: ClassVar[tuple[str, ...]] = ("rest_noise_changed", "spectrum_shifted", "mvic_changed")
    stage: ClassVar[Stage | Literal[""]] = "filtered"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("mvic_change", "mvic_warn"),)

    rest_factor: float = Field(default=2.0, gt=1)
    """Rest noise that became this many times as much (warn) or fell to that part (note)."""
    rest_least: float = Field(default=5.0, ge=0)
    """uV: rest noise that stays below is good, however it changed; not applied where the unit is unknown."""
    spectrum_step: float = Field(default=25.0, gt=0)
    """%: step of the median frequency between trials of one kind (warn; with two trials only: note)."""
    mvic_change: float = Field(default=20.0, gt=0)
    """%: change of the MVIC from before to after the tasks (note); below it lies what trials differ by anyway."""
    mvic_warn: float = Field(default=25.0, gt=0)
    """%: from this change on it is a warning."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for every muscle and kind of evidence."""
        found: list[Finding] = []
        for key in session.keys:
            found.extend(self._rest(session, key))
            found.extend(self._spectrum(session, key))
            found.extend(self._mvic(session, key))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"rest noise that changes by a factor of {self.rest_factor:g} over the session, a step of the median "
            f"frequency by {self.spectrum_step:g} % between trials of one kind, an MVIC after the tasks that differs "
            f"by {self.mvic_change:g} % (note) or {self.mvic_warn:g} % (warn)"
        )

    def _rest(self, session: SessionView, key: ReferenceKey) -> Iterator[Finding]:
        rests = [(trial, one) for trial, one in used(session, key, "rest") if one.filtered_rms.size]
        levels = [float(np.median(one.filtered_rms)) for _, one in rests]
        if len(rests) < 2 or min(levels) <= 0:
            return
        ratio = levels[-1] / levels[0]
        in_volts = rests[0][1].unit == "V"
        if in_volts and max(levels[0], levels[-1]) < self.rest_least * 1e-6:
            return
        if max(ratio, 1 / ratio) < self.rest_factor:
            return
        level: Level = "warn" if ratio > 1 else "note"
        figures = f" ({1e6 * levels[0]:.1f} to {1e6 * levels[-1]:.1f} uV)" if in_volts else ""
        grew = f"grew to {ratio:.1f} times" if ratio > 1 else f"fell to {100 * ratio:.0f} % of"
        reason = (
            f"{named(key)}: rest noise {grew} its value{figures} from {rests[0][0].id} to {rests[-1][0].id}: "
            "the contact of the electrode changed, or the participant was not at rest in one of both"
        )
        yield make_finding("rest_noise_changed", level, reason, _CONTACT, value=ratio, **whole_session(key))

    def _spectrum(self, session: SessionView, key: ReferenceKey) -> Iterator[Finding]:
        for kind, places in _kinds(session, key).items():
            frequencies = np.array([median_frequency(one.figures) for _, one in places])
            step = step_in(np.log(frequencies)) if len(places) > 1 else None
            if step is None or abs(np.expm1(step[1])) * 100 < self.spectrum_step:
                continue
            place, size = step
            level: Level = "warn" if len(places) >= FEWEST else "note"
            before, after = float(np.median(frequencies[:place])), float(np.median(frequencies[place:]))
            reason = (
                f"{named(key)}: the median frequency of {kind} steps from {before:.0f} to {after:.0f} Hz "
                f"({100 * np.expm1(size):+.0f} %) between {places[place - 1][0].id} and {places[place][0].id}: "
                + (
                    "a step that stays is the sign of an electrode that moved; fatigue goes slowly"
                    if level == "warn"
                    else "with two trials only, a moved electrode cannot be told from fatigue"
                )
            )
            yield make_finding(
                "spectrum_shifted",
                level,
                reason,
                _MOVED,
                value=100 * float(np.expm1(size)),
                unit="%",
                **whole_session(key),
            )

    def _mvic(self, session: SessionView, key: ReferenceKey) -> Iterator[Finding]:
        before, after = _around_tasks(session, key)
        shared = {_position(trial) for trial, _ in before} & {_position(trial) for trial, _ in after}
        if not shared:
            return
        early, late = (_best([one for trial, one in part if _position(trial) in shared]) for part in (before, after))
        if early <= 0 or late <= 0:
            return
        change = 100 * (late / early - 1)
        if abs(change) < self.mvic_change:
            return
        level: Level = "warn" if abs(change) >= self.mvic_warn else "note"
        cause = "fatigue, less effort or a moved electrode" if change < 0 else "more effort or a moved electrode"
        reason = (
            f"{named(key)}: the MVIC after the tasks is {abs(change):.0f} % {'lower' if change < 0 else 'higher'} than "
            f"before in the same position: {cause}"
        )
        yield make_finding("mvic_changed", level, reason, _REPEAT, value=change, unit="%", **whole_session(key))


_CONTACT = (
    "check the electrode and its cable; if it was replaced or pressed on again, record rest and MVIC again and state "
    "the trials that follow as another placement"
)
_MOVED = (
    "compare with the notes and photographs of the session; if the electrode moved, values of the trials before and "
    "after the step do not share one MVIC: state another placement, with an MVIC of its own"
)
_REPEAT = (
    "look at rest noise and median frequency for a second sign of a moved electrode; if there is none, conditions "
    "recorded late are still to be compared with care"
)


def _kinds(session: SessionView, key: ReferenceKey) -> dict[str, Places]:
    """Return the trials that are loud enough, those of one exercise and load, or of one MVIC position, together."""
    places = list(used(session, key, "rest", "mvic", "task"))
    quiet = min((float(one.filtered_rms.min()) for _, one in places if one.filtered_rms.size), default=0.0)
    groups: dict[str, Places] = defaultdict(list)
    for trial, channel in places:
        is_loud = loudest(channel.filtered_rms) > LOUD_ENOUGH * quiet
        kind = _kind(trial)
        is_emg = channel.is_raw_emg and not channel.has_mains
        if kind and is_loud and is_emg and np.isfinite(median_frequency(channel.figures)):
            groups[kind].append((trial, channel))
    return groups


def _kind(trial: TrialView) -> str:
    if trial.trial is None or trial.role == "rest":
        return ""
    if trial.role == "mvic":
        return " ".join(("MVIC", *trial.trial.targets, trial.trial.position)).strip()
    facts = (trial.trial.exercise, *(trial.trial.factors.get(name, "") for name in ("load", "working_side")))
    return " ".join(filter(None, facts)) or "the task"


def _around_tasks(session: SessionView, key: ReferenceKey) -> tuple[Places, Places]:
    """Return the MVIC trials of a muscle before the first and after the last task."""
    ordered = in_order(session)
    tasks = [index for index, trial in enumerate(ordered) if trial.role == "task"]
    if not tasks:
        return [], []
    index = {id(trial): place for place, trial in enumerate(ordered)}
    mvics = list(used(session, key, "mvic"))
    before = [place for place in mvics if index[id(place[0])] < tasks[0]]
    after = [place for place in mvics if index[id(place[0])] > tasks[-1]]
    return before, after


def _position(trial: TrialView) -> str:
    return trial.trial.position if trial.trial else ""


def _best(channels: Sequence[ChannelView]) -> float:
    """Return the level of the strongest hold; the mean over the hold, because single half seconds vary by 5 %."""
    return max((_held(one.filtered_rms) for one in channels), default=0.0)


def _held(levels: NDArray[np.float64]) -> float:
    highest = loudest(levels)
    return float(np.mean(levels[levels >= HELD * highest])) if highest > 0 else 0.0
