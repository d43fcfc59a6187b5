"""No muscle in the signal: an MVIC or a task that stays at the level of noise throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.amplitude import has_muscle_shape
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.mains import hum_of

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView

WRONG_UNIT: Final = 3e-6
"""Volts RMS: less than this with the spectrum of a muscle is a signal in a wrong unit, which another check tells."""
COMMONEST: Final = 0.3
"""Share of the samples at the commonest value that the noise of a step or so has, and a pure tone has not."""


class Activity(ChannelCheck):
    """No muscle in the signal: the electrode is off, the cable broken, or the muscle silent.

    What a loose electrode leaves: only the noise of the amplifier, or a converter that moves by a few steps.
    """

    kind: Literal["activity"] = "activity"
    finds: ClassVar[tuple[str, ...]] = ("no_activity",)
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("mvic_warn_below", "mvic_fail_below"),)

    mvic_fail_below: float = Field(default=5.0, ge=0)
    """uV RMS of the loudest half second of an MVIC: less is the noise of a good recording at rest."""
    mvic_warn_below: float = Field(default=10.0, ge=0)
    """uV RMS of the loudest half second of an MVIC that is worth a look."""
    task_below: float = Field(default=5.0, ge=0)
    """uV RMS of the loudest half second of a task, if it is also hardly above the quietest."""
    steady_below: float = Field(default=2.0, gt=1)
    """Loudest by quietest half second of a task (95th by 5th percentile) that is no activity."""
    fewest_values: int = Field(default=8, ge=2)
    """A signal of no more different values than this is a converter without a signal."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if channel.role not in {"mvic", "task"} or not channel.is_raw_emg:
            return ()
        values = self._few_values(channel)
        if values:
            reason = f"'{channel.label}' takes only {values} different values: the converter runs, no signal reaches it"
            return (make_finding("no_activity", "fail", reason, _REMEDY, value=float(values), unit="values"),)
        return self._amplitude(channel) if channel.unit == "V" else ()

    def _few_values(self, channel: ChannelView) -> int:
        """Return how many values a channel has that stays at one of them most of the time; 0 if there are many."""
        finite = channel.figures.finite
        if np.unique(finite[:2000]).size > self.fewest_values:
            return 0
        values, counts = np.unique(finite, return_counts=True)
        is_noise = values.size <= self.fewest_values and float(counts.max()) > COMMONEST * finite.size
        return int(values.size) if is_noise else 0

    def _amplitude(self, channel: ChannelView) -> tuple[Finding, ...]:
        figures = channel.filtered_figures or channel.figures
        if not figures.window_rms.size:
            return ()
        if figures.rms < WRONG_UNIT and has_muscle_shape(figures):
            return ()
        # The mains is no muscle: its power stands equally in all windows.
        hum = hum_of(figures).rms ** 2
        rms = np.sqrt(np.clip(figures.window_rms**2 - hum, 0.0, None)) * 1e6
        low, high = (float(value) for value in np.percentile(rms, (5.0, 95.0)))
        level = self._level(channel.role, low, max(high, float(rms.max()) if channel.role == "mvic" else high))
        if level is None:
            return ()
        loudest = float(rms.max()) if channel.role == "mvic" else high
        what = "MVIC" if channel.role == "mvic" else "task"
        reason = f"'{channel.label}' reaches only {loudest:.2g} uV RMS in this {what}, as much as noise at rest"
        stage = "filtered" if channel.filtered_figures else "raw"
        return (make_finding("no_activity", level, reason, _REMEDY, value=loudest * 1e-6, unit="V", stage=stage),)

    def _level(self, role: str, low: float, high: float) -> Level | None:
        if role == "mvic":
            return "fail" if high < self.mvic_fail_below else "warn" if high < self.mvic_warn_below else None
        return "warn" if high < self.task_below and high < self.steady_below * low else None

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"an MVIC that stays below {self.mvic_warn_below:g} uV (fail below {self.mvic_fail_below:g}), a task below "
            f"{self.task_below:g} uV that varies by less than {self.steady_below:g} times, mains left out; or no more "
            f"than {self.fewest_values} different values"
        )


_REMEDY = "check electrode, cable and sensor; let the participant contract the muscle and look whether the signal rises"
