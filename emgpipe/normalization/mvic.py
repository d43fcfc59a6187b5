"""Maximal voluntary isometric contractions as 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, MvicAttempt, Reference, make_finding
from emgpipe.normalization.base import Candidate, Normalization
from emgpipe.normalization.combine import AnyCombine, Maximum
from emgpipe.normalization.rules import AnyRule, SlidingMean, TopSamples
from emgpipe.normalization.window import window_figures

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mvic(Normalization):
    """One value per participant, session, muscle, side and placement, from the MVIC trials meant for the muscle."""

    kind: Literal["mvic"] = "mvic"
    unit: ClassVar[str] = "%MVIC"
    role: ClassVar[str] = "mvic"

    rule: AnyRule = Field(default_factory=SlidingMean)
    """What one trial gives."""
    combine: AnyCombine = Field(default_factory=Maximum)
    """What all trials together give."""
    plateau_gap: float = Field(default=0.10, gt=0, lt=1)
    """The participant's maximum counts as reached where the second best trial lies at most this far below the best, as
    a share of the best, ..."""
    plateau_held: float = Field(default=0.80, gt=0, lt=1)
    """... and where the mean of the second around the best half second is at least this share of it."""

    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:
        """Apply the rule to every trial and combine."""
        usable = [(one, attempt) for one in candidates if (attempt := self.attempt(one)) is not None]
        there = {id(one) for one, _ in usable}
        findings = tuple(_unusable(one) for one in candidates if id(one) not in there)
        usable.sort(key=lambda pair: (-pair[1].value, pair[1].trial))
        combined = self._combined(usable) if usable else None
        if combined is None:
            return None, (*findings, *(_unusable(one) for one, _ in usable))
        value, count, ordered = combined
        reference = self._reference(candidates[0], value, count, ordered)
        return reference, (*findings, *_plateau(reference, self))

    def describe(self) -> str:
        """Say in words what counts as 100 %."""
        combined = "" if self.rule.pools else f", {self.combine.describe()}"
        noise = f"; {self.noise.describe()}" if self.noise else ""
        return f"100 % = {self.rule.describe()} of the MVIC trials{combined}{noise}"

    def attempt(self, candidate: Candidate) -> MvicAttempt | None:
        """Return what the rule gives for one trial by itself, with its window; None where it gives nothing."""
        signal = candidate.signal
        if signal.envelope is None:
            return None
        span = signal.span(candidate.start, candidate.stop)
        picked = self.rule.pick(signal.envelope[span], signal.sampling_rate)
        if picked is None or not 0 < picked[0] < np.inf:
            return None
        value, first, last = picked
        start = signal.start + (span.start + first) / signal.sampling_rate
        stop = signal.start + (span.start + last) / signal.sampling_rate
        figures = window_figures(candidate, first, last, contiguous=self.rule.contiguous)
        return MvicAttempt(candidate.trial.id, candidate.trial.position, value, start, stop, **figures)

    def _combined(
        self, usable: Sequence[tuple[Candidate, MvicAttempt]]
    ) -> tuple[float, int, tuple[MvicAttempt, ...]] | None:
        """Return the value, how many attempts make it, and the attempts, those that make it first.

        None where the samples of all trials together are too few for the rule.
        """
        attempts = tuple(attempt for _, attempt in usable)
        if isinstance(self.rule, TopSamples) and self.rule.pools:
            pooled = self.rule.pooled([_cut(candidate) for candidate, _ in usable])
            if pooled is None:
                return None
            value, seconds = pooled
            most_first = sorted(range(len(attempts)), key=lambda index: -seconds[index])
            given = sum(share > 0 for share in seconds)
            return value, given, tuple(attempts[index] for index in most_first)
        values = [attempt.value for attempt in attempts]
        return self.combine.value(values), self.combine.uses(len(values)), attempts

    def _reference(
        self, candidate: Candidate, value: float, n_used: int, attempts: tuple[MvicAttempt, ...]
    ) -> Reference:
        values = sorted((attempt.value for attempt in attempts), reverse=True)
        several = len(values) > 1
        gap = (values[0] - values[1]) / values[0] if several else None
        return Reference(
            participant=candidate.trial.participant,
            session=candidate.trial.session,
            muscle=candidate.signal.muscle,
            side=candidate.signal.side,
            placement=candidate.signal.placement,
            value=value,
            unit=self.unit,
            rule=self.describe(),
            attempts=attempts,
            spread=float(np.std(values, ddof=1) / np.mean(values)) if several else None,
            gap=gap,
            chain_hash=candidate.signal.chain_hash,
            n_used=n_used,
            plateau=self._reached(gap, max(attempts, key=lambda one: one.value).held),
        )

    def _reached(self, gap: float | None, held: float | None) -> bool | None:
        """Tell whether a plateau was reached; a single trial that was held proves nothing, one that was not does."""
        if held is not None and held < self.plateau_held:
            return False
        return None if gap is None or held is None else gap <= self.plateau_gap


def _cut(candidate: Candidate) -> tuple[np.ndarray, float]:
    signal = candidate.signal
    envelope = np.zeros(0) if signal.envelope is None else signal.envelope
    return envelope[signal.span(candidate.start, candidate.stop)], signal.sampling_rate


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
        placement=candidate.signal.placement,
    )


def _plateau(reference: Reference, settings: Mvic) -> tuple[Finding, ...]:
    if reference.plateau is not False:
        return ()
    ranked = sorted(reference.attempts, key=lambda one: -one.value)
    best, gap, held = ranked[0], reference.gap, ranked[0].held
    said = []
    if gap is not None and gap > settings.plateau_gap:
        said.append(
            f"the second best MVIC trial ({ranked[1].trial}) lies {100 * gap:.3g}% below the best ({best.trial})"
        )
    if held is not None and held < settings.plateau_held:
        said.append(
            f"the best half second of {best.trial} was not held: the second around it reaches {held:.0%} of its mean"
        )
    return (
        make_finding(
            "mvic_not_plateaued",
            "note",
            "; ".join(said),
            "one more trial, held for 3 to 5 s, shows whether it was the maximum",
            participant=reference.participant,
            session=reference.session,
            trial=best.trial,
            muscle=reference.muscle,
            side=reference.side,
            placement=reference.placement,
            start=best.start,
            stop=best.stop,
            stage="envelope",
            value=100 * gap if gap is not None and gap > settings.plateau_gap else 100 * (held or 0.0),
            unit="%",
        ),
    )
