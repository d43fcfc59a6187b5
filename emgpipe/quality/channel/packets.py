"""Lost packets: blocks of samples that come again right after themselves, or a value held for a few samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.packets import lost_packets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView

_BESIDE: Final = 3
"""Samples that may come before what is filled up: what was left in the device, and the value that is held."""


class Packets(ChannelCheck):
    """Packets a wireless sensor lost: the receiver repeats the packet before, or holds one value.

    Stretches that the check for flat stretches tells are left to it. One value at the very beginning or end is no lost
    packet: sensors start and stop one after the other, and the device fills up what is not there.
    """

    kind: Literal["packets"] = "packets"
    finds: ClassVar[tuple[str, ...]] = ("packet_loss",)
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("warn_above", "fail_above"),)

    shortest: int = Field(default=10, ge=8)
    """Samples a block must have to be a packet; a coarse converter raises it, as there blocks repeat by chance."""
    warn_above: float = Field(default=0.01, ge=0, le=1)
    """Share of the samples lost above which the amplitude is worth a look; below it is good to know."""
    fail_above: float = Field(default=0.2, ge=0, le=1)
    """Share of the samples lost above which the numbers should not be used."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.is_raw_emg:
            return ()
        blocks = [
            (start, stop)
            for start, stop in lost_packets(channel.raw, channel.sampling_rate, self.shortest)
            if not any(one.start < stop and start < one.stop for one in channel.flat)
        ]
        if not blocks:
            return ()
        share = sum(stop - start for start, stop in blocks) / channel.raw.size
        start, stop = max(blocks, key=lambda one: one[1] - one[0])
        level: Level = "fail" if share > self.fail_above else "warn" if share > self.warn_above else "note"
        times = "once" if len(blocks) == 1 else f"{len(blocks)} times"
        reason = (
            f"'{channel.label}' repeats the samples before or holds their last value {times}, {100 * share:.2g} % of "
            f"the trial, the longest {1000 * (stop - start) / channel.sampling_rate:.0f} ms at {channel.at(start):.1f} "
            "s: packets were lost on the way"
        )
        remedy = "bring the receiver nearer and look at the battery; record again if it is more than a little"
        if _is_filling(channel, blocks):
            level, remedy = "note", "good to know: the device filled up what it had not yet, or no longer, measured"
            reason = (
                f"'{channel.label}' holds one value at its beginning or end, {100 * share:.2g} % of the trial, the "
                f"longest {1000 * (stop - start) / channel.sampling_rate:.0f} ms from {channel.at(start):.2f} s"
            )
        where = {"start": channel.at(start), "stop": channel.at(stop - 1)}
        return (make_finding("packet_loss", level, reason, remedy, value=share, **where),)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"{self.shortest} samples or more that come again right after themselves, or hold one value; warn above "
            f"{100 * self.warn_above:g} %, fail above {100 * self.fail_above:g} % of the samples"
        )


def _is_filling(channel: ChannelView, blocks: Sequence[tuple[int, int]]) -> bool:
    """Say whether all blocks hold one value and lie at the beginning or the end, but for a few samples."""
    first, last = 0, channel.raw.size
    inner = [(start, stop) for start, stop in blocks if np.ptp(channel.raw[start:stop]) > 0.0]
    held = [one for one in blocks if one not in inner]
    while held and held[0][0] <= first + _BESIDE:  # a filter in the device may make two blocks of one
        first = held.pop(0)[1]
    while held and held[-1][1] >= last - _BESIDE:
        last = held.pop()[0]
    return not inner and not held
