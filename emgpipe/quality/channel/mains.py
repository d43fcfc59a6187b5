"""Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.mains import FUNDAMENTALS, MainsLimits, hum_of, mains_doubts

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.mains import Hum
    from emgpipe.quality.views import ChannelView


class Mains(MainsLimits, ChannelCheck):
    """Interference from the mains: sharp peaks at 50 or 60 Hz and their multiples.

    Judged on what the chain leaves of it, where there is a chain; what the chain takes out is good to know.
    """

    kind: Literal["mains"] = "mains"
    finds: ClassVar[tuple[str, ...]] = ("mains",)
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("note_above", "warn_above", "fail_above"),
        ("quiet_note_above", "quiet_warn_above"),
    )

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.is_raw_emg:
            return ()
        stated = self.frequency or channel.acquisition.mains_frequency
        fundamentals = (stated,) if stated else FUNDAMENTALS
        raw = self._judged(channel, hum_of(channel.figures, fundamentals), hum_of(channel.quiet, fundamentals))
        filtered, quiet = channel.filtered_figures, channel.filtered_quiet
        if not raw or filtered is None or quiet is None:
            return raw
        left = self._judged(channel, hum_of(filtered, fundamentals), hum_of(quiet, fundamentals))
        if left:
            return (replace(left[0], stage="filtered"),)
        reason = f"{raw[0].reason} in the raw signal; the chain takes it out"
        return (replace(raw[0], level="note", reason=reason),)

    def _judged(self, channel: ChannelView, loud: Hum, quiet: Hum) -> tuple[Finding, ...]:
        return mains_doubts(channel.label, loud, quiet, channel.unit, channel.role, self)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"sharp peaks at {self.frequency or '50 or 60'} Hz and multiples: warn above {100 * self.warn_above:g} % "
            f"of the power of the loudest parts or {self.quiet_warn_above:g} uV in the quietest; fail above "
            f"{100 * self.fail_above:g} % in an MVIC or task"
        )
