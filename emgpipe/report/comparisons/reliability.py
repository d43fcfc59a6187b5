"""Reliability: intraclass correlations with intervals, and the error in percent of the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.comparisons.chosen import outcome_table
from emgpipe.report.comparisons.plain import numbers_part
from emgpipe.report.words import MISSING, finite, plain

if TYPE_CHECKING:
    from emgpipe.model import Comparison

_CAPTION: Final = (
    "ICC (95 % interval) of one value: (2,1) absolute agreement, (3,1) consistency. SEM: standard error of "
    "measurement; MDC: smallest detectable change; CV: within participants; all three in percent of the mean"
)


def part(comparison: Comparison) -> str:
    """Return one row per outcome, then all numbers."""
    columns = {
        "n": lambda row: plain(row["n"]),
        "Repeats": lambda row: plain(row["k"]),
        "ICC(2,1)": lambda row: _correlation(row, "icc_2_1"),
        "ICC(3,1)": lambda row: _correlation(row, "icc_3_1"),
        "SEM": lambda row: _percent(row["sem_agreement_percent"]),
        "MDC": lambda row: _percent(row["mdc_agreement_percent"]),
        "CV": lambda row: _percent(row["cv_percent"]),
    }
    return outcome_table(comparison.table, columns, _CAPTION) + numbers_part(comparison)


def _correlation(row: Any, name: str) -> str:
    center, low, high = (finite(row[column]) for column in (name, f"{name}_low", f"{name}_high"))
    if center is None:
        return MISSING
    ends = "no interval" if low is None or high is None else f"{_short(low)} to {_short(high)}"
    return f"{_short(center)} ({ends})"


def _short(value: float) -> str:
    """Write a correlation without its leading zero."""
    shown = f"{value:.2f}"
    return shown.replace("0.", ".", 1) if abs(value) < 0.995 else shown


def _percent(value: Any) -> str:
    known = finite(value)
    return MISSING if known is None else f"{known:.1f} %"
