"""How much the channels of one trial have in common, apart from mains and heart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.heart import near_beats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from emgpipe.quality.views import ChannelView

BAND: Final = (30.0, 450.0)
"""Hz: what heart and movement leave of themselves lies below, what the EMG has in common is still there."""
MAINS: Final = (50.0, 60.0)
MAINS_HALF_WIDTH: Final = 2.0
"""Hz around each multiple of the mains that are left out."""
WINDOW_SECONDS: Final = 2.0
HOP_SECONDS: Final = 1.0
MOST_WINDOWS: Final = 10
"""The loudest; cross-talk matters where there is something to talk."""
LARGEST_LAG: Final = 0.01
"""Seconds; a signal needs less from one electrode to the next."""
HEART_HALF_WIDTH: Final = 0.08


@dataclass(frozen=True, slots=True)
class Shared:
    """What channels of one sampling rate have in common.

    Attributes
    ----------
    channels : tuple of ChannelView, n of them
    correlation : array, shape (n, n)
        Largest absolute normalized cross-correlation within 10 ms; the diagonal is zero.
    rms : array, shape (n,)
        Of what was compared, in the channel's unit.
    seconds : float
        How much was compared.
    """

    channels: tuple[ChannelView, ...]
    correlation: NDArray[np.float64]
    rms: NDArray[np.float64]
    seconds: float


def shared_signals(channels: Sequence[ChannelView]) -> tuple[Shared, ...]:
    """Compare channels of the same sampling rate with each other, in the loudest ten windows of 2 s.

    Returns
    -------
    tuple of Shared
        One per sampling rate that at least two channels with a signal have.
    """
    by_rate: dict[float, list[ChannelView]] = {}
    for channel in channels:
        if channel.kind == "emg" and not channel.is_dead and channel.has_signal:
            by_rate.setdefault(channel.sampling_rate, []).append(channel)
    found = (_compare(group, rate) for rate, group in by_rate.items() if len(group) > 1)
    return tuple(one for one in found if one is not None)


def _compare(group: Sequence[ChannelView], rate: float) -> Shared | None:
    firsts, count = _overlap(group, rate)
    length = min(round(WINDOW_SECONDS * rate), count)
    if length < rate / 2:
        return None
    starts = _loudest(group, firsts, range(0, count - length + 1, round(HOP_SECONDS * rate)), length)
    kept = _kept_bins(length, rate)
    if not starts or not kept.any():
        return None
    spectra, rms = [], []
    for channel, first in zip(group, firsts, strict=True):
        one, level = _spectra(channel, [first + start for start in starts], length, kept)
        spectra.append(one)
        rms.append(level)
    correlation = _correlations(spectra, length, kept, max(round(LARGEST_LAG * rate), 1))
    return Shared(tuple(group), correlation, np.asarray(rms), len(starts) * length / rate)


def _overlap(group: Sequence[ChannelView], rate: float) -> tuple[list[int], int]:
    """Return the first sample of each channel that all have, and how many samples all have from there."""
    latest = max(channel.start for channel in group)
    firsts = [round((latest - channel.start) * rate) for channel in group]
    return firsts, min(channel.raw.size - first for channel, first in zip(group, firsts, strict=True))


def _loudest(group: Sequence[ChannelView], firsts: Sequence[int], starts: range, length: int) -> list[int]:
    """Return where the windows begin in which all channels together are loudest, each by its own measure."""
    total = np.zeros(len(starts))
    for channel, first in zip(group, firsts, strict=True):
        samples = channel.raw / _highest(channel)
        steps = np.square(np.diff(samples, prepend=samples[:1]))  # weighs movement and drift down
        sums = np.concatenate(([0.0], np.cumsum(np.nan_to_num(steps))))
        begin = first + np.asarray(starts)
        power = np.maximum(sums[begin + length] - sums[begin], 0.0)
        highest = float(power.max(initial=0.0))
        total += power / highest if highest > 0.0 else 0.0
    best = np.argsort(-total, kind="stable")[:MOST_WINDOWS]
    return [starts[int(index)] for index in np.sort(best)]


def _kept_bins(length: int, rate: float) -> NDArray[np.bool_]:
    frequencies = np.arange(length // 2 + 1) * (rate / length)
    kept = (frequencies >= BAND[0]) & (frequencies <= min(BAND[1], 0.45 * rate))
    for mains in MAINS:
        kept &= np.abs(frequencies - mains * np.round(frequencies / mains)) > MAINS_HALF_WIDTH
    return kept


def _spectra(
    channel: ChannelView, starts: Sequence[int], length: int, kept: NDArray[np.bool_]
) -> tuple[NDArray[np.complex128], float]:
    """Return the windows' spectra at the kept bins, each of power 1 (0 where there is none), and the RMS."""
    rows = channel.raw[np.asarray(starts)[:, None] + np.arange(length)] / _highest(channel)
    if channel.beats is not None:
        beats = near_beats(channel.beats, channel.raw.size, channel.sampling_rate, HEART_HALF_WIDTH)
        rows = np.where(beats[np.asarray(starts)[:, None] + np.arange(length)], np.nan, rows)
    is_there = np.isfinite(rows)
    weight = is_there.sum(axis=1, keepdims=True)
    mean = np.sum(np.where(is_there, rows, 0.0), axis=1, keepdims=True) / np.maximum(weight, 1)
    taper = np.hanning(length)
    spectra = np.fft.rfft(np.where(is_there, rows - mean, 0.0) * taper, axis=1)[:, kept]
    power = np.sum(np.abs(spectra) ** 2, axis=1, keepdims=True)
    is_usable = (weight > 0.5 * length) & (power > 0.0)
    scaled = np.where(is_usable, spectra / np.sqrt(np.where(is_usable, power, 1.0)), 0.0)
    rms = np.sqrt(2.0 * float(np.mean(power)) / (length * float(np.sum(taper**2))))
    return scaled, float(rms * _highest(channel))


def _highest(channel: ChannelView) -> float:
    """Return what to divide by before squaring: squares of huge samples overflow."""
    return float(np.max(np.abs(channel.finite)))


def _correlations(
    spectra: Sequence[NDArray[np.complex128]], length: int, kept: NDArray[np.bool_], lags: int
) -> NDArray[np.float64]:
    count = len(spectra)
    result = np.zeros((count, count))
    usable = [np.any(one != 0.0, axis=1) for one in spectra]
    for first, second in _pairs(count):
        both = int(np.sum(usable[first] & usable[second]))
        if not both:
            continue
        cross = np.zeros(kept.size, dtype=complex)
        cross[kept] = np.sum(spectra[first] * np.conj(spectra[second]), axis=0) / both
        course = np.fft.irfft(cross, n=length) * (length / 2.0)
        highest = float(np.max(np.abs(np.concatenate((course[: lags + 1], course[-lags:])))))
        result[first, second] = result[second, first] = min(highest, 1.0)
    return result


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((first, second) for first in range(count) for second in range(first + 1, count))
