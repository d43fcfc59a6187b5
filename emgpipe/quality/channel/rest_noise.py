"""Noise of a muscle at rest: electrode, amplifier and surroundings, in the band the study uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView


class RestNoise(ChannelCheck):
    """Noise in the rest trial, after the filters of the study.

    Two figures: the median RMS of half seconds, which a single movement does not change, is the noise; the RMS of the
    whole trial is what a noise correction uses, and far above the other where the muscle was not at rest.
    """

    kind: Literal["rest_noise"] = "rest_noise"
    finds: ClassVar[tuple[str, ...]] = ("rest_noise", "rest_not_quiet")
    stage: ClassVar[Stage | Literal[""]] = "filtered"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("note_above", "warn_above"),)

    note_above: float = Field(default=5.0, gt=0)
    """uV RMS: less is good (Konrad 2005, The ABC of EMG)."""
    warn_above: float = Field(default=15.0, gt=0)
    """uV RMS: more is not acceptable (Konrad 2005)."""
    uneven_above: float = Field(default=2.0, gt=1)
    """Whole RMS by median RMS above which the muscle moved or worked during the rest."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        figures = channel.filtered_figures
        if channel.role != "rest" or channel.unit != "V" or figures is None or not figures.window_rms.size:
            return ()
        noise, whole = float(np.median(figures.window_rms)) * 1e6, figures.rms * 1e6
        by_noise, by_whole = self._level(noise), self._level(whole) if whole > self.uneven_above * noise else None
        if by_whole == "warn" and by_noise != "warn":
            return (_uneven(channel.label, by_whole, noise, whole),)
        if by_noise:
            return (self._noisy(channel.label, by_noise, noise, whole),)
        return (_uneven(channel.label, by_whole, noise, whole),) if by_whole else ()

    def _level(self, rms: float) -> Level | None:
        return "warn" if rms > self.warn_above else "note" if rms > self.note_above else None

    def _noisy(self, label: str, level: Level, noise: float, whole: float) -> Finding:
        limit = self.warn_above if level == "warn" else self.note_above
        reason = (
            f"'{label}' has a noise of {noise:.1f} uV RMS at rest (median of half seconds; the whole trial "
            f"{whole:.1f}), above {limit:g}: low amplitudes are raised"
        )
        remedy = "let the muscle relax fully; clean the skin, press the electrodes on, check the reference electrode"
        return make_finding("rest_noise", level, reason, remedy, value=noise * 1e-6, unit="V")

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"RMS of the filtered rest trial: note above {self.note_above:g} uV, warn above {self.warn_above:g} uV; or "
            f"a whole {self.uneven_above:g} times the median half second"
        )


def _uneven(label: str, level: Level, noise: float, whole: float) -> Finding:
    reason = (
        f"'{label}' was not at rest all the time: {whole:.1f} uV RMS over the whole rest trial, {noise:.1f} uV in its "
        "median half second; the muscle worked or a cable moved"
    )
    remedy = "record the rest again, or state start and stop of its quiet part in the trials table"
    return make_finding("rest_not_quiet", level, reason, remedy, value=whole * 1e-6, unit="V")
