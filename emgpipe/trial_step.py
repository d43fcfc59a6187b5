"""A trial on its way through its session, and what all trials of a session together give: references, then numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.metrics import measure_span, measure_task
from emgpipe.normalization import Candidate, find_references

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.assembly import LoadedTrial
    from emgpipe.config import Study
    from emgpipe.metrics.rows import Row
    from emgpipe.model import Finding, Reference, ReferenceKey, Repetition, Signal, Trial


@dataclass(frozen=True, slots=True)
class TrialStep:
    """A trial on its way: loaded and cut, or failed with a reason.

    Attributes
    ----------
    first : int
        The number of the first repetition.
    """

    trial: Trial
    loaded: LoadedTrial | None = None
    repetitions: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    left_out: str = ""
    first: int = 1


def with_signals(step: TrialStep, signals: tuple[Signal, ...]) -> TrialStep:
    """Return the step with other signals in the place of its own; one that was not loaded stays as it is."""
    if step.loaded is None:
        return step
    return replace(step, loaded=replace(step.loaded, signals=replace(step.loaded.signals, signals=signals)))


def references_of(
    study: Study, steps: Sequence[TrialStep]
) -> tuple[dict[ReferenceKey, Reference], tuple[Finding, ...]]:
    """Find the reference of every muscle of the session; MVIC trials were limited to their targets when mapped."""
    candidates = [
        Candidate(step.trial, signal, step.loaded.signals.start, step.loaded.signals.stop, step.repetitions)
        for step in steps
        if step.loaded is not None and step.trial.role == study.normalization.role
        for signal in step.loaded.signals.signals
        if signal.kind == "emg"
    ]
    wanted = {
        (signal.muscle, signal.side, signal.placement): signal.chain_hash
        for step in steps
        if step.loaded is not None and step.trial.role == "task"
        for signal in step.loaded.signals.signals
        if signal.kind == "emg"
    }
    where = {"participant": steps[0].trial.participant, "session": steps[0].trial.session}
    return find_references(study.normalization, candidates, wanted, **where)


def rows_of(study: Study, step: TrialStep, references: Mapping[ReferenceKey, Reference]) -> list[Row]:
    """Return the rows of the metrics table that one trial gives."""
    if step.loaded is None or step.trial.role in ("mvic", "calibration"):
        return []
    ready, unit = step.loaded.signals, study.normalization.unit
    if step.trial.role == "rest":
        return measure_span(study.metrics, ready.signals, ready.start, ready.stop, (references, unit))
    return measure_task(study.metrics, ready.signals, step.repetitions, references, unit, first=step.first)
