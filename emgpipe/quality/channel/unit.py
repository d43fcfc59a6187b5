"""Amplitudes that EMG cannot have in the stated unit, counts given as volts, and offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.amplitude import UnitLimits, amplitude_doubts
from emgpipe.quality.base import ChannelCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView


class Unit(UnitLimits, ChannelCheck):
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
        is_mains, figures = channel.has_mains, channel.figures
        return amplitude_doubts(channel.label, figures, channel.unit, role=channel.role, is_mains=is_mains, limits=self)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"an RMS above {self.largest / 1000:g} mV ({self.rest_largest / 1000:g} mV at rest) or below "
            f"{self.smallest:g} uV ({self.mvic_smallest:g} uV in an MVIC): the unit is wrong; all values whole "
            "numbers: counts"
        )
