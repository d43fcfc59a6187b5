"""Lost packets: a block of samples that comes again right after itself, or one value held for a few samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PATTERN: Final = 8
"""Samples in the pattern that is searched for first; a packet has more."""
LONGEST_SECONDS: Final = 0.5
"""Longer blocks are not what a radio sends at once."""
CHANCE: Final = 1e-7
"""Expected number of such blocks in the whole signal below which a block is not chance."""
MOST_ALIKE: Final = 0.9
"""Chance of a step to be the same again above which the converter is too coarse to tell anything."""


def lost_packets(samples: NDArray[np.float64], sampling_rate: float, shortest: int) -> tuple[tuple[int, int], ...]:
    """Find what a receiver puts in the place of a packet that did not arrive: the packet before, or one value.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing.
    sampling_rate : float
        In Hz.
    shortest : int
        Samples a block must have.

    Returns
    -------
    tuple of (int, int)
        First sample and the one after the last of each block that was filled in, in order of time.
    """
    if samples.size < 4 * shortest:
        return ()
    found = [*_held(samples, shortest), *_repeated(samples, sampling_rate, shortest)]
    return tuple(sorted(found))


def _held(samples: NDArray[np.float64], shortest: int) -> Iterator[tuple[int, int]]:
    """Yield runs of one value that are longer than the converter's steps explain."""
    edges = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    starts, stops = np.concatenate(([0], edges)), np.concatenate((edges, [samples.size]))
    lengths = stops - starts
    long = np.flatnonzero(lengths >= shortest)
    if not long.size:
        return
    ordinary = lengths[lengths < shortest]
    # Runs grow by chance as long as each further sample is likely to be equal: how likely, the short runs tell.
    least = _least_length(
        [(int(np.sum(ordinary >= n + 1)), int(np.sum(ordinary >= n))) for n in (1, 2, 3, 4)], samples.size
    )
    rails = (np.nanmin(samples), np.nanmax(samples))
    for index in long[lengths[long] >= least]:
        if samples[starts[index]] not in rails:
            yield int(starts[index]) + 1, int(stops[index])


def _repeated(samples: NDArray[np.float64], sampling_rate: float, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield blocks equal to the block right before them."""
    patterns = _patterns(samples)
    ordered = np.sort(patterns)
    if not np.any(ordered[1:] == ordered[:-1]):
        return
    order = np.argsort(patterns, kind="stable")
    same = patterns[order[1:]] == patterns[order[:-1]]
    lags = np.zeros(patterns.size, dtype=np.int64)
    lags[order[1:][same]] = (order[1:] - order[:-1])[same]
    lags[(lags < shortest) | (lags > LONGEST_SECONDS * sampling_rate)] = 0
    edges = np.concatenate(([0], np.flatnonzero(np.diff(lags)) + 1, [lags.size]))
    for first, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        lag, length = int(lags[first]), stop - first + PATTERN - 1
        if not lag or length < lag or np.ptp(samples[first : first + length]) == 0.0:
            continue
        if length >= _least_match(samples, first, lag, sampling_rate):
            yield first, first + length


def _least_match(samples: NDArray[np.float64], first: int, lag: int, sampling_rate: float) -> int:
    """Return how many samples in a row must match to be no chance, from how often others around match by chance."""
    around = max(round(sampling_rate / 2), 20 * PATTERN)
    beside = samples[max(first - lag - around, 0) : first - lag], samples[first + 2 * lag : first + 2 * lag + around]
    part = max(beside, key=len)
    counts = []
    for shift in (lag // 2 + 1, lag, 2 * lag + 1, 3 * lag + 1):
        match = part[shift:] == part[:-shift]
        counts.append((int(np.sum(match[1:] & match[:-1])), int(np.sum(match[:-1]))))
    # The lag is one of many, and each sample may begin a block.
    return _least_length(counts, round(samples.size * LONGEST_SECONDS * sampling_rate))


def _least_length(counts: list[tuple[int, int]], tries: int) -> int:
    """Return the length at which a chain of chances (times it went on, times it could) becomes improbable."""
    likely = max((float(on + 1) / float(could + 2) for on, could in counts if could >= 50), default=0.1)
    likely = min(max(likely, 0.02), 1.0)
    return int(np.log(CHANCE / tries) / np.log(likely)) + 1 if likely < MOST_ALIKE else tries


def _patterns(samples: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return one number for each `PATTERN` samples in a row, equal where they are equal; missing samples never are."""
    is_there = np.isfinite(samples)
    bits = (np.where(is_there, samples, 0.0) + 0.0).view(np.uint64)  # + 0.0: minus zero is zero
    if not is_there.all():
        bits = np.where(is_there, bits, np.arange(samples.size, dtype=np.uint64) + np.uint64(1))
    factors = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0xD6E8FEB86659FD93))
    mixed = (bits ^ (bits >> np.uint64(31))) * factors[0]
    width = 1
    for factor in factors:  # 1, 2, 4, 8 samples
        mixed = mixed[:-width] * factor + (mixed[width:] ^ (mixed[width:] >> np.uint64(29)))
        width *= 2
    return mixed
