"""Amplitudes that EMG cannot have in the stated unit, counts given as volts, and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.amplitude import amplitude_doubts
from emgpipe.quality.base import ChannelCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Unit(ChannelCheck):
    """Amplitudes that EMG cannot have in the stated unit, counts given as volts, and offsets."""

    kind: Literal["unit"] = "unit"
    finds: ClassVar[tuple[str, ...]] = (
        "unit_suspected",
        "counts_as_volts",
        "counts_suspected",
        "never_quiet",
        "dc_offset",
    )
    stage: ClassVar[Stage | Literal[""]] = "raw"

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.is_raw_emg:
            return ()
        return amplitude_doubts(channel.label, channel.figures, channel.unit, is_mains=channel.has_mains)

    def describe(self) -> str:
        """Say what is looked for."""
        return "amplitudes that EMG cannot have in the stated unit"
