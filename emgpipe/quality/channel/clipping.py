"""Signals cut off at a rail."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.clipping import clipping

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Clipping(ChannelCheck):
    """Signals cut off at a rail."""

    kind: Literal["clipping"] = "clipping"
    finds: ClassVar[tuple[str, ...]] = ("clipped",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        return clipping(channel.label, channel.finite, channel.unit) if channel.has_signal else ()

    def describe(self) -> str:
        """Say what is looked for."""
        return "samples that stay at the largest or smallest value"
