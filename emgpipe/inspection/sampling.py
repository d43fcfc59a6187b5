"""How much of a channel is read, and what is made of it: figures and a sketch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.inspection.summary import ChannelSummary, Statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Recording

PIECES: Final = 3
SKETCH: Final = 48
"""Points of a sketch, over all pieces."""
_MANY_CHANNELS: Final = 64
WHOLE_SAMPLES: Final = 1 << 23
"""Of one channel (64 MiB); a small file may hold far more, packed or in gaps."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a recording is read.

    Attributes
    ----------
    whole_bytes : int
        Recordings up to this size are read whole.
    text_bytes : int
        Of a larger text file, so much of its beginning.
    whole_effort : int
        Bytes of the file times channels up to which it is read whole: in many formats all channels lie interleaved,
        and to read one is to read them all.
    seconds : float
        Of a larger recording, the length of each of the three pieces (beginning, middle, end).
    """

    whole_bytes: int = 64_000_000
    text_bytes: int = 16 << 20
    whole_effort: int = 4 << 30
    seconds: float = 10.0

    def quick(self) -> Limits:
        """Return limits for one recording among many: a sample of each, however small."""
        return replace(self, whole_bytes=min(self.whole_bytes, self.text_bytes), whole_effort=0)

    def seconds_for(self, recording: Recording, size: int) -> float | None:
        """Return the length of the pieces to read of each channel, or None for the whole."""
        n_channels = max(len(recording.channels), 1)
        longest = max((channel.n_samples for channel in recording.channels), default=0)
        if size <= self.whole_bytes and size * n_channels <= self.whole_effort and longest <= WHOLE_SAMPLES:
            return None
        fastest = max((channel.sampling_rate for channel in recording.channels), default=1.0)
        seconds = self.seconds * min(1.0, max(0.1, _MANY_CHANNELS / n_channels))
        return min(seconds, WHOLE_SAMPLES / PIECES / fastest)


def summarize_channel(channel: Channel, seconds: float | None) -> ChannelSummary:
    """Read a channel, or three pieces of it of `seconds` each, and sum it up."""
    pieces = read_pieces(channel, seconds)
    statistics = measure(pieces, channel.sampling_rate)
    return ChannelSummary(channel, statistics, sketch(pieces, statistics, of_amplitude=channel.kind == "emg"))


def read_pieces(channel: Channel, seconds: float | None) -> list[NDArray[np.float64]]:
    """Return the whole as one piece, or beginning, middle and end."""
    length = channel.n_samples if seconds is None else max(1, math.ceil(seconds * channel.sampling_rate))
    if PIECES * length >= channel.n_samples:
        return [channel.read()]
    last = channel.n_samples - length
    return [channel.read(start, start + length) for start in (0, last // 2, last)]


def measure(pieces: Sequence[NDArray[np.float64]], sampling_rate: float) -> Statistics:
    """Return the figures over all pieces together."""
    samples = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    finite = samples[np.isfinite(samples)]
    measured, missing = samples.size / sampling_rate, samples.size - finite.size
    if not finite.size:
        return Statistics(*(5 * (math.nan,)), measured=measured, missing=missing)
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged file can hold 1e300
        mean, low, high = float(finite.mean()), float(finite.min()), float(finite.max())
        return Statistics(
            mean=mean,
            rms=math.sqrt(float(np.mean(finite * finite))),
            deviation=float(finite.std()) if low < high else 0.0,  # not the rounding of the mean
            minimum=low,
            maximum=high,
            measured=measured,
            missing=missing,
        )


def sketch(
    pieces: Sequence[NDArray[np.float64]], statistics: Statistics, *, of_amplitude: bool
) -> tuple[tuple[float, ...], ...]:
    """Return the course of the signal with `SKETCH` points over all pieces, 0 to 1, NaN in gaps.

    Parameters
    ----------
    pieces : sequence of arrays
    statistics : Statistics
        Of the same pieces.
    of_amplitude : bool
        True: RMS about the mean, from zero to the largest; False: the value, from the lowest to the highest.
    """
    count = max(1, SKETCH // len(pieces))
    with np.errstate(over="ignore", invalid="ignore"):
        courses = [_course(piece, count, statistics.mean if of_amplitude else None) for piece in pieces]
        known = np.concatenate(courses)
        known = known[np.isfinite(known)]
        if not known.size:
            return tuple(tuple(course.tolist()) for course in courses)
        low, high = (0.0 if of_amplitude else float(known.min())), float(known.max())
        width = high - low
        if width <= 0 or statistics.deviation == 0 or not math.isfinite(width):
            level = 0.0 if of_amplitude else 0.5
            courses = [np.where(np.isfinite(course), level, np.nan) for course in courses]
        else:
            courses = [(course - low) / width for course in courses]
    return tuple(tuple(course.tolist()) for course in courses)


def _course(samples: NDArray[np.float64], count: int, center: float | None) -> NDArray[np.float64]:
    """Return mean, or RMS about `center`, of `count` equal parts; fewer where there are fewer samples."""
    if not samples.size:
        return np.empty(0)
    edges = np.linspace(0, samples.size, min(count, samples.size) + 1).astype(np.int64)[:-1]
    finite = np.isfinite(samples)
    values = np.where(finite, samples if center is None else np.square(samples - center), 0.0)
    sums, counts = np.add.reduceat(values, edges), np.add.reduceat(finite.astype(np.int64), edges)
    means = np.full(sums.size, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0)
    return means if center is None else np.sqrt(means)
