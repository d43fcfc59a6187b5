"""What 100 % means for one muscle: the value, where it came from, and what else was tried."""

from __future__ import annotations

from dataclasses import dataclass

from emgpipe.model.recording import Side

ReferenceKey = tuple[str, Side, str]
"""Muscle, side, placement: what a session has one reference for."""


@dataclass(frozen=True, slots=True)
class MvicAttempt:
    """The value one trial gives, and the window (s, trial clock) it was taken from."""

    trial: str
    position: str
    value: float
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Reference:
    """The amplitude that counts as 100 % for one participant, session, muscle, side and placement.

    Attributes
    ----------
    value : float
        In `amplitude_unit` (volts unless the recording's unit is unknown).
    unit : str
        What amplitudes divided by it are called: ``%MVIC``, ``%task_peak`` or ``%task_mean``.
    rule : str
        The rule in words.
    attempts : tuple of MvicAttempt
        Every trial that was considered, best first; the winner is the first.
    spread : float or None
        Coefficient of variation between trials; None with one trial.
    gap : float or None
        How far the second best lies below the best, as a fraction of the best.
    chain_hash : str
        The chain its envelopes went through.
    n_used : int
        How many of the attempts, from the first, make the value.
    """

    participant: str
    session: str
    muscle: str
    side: Side
    placement: str
    value: float
    unit: str
    rule: str
    attempts: tuple[MvicAttempt, ...]
    spread: float | None
    gap: float | None
    chain_hash: str
    n_used: int = 1

    @property
    def used(self) -> tuple[MvicAttempt, ...]:
        """The attempts that make the value."""
        return self.attempts[: self.n_used]

    @property
    def id(self) -> str:
        """Stable name used in the metrics table."""
        parts = (
            self.participant,
            self.session,
            self.muscle,
            self.side,
            self.placement,
            self.unit.lstrip("%"),
        )
        return "/".join(part for part in parts if part)
