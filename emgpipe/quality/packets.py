"""Lost packets: a block of samples that comes again right after itself, or one value held for a few samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.flat import may_hold, smallest_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PATTERN: Final = 8
"""Samples in the pattern that is searched for first; a packet has more."""
LONGEST_SECONDS: Final = 0.5
"""Longer blocks are not what a radio sends at once."""
CHANCE: Final = 1e-7
"""Expected number of such blocks in the whole signal below which a block is not chance."""
LEAST_NOISE: Final = 0.8
"""Steps of the converter the quiet parts must move (standard deviation of tenths of a second)."""
LEAST_MOVED: Final = 1.5
"""Steps of the converter a repeated block must move (standard deviation)."""
MOST_BELOW: Final = 0.3
"""Runs between half the length of a packet and a packet, by those longer, that are no chance."""
MOST_JUDGED: Final = 20
"""Blocks of one length whose surroundings are looked at."""
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
    if np.count_nonzero(np.isfinite(samples)) < 4 * shortest:
        return ()
    found = [*_held(samples, sampling_rate, shortest), *_repeated(samples, sampling_rate, shortest)]
    return tuple(sorted(found))


def _held(samples: NDArray[np.float64], sampling_rate: float, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield runs of one value that are longer than the converter's steps explain."""
    if not may_hold(samples, shortest):
        return
    edges = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    starts, stops = np.concatenate(([0], edges)), np.concatenate((edges, [samples.size]))
    long = np.flatnonzero(stops - starts >= shortest)
    if not long.size or not _is_fine(samples, sampling_rate):
        return
    lengths = stops - starts
    rails = (float(np.nanmin(samples)), float(np.nanmax(samples)))
    around = max(round(sampling_rate / 4), 20 * PATTERN)
    for index in long.tolist():
        start, stop = int(starts[index]), int(stops[index])
        first, last = np.searchsorted(starts, (start - around, stop + around))
        most = _most_by_chance(lengths[first:last], shortest, samples.size)
        if stop - start > most and float(samples[start]) not in rails:
            yield start + 1, stop


def _is_fine(samples: NDArray[np.float64], sampling_rate: float) -> bool:
    """Say whether the quiet parts move between the steps of the converter: noise below one holds a value for long."""
    length = max(round(sampling_rate / 10), 2 * PATTERN)
    rows = samples[: samples.size // length * length].reshape(-1, length)
    rows = rows[np.isfinite(rows).all(axis=1)]
    return bool(rows.size and np.quantile(np.std(rows, axis=1), 0.05) >= LEAST_NOISE * smallest_step(samples))


def _most_by_chance(lengths: NDArray[np.intp], shortest: int, tries: int) -> float:
    """Return how long a run of equal samples can be by chance, from the lengths of the runs around it.

    Runs grow as long as each further sample is likely to be equal. Chance leaves more runs just below a length than
    above it; packets leave nothing just below theirs.
    """
    half = int(np.sum((lengths >= shortest // 2) & (lengths < shortest)))
    if half > MOST_BELOW * np.sum(lengths >= shortest):
        return np.inf
    ordinary = lengths[lengths < shortest]
    counts = [(int(np.sum(ordinary > n)), int(np.sum(ordinary >= n))) for n in (1, 2, 3)]
    likely = _chance_to_go_on(counts)
    return float(np.log(CHANCE / tries) / np.log(likely)) if likely < MOST_ALIKE else np.inf


def _repeated(samples: NDArray[np.float64], sampling_rate: float, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield blocks equal to the block right before them.

    One block alone must be long to be no chance; of many of one length, as packets have, each may be short.
    """
    longest = round(LONGEST_SECONDS * sampling_rate)
    matches = list(_matches(samples, shortest, longest))
    least = LEAST_MOVED * smallest_step(samples) if matches else 0.0
    groups: dict[int, list[tuple[int, int]]] = {}
    for first, stop, lag in matches:
        if float(np.std(samples[first:stop])) > least:  # less is the converter at rest, which repeats itself
            groups.setdefault(lag, []).append((first, stop))
    for lag, blocks in groups.items():
        likely = max(_likely(samples, first, lag, sampling_rate) for first, _ in blocks[:MOST_JUDGED])
        if likely >= MOST_ALIKE:
            continue
        by_chance = np.log(samples.size) + lag * np.log(likely)  # logarithm of how many are expected
        many = np.log(longest) + len(blocks) * by_chance - sum(np.log(np.arange(1, len(blocks) + 1)))
        single = np.log(CHANCE / samples.size / longest) / np.log(likely)
        yield from (block for block in blocks if many < np.log(CHANCE) or block[1] - block[0] >= single)


def _matches(samples: NDArray[np.float64], shortest: int, longest: int) -> Iterator[tuple[int, int, int]]:
    """Yield first sample, the one after the last, and lag of all blocks that are equal to what is a lag before them."""
    bits = np.uint64(24)
    patterns = _patterns(samples) >> bits  # with the index in the low bits one sort tells value and place
    where = _perhaps_again(patterns)
    keys = np.sort((patterns[where] << bits) | where)
    values, places = keys >> bits, (keys & np.uint64((1 << 24) - 1)).astype(np.int64)
    lags = np.where(values[1:] == values[:-1], places[1:] - places[:-1], 0)
    near = np.flatnonzero((lags >= shortest) & (lags <= longest))
    near = near[np.argsort(places[1:][near])]
    starts, lags = places[1:][near], lags[near]
    edges = np.flatnonzero((np.diff(starts, prepend=-PATTERN) != 1) | (np.diff(lags, prepend=0) != 0))
    lengths = np.diff(edges, append=starts.size) + PATTERN - 1
    for index, length in zip(edges.tolist(), lengths.tolist(), strict=True):
        first, lag = int(starts[index]), int(lags[index])
        if length >= lag:
            yield first, first + length, lag


def _perhaps_again(patterns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return where patterns are of which another one has some bits the same; few are left, so few need sorting."""
    where = np.arange(patterns.size)
    for first in (0, 20):
        mask = np.uint64((1 << min((4 * where.size).bit_length(), 20)) - 1)
        some = ((patterns[where] >> np.uint64(first)) & mask).astype(np.intp)
        where = where[np.bincount(some)[some] > 1]
    return where.astype(np.uint64)


def _likely(samples: NDArray[np.float64], first: int, lag: int, sampling_rate: float) -> float:
    """Return how likely one more sample matches by chance that of a lag before, from the samples around."""
    around = max(round(sampling_rate / 2), 20 * PATTERN, 16 * lag)
    beside = samples[max(first - lag - around, 0) : first - lag], samples[first + 2 * lag : first + 2 * lag + around]
    part = max(beside, key=len)
    counts = []
    for shift in (lag // 2 + 1, 2 * lag + 1, 5 * lag, 7 * lag):  # a period comes again, a packet not so late
        match = part[shift:] == part[:-shift]
        counts.append((int(np.sum(match[1:] & match[:-1])), int(np.sum(match[:-1]))))
    return _chance_to_go_on(counts)


def _chance_to_go_on(counts: list[tuple[int, int]]) -> float:
    """Return the largest share of how often it went on by how often it could, of counts large enough to tell."""
    likely = max((float(on + 1) / float(could + 2) for on, could in counts if could >= 50), default=0.1)
    return min(max(likely, 0.02), 1.0)


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
