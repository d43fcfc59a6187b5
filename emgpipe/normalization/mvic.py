"""Maximal voluntary isometric contractions as 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, MvicAttempt, Reference, make_finding
from emgpipe.normalization.base import Candidate, Normalization
from emgpipe.normalization.combine import AnyCombine, Maximum
from emgpipe.normalization.rules import AnyRule, SlidingMean

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_PLATEAUED = 0.10
"""Where the second best trial lies this far below the best, the best may not have been the participant's maximum."""


class Mvic(Normalization):
    """One value per participant, session, muscle, side and placement, from the MVIC trials meant for the muscle."""

    kind: Literal["mvic"] = "mvic"
    unit: ClassVar[str] = "%MVIC"
    role: ClassVar[str] = "mvic"

    rule: AnyRule = Field(default_factory=SlidingMean)
    """What one trial gives."""
    combine: AnyCombine = Field(default_factory=Maximum)
    """What all trials together give."""

    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:
        """Apply the rule to every trial and combine."""
        attempts, findings = [], []
        for candidate in candidates:
            attempt = self._attempt(candidate)
            if attempt is None:
                findings.append(_unusable(candidate))
            else:
                attempts.append(attempt)
        attempts.sort(key=lambda attempt: (-attempt.value, attempt.trial))
        if not attempts:
            return None, tuple(findings)
        reference = _reference(self, candidates[0], tuple(attempts))
        return reference, (*findings, *_plateau(reference))

    def describe(self) -> str:
        """Say in words what counts as 100 %."""
        return f"100 % = {self.rule.describe()} of the MVIC trials, {self.combine.describe()}"

    def _attempt(self, candidate: Candidate) -> MvicAttempt | None:
        signal = candidate.signal
        if signal.envelope is None:
            return None
        span = signal.span(candidate.start, candidate.stop)
        picked = self.rule.pick(signal.envelope[span], signal.sampling_rate)
        if picked is None or picked[0] <= 0:
            return None
        value, first, last = picked
        start = signal.start + (span.start + first) / signal.sampling_rate
        stop = signal.start + (span.start + last) / signal.sampling_rate
        return MvicAttempt(candidate.trial.id, candidate.trial.position, value, start, stop)


def _reference(settings: Mvic, candidate: Candidate, attempts: tuple[MvicAttempt, ...]) -> Reference:
    values = [attempt.value for attempt in attempts]
    several = len(values) > 1
    return Reference(
        participant=candidate.trial.participant,
        session=candidate.trial.session,
        muscle=candidate.signal.muscle,
        side=candidate.signal.side,
        placement=candidate.signal.placement,
        value=settings.combine.value(values),
        unit=settings.unit,
        rule=settings.describe(),
        attempts=attempts,
        spread=float(np.std(values, ddof=1) / np.mean(values)) if several else None,
        gap=(values[0] - values[1]) / values[0] if several else None,
        chain_hash=candidate.signal.chain_hash,
        n_used=settings.combine.uses(len(values)),
    )


def _unusable(candidate: Candidate) -> Finding:
    return make_finding(
        "mvic_trial_unusable",
        "warn",
        "the MVIC trial gives no reference value: it is shorter than the rule's window, has gaps, or is all zero",
        "look at the signal; record the MVIC again if the participant is still there",
        participant=candidate.trial.participant,
        session=candidate.trial.session,
        trial=candidate.trial.id,
        channel=candidate.signal.label,
        muscle=candidate.signal.muscle,
        side=candidate.signal.side,
    )


def _plateau(reference: Reference) -> tuple[Finding, ...]:
    if reference.gap is None or reference.gap <= NOT_PLATEAUED:
        return ()
    best, second = reference.attempts[:2]
    return (
        make_finding(
            "mvic_not_plateaued",
            "note",
            f"the second best MVIC trial ({second.trial}) lies {reference.gap:.0%} below the best ({best.trial})",
            "one more trial shows whether it was the maximum",
            participant=reference.participant,
            session=reference.session,
            trial=best.trial,
            muscle=reference.muscle,
            side=reference.side,
            value=100 * reference.gap,
            unit="%",
        ),
    )
