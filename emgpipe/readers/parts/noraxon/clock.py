"""The rate and the start of a Noraxon table: what the header states against what the time stamps say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import ReadError
from emgpipe.model import Finding, Level, make_finding
from emgpipe.readers.parts.noraxon.labels import split_label
from emgpipe.readers.parts.tables.clock_findings import clock_findings
from emgpipe.readers.parts.tables.clocks import Clock, read_clock
from emgpipe.units import parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.noraxon.header import NoraxonHeader

TOLERATED, GRAVE, UNUSABLE = 5e-4, 5e-3, 2e-2
"""Relative disagreement of stated and measured rate from which on it is noted, warned of, and a failure."""

SLOW = 20.0
"""No EMG device records so few samples per second (Hz)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of a table.

    Attributes
    ----------
    sampling_rate : float
        In Hz, as stated where the file states one.
    start : float
        Time of the first row in s.
    """

    sampling_rate: float
    start: float = 0.0
    findings: tuple[Finding, ...] = ()


def find_timing(header: NoraxonHeader, label: str, stamps: NDArray[np.float64], path: Path, reader: str) -> Timing:
    """Compare the header with the column of times, which may be printed with few decimals.

    Raises
    ------
    ReadError
        The header states no rate and the time stamps do not increase.
    """
    seconds = 1e-3 if parse_unit(split_label(label)[1] or header.text("time_units")) == "ms" else 1.0
    clock = read_clock(stamps, seconds)
    stated = header.sampling_rate
    begin = header.number("begin_time") or 0.0
    if clock is None or not clock.sampling_rate > 0:
        if stated is None:
            message = "states no frequency and its times do not increase; export the recording again"
            raise ReadError(message, path=path, reader=reader)
        return Timing(stated, begin, tuple(_no_clock(stamps)))
    findings = clock_findings(clock, "time")
    if stated is None:
        reason = f"the header states no frequency; {clock.sampling_rate:.6g} Hz is taken from the time stamps"
        remedy = ""
        level: Level = "note"
        if clock.sampling_rate < SLOW:
            level, remedy = "warn", "so slow a rate may mean that the times are in ms: write the unit into their label"
        findings.append(
            make_finding("sampling_rate_derived", level, reason, remedy, value=clock.sampling_rate, unit="Hz")
        )
    else:
        findings += _contradiction(stated, clock)
    return Timing(stated or clock.sampling_rate, clock.start, tuple(findings))


def _no_clock(stamps: NDArray[np.float64]) -> list[Finding]:
    if np.isfinite(stamps).sum() < 2:
        return []
    reason = "the time stamps do not increase; times follow from the frequency in the header"
    return [make_finding("time_stamps", "warn", reason, "export the recording again")]


def _contradiction(stated: float, clock: Clock) -> list[Finding]:
    # Rounded stamps leave the measured rate uncertain by about one step of their printing over the whole span.
    doubt = clock.resolution * clock.sampling_rate / clock.n_samples
    difference = abs(stated / clock.sampling_rate - 1.0)
    if difference <= TOLERATED + doubt:
        return []
    level: Level = "note" if difference <= GRAVE + doubt else "warn" if difference <= UNUSABLE + doubt else "fail"
    reason = (
        f"the header states {stated:.7g} Hz, the time stamps make {clock.sampling_rate:.7g} Hz; the stated one is used"
    )
    remedy = "compare with the sampling rate in myoRESEARCH and export again"
    return [make_finding("sampling_rate_contradiction", level, reason, remedy, value=clock.sampling_rate, unit="Hz")]
