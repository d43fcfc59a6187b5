"""From the repetitions of a trial to rows of the metrics table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.metrics.base import Cut, Metric, Reads
from emgpipe.model import Phase, Reference, ReferenceKey, Repetition, Signal
from emgpipe.model.tables import WHOLE_REPETITION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, Any]
MOST_MISSING = 0.1
"""Above this share of missing samples a number is left empty rather than taken from what is left."""
_STAGES: Final[dict[str, tuple[Reads, ...]]] = {"emg": ("envelope", "filtered"), "other": ("raw",)}


def measure_task(
    metrics: Sequence[Metric],
    signals: Sequence[Signal],
    repetitions: Sequence[Repetition],
    references: Mapping[ReferenceKey, Reference],
    unit: str,
    *,
    first: int = 1,
) -> list[Row]:
    """Return one row per repetition, phase, channel and metric.

    Parameters
    ----------
    references : mapping
        (muscle, side, placement) -> reference; a muscle without one keeps its amplitude and an empty value.
    unit : str
        What normalized amplitudes are called; ``V`` when nothing is normalized.
    first : int
        Number of the first repetition.
    """
    rows: list[Row] = []
    for number, repetition in enumerate(repetitions, start=first):
        for span in (Phase(WHOLE_REPETITION, repetition.start, repetition.stop), *repetition.phases):
            where = {"repetition": number, "onset": repetition.start, "phase": span.name}
            rows.extend(where | row for row in _rows_of(metrics, signals, span, repetition.phases, (references, unit)))
    return rows


def measure_span(
    metrics: Sequence[Metric], signals: Sequence[Signal], start: float, stop: float, scale: tuple[Any, str]
) -> list[Row]:
    """Return rows about a whole trial (a rest), as repetition 0; `scale` is (references, unit)."""
    span = Phase(WHOLE_REPETITION, start, stop)
    where = {"repetition": 0, "onset": start, "phase": span.name}
    return [where | row for row in _rows_of(metrics, signals, span, (), scale)]


def _rows_of(
    metrics: Sequence[Metric],
    signals: Sequence[Signal],
    span: Phase,
    phases: tuple[Phase, ...],
    scale: tuple[Mapping[ReferenceKey, Reference], str],
) -> Iterator[Row]:
    chosen = [metric for metric in metrics if metric.per_phase or span.name == WHOLE_REPETITION]
    for metric in chosen:
        if metric.reads == "time":
            cut = Cut(np.empty(0), 1.0, span.start, span.stop, span.start, phases)
            yield _row(metric, None, metric.measure(cut), "s")
    for signal in signals:
        for stage in _STAGES["emg" if signal.kind == "emg" else "other"]:
            wanted = [metric for metric in chosen if metric.reads == stage]
            if wanted:
                yield from _rows_from(wanted, signal, _cut(signal, stage, span, phases), scale)


def _rows_from(
    metrics: Sequence[Metric], signal: Signal, cut: Cut, scale: tuple[Mapping[ReferenceKey, Reference], str]
) -> Iterator[Row]:
    usable = _measured(cut) >= 1 - MOST_MISSING
    for metric in metrics:
        number = metric.measure(cut) if usable else np.nan
        yield (
            _scaled(metric, signal, number, scale)
            if signal.kind == "emg"
            else _row(metric, signal, number, metric.unit(signal.unit))
        )


def _cut(signal: Signal, stage: Reads, span: Phase, phases: tuple[Phase, ...]) -> Cut:
    where = signal.span(span.start, span.stop)
    samples = {"envelope": signal.envelope, "filtered": signal.filtered}.get(stage, signal.raw)
    if samples is None:
        samples = np.full(signal.raw.size, np.nan)
    first = signal.start + where.start / signal.sampling_rate
    return Cut(samples[where], signal.sampling_rate, span.start, span.stop, first, phases)


def _measured(cut: Cut) -> float:
    """Return the share of the span that has samples: gaps are missing, and so is what the channel does not reach."""
    wanted = max(round((cut.stop - cut.start) * cut.sampling_rate), cut.samples.size, 1)
    return float(np.count_nonzero(np.isfinite(cut.samples))) / wanted


def _scaled(metric: Metric, signal: Signal, number: float, scale: tuple[Mapping[ReferenceKey, Reference], str]) -> Row:
    """Normalize an EMG number: percent of the reference, the amplitude beside it."""
    references, unit = scale
    if not metric.scales:
        return _row(metric, signal, number, metric.unit(signal.unit))
    amplitude = {"amplitude": number, "amplitude_unit": metric.unit(signal.unit)}
    if unit == "V":
        return _row(metric, signal, number, metric.unit(signal.unit)) | amplitude
    reference = references.get((signal.muscle, signal.side, signal.placement))
    value = 100 * number / reference.value if reference else np.nan
    row = _row(metric, signal, value, metric.unit(unit)) | amplitude
    return row | {"reference": reference.id if reference else ""}


def _row(metric: Metric, signal: Signal | None, value: float, unit: str) -> Row:
    about = (
        {"kind": "time", "muscle": "", "side": "", "placement": "", "stage": "time"}
        if signal is None
        else {
            "kind": signal.kind,
            "muscle": signal.name,
            "side": signal.side,
            "placement": signal.placement,
            "stage": metric.reads,
        }
    )
    blank = {"amplitude": np.nan, "amplitude_unit": "", "reference": ""}
    return {**about, "metric": metric.name, "value": value, "unit": unit, **blank}
