"""Normalization: MVIC (or task) trials -> references. The list, and the verb `find_references`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.normalization.base import Candidate, Normalization
from emgpipe.normalization.combine import COMBINES, Combine, Maximum, MeanOfBest
from emgpipe.normalization.mvic import Mvic
from emgpipe.normalization.references import find_references
from emgpipe.normalization.rules import RULES, EnvelopePeak, MiddleMean, Rule, SlidingMean
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
    "Candidate",
    "Combine",
    "EnvelopePeak",
    "Maximum",
    "MeanOfBest",
    "MiddleMean",
    "Mvic",
    "NoNormalization",
    "Normalization",
    "Rule",
    "SlidingMean",
    "TaskMean",
    "TaskPeak",
    "find_references",
]
