"""The sampling rate and the start of mapped channels: stated, a number in the file, or time stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.tables.clock_findings import clock_findings, rate_findings
from emgpipe.readers.parts.tables.clocks import EPOCH, Clock, read_clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.readers.parts.mapping.options import Clocked
    from emgpipe.readers.parts.mapping.tree import Tree

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "days": 86400.0}
DATENUM = (6e5, 9e5)
"""Days since the year 0, as MATLAB counts dates: from 1642 to 2464."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Rate in Hz, time of the first sample in s, and doubts."""

    sampling_rate: float
    start: float
    findings: tuple[Finding, ...]


class Clocks:
    """The timings of a file's channels; each vector of time stamps is read once."""

    def __init__(self, tree: Tree, default: Clocked) -> None:
        self.tree, self.default = tree, default
        self._known: dict[tuple[object, ...], Timing] = {}

    def timing(self, own: Clocked, n_samples: int, where: str) -> Timing:
        """Return the timing of `n_samples` samples at the path `where`: what they state themselves, else the default.

        Raises
        ------
        ReadError
            Nothing states a rate, or what does is no rate.
        """
        stated = own if own.says_anything else self.default
        if not stated.says_anything:
            self.tree.fail(
                f"no sampling rate is stated for '{where}'; state sampling_rate, sampling_rate_from or time "
                f"in the study file, below `recordings:`, as reading: "
                f"[{{kind: {self.tree.reader}, sampling_rate: 1000, ...}}]"
            )
        key = (stated.sampling_rate, stated.sampling_rate_from, stated.time, stated.time_column, n_samples)
        if key not in self._known:
            self._known[key] = self._read(stated, n_samples, where)
        return self._known[key]

    @property
    def findings(self) -> list[Finding]:
        """The doubts about all timings, each once."""
        return list(dict.fromkeys(one for timing in self._known.values() for one in timing.findings))

    def _read(self, stated: Clocked, n_samples: int, where: str) -> Timing:
        rate = stated.sampling_rate
        if stated.sampling_rate_from is not None:
            rate = self.tree.scalar(stated.sampling_rate_from, "sampling_rate_from")
            if not 0 < rate <= MOST_RATE:
                self.tree.fail(f"sampling_rate_from: '{stated.sampling_rate_from}' is {rate:g}, which is no rate in Hz")
        if stated.time is None:
            assert rate is not None  # noqa: S101 - one of the three is given
            return Timing(rate, 0.0, ())
        clock, findings = self._clock(stated, n_samples, where)
        if rate is not None:
            findings += rate_findings(rate, clock, stated.time)
        start = clock.start
        if abs(start) > EPOCH:
            reason = f"time stamps count from a date ({start:.3f} s); here they count from the first sample"
            findings.append(make_finding("time_origin", "note", reason, value=start, unit="s"))
            start = 0.0
        return Timing(rate or clock.sampling_rate, start, tuple(findings))

    def _clock(self, stated: Clocked, n_samples: int, where: str) -> tuple[Clock, list[Finding]]:
        assert stated.time is not None  # noqa: S101 - asked by the caller
        stamps = self._stamps(stated)
        if stamps.size != n_samples:
            self.tree.fail(
                f"time: '{stated.time}' has {stamps.size} time stamps and '{where}' has {n_samples} samples; "
                "name the time stamps of these samples, or state sampling_rate"
            )
        unit, doubts = (stated.time_unit, []) if stated.time_unit else _time_unit(stamps, stated.time)
        clock = read_clock(stamps, SECONDS[unit])
        if clock is None or not 0 < clock.sampling_rate <= MOST_RATE:
            self.tree.fail(f"time: '{stated.time}' does not increase; state sampling_rate instead")
        return clock, [*doubts, *clock_findings(clock, stated.time)]

    def _stamps(self, stated: Clocked) -> NDArray[np.float64]:
        assert stated.time is not None  # noqa: S101 - asked by the caller
        entry = self.tree.entry(stated.time, "numbers", "time")
        values = self.tree.numbers(entry.path)
        if stated.time_column is not None:
            if values.ndim != 2 or stated.time_column > values.shape[1]:
                self.tree.fail(f"time_column: '{stated.time}' has no column {stated.time_column}")
            return values[:, stated.time_column - 1]
        if entry.vector_axis is None:
            self.tree.fail(f"time: '{stated.time}' is a matrix; state time_column too")
        return values.reshape(-1)


def _time_unit(stamps: NDArray[np.float64], where: str) -> tuple[str, list[Finding]]:
    """Tell the unit of time stamps from their steps; anything but certainty is said."""
    with np.errstate(invalid="ignore"):
        steps = np.diff(stamps)
    forward = steps[steps > 0]
    step = float(np.median(forward)) if forward.size else 0.0
    first = float(stamps[np.isfinite(stamps)][0]) if np.isfinite(stamps).any() else 0.0
    if DATENUM[0] < first < DATENUM[1] and 0 < step < 1e-4:  # 8.6 s, in days
        reason = f"the time stamps in '{where}' are taken as dates of MATLAB (datenum), which count days"
        return "days", [make_finding("time_unit_guessed", "warn", reason, "state sampling_rate in the study file")]
    if step <= 0.02:  # 50 Hz or more, in seconds
        return "s", []
    unit = "s" if step <= 0.2 else "ms" if step <= 100 else "us"
    reason = f"no unit is stated for the time stamps in '{where}'; their steps of {step:g} are taken as {unit}"
    return unit, [make_finding("time_unit_guessed", "warn", reason, "state time_unit in the study file", value=step)]
