"""The whole way in one page: trials -> signals -> repetitions -> references -> numbers.

::

    read -> map -> chain        `assembly.load_trial`            one trial's signals on one clock
    segment                     `segmentation.find_repetitions`  times only
    normalize                   `normalization.find_references`  one value per muscle of the session
    measure                     `metrics.measure_task`           rows of the tidy tables

Nothing here writes a file; see `study_run` for the run of a whole study.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.assembly import LoadedTrial, SessionReader, load_trial
from emgpipe.channel_checks import odd_units, too_short
from emgpipe.channel_map import settings_for
from emgpipe.errors import EmgpipeError, SegmentationError
from emgpipe.mapping import concerns, targeted
from emgpipe.metrics import curve_rows, measure_span, measure_task
from emgpipe.model import Finding, ReferenceWindow, SessionResult, Trial, TrialResult, make_finding
from emgpipe.normalization import Candidate, find_references
from emgpipe.segmentation import find_repetitions
from emgpipe.session_tables import curves_table, link_findings, metrics_table
from emgpipe.traces import thin_traces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.metrics.rows import Row
    from emgpipe.model import Reference, ReferenceKey, Repetition
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class _Step:
    """A trial on its way: loaded and cut, or failed with a reason."""

    trial: Trial
    loaded: LoadedTrial | None = None
    repetitions: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    left_out: str = ""


def process_session(study: Study, vocabulary: Vocabulary, trials: Sequence[Trial]) -> SessionResult:
    """Process all trials of one participant's session; a trial that fails does not stop the others.

    Parameters
    ----------
    trials : sequence of Trial
        All of one participant and session; not empty.
    """
    reader = SessionReader(study)
    steps = _in_one_unit([_load_and_cut(study, reader, vocabulary, trial) for trial in trials])
    references, noticed = _references(study, steps)
    findings = (*(finding for step in steps for finding in step.findings), *noticed)
    metrics = metrics_table([(step.trial, _rows(study, step, references)) for step in steps])
    curves = curves_table([(step.trial, _curves(study, step, references)) for step in steps])
    return SessionResult(
        participant=trials[0].participant,
        session=trials[0].session,
        trials=tuple(_result(study, step, references) for step in steps),
        references=tuple(references.values()),
        findings=findings,
        metrics=link_findings(metrics, findings, tuple(references.values())),
        curves=curves,
    )


def _load_and_cut(study: Study, reader: SessionReader, vocabulary: Vocabulary, trial: Trial) -> _Step:
    targets = targeted(trial, vocabulary)
    wanted = (setting for setting, _ in settings_for(study, trial) if setting.muscle)
    if trial.role == "mvic" and not any(concerns(setting, trial, targets) for setting in wanted):
        return _not_for_us(trial)
    try:
        loaded = load_trial(trial, reader, vocabulary)
    except EmgpipeError as error:
        return _failed(trial, str(error))
    if trial.role != "task":
        return _Step(trial, loaded, (), loaded.findings)
    try:
        found = find_repetitions(study.detector_for(trial.exercise), loaded.signals)
    except SegmentationError as error:
        return _failed(trial, str(error), loaded.findings)
    findings = (*loaded.findings, *(_in_trial(finding, trial) for finding in found.findings))
    if not found.repetitions:
        reason = next((one.reason for one in found.findings if one.level == "fail"), "no repetition was found")
        return _Step(trial, loaded, (), findings, failure=reason)
    short = too_short(trial, loaded.signals.signals, found.repetitions)
    return _Step(trial, loaded, found.repetitions, (*findings, *short))


def _in_one_unit(steps: Sequence[_Step]) -> list[_Step]:
    """Leave out signals that are not in the unit of the other trials of their muscle; a trial without EMG fails."""
    loaded = [(step.trial, step.loaded.signals.signals) for step in steps if step.loaded is not None]
    odd = odd_units(loaded)
    return [_without(step, odd) for step in steps] if odd else list(steps)


def _without(step: _Step, odd: Mapping[tuple[str, str], Finding]) -> _Step:
    if step.loaded is None:
        return step
    signals = step.loaded.signals.signals
    kept = tuple(signal for signal in signals if (step.trial.id, signal.label) not in odd)
    if len(kept) == len(signals):
        return step
    left_out = ((step.trial.id, signal.label) for signal in signals)
    noticed = tuple(odd[key] for key in left_out if key in odd)
    if not any(signal.kind == "emg" for signal in kept):
        return _failed(step.trial, noticed[0].reason, (*step.findings, *noticed))
    loaded = replace(step.loaded, signals=replace(step.loaded.signals, signals=kept))
    return replace(step, loaded=loaded, findings=(*step.findings, *noticed))


def _references(study: Study, steps: Sequence[_Step]) -> tuple[dict[ReferenceKey, Reference], tuple[Finding, ...]]:
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


def _rows(study: Study, step: _Step, references: Mapping[ReferenceKey, Reference]) -> list[Row]:
    if step.loaded is None or step.trial.role in ("mvic", "calibration"):
        return []
    ready, unit = step.loaded.signals, study.normalization.unit
    if step.trial.role == "rest":
        return measure_span(study.metrics, ready.signals, ready.start, ready.stop, (references, unit))
    return measure_task(study.metrics, ready.signals, step.repetitions, references, unit)


def _curves(study: Study, step: _Step, references: Mapping[ReferenceKey, Reference]) -> list[Row]:
    if step.loaded is None or step.trial.role != "task":
        return []
    return curve_rows(step.loaded.signals.signals, step.repetitions, references, study.normalization.unit)


def _result(study: Study, step: _Step, references: Mapping[ReferenceKey, Reference]) -> TrialResult:
    windows = tuple(
        ReferenceWindow(one.muscle, one.side, attempt.start, attempt.stop, attempt.value)
        for one in references.values()
        for attempt in one.used
        if attempt.trial == step.trial.id and step.trial.role == "mvic"
    )
    signals = step.loaded.signals.signals if step.loaded else ()
    return TrialResult(
        trial=step.trial,
        status="failed" if step.failure else "left out" if step.left_out else "processed",
        reason=step.failure or step.left_out,
        traces=thin_traces(signals, study.output.envelope_rate),
        repetitions=step.repetitions,
        windows=windows,
        history={signal.label: signal.history for signal in signals if signal.history},
    )


def _failed(trial: Trial, reason: str, findings: tuple[Finding, ...] = ()) -> _Step:
    finding = make_finding(
        "trial_failed", "fail", reason, "the other trials are processed; mend this one and run again"
    )
    return _Step(trial, None, (), (*findings, _in_trial(finding, trial)), failure=reason)


def _not_for_us(trial: Trial) -> _Step:
    """Leave out an MVIC of muscles the study has no channel for; laboratories record more than one study needs."""
    side = trial.factors.get("working_side", "")
    meant = f"{' or '.join(trial.targets)}{f' ({side})' if side in ('left', 'right') else ''}"
    reason = f"the study file has no channel for {meant}, which this MVIC is meant for"
    return _Step(trial, findings=(_in_trial(make_finding("mvic_not_needed", "note", reason), trial),), left_out=reason)


def _in_trial(finding: Finding, trial: Trial) -> Finding:
    return replace(finding, participant=trial.participant, session=trial.session, trial=trial.id)
