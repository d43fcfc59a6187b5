"""How much a correlation of two signals says: slow signals have few independent values, and resemble each other often.

Bartlett 1946, https://doi.org/10.2307/2983611 (variance of the correlation of two autocorrelated series); the lag's
error is that of a parabola through a peak of that variance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.joining.peaks import FALLEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.joining.peaks import Peak

SURE = 1.5
"""Standard errors by which a correlation must exceed what chance gives at the best of all lags."""
LOST = 0.05
"""An autocorrelation that has fallen to this part says nothing more."""


def independent_values(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return how many independent values two signals of the same rate have in the length of the first (Bartlett)."""
    size = min(first.size, second.size)
    one, other = _autocorrelation(first[:size]), _autocorrelation(second[:size])
    known = min(one.size, other.size)
    spread = 2 * float(np.sum(one[:known] * other[:known])) - 1.0
    return float(size / max(spread, 1.0))


def is_beyond_chance(peak: Peak, independent: float, tried: float) -> bool:
    """Say whether a peak is higher than the best of `tried` independent lags would be by chance."""
    if independent <= 4:
        return False
    by_chance = np.sqrt(2 * np.log(max(tried, 1.0)))  # about where the largest of so many normal values lies
    return bool(np.arctanh(min(peak.correlation, 1 - 1e-9)) * np.sqrt(independent - 3) > by_chance + SURE)


def lag_error(peak: Peak, independent: float) -> float:
    """Return the standard error (s) of a peak's offset."""
    height = min(peak.correlation, 1 - 1e-9)
    curve = peak.width / np.sqrt(2 * FALLEN)
    return float(curve * np.sqrt((1 - height**2) / max(independent, 1.0)) / height)


def _autocorrelation(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    size = 1 << (2 * samples.size - 1).bit_length()
    spectrum = np.fft.rfft(samples - samples.mean(), size)
    values = np.fft.irfft(spectrum * spectrum.conj(), size)[: samples.size]
    # The sum over all lags of an autocorrelation estimate is zero; beyond its first crossing there is only noise.
    values = values / max(float(values[0]), 1e-300)
    crossing = np.flatnonzero(np.abs(values) < LOST)
    return np.asarray(values[: 4 * int(crossing[0]) + 1] if crossing.size else values)
