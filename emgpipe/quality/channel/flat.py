"""Stretches that hold one value: the sensor was silent while the recording ran on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.flat import Timeline, flat_finding

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Flat(ChannelCheck):
    """Stretches that hold one value: the sensor was silent while the recording ran on."""

    kind: Literal["flat"] = "flat"
    finds: ClassVar[tuple[str, ...]] = ("flat_stretch",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        timeline = Timeline(channel.raw.size, channel.sampling_rate, channel.at)
        return flat_finding(channel.label, channel.flat, timeline, channel.unit) if channel.has_signal else ()

    def describe(self) -> str:
        """Say what is looked for."""
        return "stretches of one value that the signal around them does not explain"
