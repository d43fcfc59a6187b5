"""Stretches that hold one value: the sensor was silent while the recording ran on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.flat import FlatLimits, Timeline, flat_finding

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Flat(FlatLimits, ChannelCheck):
    """Stretches that hold one value: the sensor was silent while the recording ran on."""

    kind: Literal["flat"] = "flat"
    finds: ClassVar[tuple[str, ...]] = ("flat_stretch",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.has_signal:
            return ()
        timeline = Timeline(channel.raw.size, channel.sampling_rate, channel.at)
        return flat_finding(channel.label, channel.flat_stretches(self), timeline, channel.unit, self)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"one value for {1000 * self.shortest:g} ms or longer that the signal around does not explain; "
            f"fail above {100 * self.fail_above:g} % of the trial"
        )
