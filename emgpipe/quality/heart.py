"""Heartbeats in an EMG channel: narrow peaks of one shape at regular intervals.

For telling that there is a heart, in raw samples and quickly. `emgpipe.chain.heart` finds the place of every beat,
between contractions as well, for the steps that take them out; the two need not agree on weak ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BAND: Final = (10.0, 40.0)
"""Hz: a QRS complex has most of its power here, white noise a few percent, T waves and mains none."""
RATE: Final = 250.0
"""Samples per second that are enough for this band."""
LONGEST: Final = 300.0
"""Seconds that are looked at; five minutes hold enough beats."""
BESIDE: Final = (0.10, 0.22)
"""Seconds from a peak to what it is compared with; a QRS complex is narrower than 0.12 s, a burst of EMG is not."""
REFRACTORY: Final = 0.15
"""Seconds on either side in which a beat is the highest."""
INTERVALS: Final = (60.0 / 180.0, 60.0 / 40.0)
"""Seconds between beats: 180 to 40 per minute."""
SPREAD: Final = 0.2
"""Beat to beat, relative to the median interval; breathing alone makes 0.1."""
REGULAR: Final = 0.7
"""Share of the intervals that are alike."""
FEWEST: Final = 5
"""Intervals that are alike: six beats, which ten seconds at 40 per minute have."""
CONTRAST: Final = 5.0
"""Height of a peak over the RMS beside it; a Gaussian signal reaches it once in a minute, never at regular times."""
COHERENCE: Final = 0.75
"""Bursts of EMG that are as narrow as a beat reach 0.4, hardly ever more; a heart of twice the noise 0.9."""
HALF_WIDTH: Final = 0.06
"""Seconds on either side of a beat that hold the QRS complex."""


@dataclass(frozen=True, slots=True)
class Beats:
    """Heartbeats found in a signal.

    Attributes
    ----------
    indices : array of int, shape (n_beats,)
        Samples of the R peaks.
    interval : float
        Median in s.
    """

    indices: NDArray[np.intp]
    interval: float

    @property
    def rate(self) -> float:
        """Beats per minute."""
        return 60.0 / self.interval


def find_beats(
    samples: NDArray[np.float64], sampling_rate: float, contrast: float = CONTRAST, coherence: float = COHERENCE
) -> Beats | None:
    """Find heartbeats where the EMG leaves them visible: in rest, and in quiet parts of other trials.

    Three things together tell a heart from everything else: each peak stands above its own surroundings (so that
    bursts of EMG do not count), all have one shape, and most intervals between them are alike.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        Raw; NaN where missing.
    sampling_rate : float
        In Hz.
    contrast : float
        Height of a peak over the RMS beside it, between 10 and 40 Hz.
    coherence : float
        Share of their power that the beats have in common: 1 where all are the same, 0 where none is like another.

    Returns
    -------
    Beats or None
        None where no heart is seen.
    """
    samples = samples[: round(LONGEST * sampling_rate)]
    if samples.size < 2.0 * sampling_rate or sampling_rate < 2.0 * BAND[1]:
        return None
    band, rate = _in_band(samples, sampling_rate)
    peaks = _peaks(band, rate, contrast)
    if peaks.size <= FEWEST:
        return None
    chosen, interval = _regular(peaks / rate)
    peaks = peaks[chosen]
    if peaks.size <= FEWEST or _coherence(band, peaks, round(HALF_WIDTH * rate)) < coherence:
        return None
    indices = np.minimum(np.round(peaks * (sampling_rate / rate)).astype(np.intp), samples.size - 1)
    return Beats(indices, interval)


def near_beats(beats: Beats, n_samples: int, sampling_rate: float, half_width: float) -> NDArray[np.bool_]:
    """Return which samples are within `half_width` (s) of a beat."""
    reach = round(half_width * sampling_rate)
    edges = np.zeros(n_samples + 1)
    np.add.at(edges, np.maximum(beats.indices - reach, 0), 1.0)
    np.add.at(edges, np.minimum(beats.indices + reach + 1, n_samples), -1.0)
    return np.asarray(np.cumsum(edges)[:n_samples] > 0.5)


def mean_beat(samples: NDArray[np.float64], beats: Beats, before: int, after: int) -> NDArray[np.float64]:
    """Return the mean of the samples from `before` each beat to `after` it (numbers of samples); NaN are left out."""
    whole = beats.indices[(beats.indices >= before) & (beats.indices + after < samples.size)]
    if not whole.size:
        return np.zeros(before + after + 1)
    rows = samples[whole[:, None] + np.arange(-before, after + 1)]
    is_there = np.isfinite(rows)
    total = np.sum(np.where(is_there, rows, 0.0), axis=0)
    mean: NDArray[np.float64] = total / np.maximum(is_there.sum(axis=0), 1)
    return mean


def without_beats(samples: NDArray[np.float64], beats: Beats, sampling_rate: float) -> NDArray[np.float64]:
    """Return the samples without the mean beat, P to T wave, at every beat; a rough cut, for looking at the rest."""
    before = round(min(0.25, 0.3 * beats.interval) * sampling_rate)
    after = round(min(0.40, 0.6 * beats.interval) * sampling_rate)
    mean = mean_beat(samples, beats, before, after)
    shape = mean - np.linspace(mean[0], mean[-1], mean.size)  # begins and ends at zero, so that no step is made
    result = samples.copy()
    for beat in beats.indices.tolist():
        first, stop = max(beat - before, 0), min(beat + after + 1, samples.size)
        result[first:stop] -= shape[first - beat + before : stop - beat + before]
    return result


def _in_band(samples: NDArray[np.float64], sampling_rate: float) -> tuple[NDArray[np.float64], float]:
    """Return the signal between the edges of the band, scaled, with fewer samples, and its new sampling rate."""
    is_there = np.isfinite(samples)
    highest = float(np.max(np.abs(samples), where=is_there, initial=0.0)) or 1.0
    filled = samples / highest  # scaled, so that squares cannot overflow
    if not is_there.all():
        filled[~is_there] = 0.0
    filled -= np.sum(filled) / max(int(is_there.sum()), 1)
    if not is_there.all():
        filled[~is_there] = 0.0
    count = min(samples.size, max(round(samples.size * RATE / sampling_rate), 2))
    spectrum = np.fft.rfft(filled)[: count // 2 + 1]
    frequencies = np.arange(spectrum.size) * (sampling_rate / samples.size)
    low, high = BAND
    rising = np.clip((frequencies - 0.7 * low) / (0.6 * low), 0.0, 1.0)
    falling = np.clip((1.3 * high - frequencies) / (0.6 * high), 0.0, 1.0)
    spectrum *= np.sin(0.5 * np.pi * np.minimum(rising, falling)) ** 2
    band: NDArray[np.float64] = np.fft.irfft(spectrum, n=count) * (count / samples.size)
    return band, count * sampling_rate / samples.size


def _peaks(band: NDArray[np.float64], rate: float, contrast: float) -> NDArray[np.intp]:
    """Return the peaks that are the highest around and stand above both sides, in order of time."""
    height = np.abs(band)
    near, far = (round(seconds * rate) for seconds in BESIDE)
    energy = np.concatenate(([0.0], np.cumsum(np.square(band))))
    middle = np.arange(far, band.size - far)
    left = energy[middle - near] - energy[middle - far]
    right = energy[middle + far + 1] - energy[middle + near + 1]
    beside = np.sqrt(np.maximum(np.maximum(left, right), 0.0) / (far - near))
    floor = 1e-9 * float(np.max(height, initial=0.0))  # of a signal that is zero for long, rounding errors are left
    stands_out = np.flatnonzero(height[middle] > np.maximum(contrast * beside, floor)) + far
    reach = round(REFRACTORY * rate)
    highest = [
        index for index in stands_out.tolist()
        if height[index] >= float(np.max(height[max(index - reach, 0) : index + reach + 1]))
    ]  # fmt: skip
    return np.asarray(highest, dtype=np.intp)


def _regular(times: NDArray[np.float64]) -> tuple[NDArray[np.bool_], float]:
    """Return which peaks lie at regular intervals from a neighbor, and the interval (s); none where few do."""
    none = np.zeros(times.size, dtype=bool)
    intervals = np.diff(times)
    seen = intervals <= INTERVALS[1]  # longer ones are those in which beats are hidden
    if int(seen.sum()) < FEWEST:
        return none, 0.0
    median = float(np.median(intervals[seen]))
    alike = seen & (np.abs(intervals - median) <= SPREAD * median)
    count = int(alike.sum())
    if median < INTERVALS[0] or count < FEWEST or count < REGULAR * int(seen.sum()):
        return none, 0.0
    chosen = none.copy()
    chosen[:-1] |= alike
    chosen[1:] |= alike
    return chosen, median


def _coherence(band: NDArray[np.float64], peaks: NDArray[np.intp], reach: int) -> float:
    whole = peaks[(peaks >= reach) & (peaks + reach < band.size)]
    if whole.size <= FEWEST:
        return 0.0
    rows = band[whole[:, None] + np.arange(-reach, reach + 1)]
    scale = np.sqrt(np.mean(np.square(rows), axis=1, keepdims=True))
    rows = rows / np.maximum(scale, np.finfo(float).tiny)  # one huge peak among small ones is not "all alike"
    share = float(np.mean(np.square(np.mean(rows, axis=0))))
    return (whole.size * share - 1.0) / (whole.size - 1.0)  # even beats of nothing in common give 1 / n
