"""Signs of earlier processing: an envelope, rectified, or filtered to a narrower band than the rate allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.limits import are_usual
from emgpipe.quality.processed import ProcessedLimits, processed_doubts

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Processed(ProcessedLimits, ChannelCheck):
    """Signs of earlier processing: an envelope, rectified, or filtered to a narrower band than the rate allows."""

    kind: Literal["processed"] = "processed"
    finds: ClassVar[tuple[str, ...]] = ("looks_enveloped", "looks_rectified", "looks_filtered")
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.has_signal:
            return ()
        if are_usual(self, ProcessedLimits):
            return channel.processed
        return processed_doubts(channel.label, channel.figures, is_clipped=bool(channel.clipped), limits=self)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"no negative values with a mean below {self.folded_below:g} standard deviations or with "
            f"{100 * self.slow_above:g} % of the power below 20 Hz, or a spectrum that falls by {self.steepness:g} dB "
            "at an edge: rectified, smoothed or filtered before"
        )
