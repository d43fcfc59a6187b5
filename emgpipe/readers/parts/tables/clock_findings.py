"""What a vector of time stamps shows that is not right, in words; shared by readers with time stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Finding, Level, make_finding

if TYPE_CHECKING:
    from emgpipe.readers.parts.tables.clocks import Clock

TOLERATED, GRAVE = 0.005, 0.02
"""Relative disagreement of two sampling rates that is not mentioned, and that makes numbers unusable."""


def clock_findings(clock: Clock, where: str) -> list[Finding]:
    """Return what the time stamps at `where` lack: gaps, steps back, uneven steps."""
    findings = []
    if clock.gaps:
        reason = (
            f"the time stamps in '{where}' jump {clock.gaps} times, {clock.missing:.4g} s are missing; "
            "later samples really are later than shown"
        )
        remedy = "record again, or use only the part before the first gap"
        findings.append(make_finding("time_gaps", "warn", reason, remedy, value=clock.missing, unit="s"))
    if clock.backward:
        reason = f"the time stamps in '{where}' go back {clock.backward} times"
        findings.append(make_finding("time_backward", "fail", reason, "split the file where time starts anew"))
    if clock.irregular > 0.01 and not clock.gaps:
        reason = f"{100 * clock.irregular:.1f} % of the steps in '{where}' differ from the usual one"
        remedy = "check how the file was exported; a constant rate is assumed"
        findings.append(make_finding("irregular_time", "warn", reason, remedy, value=clock.irregular))
    return findings


def rate_findings(stated: float, clock: Clock, where: str) -> list[Finding]:
    """Return a finding where a stated rate contradicts the time stamps at `where`, as finely as they are printed."""
    seen = clock.sampling_rate
    difference = abs(stated / seen - 1.0)
    if difference <= TOLERATED + clock.resolution * seen / clock.n_samples:
        return []
    level: Level = "warn" if difference <= GRAVE else "fail"
    reason = (
        f"the stated sampling rate is {stated:.6g} Hz, the time stamps in '{where}' make {seen:.6g} Hz; "
        "the stated one is used"
    )
    remedy = "state the right one as sampling_rate in the study file"
    return [make_finding("sampling_rate_contradiction", level, reason, remedy, value=seen, unit="Hz")]
