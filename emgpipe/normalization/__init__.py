"""Normalization: MVIC (or task) trials -> references. The list, and the verb `find_references`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.normalization.base import Beside, Candidate, Normalization
from emgpipe.normalization.combine import COMBINES, Combine, Maximum, MeanOfBest
from emgpipe.normalization.decided import is_left_out
from emgpipe.normalization.mvic import Mvic
from emgpipe.normalization.noise import SubtractRest, correct_noise, rest_noise, subtract_noise
from emgpipe.normalization.references import find_references
from emgpipe.normalization.rules import RULES, EnvelopePeak, MiddleMean, Percentile, Rule, SlidingMean, TopSamples
from emgpipe.normalization.task import NoNormalization, TaskMean, TaskPeak
from emgpipe.settings import one_of

NORMALIZATIONS: tuple[type[Normalization], ...] = (Mvic, TaskPeak, TaskMean, NoNormalization)

if TYPE_CHECKING:
    AnyNormalization = Normalization
else:
    AnyNormalization = one_of(NORMALIZATIONS)

__all__ = [
    "COMBINES",
    "NORMALIZATIONS",
    "RULES",
    "AnyNormalization",
    "Beside",
    "Candidate",
    "Combine",
    "EnvelopePeak",
    "Maximum",
    "MeanOfBest",
    "MiddleMean",
    "Mvic",
    "NoNormalization",
    "Normalization",
    "Percentile",
    "Rule",
    "SlidingMean",
    "SubtractRest",
    "TaskMean",
    "TaskPeak",
    "TopSamples",
    "correct_noise",
    "find_references",
    "is_left_out",
    "rest_noise",
    "subtract_noise",
]
