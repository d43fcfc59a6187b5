"""The sampling rate of each column: stated by the user, its label, the heading, or its time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.model import Finding, Level, make_finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.readers.parts.tables.clocks import Clock
    from emgpipe.readers.parts.tables.columns import Roles
    from emgpipe.readers.parts.tables.header import Heading
    from emgpipe.readers.parts.tables.options import DelimitedOptions
    from emgpipe.readers.parts.tables.table import Table

STATE_RATE = "state it in the study file: recordings: reading: [{kind: delimited, sampling_rate: 1000}]"
TOLERATED, GRAVE = 0.005, 0.02
"""Relative disagreement of two sampling rates that is not mentioned, and that makes numbers unusable."""
SLOWER = 0.5
"""A column that ends before this part of the table is a slower channel, not one that was switched off."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Rate (Hz), number of samples and time of the first sample (s) of a column."""

    sampling_rate: float
    n_samples: int
    start: float = 0.0


def time_columns(  # noqa: PLR0913 - each argument is one source of knowledge about rates
    table: Table,
    roles: Roles,
    heading: Heading,
    labels: Sequence[str],
    options: DelimitedOptions,
    *,
    used: Sequence[int],
    path: Path,
) -> tuple[dict[int, Timing], list[Finding]]:
    """Return the timing of each used column, and doubts.

    Raises
    ------
    ReadError
        A rate is neither stated nor to be derived from time stamps.
    """
    rows = max((table.length(index) for index in used), default=0)
    findings = _clock_findings(roles, labels)
    timings: dict[int, Timing] = {}
    slower: dict[str, float] = {}
    first_clock = min(roles.clocks, default=None)
    for index in used:
        timed = roles.clock_of(index)
        own = options.sampling_rates.get(labels[index]) or heading.rates[index]
        is_main = timed is None or timed[0] == first_clock
        rate = own or ((options.sampling_rate or heading.sampling_rate) if is_main else None)
        clock = timed[1] if timed else None
        if rate is None and clock is None:
            raise ReadError(_no_rate(heading), path=path, reader="delimited")
        n_rows = min(clock.n_samples, rows) if clock else rows
        timing = _timing(min(table.length(index), n_rows), rate, clock, n_rows, trimmed=own is not None)
        if timing.n_samples < n_rows and own is None:
            slower[labels[index]] = timing.sampling_rate
        timings[index] = timing
    findings += _contradictions(timings, roles, labels, heading, slower)
    findings += _slower(slower)
    return timings, findings


def _timing(length: int, rate: float | None, clock: Clock | None, n_rows: int, *, trimmed: bool) -> Timing:
    start = clock.start if clock else 0.0
    used = rate or (clock.sampling_rate if clock else 0.0)
    if trimmed and length:
        return Timing(used, length, start)
    if 0 < length <= SLOWER * n_rows:  # same time span, fewer samples
        return Timing(used * length / n_rows, length, start)
    return Timing(used, n_rows, start)


def _no_rate(heading: Heading) -> str:
    if heading.other_rates:
        rates = ", ".join(f"{rate:g}" for rate in heading.other_rates)
        return f"the heading names several sampling rates ({rates} Hz) and there is no time column; {STATE_RATE}"
    return f"has no time column and does not state its sampling rate; {STATE_RATE}"


def _contradictions(
    timings: dict[int, Timing], roles: Roles, labels: Sequence[str], heading: Heading, slower: dict[str, float]
) -> list[Finding]:
    findings: dict[tuple[float, int], Finding] = {}
    for index, timing in timings.items():
        timed = roles.clock_of(index)
        # One time column for all, and a rate of its own in the label: the time stamps are another channel's.
        if timed is None or labels[index] in slower or (heading.rates[index] and len(roles.clocks) == 1):
            continue
        seen = timed[1].sampling_rate
        difference = abs(timing.sampling_rate / seen - 1.0)
        doubt = timed[1].resolution * seen / timed[1].n_samples  # of a short column that is printed coarsely
        if difference > TOLERATED + doubt and (timing.sampling_rate, timed[0]) not in findings:
            level: Level = "warn" if difference <= GRAVE else "fail"
            reason = (
                f"the stated sampling rate is {timing.sampling_rate:.6g} Hz, the time column "
                f"'{labels[timed[0]]}' makes {seen:.6g} Hz; the stated one is used"
            )
            remedy = "state the right one as sampling_rate in the study file"
            findings[timing.sampling_rate, timed[0]] = make_finding(
                "sampling_rate_contradiction", level, reason, remedy, value=seen, unit="Hz"
            )
    return list(findings.values())


def _clock_findings(roles: Roles, labels: Sequence[str]) -> list[Finding]:
    findings = []
    for index, clock in roles.clocks.items():
        if clock.gaps:
            reason = (
                f"the time column '{labels[index]}' jumps {clock.gaps} times, {clock.missing:.4g} s are missing; "
                "later samples really are later than shown"
            )
            remedy = "record again, or use only the part before the first gap"
            findings.append(make_finding("time_gaps", "warn", reason, remedy, value=clock.missing, unit="s"))
        if clock.backward:
            reason = f"the time column '{labels[index]}' goes back {clock.backward} times"
            findings.append(make_finding("time_backward", "fail", reason, "split the file where time starts anew"))
        if clock.irregular > 0.01 and not clock.gaps:
            share = f"{100 * clock.irregular:.1f} %"
            reason = f"{share} of the steps in the time column '{labels[index]}' differ from the usual one"
            remedy = "check how the file was exported; a constant rate is assumed"
            findings.append(make_finding("irregular_time", "warn", reason, remedy, value=clock.irregular))
    return findings


def _slower(slower: dict[str, float]) -> list[Finding]:
    if not slower:
        return []
    listed = ", ".join(f"'{label}' ({rate:.6g} Hz)" for label, rate in slower.items())
    reason = f"columns end early and are taken as slower channels over the same time: {listed}"
    return [make_finding("slower_columns", "warn", reason, "state their rates as sampling_rates in the study file")]
