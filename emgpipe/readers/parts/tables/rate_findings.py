"""Doubts about the sampling rates of a table, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.parts.tables.clock_findings import GRAVE, TOLERATED, clock_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.readers.parts.tables.clocks import Clock
    from emgpipe.readers.parts.tables.columns import Roles
    from emgpipe.readers.parts.tables.header import Heading

__all__ = ["GRAVE", "clock_doubts", "contradictions", "heading_doubts", "slower_columns"]


COARSE, NOTABLE = 0.1, 0.5
"""Stamps that many samples share are mentioned from so many s on, or from so many % of uncertainty on."""


def clock_doubts(roles: Roles, labels: Sequence[str], rows: dict[int, int]) -> list[Finding]:
    """Return what each time column lacks; `rows` are the rows it stands for."""
    findings: list[Finding] = []
    for index, clock in roles.clocks.items():
        findings += clock_findings(clock, labels[index])
        findings += _coarse(clock, labels[index])
        findings += _incomplete(clock, labels[index], rows.get(index, 0))
    return findings


def heading_doubts(heading: Heading, roles: Roles, *, is_used: bool) -> list[Finding]:
    """Say that a stated rate gave way to time stamps, or may be meant in thousands."""
    stated = heading.sampling_rate
    if stated is None:
        return []
    if not is_used:
        seen = roles.clocks[min(roles.clocks)].sampling_rate
        reason = f"the heading states a frequency of {stated:.6g} Hz, the time stamps make {seen:.6g} Hz and are used"
        remedy = "if the heading is right, state sampling_rate in the study file"
        return [make_finding("sampling_rate_contradiction", "warn", reason, remedy, value=seen, unit="Hz")]
    if heading.doubtful_rate and not roles.clocks:
        reason = f"the stated sampling rate '{heading.doubtful_rate}' is read as {stated:g} Hz, it may be in thousands"
        return [make_finding("sampling_rate_doubtful", "warn", reason, "state sampling_rate", value=stated, unit="Hz")]
    return []


def contradictions(
    rates: dict[int, float], roles: Roles, labels: Sequence[str], heading: Heading, slower: dict[str, float]
) -> list[Finding]:
    """Return findings where the rate of a column is not the one its time stamps make."""
    findings: dict[tuple[float, int], Finding] = {}
    for index, rate in rates.items():
        timed = roles.clock_of(index)
        # One time column for all, and a rate of its own in the label: the time stamps are another channel's.
        if timed is None or labels[index] in slower or (heading.rates[index] and len(roles.clocks) == 1):
            continue
        seen, clock = timed[1].sampling_rate, timed[1]
        difference = abs(rate / seen - 1.0)
        doubt = clock.resolution * seen / clock.n_samples  # of a short column that is printed coarsely
        if difference > TOLERATED + doubt and (rate, timed[0]) not in findings:
            level: Level = "warn" if difference <= GRAVE else "fail"
            reason = (
                f"the stated sampling rate is {rate:.6g} Hz, the time column "
                f"'{labels[timed[0]]}' makes {seen:.6g} Hz; the stated one is used"
            )
            remedy = "state the right one as sampling_rate in the study file"
            findings[rate, timed[0]] = make_finding(
                "sampling_rate_contradiction", level, reason, remedy, value=seen, unit="Hz"
            )
    return list(findings.values())


def slower_columns(slower: dict[str, float]) -> list[Finding]:
    """Say which columns were taken as slower channels because they end early."""
    if not slower:
        return []
    listed = ", ".join(f"'{label}' ({rate:.6g} Hz)" for label, rate in slower.items())
    reason = f"columns end early and are taken as slower channels over the same time: {listed}"
    return [make_finding("slower_columns", "warn", reason, "state their rates as sampling_rates in the study file")]


def _coarse(clock: Clock, label: str) -> list[Finding]:
    if not clock.uncertainty or (clock.resolution < COARSE and 100 * clock.uncertainty <= NOTABLE):
        return []
    reason = (
        f"the time stamps in '{label}' are printed to {clock.resolution:.3g} s only; "
        f"the rate of {clock.sampling_rate:.6g} Hz is known to {100 * clock.uncertainty:.2g} %"
    )
    remedy = "export finer time stamps, or state sampling_rate in the study file"
    return [make_finding("coarse_time", "warn", reason, remedy, value=100 * clock.uncertainty, unit="%")]


def _incomplete(clock: Clock, label: str, rows: int) -> list[Finding]:
    after = max(rows - clock.n_samples, 0)
    lacking = clock.first + after
    if not lacking and not clock.missing_stamps:
        return []
    if lacking:
        reason = f"the time column '{label}' lacks stamps for {lacking} rows at its ends"
    else:
        reason = f"the time column '{label}' has stamps in {clock.n_samples - clock.missing_stamps} of {rows} rows only"
    level: Level = "warn" if lacking > 1 else "note"
    value = float(lacking or clock.missing_stamps)
    remedy = "check the export: the rows without a time are taken to follow at the same rate"
    return [make_finding("time_incomplete", level, reason, remedy, value=value, unit="rows")]
