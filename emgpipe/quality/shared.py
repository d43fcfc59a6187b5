"""How much the channels of one trial have in common, apart from mains, heartbeats and jerks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.quality.lines import find_lines

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
EVENED_SECONDS: Final = 0.05
LEAST_ALIKE: Final = 0.5
"""Correlation below which two channels are not compared any further: they are not the same."""
SAME: Final = 0.15
"""What is left of a channel without the other one, where they are the same: rounding, at most."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What channels of one sampling rate have in common.

    Attributes
    ----------
    channels : tuple of ChannelView, n of them
    correlation : array, shape (n, n)
        Largest absolute normalized cross-correlation within 10 ms; the diagonal is zero.
    alike : array of bool, shape (n, n)
        Which channels are the same but for sign and scale; false below a correlation of `LEAST_ALIKE`.
    rms : array, shape (n,)
        Of what was compared, in the channel's unit.
    seconds : float
        How much was compared.
    """

    channels: tuple[ChannelView, ...]
    correlation: NDArray[np.float64]
    alike: NDArray[np.bool_]
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
    kept = _kept_bins(length, rate) & ~_line_bins(group, length, rate)
    if not starts or not kept.any():
        return None
    bands = [
        _band(channel, [first + start for start in starts], length, kept)
        for channel, first in zip(group, firsts, strict=True)
    ]
    lags = max(round(LARGEST_LAG * bands[0].shape[1] * rate / length), 1)
    rms = np.asarray([float(np.sqrt(np.mean(np.square(band)))) for band in bands])
    scale = np.asarray([_highest(channel) for channel in group])
    correlation, alike = _correlations(bands, lags)
    return Shared(tuple(group), correlation, alike, rms * scale, len(starts) * length / rate)


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


def _line_bins(group: Sequence[ChannelView], length: int, rate: float) -> NDArray[np.bool_]:
    """Return which frequencies of a spectrum hold a sharp line in any channel: a device, not a muscle."""
    frequencies = np.arange(length // 2 + 1) * (rate / length)
    is_line = np.zeros(frequencies.size, dtype=bool)
    for line in {round(float(one)) for channel in group for one in find_lines(channel.figures)[0]}:
        is_line |= np.abs(frequencies - line) <= MAINS_HALF_WIDTH
    return is_line


def _kept_bins(length: int, rate: float) -> NDArray[np.bool_]:
    frequencies = np.arange(length // 2 + 1) * (rate / length)
    kept = (frequencies >= BAND[0]) & (frequencies <= min(BAND[1], 0.45 * rate))
    for mains in MAINS:
        kept &= np.abs(frequencies - mains * np.round(frequencies / mains)) > MAINS_HALF_WIDTH
    return kept


def _band(channel: ChannelView, starts: Sequence[int], length: int, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the windows with nothing but the kept bins, scaled, and with no more samples than these need."""
    rows = channel.raw[np.asarray(starts)[:, None] + np.arange(length)] / _highest(channel)
    is_there = np.isfinite(rows)
    weight = is_there.sum(axis=1, keepdims=True)
    mean = np.sum(np.where(is_there, rows, 0.0), axis=1, keepdims=True) / np.maximum(weight, 1)
    spectra = np.fft.rfft(np.where(is_there, rows - mean, 0.0) * np.hanning(length), axis=1)
    spectra[:, ~kept] = 0.0
    spectra[weight[:, 0] < 0.5 * length] = 0.0
    last = int(np.flatnonzero(kept)[-1])
    count = min(length, 2 * last + 2 + last // 4)
    band: NDArray[np.float64] = np.fft.irfft(spectra[:, : count // 2 + 1], n=count, axis=1) * (count / length)
    return band


def _highest(channel: ChannelView) -> float:
    """Return what to divide by before squaring: squares of huge samples overflow."""
    return float(np.max(np.abs(channel.finite)))


def _evened(band: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the windows with what is louder than usual made as loud as usual.

    Heartbeats that reach all electrodes, and jerks, are loud and short: without this they would be the correlation.
    """
    half = max(round(EVENED_SECONDS / WINDOW_SECONDS * band.shape[1] / 2), 1)
    sums = np.cumsum(np.square(band), axis=1)
    sums = np.concatenate((np.zeros((band.shape[0], 1)), sums), axis=1)
    index = np.arange(band.shape[1])
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, band.shape[1])
    local = np.sqrt(np.maximum(sums[:, high] - sums[:, low], 0.0) / (high - low))
    loud = local[local > 0.0]
    usual = float(np.median(loud)) if loud.size else 0.0
    return band * np.minimum(1.0, usual / np.where(local > 0.0, local, 1.0))


def _correlations(bands: Sequence[NDArray[np.float64]], lags: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the largest cross-correlation of each pair, and which pairs are the same signal."""
    count = len(bands)
    result, alike = np.zeros((count, count)), np.zeros((count, count), dtype=bool)
    spectra = [_unit_spectra(_evened(band)) for band in bands]
    usable = [np.any(one != 0.0, axis=1) for one in spectra]
    for first, second in _pairs(count):
        both = int(np.sum(usable[first] & usable[second]))
        if not both:
            continue
        cross = np.sum(spectra[first] * np.conj(spectra[second]), axis=0) / both
        course = np.abs(np.fft.irfft(cross, n=bands[first].shape[1])) * (bands[first].shape[1] / 2.0)
        near = np.concatenate((course[-lags:], course[: lags + 1]))
        lag = int(np.argmax(near)) - lags
        result[first, second] = result[second, first] = min(float(near[lag + lags]), 1.0)
        if result[first, second] >= LEAST_ALIKE:
            alike[first, second] = alike[second, first] = _is_alike(bands[first], np.roll(bands[second], lag, axis=1))
    return result, alike


def _unit_spectra(band: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return the windows' spectra, each of power 1; 0 for windows without a signal."""
    spectra: NDArray[np.complex128] = np.fft.rfft(band, axis=1)
    power = np.sum(spectra.real**2 + spectra.imag**2, axis=1, keepdims=True)
    return spectra / np.sqrt(np.where(power > 0.0, power, np.inf))


def _is_alike(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Say whether one is the other times a factor, everywhere and not only where both are loud."""
    energy = float(np.sum(np.square(second)))
    if energy <= 0.0:
        return False
    rest = first - float(np.sum(first * second)) / energy * second
    return float(np.median(np.abs(rest))) < SAME * float(np.median(np.abs(first)))


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((first, second) for first in range(count) for second in range(first + 1, count))
