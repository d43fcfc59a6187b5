"""The whole way in one page: trials -> signals -> repetitions -> references -> numbers.

::

    read -> map -> chain        `loading.trial.load_trial`       one trial's signals on one clock
    segment                     `segmentation.find_repetitions`  times only
    zero                        `zeroing.find_neutrals`          angles from the participant's own neutral
    normalize                   `normalization.find_references`  one value per muscle of the session
    check                       `quality.look_at_session`        findings about signals, trials and references
    measure                     `trial_step.rows_of`             rows of the tidy tables
    vary                        `variants.measure_variants`      the same numbers with other settings

All but the last two lie in `preparation`, which `check` uses, too. Nothing here writes a file; see `run`. Signals,
numbers and findings that an earlier run made of the same are taken from there; see `kept`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.kept import Kept
from emgpipe.loading.channel_map import settings_for
from emgpipe.memory import release_memory
from emgpipe.metrics import curve_rows
from emgpipe.model import Cleaned, ReferenceWindow, SessionResult, Trial, TrialResult, UsedChannel
from emgpipe.model.tables import METRIC_COLUMNS
from emgpipe.preparation import prepare_session
from emgpipe.session_tables import concatenate, curves_table, link_findings, metrics_table
from emgpipe.traces import thin_traces
from emgpipe.trial_step import TrialStep, rows_of
from emgpipe.variants import measure_variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.config import Study
    from emgpipe.metrics.rows import Row
    from emgpipe.model import Decision, Reference, ReferenceKey
    from emgpipe.vocabulary import Vocabulary


def process_session(
    study: Study,
    vocabulary: Vocabulary,
    trials: Sequence[Trial],
    decisions: Sequence[Decision] = (),
    kept: Kept | None = None,
) -> SessionResult:
    """Process all trials of one participant's session; a trial that fails does not stop the others.

    Parameters
    ----------
    trials : sequence of Trial
        All of one participant and session; not empty.
    decisions : sequence of Decision
        About references: which MVIC trial or value is one, and which trials are none.
    kept : Kept, optional
        Signals, numbers and findings of earlier runs; the result is the same with and without.
    """
    kept = kept or Kept()
    prepared = prepare_session(study, vocabulary, trials, decisions, kept)
    steps, references, findings = prepared.steps, prepared.references, prepared.findings
    metrics = metrics_table((step.trial, rows_of(study, step, references, kept)) for step in steps)
    metrics = link_findings(metrics, findings, tuple(references.values()))
    variants = list(measure_variants(study, prepared, decisions, kept))
    curves = curves_table((step.trial, _curves(study, step, references)) for step in steps)
    return SessionResult(
        participant=trials[0].participant,
        session=trials[0].session,
        trials=tuple(_result(study, step, references) for step in steps),
        references=tuple(references.values()),
        findings=(*findings, *(finding for variant in variants for finding in variant.findings)),
        metrics=concatenate([metrics, *(one.metrics for one in variants)], METRIC_COLUMNS) if variants else metrics,
        curves=curves,
        readers=dict(prepared.readers),
    )


def _curves(study: Study, step: TrialStep, references: Mapping[ReferenceKey, Reference]) -> list[Row]:
    if step.loaded is None or step.trial.role != "task":
        return []
    release_memory()
    return curve_rows(step.loaded.signals.signals, step.repetitions, references, study.normalization.unit)


def _result(study: Study, step: TrialStep, references: Mapping[ReferenceKey, Reference]) -> TrialResult:
    windows = tuple(
        ReferenceWindow(
            one.muscle, one.side, attempt.start, attempt.stop, attempt.value, one.placement, attempt.is_contiguous
        )
        for one in references.values()
        for attempt in one.used
        if attempt.trial == step.trial.id and step.trial.role == "mvic"
    )
    signals = step.loaded.signals.signals if step.loaded else ()
    span = (step.loaded.signals.start, step.loaded.signals.stop) if step.loaded else None
    release_memory()
    return TrialResult(
        trial=step.trial,
        status="failed" if step.failure else "left out" if step.left_out else "processed",
        reason=step.failure or step.left_out,
        traces=thin_traces(signals, study.output.envelope_rate, span) if span else (),
        repetitions=step.repetitions,
        windows=windows,
        history={signal.label: signal.history for signal in signals if signal.history},
        recorded=step.loaded.recorded if step.loaded else {},
        cleaned=tuple(
            Cleaned(signal.muscle, signal.side, signal.placement, signal.unit, signal.removed)
            for signal in signals
            if signal.removed
        ),
        channels=_channels(study, step),
        span=span,
    )


def _channels(study: Study, step: TrialStep) -> tuple[UsedChannel, ...]:
    """Say where the signals of a trial come from."""
    if step.loaded is None:
        return ()
    stated = {
        (setting.signal_name, setting.side, setting.placement): why
        for setting, why in settings_for(study, step.trial)
        if setting.use
    }
    return tuple(
        UsedChannel(
            label=one.label,
            name=one.name,
            kind=one.kind,
            side=one.side,
            placement=one.placement,
            unit=one.unit,
            sampling_rate=one.sampling_rate,
            chain=one.chain_hash,
            file=str(step.loaded.sources.get(one.label, "")),
            override=stated.get((one.name, one.side, one.placement), ""),
        )
        for one in step.loaded.signals.signals
    )
