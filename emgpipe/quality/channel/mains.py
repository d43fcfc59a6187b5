"""Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.mains import mains_doubts

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Mains(ChannelCheck):
    """Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples."""

    kind: Literal["mains"] = "mains"
    finds: ClassVar[tuple[str, ...]] = ("mains",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        return mains_doubts(channel.label, channel.figures) if channel.is_raw_emg else ()

    def describe(self) -> str:
        """Say what is looked for."""
        return "sharp peaks at 50 or 60 Hz and their multiples"
