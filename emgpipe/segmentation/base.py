"""The contract of a repetition detector.

To add a detector: copy the file of one that resembles it, write `find`, add one line to
`emgpipe.segmentation.DETECTORS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from emgpipe.errors import SegmentationError, suggest
from emgpipe.model import Event, Finding, Level, Repetition, Signal, Trial, make_finding
from emgpipe.settings import Settings

StartPhase = Literal["concentric", "eccentric"]


@dataclass(frozen=True, slots=True)
class TrialSignals:
    """A task trial ready to be cut: its signals after the chain, its events, and the span that counts.

    Attributes
    ----------
    start, stop : float
        The span that counts, in seconds of the trial's clock; repetitions lie inside it.
    events : tuple of Event
        On the trial's clock.
    start_phase : {"concentric", "eccentric"}
        How the exercise begins (a hip thrust rises first, a squat sinks first); from the vocabulary.
    """

    trial: Trial
    signals: tuple[Signal, ...]
    events: tuple[Event, ...]
    start: float
    stop: float
    start_phase: StartPhase = "concentric"

    def named(self, name: str) -> Signal | None:
        """Return the signal with this name (muscle, or name of another channel), or None."""
        return next((signal for signal in self.signals if signal.name == name), None)

    def require(self, name: str, side: str = "") -> tuple[Signal, ...]:
        """Return every signal with this name (both sides unless `side` is given).

        Raises
        ------
        SegmentationError
            There is none; the message lists the names that are there.
        """
        there = tuple(signal for signal in self.signals if signal.name == name and side in {"", signal.side})
        if there:
            return there
        names = sorted({" ".join(filter(None, (signal.name, signal.side))) for signal in self.signals})
        wanted = f"{name} {side}".strip()
        raise SegmentationError(
            f"trial {self.trial.id}: there is no signal '{wanted}'{suggest(wanted, names) or '.'} "
            f"The trial has: {', '.join(names) or 'no signals'}. Correct the name in the study file."
        )

    def finding(self, kind: str, level: Level, reason: str, remedy: str = "", **where: object) -> Finding:
        """Build a finding about this trial; further keywords as in `emgpipe.model.Finding`."""
        trial = self.trial
        place = {"participant": trial.participant, "session": trial.session, "trial": trial.id}
        return make_finding(kind, level, reason, remedy, **place, **where)


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector returns: repetitions in time order, and what it noticed."""

    repetitions: tuple[Repetition, ...]
    findings: tuple[Finding, ...] = ()


class Detector(Settings, ABC):
    """Finds the repetitions of one trial; times only, no samples are changed."""

    expected: int | None = Field(default=None, ge=1)
    """How many repetitions a trial should have; the trials table's `repetitions` column goes before it."""

    @abstractmethod
    def find(self, trial: TrialSignals) -> Found:
        """Return the repetitions in time order, without overlap, inside the trial's span.

        Raises
        ------
        SegmentationError
            The signal or event the detector needs is not there. Finding nothing is not an error.
        """
