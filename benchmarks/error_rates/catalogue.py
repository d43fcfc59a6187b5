"""The list of the experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.error_rates.best import BEST, BEST_MISSING
from benchmarks.error_rates.curves import CURVES
from benchmarks.error_rates.groups import GROUPS
from benchmarks.error_rates.mixed import BALANCED, FREE, MISSING
from benchmarks.error_rates.pairs import EFFECTS, PAIRS
from benchmarks.error_rates.people import REPEATS, SLOPES
from benchmarks.error_rates.several import CROSSED, SEVERAL

if TYPE_CHECKING:
    from benchmarks.error_rates.measure import Experiment

EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    PAIRS, EFFECTS, SEVERAL, CROSSED, BEST, BEST_MISSING, CURVES, SLOPES, GROUPS, REPEATS, BALANCED, MISSING, FREE,
)  # fmt: skip
