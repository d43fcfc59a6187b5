"""A trial on its way through its session, and what all trials of a session together give: references, then numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.kept import Kept, numbers_kept
from emgpipe.loading.channel_map import settings_for
from emgpipe.memory import release_memory
from emgpipe.metrics import rows_from, stretches_of, whole_stretch
from emgpipe.model import Acquisition, LeftOut
from emgpipe.normalization import Beside, Candidate, correct_noise, find_references, is_left_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.loading.trial import LoadedTrial
    from emgpipe.metrics.rows import Row
    from emgpipe.model import Decision, Finding, Reference, ReferenceKey, Repetition, Signal, Trial


@dataclass(frozen=True, slots=True)
class TrialStep:
    """A trial on its way: loaded and cut, or failed with a reason.

    Attributes
    ----------
    first : int
        The number of the first repetition.
    meant : tuple of ReferenceKey
        MVIC only: the channels of the study it is meant for, whether or not they are there.
    """

    trial: Trial
    loaded: LoadedTrial | None = None
    repetitions: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    left_out: str = ""
    first: int = 1
    meant: tuple[ReferenceKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Normalized:
    """The trials of a session with their references.

    Attributes
    ----------
    steps : tuple of TrialStep
        In their order; other envelopes than before where baseline noise was subtracted.
    references : mapping
        Muscle, side and placement -> reference.
    findings : tuple of Finding
        What was noticed about references and noise.
    """

    steps: tuple[TrialStep, ...]
    references: Mapping[ReferenceKey, Reference]
    findings: tuple[Finding, ...]


def with_signals(step: TrialStep, signals: tuple[Signal, ...]) -> TrialStep:
    """Return the step with other signals in the place of its own; one that was not loaded stays as it is."""
    if step.loaded is None:
        return step
    return replace(step, loaded=replace(step.loaded, signals=replace(step.loaded.signals, signals=signals)))


def normalize_session(study: Study, steps: Sequence[TrialStep], decisions: Sequence[Decision] = ()) -> Normalized:
    """Subtract baseline noise where the study asks for it, and find the reference of every muscle.

    MVIC trials were limited to their targets when mapped.

    Parameters
    ----------
    steps : sequence of TrialStep
        All trials of one session; not empty.
    decisions : sequence of Decision
        Those about references, and about MVIC and rest trials, are applied.
    """
    normalization = study.normalization
    recorded = [candidate for step in steps for candidate in _candidates(study, step)]
    rests = tuple(one for one in recorded if one.trial.role == "rest" and not is_left_out(one, decisions))
    corrected = correct_noise(normalization.noise, recorded, rests)
    tasks = tuple(one for one in corrected.candidates if one.trial.role == "task")
    references, findings = find_references(
        normalization,
        [one for one in corrected.candidates if one.trial.role == normalization.role],
        tasks,
        beside=Beside(
            rests=rests,
            lost=_lost(steps),
            removed=corrected.removed,
        ),
        decisions=decisions,
    )
    changed = {id(old.signal): new.signal for old, new in zip(recorded, corrected.candidates, strict=True)}
    done = (
        with_signals(step, tuple(changed.get(id(one), one) for one in step.loaded.signals.signals))
        if step.loaded
        else step
        for step in steps
    )
    return Normalized(tuple(done), references, (*corrected.findings, *findings))


def _candidates(study: Study, step: TrialStep) -> list[Candidate]:
    """Return the EMG signals of a trial."""
    if step.loaded is None:
        return []
    ready = step.loaded.signals
    overridden = {setting.muscle for setting, why in settings_for(study, step.trial) if why}
    return [
        Candidate(
            trial=step.trial,
            signal=signal,
            start=ready.start,
            stop=ready.stop,
            repetitions=step.repetitions,
            acquisition=step.loaded.acquisitions.get(signal.label, Acquisition()),
            is_overridden=signal.muscle in overridden,
        )
        for signal in ready.signals
        if signal.kind == "emg"
    ]


def _lost(steps: Sequence[TrialStep]) -> dict[ReferenceKey, tuple[LeftOut, ...]]:
    """Return the MVIC trials that are meant for a channel, failed, and so cannot count for its reference."""
    lost: dict[ReferenceKey, tuple[LeftOut, ...]] = {}
    for step in steps:
        signals = step.loaded.signals.signals if step.loaded else ()
        there = {(one.muscle, one.side, one.placement) for one in signals}
        for key in step.meant:
            reason = _why_lost(step, key)
            if key not in there and reason:
                one = LeftOut(step.trial.id, step.trial.position, reason)
                lost[key] = (*lost.get(key, ()), one)
    return lost


def _why_lost(step: TrialStep, key: ReferenceKey) -> str:
    """Return why a channel of an MVIC trial is not there; empty if nothing failed: its file has no such channel."""
    failed = (one for one in step.findings if one.level == "fail" and (one.muscle, one.side, one.placement) == key)
    return step.failure or next((one.reason for one in failed), "")


def rows_of(
    study: Study, step: TrialStep, references: Mapping[ReferenceKey, Reference], kept: Kept | None = None
) -> list[Row]:
    """Return the rows of the metrics table that one trial gives; what was measured before is only normalized."""
    if step.loaded is None or step.trial.role in ("mvic", "calibration"):
        return []
    ready, metrics = step.loaded.signals, study.metrics
    release_memory()
    is_rest = step.trial.role == "rest"
    stretches = whole_stretch(ready.start, ready.stop) if is_rest else stretches_of(step.repetitions, step.first)
    numbers = numbers_kept(kept or Kept(), metrics, ready.signals, stretches)
    return rows_from(metrics, ready.signals, stretches, numbers, (references, study.normalization.unit))
