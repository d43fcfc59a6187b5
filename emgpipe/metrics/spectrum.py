"""Numbers read from the spectrum of the filtered EMG: fatigue lowers it.

Median and mean frequency as in Merletti and Farina 2016 (Surface Electromyography, ch. 10): of the power spectrum of
one stretch, mean removed, under a Hann window. They depend on the band the chain leaves and do not change with the
amplitude, so that no reference applies to them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from emgpipe.chain.stretches import finite_runs
from emgpipe.metrics.base import Cut, Metric, Reads

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST = 0.25
"""Seconds; below it the spectrum has steps of more than 4 Hz."""
FEWEST_WINDOWS = 3
ROUNDING = 1e-12
"""Below this share of the samples, what differs from their mean is rounding."""


class _Frequency(Metric):
    reads: ClassVar[Reads] = "filtered"
    scales: ClassVar[bool] = False
    per_phase: ClassVar[bool] = False

    def unit(self, signal_unit: str) -> str:  # noqa: ARG002
        """Return hertz, whatever the signal's unit."""
        return "Hz"


class MedianFrequency(_Frequency):
    """Frequency that halves the power of the filtered EMG; it falls with fatigue.

    In a movement it also follows joint angle and speed: compare repetitions of one kind.
    """

    kind: Literal["median_frequency"] = "median_frequency"

    def measure(self, cut: Cut) -> float:
        """Return Hz; NaN when the longest stretch without gaps is under 0.25 s or under half of the cut."""
        return median_frequency(_without_gaps(cut), cut.sampling_rate)


class MeanFrequency(_Frequency):
    """Mean of the frequencies of the filtered EMG, weighted by power; it falls with fatigue."""

    kind: Literal["mean_frequency"] = "mean_frequency"

    def measure(self, cut: Cut) -> float:
        """Return Hz; NaN when the longest stretch without gaps is under 0.25 s or under half of the cut."""
        power, step = _power(_without_gaps(cut), cut.sampling_rate)
        return float(power @ np.arange(power.size)) * step / float(power.sum()) if power.any() else np.nan


class MedianFrequencySlope(_Frequency):
    """Change of the median frequency per second inside one repetition: for holds and other long contractions."""

    kind: Literal["median_frequency_slope"] = "median_frequency_slope"
    window: float = Field(default=1.0, ge=SHORTEST)
    """Length of the consecutive windows in s."""

    def measure(self, cut: Cut) -> float:
        """Return Hz/s by least squares; NaN under three windows without gaps."""
        size = max(round(self.window * cut.sampling_rate), 1)
        starts = range(0, cut.samples.size - size + 1, size)
        if len(starts) < FEWEST_WINDOWS:
            return np.nan
        found = np.array([median_frequency(cut.samples[start : start + size], cut.sampling_rate) for start in starts])
        there = np.isfinite(found)
        if np.count_nonzero(there) < FEWEST_WINDOWS:
            return np.nan
        seconds = np.array(starts)[there] / cut.sampling_rate
        centered = seconds - seconds.mean()
        return float(centered @ found[there]) / float(centered @ centered)

    def unit(self, signal_unit: str) -> str:  # noqa: ARG002
        """Return hertz per second, whatever the signal's unit."""
        return "Hz/s"


class DimitrovIndex(_Frequency):
    """Spectral index of fatigue FInsm (Dimitrov et al. 2006, Med Sci Sports Exerc 38:1971): it rises with fatigue.

    The spectral moment of order -1 over that of order `order`, which weighs the loss of high frequencies strongly: it
    may rise several-fold where the median frequency falls by a third. It spans decades: compare its logarithm, or
    ratios. It depends on the band and on the sampling rate's reach, so compare within one chain only.
    """

    kind: Literal["dimitrov_index"] = "dimitrov_index"
    standard: ClassVar[bool] = False
    order: int = Field(default=5, ge=2, le=5)
    """Order of the moment below the line."""
    low: float = Field(default=20.0, gt=0)
    """Lower end of the band in Hz."""
    high: float = Field(default=450.0, gt=0)
    """Upper end of the band in Hz, or half the sampling rate where that is lower."""

    @model_validator(mode="after")
    def _edges_in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low = {self.low:g} Hz must be smaller than high = {self.high:g} Hz")
        return self

    def measure(self, cut: Cut) -> float:
        """Return Hz^-(order + 1); NaN when the longest stretch without gaps is under 0.25 s or half of the cut."""
        power, step = _power(_without_gaps(cut), cut.sampling_rate)
        if not power.any():
            return np.nan
        frequencies = np.arange(power.size) * step
        inside = (frequencies >= self.low) & (frequencies <= self.high)
        power, frequencies = power[inside], frequencies[inside]
        below = float(power @ frequencies**self.order)
        return float(power @ (1 / frequencies)) / below if below > 0 else np.nan

    def unit(self, signal_unit: str) -> str:  # noqa: ARG002
        """Return a negative power of hertz, whatever the signal's unit."""
        return f"Hz^-{self.order + 1}"


def median_frequency(samples: NDArray[np.float64], sampling_rate: float) -> float:
    """Return the frequency in Hz that halves the power; a bin's power lies evenly over its width.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN, silence and under 0.25 s give NaN.
    """
    power, step = _power(samples, sampling_rate)
    if not power.any():
        return np.nan
    below = np.cumsum(power)
    place = int(np.searchsorted(below, below[-1] / 2))
    share = (below[place] - below[-1] / 2) / power[place]
    return float((place + 0.5 - share) * step)


def _power(samples: NDArray[np.float64], sampling_rate: float) -> tuple[NDArray[np.float64], float]:
    """Return the power at 0, step, 2 step, ... Hz, and step; empty where there is nothing to transform."""
    if samples.size < max(SHORTEST * sampling_rate, 3) or not np.isfinite(samples).all():
        return np.empty(0), np.nan
    from scipy.fft import next_fast_len

    centered = samples - samples.mean()
    if np.abs(centered).max() <= ROUNDING * np.abs(samples).max():
        return np.empty(0), np.nan
    # Zeros behind the stretch make the steps a little finer; without them a prime length takes 20 times as long.
    length = next_fast_len(samples.size, real=True)
    spectrum = np.fft.rfft(centered * _hann(samples.size), length)
    return np.square(spectrum.real) + np.square(spectrum.imag), sampling_rate / length


@lru_cache(maxsize=8)
def _hann(size: int) -> NDArray[np.float64]:
    """Return the window; all muscles of a repetition share it."""
    window = np.hanning(size)
    window.flags.writeable = False
    return window


def _without_gaps(cut: Cut) -> NDArray[np.float64]:
    """Return the longest stretch without missing samples, if it is at least half of the cut."""
    longest = max(finite_runs(cut.samples), key=lambda run: run.stop - run.start, default=slice(0, 0))
    return cut.samples[longest] if 2 * (longest.stop - longest.start) >= cut.samples.size else np.empty(0)
