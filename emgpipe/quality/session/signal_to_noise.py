"""How far the MVIC stands above the rest: what is left for everything in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import loudest
from emgpipe.quality.session.places import named, used, whole_session

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, ReferenceKey, Stage
    from emgpipe.quality.views import SessionView


@dataclass(frozen=True, slots=True)
class _Ratio:
    """The ratio in dB, in words what was set against what, and the worst that may be said of it."""

    decibels: float
    words: str
    worst: Level


class SignalToNoise(SessionCheck):
    """MVIC over rest, in dB: the loudest half second of the MVIC trials over the quietest rest trial.

    Without a rest trial the quietest half second of all trials stands in for it: the noise is at most that, so that
    the ratio is at least the one given, and no more than a note. Without an MVIC trial the loudest task counts, and the
    finding is no more than a warning: a muscle need not be loud in a task.
    """

    kind: Literal["signal_to_noise"] = "signal_to_noise"
    finds: ClassVar[tuple[str, ...]] = ("low_signal_to_noise",)
    stage: ClassVar[Stage | Literal[""]] = "filtered"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("note_below", "warn_below", "fail_below"),)

    note_below: float = Field(default=20.0, ge=0)
    """dB: from here on a signal is good."""
    warn_below: float = Field(default=15.0, ge=0)
    """dB: below it noise makes a visible part of small amplitudes."""
    fail_below: float = Field(default=10.0, ge=0)
    """dB: below it rest reads more than 30 % of the MVIC."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for every muscle whose MVIC does not stand well above its rest."""
        found = []
        for key in session.keys:
            ratio = _ratio(session, key)
            if ratio is not None and ratio.decibels < self.note_below:
                found.append(self._finding(key, ratio))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"MVIC over rest below {self.note_below:g} dB (note), {self.warn_below:g} dB (warn), "
            f"{self.fail_below:g} dB (fail)"
        )

    def _finding(self, key: ReferenceKey, ratio: _Ratio) -> Finding:
        share = 100 * 10 ** (-ratio.decibels / 20)
        reason = f"{named(key)}: {ratio.words}: the noise is {share:.0f} % of the signal at its loudest"
        return make_finding(
            "low_signal_to_noise",
            self._level(ratio),
            reason,
            _BETTER_REST if ratio.worst == "note" else _REMEDY,
            value=ratio.decibels,
            unit="dB",
            **whole_session(key),
        )

    def _level(self, ratio: _Ratio) -> Level:
        if ratio.worst == "note" or ratio.decibels >= self.warn_below:
            return "note"
        return ratio.worst if ratio.decibels < self.fail_below else "warn"


_REMEDY = (
    "check electrode and cable of this muscle, whether the participant was at rest in the rest trial, and whether the "
    "MVIC was a full effort; if the participant is there, clean the skin, fix the electrode and record rest and MVIC "
    "again"
)
_BETTER_REST = "record a rest trial of 5 to 10 s with this placement: only it tells noise from activity"


def _ratio(session: SessionView, key: ReferenceKey) -> _Ratio | None:
    """Set the loudest half second against rest; None where one of both is missing."""
    name, loud = "MVIC", _loudest(session, key, "mvic")
    if loud <= 0:
        name, loud = "the loudest task", _loudest(session, key, "task")
    if loud <= 0:
        return None
    rests = [float(np.median(one.filtered_rms)) for _, one in used(session, key, "rest") if one.filtered_rms.size]
    if rests and min(rests) > 0:
        decibels = 20 * float(np.log10(loud / min(rests)))
        return _Ratio(decibels, f"{name} stands {decibels:.1f} dB above rest", "fail" if name == "MVIC" else "warn")
    windows = [one.filtered_rms for _, one in used(session, key, "mvic", "task") if one.filtered_rms.size]
    quiet = min(float(one.min()) for one in windows)
    if rests or quiet <= 0:
        return None
    decibels = 20 * float(np.log10(loud / quiet))
    words = f"there is no rest trial, and {name} stands {decibels:.1f} dB above the quietest half second of the session"
    return _Ratio(decibels, words, "note")


def _loudest(session: SessionView, key: ReferenceKey, role: str) -> float:
    return max((loudest(one.filtered_rms) for _, one in used(session, key, role)), default=0.0)
