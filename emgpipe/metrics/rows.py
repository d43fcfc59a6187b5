"""From the repetitions of a trial to rows of the metrics table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from emgpipe.metrics.base import Cut, Metric, Reads
from emgpipe.model import Phase, Reference, ReferenceKey, Repetition, Signal
from emgpipe.model.tables import WHOLE_REPETITION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

Row = dict[str, Any]
MOST_MISSING = 0.1
"""Above this share of missing samples a number is left empty rather than taken from what is left."""
_STAGES: Final[dict[str, tuple[Reads, ...]]] = {"emg": ("envelope", "filtered"), "other": ("raw",)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a trial that is measured.

    Attributes
    ----------
    repetition : int
        Its number; 0 for a whole trial.
    onset : float
        When the repetition begins.
    span : Phase
        The whole repetition, or one of its phases.
    phases : tuple of Phase
        All phases of the repetition.
    """

    repetition: int
    onset: float
    span: Phase
    phases: tuple[Phase, ...] = ()


def stretches_of(repetitions: Sequence[Repetition], first: int = 1) -> list[Stretch]:
    """Return each repetition and its phases, in order; `first` is the number of the first repetition."""
    return [
        Stretch(number, one.start, span, one.phases)
        for number, one in enumerate(repetitions, start=first)
        for span in (Phase(WHOLE_REPETITION, one.start, one.stop), *one.phases)
    ]


def whole_stretch(start: float, stop: float) -> list[Stretch]:
    """Return a whole trial (a rest) as one stretch, repetition 0."""
    return [Stretch(0, start, Phase(WHOLE_REPETITION, start, stop))]


def numbers_of(
    metrics: Sequence[Metric], signals: Sequence[Signal], stretches: Sequence[Stretch]
) -> NDArray[np.float64]:
    """Measure signals, in their own units.

    Returns
    -------
    array, shape (n_numbers,)
        Stretch by stretch, of each the times and then signal by signal; as `rows_from` takes them.
    """
    return np.array(
        [
            number
            for stretch in stretches
            for signal, stage, wanted in _looks(metrics, signals, stretch.span)
            for number in _measured(wanted, _cut(signal, stage, stretch))
        ],
        dtype=np.float64,
    )


def rows_from(
    metrics: Sequence[Metric],
    signals: Sequence[Signal],
    stretches: Sequence[Stretch],
    numbers: NDArray[np.float64],
    scale: tuple[Mapping[ReferenceKey, Reference], str],
) -> list[Row]:
    """Return one row per number, normalized; `scale` is (references, unit), see `measure_task`.

    Parameters
    ----------
    numbers : array, shape (n_numbers,)
        What `numbers_of` gives for the same metrics, signals and stretches.
    """
    left = iter(numbers.tolist())
    return [
        {"repetition": stretch.repetition, "onset": stretch.onset, "phase": stretch.span.name}
        | _scaled(metric, signal, next(left), scale)
        for stretch in stretches
        for signal, _, wanted in _looks(metrics, signals, stretch.span)
        for metric in wanted
    ]


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
    stretches = stretches_of(repetitions, first)
    return rows_from(metrics, signals, stretches, numbers_of(metrics, signals, stretches), (references, unit))


def measure_span(
    metrics: Sequence[Metric], signals: Sequence[Signal], start: float, stop: float, scale: tuple[Any, str]
) -> list[Row]:
    """Return rows about a whole trial (a rest), as repetition 0; `scale` is (references, unit)."""
    stretches = whole_stretch(start, stop)
    return rows_from(metrics, signals, stretches, numbers_of(metrics, signals, stretches), scale)


def _looks(
    metrics: Sequence[Metric], signals: Sequence[Signal], span: Phase
) -> Iterator[tuple[Signal | None, Reads, list[Metric]]]:
    """Yield what is measured in a stretch: the times first, without a signal, then each signal stage by stage."""
    chosen = [metric for metric in metrics if metric.per_phase or span.name == WHOLE_REPETITION]
    of_stage = {stage: [metric for metric in chosen if metric.reads == stage] for stage in get_args(Reads)}
    if of_stage["time"]:
        yield None, "time", of_stage["time"]
    for signal in signals:
        for stage in _STAGES["emg" if signal.kind == "emg" else "other"]:
            if of_stage[stage]:
                yield signal, stage, of_stage[stage]


def _measured(metrics: Sequence[Metric], cut: Cut) -> Iterator[float]:
    usable = _share_there(cut) >= 1 - MOST_MISSING
    return (metric.measure(cut) if usable or metric.reads == "time" else np.nan for metric in metrics)


def _cut(signal: Signal | None, stage: Reads, stretch: Stretch) -> Cut:
    span = stretch.span
    if signal is None:
        return Cut(np.empty(0), 1.0, span.start, span.stop, span.start, stretch.phases)
    where = signal.span(span.start, span.stop)
    samples = {"envelope": signal.envelope, "filtered": signal.filtered}.get(stage, signal.raw)
    if samples is None:
        samples = np.full(signal.raw.size, np.nan)
    first = signal.start + where.start / signal.sampling_rate
    return Cut(samples[where], signal.sampling_rate, span.start, span.stop, first, stretch.phases)


def _share_there(cut: Cut) -> float:
    """Return the share of the span that has samples: gaps are missing, and so is what the channel does not reach."""
    wanted = max(round((cut.stop - cut.start) * cut.sampling_rate), cut.samples.size, 1)
    return float(np.count_nonzero(np.isfinite(cut.samples))) / wanted


def _scaled(
    metric: Metric, signal: Signal | None, number: float, scale: tuple[Mapping[ReferenceKey, Reference], str]
) -> Row:
    """Normalize an EMG number: percent of the reference, the amplitude beside it; all others stay as they are."""
    if signal is None:
        return _row(metric, None, number, "s")
    own = metric.unit(signal.unit)
    if signal.kind != "emg" or not metric.scales:
        return _row(metric, signal, number, own)
    amplitude = {"amplitude": number, "amplitude_unit": own}
    references, unit = scale
    if unit == "V":
        return _row(metric, signal, number, own) | amplitude
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
