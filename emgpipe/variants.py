"""Variants of an analysis: a session once more, with another chain, normalization or choice of repetitions.

Samples are shared with the main analysis, nothing is read again. Only what sensitivity analyses need is made: numbers
taken from the envelopes of task trials, in whole repetitions and in the phases that are asked for. Findings say where a
variant lacks numbers that the main analysis has.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from emgpipe.chain import chain_hash
from emgpipe.config import phases_asked
from emgpipe.errors import SegmentationError, SignalError
from emgpipe.kept import Kept, chain_kept
from emgpipe.model import Finding, make_finding
from emgpipe.segmentation import find_repetitions
from emgpipe.session_tables import link_findings, metrics_table
from emgpipe.trial_step import TrialStep, normalize_session, rows_of, with_signals
from emgpipe.verdicts import ABOUT_REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from emgpipe.chain import ChainResult
    from emgpipe.config import Study, Variant
    from emgpipe.loading.long_recordings import Piece
    from emgpipe.model import Decision, Signal
    from emgpipe.preparation import Prepared

_NO_REFERENCE: Final = (
    "no_mvic",
    "no_task_reference",
    "noise_not_subtracted",
    "placement_differs",
    "reference_through_other_chain",
)
_REMEDY: Final = "the main analysis is not concerned; change the variant, or count what it says without these numbers"


@dataclass(frozen=True, slots=True)
class _Chain:
    """Filters each channel of a session once: trials cut from one file share the envelope, and so the samples."""

    kept: Kept
    made: dict[int, ChainResult] = field(default_factory=dict)

    def __call__(self, study: Study, signal: Signal, piece: Piece | None) -> ChainResult:
        if piece is not None:
            self.kept.count("filtered", made=True)
            return piece.filtered(study.chain)
        key = id(signal.envelope)
        if key not in self.made:
            self.made[key] = chain_kept(
                self.kept, study.chain, signal.raw, signal.sampling_rate, muscle=signal.muscle, label=signal.label
            )
        return self.made[key]


@dataclass(frozen=True, slots=True)
class VariantRows:
    """What one variant gives for a session: rows of the metrics table, and where numbers are missing."""

    metrics: pd.DataFrame
    findings: tuple[Finding, ...]


def measure_variants(
    study: Study, prepared: Prepared, decisions: Sequence[Decision] = (), kept: Kept | None = None
) -> Iterator[VariantRows]:
    """Measure a session by every variant of a study.

    Parameters
    ----------
    prepared : Prepared
        The session as the main analysis has it.
    decisions : sequence of Decision
        Those about MVIC trials hold in variants, too; a reference stated as a value holds for the chain of the main
        analysis only, and is left out in variants with another.
    kept : Kept, optional
        Signals and numbers of earlier runs.
    """
    for variant in study.variants:
        mine = [one for one in decisions if one.value is None or variant.chain is None]
        yield _measure(study, variant, prepared, mine, kept or Kept())


def _measure(
    study: Study, variant: Variant, prepared: Prepared, decisions: Sequence[Decision], kept: Kept
) -> VariantRows:
    steps, noticed = prepared.recorded, prepared.about_references
    changed = study.model_copy(
        update={
            "chain": variant.chain or study.chain,
            "normalization": variant.normalization or study.normalization,
            "metrics": tuple(metric for metric in study.metrics if metric.reads == "envelope"),
        }
    )
    there = [step for step in steps if _matters(step, changed)]
    if not there:
        return VariantRows(metrics_table([]), ())
    chain = _Chain(kept)
    cut = [_again(changed, variant, step, chain) for step in there]
    normalized = normalize_session(changed, cut, decisions)  # with the noise that rest has in this variant's own chain
    done, references, about_references = normalized.steps, normalized.references, normalized.findings
    known = {_subject(one) for one in noticed}
    missing = {
        key: _said(variant, one)
        for one in about_references
        if one.kind in _NO_REFERENCE and (key := _subject(one)) not in known
    }
    findings = (*(finding for step in done for finding in step.findings), *missing.values())
    tasks = [step for step in done if step.trial.role == "task"]
    table = metrics_table(((step.trial, rows_of(changed, step, references, kept)) for step in tasks), variant.name)
    before = tuple(finding for step in there for finding in step.findings)
    again = {_subject(one) for one in about_references}
    shared = tuple(one for one in noticed if _subject(one) in again)  # true of the variant, too
    checked = tuple(one for one in prepared.checked if _is_true_of(variant, one))
    linked = link_findings(table, (*before, *shared, *checked, *findings), tuple(references.values()))
    return VariantRows(_own_references(linked, variant), findings)


def _subject(finding: Finding) -> tuple[str, str, str, str]:
    """Return what a finding about a reference says, and of which one."""
    return finding.kind, finding.muscle, finding.side, finding.placement


def _is_true_of(variant: Variant, finding: Finding) -> bool:
    """Tell whether what a check found in the main analysis holds for a variant, which is not checked again."""
    if finding.kind.startswith(ABOUT_REFERENCES):
        return variant.chain is None and variant.normalization is None
    return variant.chain is None or finding.stage in ("raw", "")


def _matters(step: TrialStep, study: Study) -> bool:
    """Tell whether a trial gives numbers, a reference or noise; one without repetitions failed in the main analysis."""
    if step.loaded is None:
        return False
    if step.trial.role == "task":
        return bool(step.repetitions)
    return step.trial.role == study.normalization.role or (
        step.trial.role == "rest" and bool(study.normalization.noise)
    )


def _again(study: Study, variant: Variant, step: TrialStep, chain: _Chain) -> TrialStep:
    """Filter and cut a trial as a variant does; findings are the variant's only."""
    fresh = replace(step, findings=())
    if variant.chain is not None:
        fresh = _cut_again(study, variant, _filtered_again(study, variant, fresh, chain))
    fresh = _in_phases(study, _without_edges(variant, fresh))
    signals = fresh.loaded.signals.signals if fresh.loaded else ()
    return with_signals(fresh, tuple(signal for signal in signals if signal.kind == "emg"))


def _filtered_again(study: Study, variant: Variant, step: TrialStep, chain: _Chain) -> TrialStep:
    """Put the EMG signals through the variant's chain; one that cannot be is left out."""
    signals: list[Signal] = []
    lost: list[Finding] = []
    pieces = step.loaded.pieces if step.loaded else {}
    for signal in step.loaded.signals.signals if step.loaded else ():
        if signal.kind != "emg" or signal.chain_hash == chain_hash(study.chain, signal.muscle):
            signals.append(signal)
            continue
        try:
            result = chain(study, signal, pieces.get(signal.label))
        except SignalError as error:
            lost.append(_finding(variant, step, str(error), signal))
            continue
        signals.append(
            replace(
                signal,
                filtered=result.filtered,
                envelope=result.envelope,
                chain_hash=result.hash,
                history=result.history,
            )
        )
    return replace(with_signals(step, tuple(signals)), findings=(*step.findings, *lost))


def _cut_again(study: Study, variant: Variant, step: TrialStep) -> TrialStep:
    """Find the repetitions again where they are found in EMG; all others stay what they are."""
    detector = study.detector_for(step.trial.exercise)
    if step.loaded is None or step.trial.role != "task" or not hasattr(detector, "muscle"):
        return step
    try:
        repetitions = find_repetitions(detector, step.loaded.signals).repetitions
        reason = "no repetition was found"
    except SegmentationError as error:
        repetitions, reason = (), str(error)
    lost = () if repetitions else (_finding(variant, step, reason),)
    return replace(step, repetitions=repetitions, findings=(*step.findings, *lost))


def _without_edges(variant: Variant, step: TrialStep) -> TrialStep:
    """Leave out the first and last repetition, as the variant says; the others keep their numbers."""
    first = variant.drop_repetitions in ("first", "both")
    last = variant.drop_repetitions in ("last", "both")
    if step.trial.role != "task" or not step.repetitions or not (first or last):
        return step
    kept = step.repetitions[int(first) : len(step.repetitions) - int(last)]
    reason = f"of {len(step.repetitions)} repetitions none is left"
    lost = () if kept else (_finding(variant, step, reason),)
    return replace(step, repetitions=kept, first=step.first + int(first), findings=(*step.findings, *lost))


def _in_phases(study: Study, step: TrialStep) -> TrialStep:
    """Leave out the phases nobody asks variants for: they would be most of the work."""
    wanted = phases_asked(one.model_dump() for one in study.comparisons)
    repetitions = tuple(
        replace(one, phases=tuple(phase for phase in one.phases if phase.name in wanted)) for one in step.repetitions
    )
    return replace(step, repetitions=repetitions)


def _own_references(table: pd.DataFrame, variant: Variant) -> pd.DataFrame:
    """Tell references of another chain or normalization from those of the main analysis, which have their names."""
    if table.empty or (variant.chain is None and variant.normalization is None):
        return table
    names = table["reference"]
    return table.assign(reference=names.where(names.eq(""), names + f"@{variant.name}"))


def _said(variant: Variant, finding: Finding) -> Finding:
    reason = f"variant '{variant.name}': {finding.reason}"
    return replace(finding, kind="variant_incomplete", level="warn", reason=reason, remedy=_REMEDY)


def _finding(variant: Variant, step: TrialStep, reason: str, signal: Signal | None = None) -> Finding:
    trial = step.trial
    return make_finding(
        "variant_incomplete",
        "warn",
        f"variant '{variant.name}': {reason}",
        _REMEDY,
        participant=trial.participant,
        session=trial.session,
        trial=trial.id,
        channel=signal.label if signal else None,
        muscle=signal.muscle if signal else None,
        side=signal.side if signal else None,
        placement=signal.placement if signal else None,
    )
