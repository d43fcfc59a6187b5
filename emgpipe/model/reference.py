"""What 100 % means for one muscle: the value, where it came from, and what else was tried."""

from __future__ import annotations

import math
from dataclasses import dataclass

from emgpipe.model.decision import Decision
from emgpipe.model.recording import Side

ReferenceKey = tuple[str, Side, str]
"""Muscle, side, placement: what a session has one reference for."""


@dataclass(frozen=True, slots=True)
class MvicAttempt:
    """The value one trial gives, the window (s, trial clock) it was taken from, and how good that window is.

    All figures but the first five are None where they cannot be known.

    Attributes
    ----------
    value : float
        In the unit of the reference.
    noise : float or None
        RMS of the envelope in the quietest half second of the trial, same unit.
    clipped : float or None
        Share of the window's raw samples that lie at the rail of a clipped signal.
    crest : float or None
        Largest magnitude of the filtered signal in the window by its RMS in the tenth of a second on either side,
        the hundredth nearest to it left out; a spike makes it large.
    variation : float or None
        Coefficient of variation of the envelope in the window.
    slope : float or None
        Change of the envelope in the window, as a share of its mean per second.
    held : float or None
        Highest mean of a second that contains the best half second, as a share of the mean of that half second.
    missing : float or None
        Share of the trial's samples that are missing.
    is_contiguous : bool
        False where the window is only the span from the first to the last of the samples that made the value.
    """

    trial: str
    position: str
    value: float
    start: float
    stop: float
    noise: float | None = None
    clipped: float | None = None
    crest: float | None = None
    variation: float | None = None
    slope: float | None = None
    held: float | None = None
    missing: float | None = None
    is_contiguous: bool = True


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An MVIC trial that is meant for the muscle and does not count: why, and the value it would have had."""

    trial: str
    position: str
    reason: str
    value: float | None = None
    decision: str = ""


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
        Every trial that was considered, best first; the winner is the first. Where samples of several trials are
        pooled, the trial that gives most of them is the first; where somebody chose a trial, that one.
    spread : float or None
        Coefficient of variation between trials; None with one trial.
    gap : float or None
        How far the second best lies below the best, as a fraction of the best.
    chain_hash : str
        The chain its envelopes went through.
    n_used : int
        How many of the attempts, from the first, make the value.
    plateau : bool or None
        Whether the best two trials agree and the best one was held; None where there is nothing to tell it from.
    rest_noise : float or None
        RMS of the envelope in the session's rest trials, as recorded, in the same chain.
    rest_trials : tuple of str
        The rest trials it was taken from.
    noise_removed : float or None
        The baseline noise (RMS) that was subtracted from task, MVIC and rest; None: nothing was.
    task_best : MvicAttempt or None
        What the same rule gives in the task trial where it gives most.
    left_out : tuple of LeftOut
        MVIC trials meant for the muscle that do not count.
    decision : Decision or None
        By which somebody set the reference.
    rule_value : float or None
        With a decision: what the rule would have given.
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
    plateau: bool | None = None
    rest_noise: float | None = None
    rest_trials: tuple[str, ...] = ()
    noise_removed: float | None = None
    task_best: MvicAttempt | None = None
    left_out: tuple[LeftOut, ...] = ()
    decision: Decision | None = None
    rule_value: float | None = None

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

    @property
    def snr(self) -> float | None:
        """Reference over rest noise in dB; None without a rest trial."""
        return _decibel(self.value, self.rest_noise)


def _decibel(value: float, noise: float | None) -> float | None:
    return 20.0 * math.log10(value / noise) if noise and value > 0 else None
