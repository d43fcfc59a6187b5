"""What one unit of a column of time stamps is, and why stamps cannot be used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.units import BY_NAME, UNKNOWN, parse_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 86400.0
"""Seconds."""
_IN_LABEL = re.compile(
    r"(?:^|[\s_(\[./])(ns|nsec|us|µs|μs|usecs?|ms|msecs?|millisec\w*|s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?"
    r"|days?)[)\]\s]*$",
    re.IGNORECASE,
)
MOST_SHARED = 20.0
"""So many samples in one millisecond would be 20 kHz: whole numbers that repeat longer are seconds."""
FASTEST = 4e5
"""Steps shorter than one part of this many are no seconds, but fractions of days, as spreadsheets count."""


def time_unit(column: NDArray[np.float64], written: str, label: str) -> tuple[float, list[Finding]]:
    """Return how many seconds one unit of the time stamps is; a guess is said."""
    known = BY_NAME.get(parse_unit(written))
    if known is not None and known.quantity == "time":
        return known.scale, []
    named = _IN_LABEL.search(label)
    if named and (unit := parse_unit(named[1])) != UNKNOWN:
        return BY_NAME[unit].scale, []
    step = _usual_step(column)
    if 1.0 / FASTEST <= step <= 0.02 and not _repeats_whole_numbers(column):  # 50 Hz or more, in seconds
        return 1.0, []
    name = _likely(step, is_whole=_repeats_whole_numbers(column))
    reason = f"no unit is stated for the time column '{label}'; its steps of {step:.6g} are taken as {name}"
    remedy = "if this is wrong, state sampling_rate and time_column: none"
    return BY_NAME[name].scale, [make_finding("time_unit_guessed", "warn", reason, remedy, value=step)]


def why_no_clock(column: NDArray[np.float64]) -> str:
    """Say why no sampling rate can be derived from a column of time stamps."""
    known = column[np.isfinite(column)]
    if known.size < 2:
        return "holds no time stamps" if not known.size else "holds only one time stamp"
    steps = np.diff(known)
    if (steps < 0).mean() > 0.1:
        return "does not increase: it goes back again and again"
    changes = int((steps != 0).sum())
    if changes == 0:
        return "never changes"
    if changes < 2:
        return "changes only once, which is too coarse to show a rate"
    return "does not increase"


def _likely(step: float, *, is_whole: bool) -> str:
    if is_whole:
        return "ms" if step * MOST_SHARED >= 1.0 else "s"
    if 0 < step < 1.0 / FASTEST:
        return "day"
    if step <= 0.2:
        return "s"
    return "ms" if step <= 100 else "us" if step <= 1e5 else "ns"


def _usual_step(column: NDArray[np.float64]) -> float:
    steps = np.diff(column[np.isfinite(column)])
    forward = steps[steps >= 0]
    if not forward.size:
        return 0.0
    # Several samples with one stamp: only the mean step tells how fast they were.
    return float(forward.mean() if (forward == 0).mean() > 0.1 else np.median(forward))


def _repeats_whole_numbers(column: NDArray[np.float64]) -> bool:
    """Say whether stamps are whole numbers of which several samples share each."""
    known = column[np.isfinite(column)][:100000]
    return bool(known.size > 1 and (known == np.floor(known)).all() and (np.diff(known) == 0).mean() > 0.1)
