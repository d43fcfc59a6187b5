"""The heart in an EMG channel, foremost that of the erector spinae."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.heart import COHERENCE, CONTRAST, HALF_WIDTH, LONGEST, find_beats, mean_beat, near_beats
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.heart import Beats
    from emgpipe.quality.views import ChannelView

_BAND: Final = (20.0, 450.0)
"""Hz: where the power of heart and EMG is compared if the signal was not filtered."""
_REMEDY: Final = (
    "clean rest, MVIC and tasks of this muscle alike: `highpass` at 30 Hz, `ecg_template` or `ecg_gating` in the "
    "chain; next time place the electrodes farther from the heart"
)


class Ecg(ChannelCheck):
    """The heart in an EMG channel: narrow peaks of one shape at regular intervals, 40 to 180 per minute.

    It is seen in rest and in quiet parts; where the muscle is loud it cannot be seen and does little harm.
    """

    kind: Literal["ecg"] = "ecg"
    finds: ClassVar[tuple[str, ...]] = ("ecg",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    warn_above: float = Field(default=0.1, ge=0, le=1)
    """Share of the trial's power between 20 and 450 Hz that the heartbeats make; below it is a note. A tenth of the
    power is a twentieth of the amplitude."""
    contrast: float = Field(default=CONTRAST, gt=1)
    """Least height of a beat over the RMS beside it, both between 10 and 40 Hz."""
    coherence: float = Field(default=COHERENCE, gt=0, lt=1)
    """Least share of their power that the beats have in common: 1 where all have exactly the same shape."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        beats = self._beats(channel)
        if beats is None:
            return ()
        share, over_noise = _share(channel, beats)
        level: Level = "warn" if share > self.warn_above else "note"
        reason = (
            f"'{channel.label}' shows the heart: {beats.rate:.0f} beats per minute{_height(channel, beats)}, "
            f"{over_noise:.2g} times the RMS between the beats; it makes {100 * share:.2g} % of the power of this trial"
        )
        remedy = _REMEDY if level == "warn" else f"good to know; where little activity is compared, {_REMEDY}"
        return (make_finding("ecg", level, reason, remedy, value=share),)

    def _beats(self, channel: ChannelView) -> Beats | None:
        if (self.contrast, self.coherence) == (CONTRAST, COHERENCE):
            return channel.beats
        if not channel.is_raw_emg:
            return None
        return find_beats(channel.raw, channel.sampling_rate, self.contrast, self.coherence)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"heartbeats (40 to 180 per minute) at least {self.contrast:g} times as high as the signal beside them; "
            f"warn where they make more than {100 * self.warn_above:g} % of the power"
        )


def _height(channel: ChannelView, beats: Beats) -> str:
    reach = round(HALF_WIDTH * channel.sampling_rate)
    mean = mean_beat(channel.raw, beats, reach, reach)
    return f", R waves of {amplitude_words(float(np.max(np.abs(mean - np.median(mean)))), channel.unit)}"


def _share(channel: ChannelView, beats: Beats) -> tuple[float, float]:
    """Return the share of the power that stands above the surroundings of the beats, and their height over the RMS."""
    samples = _filtered(channel)
    power = np.square(samples)
    inside = near_beats(beats, samples.size, channel.sampling_rate, HALF_WIDTH)
    around = near_beats(beats, samples.size, channel.sampling_rate, 3 * HALF_WIDTH) & ~inside
    total, floor = float(np.sum(power)), float(np.mean(power[around])) if around.any() else 0.0
    if total <= 0.0:
        return 0.0, 0.0
    excess = max(float(np.sum(power[inside])) - floor * int(inside.sum()), 0.0)
    reach = round(HALF_WIDTH * channel.sampling_rate)
    highest = float(np.median([np.max(power[max(one - reach, 0) : one + reach + 1]) for one in beats.indices]))
    return excess / total, float(np.sqrt(highest / floor)) if floor > 0.0 else 0.0


def _filtered(channel: ChannelView) -> NDArray[np.float64]:
    """Return what the numbers are made of, scaled, missing samples as zero: the chain's output, or the usual band."""
    longest = round(LONGEST * channel.sampling_rate)
    samples = np.nan_to_num((channel.raw if channel.filtered is None else channel.filtered)[:longest])
    samples = samples / (float(np.max(np.abs(samples), initial=0.0)) or 1.0)
    if channel.filtered is not None:
        return samples
    spectrum = np.fft.rfft(np.where(np.isfinite(channel.raw[:longest]), samples - samples.mean(), 0.0))
    frequencies = np.arange(spectrum.size) * (channel.sampling_rate / samples.size)
    spectrum[(frequencies < _BAND[0]) | (frequencies > _BAND[1])] = 0.0
    band: NDArray[np.float64] = np.fft.irfft(spectrum, n=samples.size)
    return band
