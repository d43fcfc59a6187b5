"""A spike or clipping in the very window that became 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from emgpipe.model import MvicAttempt, Reference, make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import SessionView


class MvicWindow(SessionCheck):
    """A spike or clipping in the window an MVIC reference was taken from: every %MVIC of the muscle rests on it."""

    kind: Literal["mvic_window"] = "mvic_window"
    finds: ClassVar[tuple[str, ...]] = ("mvic_artifact", "mvic_clipped")
    stage: ClassVar[Stage | Literal[""]] = "filtered"

    crest_above: float = Field(default=10.0, gt=1)
    """A spike is where the largest sample of the window is more than this many times the RMS of the tenth of a second
    on either side of it. In steady EMG it is 3 to 5; short bursts out of a quiet muscle reach 9."""
    clipped_above: float = Field(default=0.001, ge=0, lt=1)
    """Share of the window's samples at the rail above which it counts as clipped."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return what is wrong with the windows that count, and what the next best trial would give."""
        return tuple(
            finding
            for reference in session.references.values()
            if reference.unit == "%MVIC"
            for attempt in reference.used
            for finding in self._about(reference, attempt, session)
        )

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"in the window that became the MVIC: a sample above {self.crest_above:g} times the RMS beside it, or more "
            f"than {100 * self.clipped_above:g} % of the samples at the rail"
        )

    def _about(self, reference: Reference, attempt: MvicAttempt, session: SessionView) -> Iterator[Finding]:
        where = _place(reference, attempt, session)
        instead = self._instead(reference, where.pop("amplitude_unit"))
        if self._has_spike(attempt):
            reason = (
                f"the window of {attempt.trial} that became the MVIC holds a sample of {attempt.crest:.1f} times the "
                f"RMS beside it; in steady EMG it is 3 to 5. A spike makes the MVIC too high and every %MVIC "
                f"too low; {instead}"
            )
            yield make_finding("mvic_artifact", "warn", reason, _REMEDY, value=attempt.crest, unit="x RMS", **where)
        if self._is_clipped(attempt):
            share = 100 * (attempt.clipped or 0.0)
            reason = (
                f"{share:.2g} % of the samples in the window of {attempt.trial} that became the MVIC lie at the rail: "
                f"the true MVIC is higher, every %MVIC is too high; {instead}"
            )
            yield make_finding(
                "mvic_clipped", "warn", reason, _WHEN_CLIPPED, value=share, unit="%", **{**where, "stage": "raw"}
            )

    def _has_spike(self, attempt: MvicAttempt) -> bool:
        return attempt.crest is not None and attempt.crest > self.crest_above

    def _is_clipped(self, attempt: MvicAttempt) -> bool:
        return attempt.clipped is not None and attempt.clipped > self.clipped_above

    def _instead(self, reference: Reference, unit: str) -> str:
        """Name the next best trial without such a fault, and what it would change."""
        others = (one for one in reference.attempts[reference.n_used :] if one.value > 0)
        clean = (one for one in others if not self._has_spike(one) and not self._is_clipped(one))
        best = max(clean, key=lambda one: one.value, default=None)
        if best is None:
            return "there is no other trial without such a fault"
        change = 100 * (reference.value / best.value - 1)
        return (
            f"the next best trial without is {best.trial} with {amplitude_words(best.value, unit)} instead of "
            f"{amplitude_words(reference.value, unit)}: with it every %MVIC would be {abs(change):.3g} % "
            f"{'higher' if change >= 0 else 'lower'}"
        )


_REMEDY = (
    "look at the trace of this MVIC; if the window is not the muscle, decide for another trial (action reference, or "
    "exclude this one, in the decisions table), or record the MVIC again"
)
_WHEN_CLIPPED = (
    "lower the gain and record the MVIC again; a trial that is not clipped and lower is no better reference: the true "
    "MVIC lies above both"
)


def _place(reference: Reference, attempt: MvicAttempt, session: SessionView) -> dict[str, Any]:
    """Return where the window is, as keywords for `make_finding`, and the unit of the amplitude."""
    key = (reference.muscle, reference.side, reference.placement)
    trial = next((one for one in session.trials if one.id == attempt.trial), None)
    channel = trial.channel(key) if trial else None
    return {
        "trial": attempt.trial,
        "channel": channel.label if channel else None,
        "muscle": reference.muscle,
        "side": reference.side,
        "placement": reference.placement,
        "start": attempt.start,
        "stop": attempt.stop,
        "amplitude_unit": channel.unit if channel else "V",
    }
