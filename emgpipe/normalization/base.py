"""The contract of a normalization: which trials it needs and what a reference is made of.

A reference belongs to a participant, session, muscle, side and placement, never to a condition: a separate maximum
for each task would remove the difference between tasks (CEDE matrix, Besomi 2020, JEK 53:102438).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from emgpipe.model import Acquisition
from emgpipe.normalization.noise import SubtractRest
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding, LeftOut, MvicAttempt, Reference, ReferenceKey, Repetition, Signal, Trial


@dataclass(frozen=True, slots=True)
class Candidate:
    """One muscle's signal in one trial that may count for its reference, with the span and repetitions to look at.

    Attributes
    ----------
    acquisition : Acquisition
        What the recording says about how it was made; its placement must be that of the other trials.
    is_overridden : bool
        Whether the study file says that this trial's channels differ; another label is then no surprise.
    """

    trial: Trial
    signal: Signal
    start: float
    stop: float
    repetitions: tuple[Repetition, ...] = ()
    acquisition: Acquisition = field(default_factory=Acquisition)
    is_overridden: bool = False

    @property
    def key(self) -> ReferenceKey:
        """Muscle, side and placement."""
        return self.signal.muscle, self.signal.side, self.signal.placement


@dataclass(frozen=True, slots=True)
class Beside:
    """What a session holds beside the trials a reference is made of.

    Attributes
    ----------
    tasks : tuple of Candidate
        The signals the reference is for.
    rests : tuple of Candidate
        Those of the rest trials, as recorded.
    lost : mapping
        Muscle, side and placement -> MVIC trials meant for it that could not be used.
    removed : mapping
        Muscle, side and placement -> the baseline noise that was subtracted from all its envelopes.
    """

    tasks: tuple[Candidate, ...] = ()
    rests: tuple[Candidate, ...] = ()
    lost: Mapping[ReferenceKey, tuple[LeftOut, ...]] = field(default_factory=dict)
    removed: Mapping[ReferenceKey, float] = field(default_factory=dict)


class Normalization(Settings, ABC):
    """Turns candidates into the reference of one muscle."""

    unit: ClassVar[str]
    """What a normalized amplitude is called, ``V`` if it stays as it is."""
    role: ClassVar[str]
    """The role of the trials it looks at; empty for none."""

    noise: SubtractRest | None = None
    """Subtract the baseline noise of the session's rest trials from task, MVIC and rest alike; nothing is subtracted
    if not given. It matters at a few percent of the maximum only."""

    @abstractmethod
    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:
        """Return the reference of the one muscle, side and placement that all candidates share, and findings.

        `candidates` is not empty. None when no candidate gives a value; `find_references` says so.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in words what counts as 100 %."""

    def attempt(self, candidate: Candidate) -> MvicAttempt | None:  # noqa: ARG002 - only MVICs are told of one by one
        """Return what the rule gives for one trial by itself, None where it gives nothing."""
        return None
