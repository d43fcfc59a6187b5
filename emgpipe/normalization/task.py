"""The task itself as 100 %, and no normalization at all: only where the study file says so."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.model import Finding, MvicAttempt, Reference
from emgpipe.normalization.base import Candidate, Normalization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class _TaskReference(Normalization):
    """One value per participant, session and muscle over *all* its task trials, whatever their condition."""

    role: ClassVar[str] = "task"

    @abstractmethod
    def _of_repetition(self, envelope: NDArray[np.float64]) -> float: ...

    @abstractmethod
    def _combine(self, values: Sequence[float]) -> float: ...

    @abstractmethod
    def _uses(self, count: int) -> int: ...

    def _noise(self) -> str:
        return f"; {self.noise.describe()}" if self.noise else ""

    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:
        """Look at every repetition of every task trial of the muscle."""
        attempts = [attempt for candidate in candidates if (attempt := self._attempt(candidate)) is not None]
        first = candidates[0]
        if not attempts:
            return None, ()
        attempts.sort(key=lambda attempt: (-attempt.value, attempt.trial))
        reference = Reference(
            participant=first.trial.participant,
            session=first.trial.session,
            muscle=first.signal.muscle,
            side=first.signal.side,
            placement=first.signal.placement,
            value=self._combine([attempt.value for attempt in attempts]),
            unit=self.unit,
            rule=self.describe(),
            attempts=tuple(attempts),
            spread=None,
            gap=None,
            chain_hash=first.signal.chain_hash,
            n_used=self._uses(len(attempts)),
        )
        return reference, ()

    def _attempt(self, candidate: Candidate) -> MvicAttempt | None:
        signal = candidate.signal
        if signal.envelope is None:
            return None
        cuts = [signal.envelope[signal.span(rep.start, rep.stop)] for rep in candidate.repetitions]
        values = [self._of_repetition(cut) for cut in cuts if np.isfinite(cut).any()]
        value = self._combine(values) if values else 0.0
        if value <= 0:
            return None
        return MvicAttempt(
            candidate.trial.id, "", value, candidate.repetitions[0].start, candidate.repetitions[-1].stop
        )


class TaskPeak(_TaskReference):
    """The highest envelope sample in any repetition of any task trial of the session."""

    kind: Literal["task_peak"] = "task_peak"
    unit: ClassVar[str] = "%task_peak"

    def _of_repetition(self, envelope: NDArray[np.float64]) -> float:
        return float(np.nanmax(envelope))

    def _combine(self, values: Sequence[float]) -> float:
        return max(values)

    def _uses(self, count: int) -> int:  # noqa: ARG002 - the trial with the highest sample
        return 1

    def describe(self) -> str:
        """Say in words what counts as 100 %."""
        said = "100 % = highest envelope sample in any repetition of any task trial of the session (not an MVIC)"
        return said + self._noise()


class TaskMean(_TaskReference):
    """The mean over task trials of the mean over their repetitions."""

    kind: Literal["task_mean"] = "task_mean"
    unit: ClassVar[str] = "%task_mean"

    def _of_repetition(self, envelope: NDArray[np.float64]) -> float:
        return float(np.nanmean(envelope))

    def _combine(self, values: Sequence[float]) -> float:
        return float(np.mean(values))

    def _uses(self, count: int) -> int:
        return count

    def describe(self) -> str:
        """Say in words what counts as 100 %."""
        return (
            "100 % = mean over the session's task trials of the mean of their repetitions (not an MVIC)" + self._noise()
        )


class NoNormalization(Normalization):
    """Amplitudes stay in volts; muscles and participants cannot be compared with one another."""

    kind: Literal["none"] = "none"
    unit: ClassVar[str] = "V"
    role: ClassVar[str] = ""

    def reference(self, candidates: Sequence[Candidate]) -> tuple[Reference | None, tuple[Finding, ...]]:  # noqa: ARG002
        """Return nothing: there is no reference."""
        return None, ()

    def describe(self) -> str:
        """Say in words what counts as 100 %."""
        return "not normalized: amplitudes in volts"
