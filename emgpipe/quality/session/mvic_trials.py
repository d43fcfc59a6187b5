"""How many MVIC trials and positions a reference rests on, and which trials were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.model import Reference, make_finding
from emgpipe.quality.base import SessionCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import SessionView


class MvicTrials(SessionCheck):
    """Too few MVIC trials or positions to know that the maximum was among them, and MVIC trials that were lost."""

    kind: Literal["mvic_trials"] = "mvic_trials"
    finds: ClassVar[tuple[str, ...]] = ("mvic_few_trials", "mvic_trial_lost")
    stage: ClassVar[Stage | Literal[""]] = ""

    least_trials: int = Field(default=2, ge=1)
    """Fewer MVIC trials than this are told. Three and more are usual."""
    least_positions: int = Field(default=2, ge=1)
    """Fewer test positions than this are told, where positions are stated at all: no position is best for everyone
    (Contreras 2015, PeerJ 3:e1261)."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return where an MVIC rests on few trials, and where trials meant for it could not be used."""
        mine = [one for one in session.references.values() if one.unit == "%MVIC"]
        return tuple(found for one in mine for found in (*self._few(one), *self._lost(one)))

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"fewer than {self.least_trials} MVIC trials or {self.least_positions} test positions; MVIC trials that "
            "failed or were taken out"
        )

    def _few(self, reference: Reference) -> tuple[Finding, ...]:
        count = len(reference.attempts)
        positions = {one.position for one in reference.attempts if one.position}
        one_position = bool(positions) and len(positions) < self.least_positions
        if not count or (count >= self.least_trials and not one_position):
            return ()
        named = f" in {_count(len(positions), 'position')} ({', '.join(sorted(positions))})" if positions else ""
        reason = f"the MVIC rests on {_count(count, 'trial')}{named}: a higher one may have been missed"
        remedy = "record three trials in two positions, with 30 to 60 s of rest between them"
        return (make_finding("mvic_few_trials", "note", reason, remedy, value=float(count), **_place(reference)),)

    def _lost(self, reference: Reference) -> tuple[Finding, ...]:
        """Tell of trials that failed; those that somebody took out by a decision are told as a note."""
        failed = [one for one in reference.left_out if not one.decision]
        if not reference.left_out or not reference.attempts:
            return ()
        count = len(reference.attempts)
        named = "; ".join(f"{one.trial}: {one.reason}" for one in reference.left_out)
        reason = f"the MVIC rests on {count} of {count + len(reference.left_out)} trials meant for the muscle ({named})"
        level = "warn" if failed and count < self.least_trials else "note"
        remedy = "mend the trial, or record it again if the participant is still there" if failed else ""
        return (
            make_finding(
                "mvic_trial_lost",
                "warn" if level == "warn" else "note",
                reason,
                remedy,
                value=float(len(reference.left_out)),
                **_place(reference),
            ),
        )


def _place(reference: Reference) -> dict[str, str]:
    return {"muscle": reference.muscle, "side": reference.side, "placement": reference.placement}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
