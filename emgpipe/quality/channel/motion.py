"""Movement of cables and electrodes: slow power that EMG does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.heart import without_beats
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView

_SLOWEST: Final = 2.0
"""Hz: slower drift of the offset is gone after any high-pass and is no movement."""
_EDGE: Final = 20.0
_HIGHEST: Final = 450.0
_WINDOW_SECONDS: Final = 2.0
_BLOCK: Final = 64
"""Windows in memory at once."""
_CORNER: Final = 16.04
"""Hz: the usual zero-phase high-pass of 20 Hz is two passes of a second-order filter with this corner."""


class Motion(ChannelCheck):
    """Movement of cables and electrodes: power between 2 and 20 Hz, before any filter.

    Not looked for where the device itself has a high-pass of 20 Hz or more: nothing can be seen there. Heartbeats are
    taken out first.
    """

    kind: Literal["motion"] = "motion"
    finds: ClassVar[tuple[str, ...]] = ("motion",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    warn_above: float = Field(default=0.2, ge=0, le=1)
    """Share of the power between 2 and 450 Hz that lies below 20 Hz; EMG alone has 0.01 to 0.08."""
    note_above: float = Field(default=0.15, ge=0, le=1)
    """Share above which it is worth knowing."""
    at_least: float = Field(default=10e-6, ge=0)
    """RMS in V between 2 and 20 Hz below which it is a note at most, where the unit is known; electrodes alone make
    a few uV."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        if not channel.is_raw_emg or (channel.highpass or 0.0) >= _EDGE:
            return ()
        samples, rate = channel.raw, channel.sampling_rate
        if channel.beats is not None:
            samples = without_beats(samples, channel.beats, rate)
        slow = _Slow(samples, rate)
        if slow.share <= min(self.note_above, self.warn_above):
            return ()
        is_large = channel.unit != "V" or slow.rms >= self.at_least
        if not is_large and channel.role in {"rest", ""}:
            return ()
        level: Level = "warn" if slow.share > self.warn_above and is_large else "note"
        where, span = "", {}
        if slow.worst is not None:
            start, stop = (channel.at(index) for index in slow.worst)
            where, span = f", most of it between {start:.1f} and {stop:.1f} s", {"start": start, "stop": stop}
        reason = (
            f"{100 * slow.share:.0f} % of the power of '{channel.label}' lies below {_EDGE:g} Hz "
            f"({amplitude_words(slow.rms, channel.unit)} RMS){where}: cables or electrodes move; "
            f"after a high-pass of {_EDGE:g} Hz it still adds about {100 * slow.left:.2g} % to the power"
        )
        remedy = (
            "tape cables and sensors down and record again; a high-pass of 20 Hz or more takes out slow movement, "
            "not jerks"
        )
        return (make_finding("motion", level, reason, remedy, value=slow.share, **span),)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"more than {100 * self.warn_above:g} % of the power below {_EDGE:g} Hz (note above "
            f"{100 * self.note_above:g} %), where the device has no high-pass of {_EDGE:g} Hz or more"
        )


class _Slow:
    """The slow part of a signal, over all windows of 2 s.

    Attributes
    ----------
    share : float
        Of the power between 2 and 450 Hz.
    rms : float
        Of the slow part, in the unit of the samples.
    left : float
        What a high-pass of 20 Hz leaves of it, relative to the power above 20 Hz.
    worst : (int, int) or None
        Samples of the window that has more than half of the slow power; None where it is spread.
    """

    def __init__(self, samples: NDArray[np.float64], rate: float) -> None:
        self.share = self.rms = self.left = 0.0
        self.worst: tuple[int, int] | None = None
        length = min(round(_WINDOW_SECONDS * rate), samples.size)
        if length < rate / 2 or rate < 4 * _EDGE:
            return
        is_there = np.isfinite(samples)
        scale = float(np.max(np.abs(samples[is_there]), initial=0.0)) or 1.0
        frequencies = np.arange(length // 2 + 1) * (rate / length)
        slow = (frequencies >= _SLOWEST) & (frequencies < _EDGE)
        band = (frequencies >= _SLOWEST) & (frequencies < _HIGHEST)
        gain = 1.0 / (1.0 + (_CORNER / np.maximum(frequencies, 1.0)) ** 4) ** 2
        starts, rows = [], []
        for start, power in _power(samples / scale, length):
            starts.append(start)
            rows.append((power[slow].sum(), power[band].sum(), (power * gain)[slow].sum()))
        if not rows:
            return
        each = np.asarray(rows)
        slow_power, all_power, left = each.sum(axis=0).tolist()
        if all_power <= 0.0:
            return
        self.share = slow_power / all_power
        self.rms = float(scale * np.sqrt(slow_power / len(rows)))
        self.left = left / max(all_power - slow_power, 1e-12 * all_power)
        highest = int(np.argmax(each[:, 0]))
        if len(rows) > 2 and each[highest, 0] > 0.5 * slow_power:
            self.worst = starts[highest], starts[highest] + length


def _power(samples: NDArray[np.float64], length: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield first sample and one-sided power spectrum (adds up to the mean square) of each window without gaps."""
    taper = np.hanning(length)
    ramp = np.linspace(-1.0, 1.0, length)
    ramp -= ramp.mean()
    starts = np.arange(0, samples.size - length + 1, length)
    for first in range(0, starts.size, _BLOCK):
        chosen = starts[first : first + _BLOCK]
        rows = samples[chosen[:, None] + np.arange(length)]
        is_whole = np.isfinite(rows).all(axis=1)
        chosen, rows = chosen[is_whole], rows[is_whole]
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows -= np.outer(rows @ ramp / float(ramp @ ramp), ramp)
        spectra = np.fft.rfft(rows * taper, axis=1)
        power = (2.0 / (length * float(np.sum(taper**2)))) * (spectra.real**2 + spectra.imag**2)
        yield from zip(chosen.tolist(), power, strict=True)
