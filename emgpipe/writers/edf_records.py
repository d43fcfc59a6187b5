"""How long a data record lasts, so that every channel has a whole number of samples in it at its exact rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EXACT = 1e-9
"""Rates that come back closer than this (relative) count as exact."""
RECOMMENDED_BYTES = 61440
"""A record should not be larger (EDF specification); records of 1 s or less are common."""
MOST_BYTES = 10_000_000
"""EDFlib, and with it pyedflib, refuses larger records."""
LONGEST = 60.0
"""Seconds, and never longer than the recording: the last record is filled up, which other programs show."""
PADDING = 3.0
"""Records without filling are preferred unless they are longer or shorter by this power of two."""
SURPLUS = 10.0
"""Filling as large as the recording weighs as much as this power of two."""
TOLERATED = 3.0
"""Where no duration is exact, one with so many times the smallest error is as good."""
MOST_FIELD = 99_999_999
"""Largest number of records, and of samples in one."""


@dataclass(frozen=True, slots=True)
class Records:
    """How the samples are divided.

    Attributes
    ----------
    duration : str
        Of a record in seconds, as in the header.
    per_record : tuple of int
        Samples of each channel in a record.
    count : int
        Number of records.
    rate_error : float
        Largest relative difference between a channel's rate and the one in the file.
    """

    duration: str
    per_record: tuple[int, ...]
    count: int
    rate_error: float


def divide(rates: Sequence[float], lengths: Sequence[int], sample_bytes: int) -> Records:
    """Choose the duration of a record.

    Parameters
    ----------
    rates : sequence of float
        Sampling rate of each channel in Hz.
    lengths : sequence of int
        Samples of each channel.
    sample_bytes : int
        2 or 3.

    Raises
    ------
    StoreError
        A rate is so low, or so high beside another, that no record can hold both.
    """
    rate, length = np.array(rates), np.array(lengths)
    target = min(1.0, RECOMMENDED_BYTES / (sample_bytes * float(rate.sum())))
    target = max(target, 1.0 / float(rate.min()))
    longest = max(min(LONGEST, float((length / rate).max())), 2.0 * target)
    durations = _candidates(rate, length, target, longest)
    counts = np.rint(np.outer(durations, rate))
    fits = (counts >= 1).all(axis=1) & (counts.sum(axis=1) * sample_bytes <= max(MOST_BYTES, 4 * rate.size))
    if not fits.any():
        message = f"rates from {rate.min():g} to {rate.max():g} Hz do not fit into the records of one EDF file"
        raise StoreError(f"{message}; write .h5 instead")
    durations, counts = durations[fits], counts[fits]
    error = np.abs(counts / durations[:, None] / rate - 1).max(axis=1)
    best = _best(durations, counts, error, length, target)
    per_record = tuple(int(count) for count in counts[best])
    records = max(1, *(-(-size // count) for size, count in zip(lengths, per_record, strict=True)))
    if max(records, *per_record) > MOST_FIELD:
        raise StoreError(f"the recording needs {records} data records, EDF counts to {MOST_FIELD}; write .h5 instead")
    return Records(_text(float(durations[best])), per_record, records, float(error[best]))


def _candidates(
    rate: NDArray[np.float64], length: NDArray[np.int64], target: float, longest: float
) -> NDArray[np.float64]:
    """Return durations that eight characters can say, increasing."""
    found = [np.arange(1, 2001) * longest / 2000, np.arange(1, 60_001) * 1e-3, np.array([target, 1.0])]
    for one in {float(rate.min()), float(rate.max())}:
        most = min(longest * one, 100_000)
        found.append(np.arange(1, most + 1) / one)
    whole = float((length / rate).max())
    if whole > 0:
        parts = np.arange(1, 2001) + max(int(whole / target) - 1000, 0)
        found.append(whole / parts)
    durations = np.concatenate(found)
    durations = durations[(durations > 1e-5) & (durations <= max(longest, 1.0 / float(rate.min()) * 1.01))]
    return np.unique([float(_text(one)) for one in np.unique(durations).tolist()])


def _best(
    durations: NDArray[np.float64],
    counts: NDArray[np.float64],
    error: NDArray[np.float64],
    length: NDArray[np.int64],
    target: float,
) -> int:
    held = np.ceil(length / counts).max(axis=1)[:, None] * counts
    surplus = (held.sum(axis=1) - length.sum()) / max(int(length.sum()), 1)
    cost = np.abs(np.log2(durations / target)) + PADDING * (held != length).any(axis=1) + SURPLUS * surplus
    good = error <= max(EXACT, TOLERATED * float(error.min()))
    return int(np.argmin(np.where(good, cost, np.inf)))


def _text(duration: float) -> str:
    """Return a duration in at most eight characters.

    >>> _text(1.0), _text(0.465517241), _text(13.5)
    ('1', '0.465517', '13.5')
    """
    decimals = max(6 - max(len(str(int(duration))) - 1, 0), 0)
    text = f"{duration:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
