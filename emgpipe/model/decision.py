"""What somebody, or a rule the study file states, decided about numbers: who, when, what and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from emgpipe.model.recording import Side

Action = Literal["exclude", "keep", "reference", "relabel"]
SAME_ONSET: Final = 0.25
"""Seconds by which the stated begin of a repetition may differ: detection may move it a little when it is repeated."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. An empty place means all: an empty `muscle` all muscles, an empty `trial` all trials.

    Attributes
    ----------
    action : {"exclude", "keep", "reference", "relabel"}
        ``exclude``: the numbers are left out of comparisons, or an MVIC trial out of the reference; ``keep``: numbers
        that failed a check stay in; ``reference``: this MVIC trial, or `value`, is 100 % whatever the rule says;
        ``relabel``: a channel counts as another muscle, side or placement (overrides of the study file only).
    who, when, reason : str
        A person and a date, or a rule of the study file.
    onset : float or None
        One repetition, by the time (s, trial clock) it begins at; repetition numbers move when detection is repeated.
    finding : str
        The kind or id of the finding it is about; empty if about none.
    value : float or None
        ``reference`` only: the reference in volts.
    source : {"table", "study file", "rule"}
        The decisions table, the study file's overrides and the rows its trials table leaves out, or ``quality:
        on_fail``.
    """

    action: Action
    who: str
    when: str
    reason: str
    participant: str = ""
    session: str = ""
    trial: str = ""
    muscle: str = ""
    side: Side = ""
    placement: str = ""
    onset: float | None = None
    finding: str = ""
    value: float | None = None
    source: Literal["table", "study file", "rule"] = "table"

    def is_at(self, onset: float | None) -> bool:
        """Tell whether it is about the repetition that begins at a time: this one, or all of them."""
        return self.onset is None or (onset is not None and abs(self.onset - onset) <= SAME_ONSET)

    @property
    def id(self) -> str:
        """A name that stays the same between runs."""
        place = (self.participant, self.session, self.trial, self.muscle, self.side, self.placement)
        onset = "" if self.onset is None else f"{self.onset:.6g}"
        value = "" if self.value is None else f"{self.value:.6g}"
        said = "|".join((self.action, *place, onset, self.finding, value, self.who, self.reason))
        return f"{self.action}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"
