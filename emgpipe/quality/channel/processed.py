"""Signs of earlier processing: an envelope, rectified, or filtered to a narrower band than the rate allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Processed(ChannelCheck):
    """Signs of earlier processing: an envelope, rectified, or filtered to a narrower band than the rate allows."""

    kind: Literal["processed"] = "processed"
    finds: ClassVar[tuple[str, ...]] = ("looks_enveloped", "looks_rectified", "looks_filtered")
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        return channel.processed

    def describe(self) -> str:
        """Say what is looked for."""
        return "signs that the signal was rectified, smoothed or filtered before"
