"""The first half of the way: trials -> signals, repetitions, references, and what the checks say about them.

`run` measures what is prepared here; `check` looks at the findings only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.errors import EmgpipeError, SegmentationError
from emgpipe.kept import Kept, looks_kept
from emgpipe.loading.channel_checks import odd_units, too_short
from emgpipe.loading.channel_map import settings_for
from emgpipe.loading.mapping import concerns, targeted
from emgpipe.loading.session_reader import SessionReader
from emgpipe.loading.trial import load_trial
from emgpipe.memory import keep_memory
from emgpipe.model import Finding, Trial, make_finding
from emgpipe.quality import look_at_session
from emgpipe.segmentation import find_repetitions
from emgpipe.session_views import session_view
from emgpipe.trial_step import Normalized, TrialStep, normalize_session, with_signals
from emgpipe.zeroing import Posed, find_neutrals, zeroed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from emgpipe.config import Study
    from emgpipe.model import Decision, Reference, ReferenceKey
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Prepared:
    """A session before anything is measured.

    Attributes
    ----------
    steps : list of TrialStep
    recorded : list of TrialStep
        The same before baseline noise was subtracted; without that, they are the same.
    references : mapping
        Muscle, side and placement -> reference.
    findings : tuple of Finding
        Everything that was noticed, about trials, angles, references and signals.
    about_references : tuple of Finding
        Those of them that say why a reference is missing or doubtful.
    checked : tuple of Finding
        Those of them that the checks made.
    readers : mapping of Path to str
        Recording -> the reader that it was read with.
    """

    steps: list[TrialStep]
    recorded: list[TrialStep]
    references: Mapping[ReferenceKey, Reference]
    findings: tuple[Finding, ...]
    about_references: tuple[Finding, ...]
    checked: tuple[Finding, ...] = ()
    readers: Mapping[Path, str] = field(default_factory=dict)


def prepare_session(
    study: Study,
    vocabulary: Vocabulary,
    trials: Sequence[Trial],
    decisions: Sequence[Decision] = (),
    kept: Kept | None = None,
) -> Prepared:
    """Load, cut and normalize all trials of one session and make the checks; a trial that fails stops no other.

    Parameters
    ----------
    trials : sequence of Trial
        All of one participant and session; not empty.
    decisions : sequence of Decision
        Those about references and MVIC trials are applied here.
    kept : Kept, optional
        Signals and findings of earlier runs.
    """
    keep_memory()
    kept = kept or Kept()
    reader = SessionReader(study, kept, trials)
    steps = _in_one_unit([_begun(study, reader, vocabulary, trial) for trial in trials])
    steps, poses = _zeroed(study, steps)
    normalized = normalize_session(study, steps, decisions)
    references, noticed = normalized.references, normalized.findings
    view = session_view(study, _to_look_at(steps, normalized), references)
    checks = study.quality.all_checks
    checked = look_at_session(checks, view, looks_kept(kept, checks))
    found = (*(finding for step in steps for finding in step.findings), *poses, *noticed, *checked)
    return Prepared(list(normalized.steps), steps, references, found, noticed, checked, reader.readers)


def _to_look_at(recorded: Sequence[TrialStep], normalized: Normalized) -> list[TrialStep]:
    """Return the trials as they are measured, rest as it was recorded: without its noise it says nothing."""
    pairs = zip(recorded, normalized.steps, strict=True)
    return [before if before.trial.role == "rest" else after for before, after in pairs]


def _begun(study: Study, reader: SessionReader, vocabulary: Vocabulary, trial: Trial) -> TrialStep:
    step = _load_and_cut(study, reader, vocabulary, trial)
    if trial.role != "mvic":
        return step
    targets = targeted(trial, vocabulary)
    meant = tuple(
        (setting.muscle, setting.side, setting.placement)
        for setting, _ in settings_for(study, trial)
        if setting.use and setting.muscle and concerns(setting, trial, targets)
    )
    return replace(step, meant=meant)


def _load_and_cut(study: Study, reader: SessionReader, vocabulary: Vocabulary, trial: Trial) -> TrialStep:
    targets = targeted(trial, vocabulary)
    wanted = (setting for setting, _ in settings_for(study, trial) if setting.muscle)
    if trial.role == "mvic" and not any(concerns(setting, trial, targets) for setting in wanted):
        return _not_for_us(trial)
    try:
        loaded = load_trial(trial, reader, vocabulary)
    except EmgpipeError as error:
        return _failed(trial, str(error))
    if trial.role != "task":
        return TrialStep(trial, loaded, (), loaded.findings)
    try:
        found = find_repetitions(study.detector_for(trial.exercise), loaded.signals)
    except SegmentationError as error:
        return _failed(trial, str(error), loaded.findings)
    findings = (*loaded.findings, *(_in_trial(finding, trial) for finding in found.findings))
    if not found.repetitions:
        reason = next((one.reason for one in found.findings if one.level == "fail"), "no repetition was found")
        return TrialStep(trial, loaded, (), findings, failure=reason)
    short = too_short(trial, loaded.signals.signals, found.repetitions)
    return TrialStep(trial, loaded, found.repetitions, (*findings, *short))


def _in_one_unit(steps: Sequence[TrialStep]) -> list[TrialStep]:
    """Leave out signals that are not in the unit of the other trials of their muscle; a trial without EMG fails."""
    loaded = [(step.trial, step.loaded.signals.signals) for step in steps if step.loaded is not None]
    odd = odd_units(loaded)
    return [_without(step, odd) for step in steps] if odd else list(steps)


def _without(step: TrialStep, odd: Mapping[tuple[str, str], Finding]) -> TrialStep:
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
    return replace(with_signals(step, kept), findings=(*step.findings, *noticed))


def _zeroed(study: Study, steps: Sequence[TrialStep]) -> tuple[list[TrialStep], tuple[Finding, ...]]:
    """Count angles from the participant's own neutral.

    Repetitions are cut before: detectors read how an angle changes, not where its zero lies, so that a session
    without a calibration trial loses these angles and nothing else.
    """
    settings = study.zeroing
    if settings is None:
        return list(steps), ()
    loaded = [step.loaded.signals if step.loaded else None for step in steps]
    posed = [
        Posed(step.trial, one.signals, one.start, one.stop) if one else Posed(step.trial)
        for step, one in zip(steps, loaded, strict=True)
    ]
    neutrals = find_neutrals(settings, posed)
    done = [with_signals(step, zeroed(settings, one.signals, neutrals)) for step, one in zip(steps, posed, strict=True)]
    first = steps[0].trial
    noticed = (replace(one, participant=first.participant, session=first.session) for one in neutrals.findings)
    return done, tuple(noticed)


def _failed(trial: Trial, reason: str, findings: tuple[Finding, ...] = ()) -> TrialStep:
    finding = make_finding(
        "trial_failed", "fail", reason, "the other trials are processed; mend this one and run again"
    )
    return TrialStep(trial, None, (), (*findings, _in_trial(finding, trial)), failure=reason)


def _not_for_us(trial: Trial) -> TrialStep:
    """Leave out an MVIC of muscles the study has no channel for; laboratories record more than one study needs."""
    side = trial.factors.get("working_side", "")
    meant = f"{' or '.join(trial.targets)}{f' ({side})' if side in ('left', 'right') else ''}"
    reason = f"the study file has no channel for {meant}, which this MVIC is meant for"
    return TrialStep(
        trial, findings=(_in_trial(make_finding("mvic_not_needed", "note", reason), trial),), left_out=reason
    )


def _in_trial(finding: Finding, trial: Trial) -> Finding:
    return replace(finding, participant=trial.participant, session=trial.session, trial=trial.id)
