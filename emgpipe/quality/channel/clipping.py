"""Signals cut off at a rail."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.clipping import ClippingLimits, clipping
from emgpipe.quality.limits import are_usual

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Clipping(ClippingLimits, ChannelCheck):
    """Signals cut off at a rail: the one the recording states, or a value they reach again and again and stay at."""

    kind: Literal["clipping"] = "clipping"
    finds: ClassVar[tuple[str, ...]] = ("clipped",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.has_signal:
            return ()
        if are_usual(self, ClippingLimits):
            return channel.clipped
        return clipping(channel.label, channel.finite, channel.unit, self, channel.acquisition.rail)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"{self.shortest_plateau} samples in a row at the largest or smallest value, {self.fewest_plateaus} times, "
            f"or at the stated rail once; fail above {100 * self.fail_above:g} % of the samples"
        )
