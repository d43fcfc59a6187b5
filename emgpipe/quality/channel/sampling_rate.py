"""A sampling rate that EMG cannot have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.views import SLOWEST

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class SamplingRate(ChannelCheck):
    """A sampling rate that EMG cannot have."""

    kind: Literal["sampling_rate"] = "sampling_rate"
    finds: ClassVar[tuple[str, ...]] = ("slow_for_emg",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        rate = channel.sampling_rate
        if rate >= SLOWEST:
            return ()
        reason = (
            f"'{channel.label}' has {rate:g} samples per second; EMG has most of its power above {SLOWEST / 2:g} Hz, "
            "so this is an envelope, another signal, or the rate is wrong"
        )
        remedy = "use the raw channel, or state the right sampling rate or time unit"
        return (make_finding("slow_for_emg", "warn", reason, remedy, value=rate, unit="Hz"),)

    def describe(self) -> str:
        """Say what is looked for."""
        return "fewer samples per second than EMG needs"
