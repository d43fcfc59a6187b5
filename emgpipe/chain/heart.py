"""Heartbeats in the EMG of the trunk: where the QRS complexes are.

Found in two passes: stretches of the 10 to 35 Hz band that stand out of their surroundings, then those among them that
have one common shape and follow one another as heartbeats do. EMG gives neither, so that in a recording without ECG
nothing is found; nor is anything where the EMG hides the ECG, and there the ECG changes the amplitude by little.
`emgpipe.quality.heart` only tells whether there is a heart, for the check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from emgpipe.chain.cleaning import Cleaning
from emgpipe.chain.moving import centered_mean, odd_window, window_sums
from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND = (10.0, 35.0)
CHUNK = 0.1
AROUND = 21
"""Chunks (odd) of the surroundings a beat must stand out of: about 2 s."""
SHORTEST_INTERVAL, LONGEST_INTERVAL = 0.33, 1.5
"""Seconds between two beats: 40 to 180 beats per minute."""
HALF_SHAPE = 0.08
MOST_MOVED = 0.04
"""Seconds a beat may be moved at a time to fit the common shape."""
FIRST_SHAPES = 7
"""So many candidates are tried as the first common shape."""
LIKENESS = 0.75
"""Correlation with the common shape a beat must have."""
ALIKE = 0.93
"""Median of the beats' correlations; bursts of EMG, moved to fit, seldom reach 0.9."""
REGULAR = 0.7
"""Share of the intervals that must be near the median interval or a multiple of it."""
NEAR = 0.2


class HeartStep(Cleaning):
    """What all steps against ECG share: finding it."""

    sees_gaps: ClassVar[bool] = True

    stands_out: float = Field(default=3.5, ge=2)
    """How many times its surroundings a QRS complex must reach in the 10 to 35 Hz band."""
    fewest_beats: int = Field(default=5, ge=3)
    """With fewer beats of one shape in a recording nothing is changed."""

    def needs(self, sampling_rate: float) -> int:
        """Return 1: where too little is there to find beats, nothing is changed."""
        if sampling_rate < 4 * BAND[1]:
            raise SignalError(
                f"{sampling_rate:g} Hz is too slow to find heartbeats in EMG; leave the step out",
                step=str(getattr(self, "kind", "")),
            )
        return 1

    def beats(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.int64]:
        """Return the middle sample of each QRS complex; empty where there is no ECG to be seen.

        Parameters
        ----------
        samples : array, shape (n_samples,)
            NaN where missing.
        """
        there = np.isfinite(samples)
        if np.count_nonzero(there) < self.fewest_beats * SHORTEST_INTERVAL * sampling_rate:
            return np.empty(0, dtype=np.int64)
        filled = np.where(there, samples - np.median(samples[there]), 0.0)
        relative = _standing_out(filled, there, sampling_rate)
        candidates = _peaks(relative, self.stands_out, sampling_rate)
        found = _of_one_shape(relative, candidates, sampling_rate)
        return found if found.size >= self.fewest_beats and _regular(found / sampling_rate) else found[:0]


def _standing_out(samples: NDArray[np.float64], there: NDArray[np.bool_], sampling_rate: float) -> NDArray[np.float64]:
    """Return the 10 to 35 Hz band in units of its own RMS in the surroundings; 0 where samples are missing."""
    from scipy.ndimage import median_filter
    from scipy.signal import butter, sosfiltfilt

    sections = butter(2, BAND, "bandpass", fs=sampling_rate, output="sos")
    band = sosfiltfilt(sections, samples, padlen=min(round(0.3 * sampling_rate), samples.size - 1))
    size = round(CHUNK * sampling_rate)
    count = samples.size // size
    power = np.square(band[: count * size]).reshape(count, size).mean(axis=1)
    known = there[: count * size].reshape(count, size).all(axis=1)
    if not known.any():
        return np.zeros_like(band)
    power[~known] = np.median(power[known])
    usual = median_filter(np.sqrt(power), AROUND, mode="nearest")
    floor = 1e-3 * float(usual.max())
    level = np.interp(np.arange(samples.size), (np.arange(count) + 0.5) * size, np.maximum(usual, floor))
    return np.asarray(np.divide(band, level, out=np.zeros_like(band), where=there & (level > 0)))


def _peaks(relative: NDArray[np.float64], height: float, sampling_rate: float) -> NDArray[np.int64]:
    from scipy.signal import find_peaks

    reach = np.sqrt(2 * centered_mean(np.square(relative), odd_window(0.05, sampling_rate)))
    distance = max(SHORTEST_INTERVAL * sampling_rate, 1)
    return np.asarray(find_peaks(reach, height=height, distance=distance)[0], dtype=np.int64)


def _of_one_shape(
    relative: NDArray[np.float64], candidates: NDArray[np.int64], sampling_rate: float
) -> NDArray[np.int64]:
    """Return those candidates, moved to fit, that look like their common shape."""
    if not candidates.size:
        return candidates
    half, most = round(HALF_SHAPE * sampling_rate), round(MOST_MOVED * sampling_rate)
    edge = half + 4 * most  # silence around the record, so that its first and last beats have a shape, too
    padded = np.pad(relative, edge)
    across = np.arange(-half, half + 1)
    spread = np.linspace(0, candidates.size - 1, min(candidates.size, FIRST_SHAPES)).round().astype(int)
    first = candidates[spread] + edge
    tried = [_fit(padded, candidates + edge, padded[one + across], most) for one in first]
    places, likeness = max(tried, key=lambda fit: np.count_nonzero(fit[1] >= LIKENESS))
    for _ in range(2):
        like = likeness >= LIKENESS
        if not like.any():
            return candidates[:0]
        places, likeness = _fit(padded, places, np.median(padded[places[like][:, np.newaxis] + across], axis=0), most)
    like = likeness >= LIKENESS
    if not like.any() or np.median(likeness[like]) < ALIKE:
        return candidates[:0]
    found = np.unique(places[like]) - edge
    return found[(found >= 0) & (found < relative.size)]


def _fit(
    padded: NDArray[np.float64], places: NDArray[np.int64], shape: NDArray[np.float64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Move each place by up to `most` samples to where it is most like a shape; return the places and correlations."""
    half = shape.size // 2
    wide = padded[places[:, np.newaxis] + np.arange(-half - most, half + most + 1)]
    views = np.lib.stride_tricks.sliding_window_view(wide, shape.size, axis=1)
    norms = np.sqrt(window_sums(np.square(wide), shape.size)) * np.sqrt(np.square(shape).sum())
    match = np.divide(np.einsum("ijk,k->ij", views, shape), norms, out=np.zeros_like(norms), where=norms > 0)
    best = match.argmax(axis=1)
    return places + best - most, match[np.arange(places.size), best]


def _regular(times: NDArray[np.float64]) -> bool:
    """Tell whether beats (s) follow one another like heartbeats, some of them missed."""
    intervals = np.diff(times)
    usual = float(np.median(intervals))
    if not SHORTEST_INTERVAL <= usual <= LONGEST_INTERVAL:
        return False
    beats = np.maximum(np.round(intervals / usual), 1)
    return bool(np.mean(np.abs(intervals / beats - usual) <= NEAR * usual) >= REGULAR)
