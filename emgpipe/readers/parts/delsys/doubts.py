"""What is odd about the numbers and the time stamps of a text export, said once and not per channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.parts.tables.clock_findings import GRAVE, TOLERATED, clock_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emgpipe.model import Channel
    from emgpipe.readers.parts.tables.clocks import Clock
    from emgpipe.readers.parts.tables.number_block import Numbers

MISSED = 0.005
"""Declared and found numbers of samples that differ by less than this part are not mentioned."""


def rate_finding(label: str, stated: float, clock: Clock) -> list[Finding]:
    """Compare a stated sampling rate with the one of the time stamps."""
    seen = clock.sampling_rate
    difference = abs(stated / seen - 1.0)
    doubt = clock.resolution * seen / clock.n_samples  # of a short column that is printed coarsely
    if difference <= TOLERATED + doubt:
        return []
    reason = f"the stated sampling rate is {stated:.6g} Hz, the time stamps make {seen:.6g} Hz; the stated one is used"
    remedy = "find out which is right before using durations or spectra"
    level: Level = "warn" if difference <= GRAVE else "fail"
    return [make_finding("sampling_rate_contradiction", level, reason, remedy, channel=label, value=seen, unit="Hz")]


def stamp_findings(clocks: Mapping[str, Clock | None]) -> list[Finding]:
    """Say where time stamps jump, go back or are uneven; channels with the same stamps are said together."""
    sharing: dict[Clock, list[str]] = {}
    for label, clock in clocks.items():
        if clock is not None:
            sharing.setdefault(clock, []).append(label)
    return [finding for clock, labels in sharing.items() for finding in clock_findings(clock, _named(labels))]


def count_findings(counts: Mapping[str, tuple[int | None, int]]) -> list[Finding]:
    """Compare the declared with the found number of samples, by label."""
    findings = []
    for label, (declared, found) in counts.items():
        if declared is None or abs(found - declared) <= max(1, MISSED * declared):
            continue
        cut = f"; {100 * found / declared:.0f} % are there, the export was cut off" if found < declared else ""
        reason = f"{declared} samples are declared, {found} found{cut}"
        remedy = "export the whole recording again, unless this part is all that is wanted"
        findings.append(
            make_finding("declared_count", "warn", reason, remedy, channel=label, value=float(found), unit="samples")
        )
    return merged(findings)


def number_findings(numbers: Numbers, channels: Mapping[int, Channel]) -> list[Finding]:
    """Say which cells held no number; `channels` by the index of their column."""
    findings = []
    if numbers.ending is not None:
        findings.append(numbers.ending.finding())
    if numbers.wide_rows:
        reason = f"{numbers.wide_rows} rows have more cells than the heading; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, "check the delimiter and the decimal mark"))
    for index, channel in channels.items():
        missing = int(np.isnan(channel.read()).sum()) - (index == numbers.doubtful)
        if missing <= 0:
            continue
        example = numbers.examples.get(index, "")[:20]
        causes = {f"text such as '{example}'": numbers.texts.get(index, 0), "infinite": numbers.infinite.get(index, 0)}
        said = ", ".join(f"{count} {cause}" for cause, count in causes.items() if count)
        reason = (
            f"{missing} of {channel.n_samples} cells hold no usable number{f' ({said})' if said else ''}; they are NaN"
        )
        findings.append(
            make_finding(
                "unusable_cells", "warn", reason, "check the export",
                channel=channel.label, value=float(missing), unit="samples",
            )
        )  # fmt: skip
    return findings


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Say the same thing about several channels once, naming them."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.level, finding.reason), []).append(finding)
    return [
        same[0]
        if len(same) == 1
        else replace(
            same[0], reason=f"{same[0].reason} ('{_named([finding.channel for finding in same])}')", channel=""
        )
        for same in groups.values()
    ]


def _named(labels: list[str], most: int = 8) -> str:
    """Return labels for a place between quotes."""
    shown = "', '".join(labels[:most])
    return shown if len(labels) <= most else f"{shown}' and {len(labels) - most} more like '{labels[-1]}"
