"""Surface EMG with a known amplitude: Gaussian noise with the spectrum of EMG, times an activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Power spectrum of surface EMG after Shwedyk et al. (1977, IEEE Trans Biomed Eng 24:417).

    P(f) is proportional to high^4 f^2 / ((f^2 + low^2) (f^2 + high^2)^2), the form Stulen and De Luca (1981, IEEE
    Trans Biomed Eng 28:515) use as well.

    Attributes
    ----------
    low, high : float
        The two shape parameters in Hz; both move the median frequency up.
    """

    low: float
    high: float

    def power(self, frequencies: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the relative power density at `frequencies` (Hz), same shape."""
        squared = np.square(np.asarray(frequencies, dtype=np.float64))
        return self.high**4 * squared / ((squared + self.low**2) * np.square(squared + self.high**2))

    def median_frequency(self, highest: float = 1000.0) -> float:
        """Return the frequency in Hz that halves the power between 0 and `highest` Hz."""
        frequencies = np.linspace(0.0, highest, 20001)
        below = np.cumsum(self.power(frequencies))
        return float(np.interp(below[-1] / 2, below, frequencies))


TYPICAL: Final = Spectrum(low=50.0, high=100.0)
"""Median frequency 79 Hz, in the middle of what bipolar electrodes see."""


def simulate_emg(
    activation: NDArray[np.float64],
    sampling_rate: float,
    rng: np.random.Generator,
    spectrum: Spectrum = TYPICAL,
) -> NDArray[np.float64]:
    """Return EMG whose expected RMS at every sample is the activation.

    Parameters
    ----------
    activation : array, shape (n_samples,)
        True amplitude (standard deviation of the signal) in V.
    sampling_rate : float
        In Hz.
    rng : Generator
        Source of the randomness.
    spectrum : Spectrum
        What lies above half the sampling rate is cut off; the RMS is exact all the same.

    Returns
    -------
    array, shape (n_samples,)
        In V, zero mean, Gaussian.
    """
    return activation * _unit_noise(activation.size, sampling_rate, rng, spectrum)


def _unit_noise(
    n_samples: int, sampling_rate: float, rng: np.random.Generator, spectrum: Spectrum
) -> NDArray[np.float64]:
    """Draw the Fourier coefficients: independent, Gaussian, with the variance the spectrum asks for."""
    from scipy.fft import irfft, next_fast_len

    length = max(int(next_fast_len(n_samples, real=True)), 16)
    frequencies = np.fft.rfftfreq(length, 1.0 / sampling_rate)
    power = spectrum.power(frequencies)
    power[0] = 0.0
    if length % 2 == 0:
        power[-1] = 0.0  # the coefficient at half the rate is real; leaving it out keeps the variance exact
    # Two-sided power adds up to length^2, so that the inverse transform has variance 1.
    scale = length * np.sqrt(power / (2.0 * power.sum()))
    draws = rng.standard_normal((2, frequencies.size)) / np.sqrt(2.0)
    noise: NDArray[np.float64] = irfft(scale * (draws[0] + 1j * draws[1]), n=length)[:n_samples]
    return noise
