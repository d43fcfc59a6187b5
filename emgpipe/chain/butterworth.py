"""Butterworth filters whose stated cut-offs are the -3 dB points of what is applied.

A zero-phase filter runs forward and backward, so its gain is squared: designed naively, a 20 Hz corner comes out at
-6 dB. The design is therefore corrected in the pre-warped (analog) domain, where the gain of a pass of order N is
``1 / (1 + x**(2N))`` with x the normalized frequency; two passes are at -3 dB where ``x = C``::

    C = (sqrt(2) - 1) ** (1 / (2 N))

A high-pass edge moves to ``C * w``, a low-pass edge to ``w / C`` (Robertson & Dowling 2003, J Electromyogr Kinesiol
13:569, give the low-pass case). For a band-pass both edges are exact when the center ``sqrt(w_low * w_high)`` stays
and the width becomes ``(w_high - w_low) / C``, which is what is done here: moving the two edges independently is
only right while they are far apart.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.base import Step
from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SETTLED = 1e-12
"""A filter's memory counts as over when its slowest pole has decayed to this."""

TOO_SLOW = 20.0
"""Samples per second below which a cut-off makes no sense for EMG."""


class Butterworth(Step):
    """What all Butterworth steps share."""

    order: int = Field(default=2, ge=1, le=10)
    """Order of each edge and each pass; a zero-phase filter applies it twice."""
    zero_phase: bool = True
    """Forward and backward, so that nothing is shifted in time; false: forward only (causal, delays the signal)."""
    correction: Literal["prewarped", "none"] = "prewarped"
    """`prewarped`: the cut-offs are the -3 dB points of what is applied. `none`: those of each single pass, as
    scripts with an uncorrected filtfilt have it (-6 dB in all)."""

    def cut_offs(self) -> tuple[float | None, float | None]:
        """Return the stated low and high cut-off in Hz; None where the edge is open."""
        raise TypeError(f"{type(self).__name__} states no cut-offs")

    def sections(self, sampling_rate: float) -> NDArray[np.float64]:
        """Return the second-order sections of one pass, shape (n_sections, 6)."""
        return _designed(self.order, *self._design_edges(sampling_rate), sampling_rate).copy()

    def _design_edges(self, sampling_rate: float) -> tuple[float | None, float | None]:
        """Check the cut-offs against the sampling rate and correct them for two passes; Hz."""
        low, high = self.cut_offs()
        for name, edge in (("low", low), ("high", high)):
            if edge is not None and sampling_rate < TOO_SLOW:
                raise SignalError(
                    f"{sampling_rate:g} Hz is too slow for EMG, which has most of its power above 50 Hz: this is an "
                    "envelope or another signal; use the raw channel, or leave this one out",
                    step=str(getattr(self, "kind", "")),
                )
            if edge is not None and edge >= sampling_rate / 2:
                raise SignalError(
                    f"{name} = {edge:g} Hz must lie below half the sampling rate ({sampling_rate / 2:g} Hz); "
                    f"use {0.45 * sampling_rate:g} Hz or less",
                    step=str(getattr(self, "kind", "")),
                )
        if not self.zero_phase or self.correction == "none":
            return low, high
        return corrected_edges(low, high, self.order, sampling_rate)

    def needs(self, sampling_rate: float) -> int:
        """Return the fewest samples that can be filtered: one period of the low cut-off and scipy's padding."""
        low, high = self.cut_offs()
        return max(math.ceil(sampling_rate / (low or high or sampling_rate)), 6 * self.order + 4)

    def margin(self, sampling_rate: float) -> float:
        """Return the samples after which the slowest pole has decayed to `SETTLED`."""
        radius = max(_slowest(*section[4:]) for section in self.sections(sampling_rate))
        return math.ceil(math.log(SETTLED) / math.log(radius)) if radius > 0 else 1

    def apply(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Filter over the last axis."""
        return self._filter(samples, self.sections(sampling_rate))

    def _filter(self, samples: NDArray[np.float64], sections: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.signal import sosfilt, sosfilt_zi, sosfiltfilt

        if self.zero_phase:
            return np.asarray(sosfiltfilt(sections, samples, axis=-1))
        # Start as if the first value had been there for ever, else the offset of the amplifier rings through.
        state = sosfilt_zi(sections)
        state = state.reshape(state.shape[0], *([1] * (samples.ndim - 1)), 2) * samples[..., :1][np.newaxis]
        return np.asarray(sosfilt(sections, samples, axis=-1, zi=state)[0])

    def describe(self, sampling_rate: float) -> str:
        """Print the stated cut-offs, the order per pass and in all, and what each pass is designed to."""
        stated = _band(*self.cut_offs())
        designed = _band(*self._design_edges(sampling_rate))
        passes = (
            f"order {self.order} per pass, zero-phase (order {2 * self.order} in all), each pass designed to {designed}"
            if self.zero_phase
            else f"order {self.order}, causal"
        )
        level = "-6 dB" if self.zero_phase and self.correction == "none" else "-3 dB"
        return f"{getattr(self, 'kind', '')} {stated} ({level}), Butterworth, {passes}"


def _slowest(first: float, second: float) -> float:
    """Return how far from zero the poles of a section lie: the roots of z^2 + first z + second."""
    under_root = first**2 / 4 - second
    return math.sqrt(second) if under_root < 0 else abs(first) / 2 + math.sqrt(under_root)


@lru_cache(maxsize=64)
def _designed(order: int, low: float | None, high: float | None, sampling_rate: float) -> NDArray[np.float64]:
    """Design a filter; kept, because a study asks for the same few filters channel after channel."""
    from scipy.signal import butter

    kind: Literal["bandpass", "highpass", "lowpass"]
    kind = "bandpass" if low and high else "highpass" if low else "lowpass"
    edges = np.array([edge for edge in (low, high) if edge is not None])
    return butter(order, edges if edges.size > 1 else edges[0], kind, fs=sampling_rate, output="sos")


def corrected_edges(
    low: float | None, high: float | None, order: int, sampling_rate: float
) -> tuple[float | None, float | None]:
    """Return the edges (Hz) each of two passes must be designed to; None stays open. See the module's formula."""
    correction = (math.sqrt(2) - 1) ** (1 / (2 * order))

    def warp(frequency: float) -> float:
        return math.tan(math.pi * frequency / sampling_rate)

    def unwarp(analog: float) -> float:
        return sampling_rate / math.pi * math.atan(analog)

    if low is not None and high is not None:
        center_squared = warp(low) * warp(high)
        half_width = (warp(high) - warp(low)) / correction / 2
        upper = half_width + math.sqrt(half_width**2 + center_squared)
        return unwarp(center_squared / upper), unwarp(upper)
    if low is not None:
        return unwarp(warp(low) * correction), None
    if high is not None:
        return None, unwarp(warp(high) / correction)
    return None, None


def _band(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:.4g}-{high:.4g} Hz"
    return f"above {low:.4g} Hz" if low is not None else f"below {high:.4g} Hz"
