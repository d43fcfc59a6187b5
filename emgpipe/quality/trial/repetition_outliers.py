"""Repetitions that are unlike the others of their set, in amplitude or length."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import TrialCheck
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView, TrialView

FEWEST: Final = 4
"""Repetitions; of three, nobody can say which is the odd one."""
ROBUST_SD: Final = 1.4826
"""Times the median absolute deviation: the standard deviation of normal values."""


class RepetitionOutliers(TrialCheck):
    """Mean envelope and length of each repetition beside the others of the trial.

    One repetition is an outlier where it stands apart from the median and from its neighbors: a set that rises from
    the first to the last repetition has none.
    """

    kind: Literal["repetition_outliers"] = "repetition_outliers"
    finds: ClassVar[tuple[str, ...]] = ("repetition_outlier", "repetitions_vary", "repetition_length")
    stage: ClassVar[Stage | Literal[""]] = "envelope"

    score: float = Field(default=3.5, gt=0)
    """Robust standard deviations (1.4826 times the median absolute deviation) an outlier lies from the median, at
    least (Iglewicz and Hoaglin 1993)."""
    amplitude: float = Field(default=40.0, gt=0)
    """%: what the mean envelope of an outlier differs from the median by, at least (warn); by 30 % one set in 250 does
    where repetitions vary by 8 %."""
    length: float = Field(default=50.0, gt=0)
    """%: the same for the length of a repetition (warn); the usual cause is a repetition that was cut wrongly."""
    variation: float = Field(default=30.0, gt=0)
    """%: coefficient of variation of the mean envelope from which on repetitions vary (note)."""

    def look(self, trial: TrialView) -> tuple[Finding, ...]:
        """Return a finding for each outlier, with its repetition, and for channels that vary throughout."""
        if len(trial.repetitions) < FEWEST:
            return ()
        found = list(self._lengths(trial))
        for channel in trial.targets:
            found.extend(self._amplitudes(channel, trial))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"repetitions whose mean amplitude lies {self.amplitude:g} % or whose length lies {self.length:g} % and "
            f"{self.score:g} robust standard deviations off the median of the trial (warn); a coefficient of variation "
            f"above {self.variation:g} % (note)"
        )

    def _amplitudes(self, channel: ChannelView, trial: TrialView) -> Iterator[Finding]:
        values = _means(channel, trial)
        known = np.isfinite(values)
        if np.count_nonzero(known) < FEWEST or np.min(values[known]) <= 0:
            return
        place = place_of(channel, trial)
        for index in self._outliers(values, self.amplitude):
            repetition, off = trial.repetitions[index], 100 * (values[index] / np.nanmedian(values) - 1)
            reason = (
                f"the repetition at {repetition.start:.1f} s of '{channel.label}' is {abs(off):.0f} % "
                f"{'above' if off > 0 else 'below'} the median of the {len(values)} repetitions"
            )
            yield make_finding(
                "repetition_outlier",
                "warn",
                reason,
                _LOOK,
                value=float(off),
                unit="%",
                onset=repetition.start,
                start=repetition.start,
                stop=repetition.stop,
                **place,
            )
        variation = 100 * float(np.std(values[known], ddof=1) / np.mean(values[known]))
        if variation > self.variation:
            reason = f"the repetitions of '{channel.label}' vary by {variation:.0f} % (coefficient of variation)"
            yield make_finding("repetitions_vary", "note", reason, _VARY, value=variation, unit="%", **place)

    def _lengths(self, trial: TrialView) -> Iterator[Finding]:
        values = np.array([one.duration for one in trial.repetitions])
        if np.min(values) <= 0:
            return
        typical = float(np.median(values))
        for index in self._outliers(values, self.length):
            repetition = trial.repetitions[index]
            reason = (
                f"the repetition at {repetition.start:.1f} s lasts {values[index]:.2f} s, the others about "
                f"{typical:.2f} s: it may have been cut wrongly, or two may have been taken as one"
            )
            yield make_finding(
                "repetition_length",
                "warn",
                reason,
                _LOOK,
                value=float(values[index]),
                unit="s",
                trial=trial.id,
                onset=repetition.start,
                start=repetition.start,
                stop=repetition.stop,
            )

    def _outliers(self, values: NDArray[np.float64], least: float) -> list[int]:
        """Return the repetitions that lie off the median, and at least half as far off both neighbors."""
        typical = float(np.nanmedian(values))
        off = np.abs(values - typical)
        spread = ROBUST_SD * float(np.nanmedian(off))
        limit = max(self.score * spread, least / 100 * typical)
        return [int(index) for index in np.flatnonzero(off > limit) if _apart(values, int(index), off[index] / 2)]


_LOOK = (
    "look at the trace of this repetition: if it is no proper one (a slip, an artifact, cut wrongly), correct the "
    "repetitions or leave it out by a decision"
)
_VARY = "a mean over such repetitions is uncertain; look at the trace, and ask for an even tempo and effort"


def _means(channel: ChannelView, trial: TrialView) -> NDArray[np.float64]:
    """Return the mean envelope of each repetition; NaN where it is missing or less than half is there."""
    values = np.full(len(trial.repetitions), np.nan)
    if channel.envelope is None:
        return values
    for index, repetition in enumerate(trial.repetitions):
        first, last = ((time - channel.start) * channel.sampling_rate for time in (repetition.start, repetition.stop))
        part = channel.envelope[max(round(first), 0) : max(round(last), 0)]
        known = part[np.isfinite(part)]
        if known.size and 2 * known.size >= last - first:
            values[index] = float(np.mean(known))
    return values


def _apart(values: NDArray[np.float64], index: int, least: float) -> bool:
    neighbors = [values[place] for place in (index - 1, index + 1) if 0 <= place < values.size]
    return all(abs(values[index] - one) > least for one in neighbors if np.isfinite(one))
