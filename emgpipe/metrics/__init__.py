"""Metrics: repetitions -> numbers with units. The list, and the verbs `measure_task` and `measure_span`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator

from emgpipe.metrics.amplitude import Integrated, Mean, Peak, Percentile95, SustainedPeak, TimeToPeak
from emgpipe.metrics.auxiliary import Lockout, Maximum, Minimum, Range
from emgpipe.metrics.base import Cut, Metric
from emgpipe.metrics.curves import curve_rows
from emgpipe.metrics.rows import (
    Stretch,
    measure_span,
    measure_task,
    numbers_of,
    rows_from,
    stretches_of,
    whole_stretch,
)
from emgpipe.metrics.spectrum import DimitrovIndex, MeanFrequency, MedianFrequency, MedianFrequencySlope
from emgpipe.metrics.timing import Duration
from emgpipe.settings import one_of

METRICS: tuple[type[Metric], ...] = (
    Mean,
    Peak,
    Percentile95,
    SustainedPeak,
    Integrated,
    TimeToPeak,
    MedianFrequency,
    MeanFrequency,
    MedianFrequencySlope,
    DimitrovIndex,
    Duration,
    Lockout,
    Minimum,
    Maximum,
    Range,
)
METRIC_NAMES: Final = tuple(str(metric.model_fields["kind"].default) for metric in METRICS)


def _named(given: Any) -> Any:
    return {"kind": given} if isinstance(given, str) else given


if TYPE_CHECKING:
    AnyMetric = Metric
else:
    AnyMetric = Annotated[one_of(METRICS), BeforeValidator(_named)]
"""In a study file: a name, or ``{kind: name, ...}`` with parameters."""

DEFAULT_METRICS: Final[tuple[Metric, ...]] = tuple(metric() for metric in METRICS if metric.standard)

__all__ = [
    "DEFAULT_METRICS",
    "METRICS",
    "METRIC_NAMES",
    "AnyMetric",
    "Cut",
    "Metric",
    "Stretch",
    "curve_rows",
    "measure_span",
    "measure_task",
    "numbers_of",
    "rows_from",
    "stretches_of",
    "whole_stretch",
]
