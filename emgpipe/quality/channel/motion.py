"""Movement of cables and electrodes: slow power that EMG does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.stretches import runs
from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck
from emgpipe.quality.heart import without_beats
from emgpipe.units import amplitude_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView

_SLOWEST: Final = 2.0
"""Hz: slower drift of the offset is gone after any high-pass and is no movement."""
_EDGE: Final = 20.0
_HIGHEST: Final = 450.0
_MOSTLY: Final = 0.9
"""Share of slow power that leaves no room for a muscle."""
_SPAN_SECONDS: Final = 2.0
_SHORTEST_SECONDS: Final = 0.5
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
        other = ", or this is no EMG" if slow.share > _MOSTLY else ""
        if worst := slow.worst():
            start, stop = channel.at(worst[0]), channel.at(worst[1] - 1)
            where, span = f", most of it between {start:.1f} and {stop:.1f} s", {"start": start, "stop": stop}
        reason = (
            f"{100 * slow.share:.0f} % of the power of '{channel.label}' lies below {_EDGE:g} Hz "
            f"({amplitude_words(slow.rms, channel.unit)} RMS){where}: cables or electrodes move{other}; "
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
    """The slow part of a signal, over its stretches without gaps.

    Attributes
    ----------
    share : float
        Of the power between 2 and 450 Hz.
    rms : float
        Of the slow part, in the unit of the samples.
    left : float
        What a high-pass of 20 Hz leaves of it, relative to the power above 20 Hz.
    """

    def __init__(self, samples: NDArray[np.float64], rate: float) -> None:
        self.share = self.rms = self.left = 0.0
        is_there = np.isfinite(samples)
        self._scale = float(np.max(np.abs(samples), where=is_there, initial=0.0)) or 1.0
        self._samples, self._rate = samples, rate
        shortest = max(round(_SHORTEST_SECONDS * rate), 2)
        long = (one for one in runs(is_there) if one.stop - one.start >= shortest)
        self._runs = [(one.start, one.stop) for one in long] if rate >= 4 * _EDGE else []
        slow = fast = left = 0.0
        for first, stop in self._runs:
            frequencies, coefficients = self._cosines(first, stop)
            edge, highest = frequencies.searchsorted((_EDGE, _HIGHEST))
            power = np.square(coefficients[:highest]) / 2.0
            low = slice(int(np.searchsorted(frequencies, _SLOWEST)), int(edge))
            slow += (stop - first) * float(np.sum(power[low]))
            fast += (stop - first) * float(np.sum(power[edge:highest]))
            gain = 1.0 / (1.0 + (_CORNER / frequencies[low]) ** 4) ** 2
            left += (stop - first) * float(np.sum(power[low] * gain))
        if slow + fast > 0.0:
            count = sum(stop - first for first, stop in self._runs)
            self.share = slow / (slow + fast)
            self.rms = self._scale * float(np.sqrt(slow / count))
            self.left = left / max(fast, 1e-12 * slow)

    def _cosines(self, first: int, stop: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return frequencies (Hz) and amplitudes of the cosines of a stretch; drift makes no step at its ends."""
        from scipy.fft import dct

        count = stop - first
        coefficients: NDArray[np.float64] = dct(self._samples[first:stop] / self._scale, type=2) / count
        frequencies: NDArray[np.float64] = np.arange(count, dtype=np.float64) * (self._rate / (2.0 * count))
        return frequencies, coefficients

    def worst(self) -> tuple[int, int] | None:
        """Return the 2 s that hold more than half of the slow power, as indices; None where it is spread."""
        from scipy.fft import idct

        power = np.zeros(self._samples.size)
        for first, stop in self._runs:
            frequencies, coefficients = self._cosines(first, stop)
            coefficients[(frequencies < _SLOWEST) | (frequencies >= _EDGE)] = 0.0
            power[first:stop] = np.square(idct(coefficients * (stop - first), type=2))
        length = round(_SPAN_SECONDS * self._rate)
        if power.size < 2 * length:
            return None
        sums = np.concatenate(([0.0], np.cumsum(power)))
        within = sums[length:] - sums[:-length]
        start = int(np.argmax(within))
        return (start, start + length) if within[start] > 0.5 * sums[-1] else None
