"""The contract of a normalization: which trials it needs and what a reference is made of.

A reference belongs to a participant, session, muscle, side and placement, never to a condition: a separate maximum
for each task would remove the difference between tasks (CEDE matrix, Besomi 2020, JEK 53:102438).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from emgpipe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding, Reference, Repetition, Signal, Trial


@dataclass(frozen=True, slots=True)
class Candidate:
    """One muscle's signal in one trial that may count for its reference, with the span and repetitions to look at."""

    trial: Trial
    signal: Signal
    start: float
    stop: float
    repetitions: tuple[Repetition, ...] = ()


class Normalization(Settings, ABC):
    """Turns candidates into the reference of one muscle."""

    unit: ClassVar[str]
    """What a normalized amplitude is called, ``V`` if it stays as it is."""
    role: ClassVar[str]
    """The role of the trials it looks at; empty for none."""

    @abstractmethod
    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:
        """Return the reference of the one muscle, side and placement that all candidates share, and findings.

        `candidates` is not empty. None with a finding when no candidate gives a value.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in words what counts as 100 %."""
