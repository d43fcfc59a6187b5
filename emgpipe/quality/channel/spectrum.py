"""Whether the loud parts have the spectrum of EMG."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.sinderby import ratios
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.figures import Figures
    from emgpipe.quality.sinderby import Ratios
    from emgpipe.quality.views import ChannelView

_BAND: Final = (20.0, 450.0)
_MAINS: Final = (50.0, 60.0)
_LINE: Final = 1.5
"""Hz around the multiples of both mains frequencies that are left out."""
_FEWEST: Final = 16
"""Frequencies in the band that a median needs."""


class Spectrum(ChannelCheck):
    """Whether the loud parts have the spectrum of EMG: median frequency, and the four ratios of Sinderby et al. (1995).

    Not made in rest trials: the white noise of the amplifier is right there.
    """

    kind: Literal["spectrum"] = "spectrum"
    finds: ClassVar[tuple[str, ...]] = ("median_frequency", "spectrum_shape")
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("usual_low", "low"), ("usual_high", "high"))

    usual_low: float = Field(default=40.0, gt=0)
    """Hz; the median frequency (20 to 450 Hz, mains left out) of bipolar surface EMG lies above."""
    usual_high: float = Field(default=150.0, gt=0)
    """Hz; it lies below. Outside is a note."""
    low: float = Field(default=32.0, gt=0)
    """Hz; a median frequency below is a warning: heart or movement, not muscle."""
    high: float = Field(default=170.0, gt=0)
    """Hz; a median frequency above is a warning: white noise has 235 Hz in this band."""
    silent_below: float = Field(default=15e-6, ge=0)
    """RMS in V of the loud parts of a task below which a silent muscle explains the noise: a note at most."""
    motion_ratio: float = Field(default=12.0, ge=0)
    """dB: least signal-to-motion ratio (SM)."""
    noise_ratio: float = Field(default=6.0, ge=0)
    """dB: least signal-to-noise ratio (SN), by the noise above the EMG. Sinderby's 15 dB is for the diaphragm; clean
    EMG of limbs with a median frequency of 140 Hz has 10."""
    drop_ratio: float = Field(default=10.0, ge=0)
    """dB: least drop of the density (DP) from its highest to its lowest. Sinderby's 30 dB is for the diaphragm; clean
    EMG of limbs with a median frequency of 140 Hz has 16."""
    deformation: float = Field(default=1.4, gt=1)
    """Highest spectral deformation (Omega)."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if channel.role == "rest" or not channel.is_raw_emg:
            return ()
        figures = channel.figures
        lines = _lines(figures.frequencies)
        median = _median_frequency(figures, lines)
        if median is None:
            return ()
        shape = ratios(figures.frequencies, figures.density, channel.highpass, lines)
        if not self.usual_low <= median <= self.usual_high:
            found = self._median(channel, median, shape)
            return (found,) if found else ()
        return tuple(self._shape(channel, shape))

    def _median(self, channel: ChannelView, median: float, shape: Ratios) -> Finding | None:
        is_silent = channel.unit == "V" and channel.role != "mvic" and _loudness(channel) < self.silent_below
        is_known = channel.role in {"mvic", "task"}
        if is_silent and not is_known:  # a recording of rest, as far as anyone knows
            return None
        is_far = not self.low <= median <= self.high
        level: Level = "warn" if is_far and is_known and not is_silent else "note"
        if median > self.usual_high:
            why = "noise rather than muscle: the electrodes are off, or the muscle is silent"
            remedy = "look at the signal; check electrodes and cables, and that the muscle works here"
        else:
            why = "the heart, movement or a filter rather than muscle, or fat below the electrodes"
            remedy = "look at the signal; check what the device filters, and clean out heart or movement"
        if not is_far:
            why, remedy = f"unusual, and perhaps {why}", f"good to know; {remedy}"
        reason = (
            f"the loud parts of '{channel.label}' ({amplitude_words(_loudness(channel), channel.unit)} RMS) have a "
            f"median frequency of {median:.0f} Hz (usual {self.usual_low:g} to {self.usual_high:g} Hz): {why} "
            f"({shape.words()})"
        )
        return make_finding("median_frequency", level, reason, remedy, value=median, unit="Hz")

    def _shape(self, channel: ChannelView, shape: Ratios) -> Iterator[Finding]:
        doubts = []
        if shape.motion is not None and shape.motion < self.motion_ratio:
            doubts.append(f"movement below 20 Hz (SM {shape.motion:.0f} dB, at least {self.motion_ratio:g})")
        if shape.noise is not None and shape.noise < self.noise_ratio:
            doubts.append(f"noise above the EMG (SN {shape.noise:.0f} dB, at least {self.noise_ratio:g})")
        if shape.drop is not None and shape.drop < self.drop_ratio:
            doubts.append(f"a flat spectrum (DP {shape.drop:.0f} dB, at least {self.drop_ratio:g})")
        if shape.deformation is not None and shape.deformation > self.deformation:
            doubts.append(f"power at both ends (Omega {shape.deformation:.2f}, at most {self.deformation:g})")
        if doubts:
            reason = f"the spectrum of '{channel.label}' has not the shape of EMG: {', '.join(doubts)}; {shape.words()}"
            remedy = "good to know; look for movement, mains or noise in this channel"
            yield make_finding("spectrum_shape", "note", reason, remedy, value=float(len(doubts)), unit="ratios")

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"median frequency outside {self.low:g} to {self.high:g} Hz (note outside {self.usual_low:g} to "
            f"{self.usual_high:g} Hz) in the loud parts; note at SM below {self.motion_ratio:g}, SN below "
            f"{self.noise_ratio:g} or DP below {self.drop_ratio:g} dB, or Omega above {self.deformation:g}"
        )


def _loudness(channel: ChannelView) -> float:
    """Return the RMS between 20 and 450 Hz of the loud parts."""
    return float(np.sqrt(channel.figures.power(*_BAND)))


def _lines(frequencies: NDArray[np.float64]) -> NDArray[np.bool_]:
    lines = np.zeros(frequencies.size, dtype=bool)
    if frequencies.size > 1 and frequencies[1] <= _LINE:
        for mains in _MAINS:
            order = np.round(frequencies / mains)
            lines |= (np.abs(frequencies - mains * order) <= _LINE) & (order > 0)
    return lines


def _median_frequency(figures: Figures, lines: NDArray[np.bool_]) -> float | None:
    frequencies = figures.frequencies
    used = (frequencies >= _BAND[0]) & (frequencies < _BAND[1]) & ~lines
    power = figures.density[used]
    total = float(np.sum(power))
    if power.size < _FEWEST or total <= 0.0 or frequencies[-1] < 2 * _BAND[0]:
        return None
    return float(np.interp(total / 2, np.cumsum(power), frequencies[used]))
