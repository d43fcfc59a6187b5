"""What was noticed about a signal, a trial or a reference."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Level = Literal["note", "warn", "fail"]
LEVEL_ORDER: Final = ("fail", "warn", "note")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed; it travels with every number it touches.

    Attributes
    ----------
    kind : str
        Short stable name, such as ``constant_channel``.
    level : {"note", "warn", "fail"}
        ``fail``: the number should not be used; ``warn``: look at it; ``note``: good to know.
    reason, remedy : str
        Plain words: what was seen, what to do.
    participant, session, trial, channel, muscle, side, placement : str
        Where; empty when it does not apply.
    onset : float or None
        The repetition it is about, by the time (s) it begins at; None: not about one repetition.
    start, stop : float or None
        Span in seconds of the trial's clock.
    value, unit
        The figure behind the finding.
    stage : str
        Of the signal the figure was taken from: raw, filtered, envelope; empty where no signal was looked at.
    """

    kind: str
    level: Level
    reason: str
    remedy: str = ""
    participant: str = ""
    session: str = ""
    trial: str = ""
    channel: str = ""
    muscle: str = ""
    side: str = ""
    start: float | None = None
    stop: float | None = None
    value: float | None = None
    unit: str = ""
    placement: str = ""
    onset: float | None = None
    stage: str = ""

    @property
    def id(self) -> str:
        """A name that stays the same between runs: kind plus a hash of where and what."""
        place = (self.participant, self.session, self.trial, self.channel, self.muscle, self.side, self.placement)
        onset = "" if self.onset is None else f"{self.onset:.6g}"
        where = "|".join((*place, onset, self.reason))
        return f"{self.kind}-{hashlib.sha256(where.encode()).hexdigest()[:8]}"


def make_finding(kind: str, level: Level, reason: str, remedy: str = "", **where: object) -> Finding:
    """Build a finding from keyword parts, ignoring the ones that are None."""
    return Finding(kind, level, reason, remedy, **{key: value for key, value in where.items() if value is not None})  # type: ignore[arg-type]


def worst_level(levels: Iterable[str]) -> str:
    """Return the worst of some levels, empty without any."""
    return min(levels, key=LEVEL_ORDER.index, default="")
