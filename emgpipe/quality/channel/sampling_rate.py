"""A sampling rate that EMG cannot have, or that the lines of the mains contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.lines import other_rates
from emgpipe.quality.mains import FUNDAMENTALS
from emgpipe.quality.views import SLOWEST

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.lines import Fit
    from emgpipe.quality.views import ChannelView


class SamplingRate(ChannelCheck):
    """A sampling rate that EMG cannot have, or that the lines of the mains contradict.

    Without lines nothing can be told: the median frequencies of muscles differ too much.
    """

    kind: Literal["sampling_rate"] = "sampling_rate"
    finds: ClassVar[tuple[str, ...]] = ("slow_for_emg", "sampling_rate_suspected")
    stage: ClassVar[Stage | Literal[""]] = "raw"

    slowest: float = Field(default=SLOWEST, gt=0)
    """Samples per second: with no more a signal is no raw EMG, which has most of its power above 50 Hz."""
    fewest_lines: int = Field(default=2, ge=1)
    """Multiples of a frequency that must stand out to doubt the rate; fewer, down to one, are good to know."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        rate = channel.sampling_rate
        if rate <= self.slowest:
            reason = (
                f"'{channel.label}' has {rate:g} samples per second; EMG has most of its power above "
                f"{self.slowest / 2:g} Hz, so this is an envelope, another signal, or the rate is wrong"
            )
            remedy = "use the raw channel, or state the right sampling rate or time unit"
            return (make_finding("slow_for_emg", "warn", reason, remedy, value=rate, unit="Hz"),)
        if not channel.is_raw_emg:
            return ()
        stated = channel.acquisition.mains_frequency
        fundamentals = (stated,) if stated else FUNDAMENTALS
        fits = [fit for figures in (channel.figures, channel.quiet) for fit in other_rates(figures, rate, fundamentals)]
        fits.sort(key=lambda fit: -fit.count)
        best = {(fit.rate, fit.mains): fit for fit in fits if fit.count == fits[0].count}
        return self._suspected(channel, list(best.values())) if best else ()

    def _suspected(self, channel: ChannelView, fits: list[Fit]) -> tuple[Finding, ...]:
        first = fits[0]
        level: Level = "warn" if first.count >= self.fewest_lines else "note"
        possible = " or ".join(f"{fit.rate:g} (mains of {fit.mains:g} Hz)" for fit in fits[:3])
        lines = "a sharp line" if first.count == 1 else f"{first.count} sharp lines, multiples of"
        reason = (
            f"'{channel.label}' has {lines}{' at' if first.count == 1 else ''} {first.line:.1f} Hz and none at the "
            f"mains, by the stated {channel.sampling_rate:g} samples per second; they would be the mains at {possible}"
        )
        remedy = "compare the length of the recording with a clock, and the rate with the device's settings"
        return (make_finding("sampling_rate_suspected", level, reason, remedy, value=first.rate, unit="Hz"),)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"no more than {self.slowest:g} samples per second; or {self.fewest_lines} sharp lines that would be the "
            "mains at another common rate"
        )
