"""Sums over a moving window without cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

WindowMean = tuple[float, int, int]
"""A mean, and the samples start..stop it was taken from."""

if TYPE_CHECKING:
    from numpy.typing import NDArray


def odd_window(duration: float, sampling_rate: float) -> int:
    """Return the odd number of samples nearest to `duration` seconds; the larger of two equally near.

    >>> odd_window(0.1, 1000), odd_window(0.1, 2148.148)
    (101, 215)
    """
    return 2 * int(duration * sampling_rate / 2) + 1


def window_sums(samples: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Sum every run of `width` neighboring samples.

    Each window is the tail of one block of `width` samples plus the head of the next (van Herk 1992), so only
    neighbors are ever added: a running difference of one long cumulative sum would lose a quiet stretch after a
    loud one to rounding.

    Parameters
    ----------
    samples : array, shape (..., n_samples)
    width : int
        1 to n_samples.

    Returns
    -------
    array, shape (..., n_samples - width + 1)
        Element i is the sum of samples i to i + width - 1.
    """
    length = samples.shape[-1]
    n_blocks = -(-length // width)
    padded = np.zeros((*samples.shape[:-1], n_blocks * width))
    padded[..., :length] = samples
    blocks = padded.reshape(*samples.shape[:-1], n_blocks, width)
    heads = np.zeros((*samples.shape[:-1], n_blocks + 1, width))  # sums before each sample: 0 before a block's first
    np.cumsum(blocks[..., :-1], axis=-1, out=heads[..., :-1, 1:])
    tails = np.cumsum(blocks[..., ::-1], axis=-1)[..., ::-1].reshape(padded.shape)
    count = length - width + 1
    before = heads.reshape(*samples.shape[:-1], (n_blocks + 1) * width)
    sums: NDArray[np.float64] = tails[..., :count] + before[..., width : width + count]
    return sums


def centered_mean(samples: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Average over a centered window of `width` (odd) samples that shrinks at the edges; same shape."""
    half = width // 2
    length = samples.shape[-1]
    padded = np.zeros((*samples.shape[:-1], length + 2 * half))
    padded[..., half : half + length] = samples
    position = np.arange(length)
    counts = np.minimum(position + half, length - 1) - np.maximum(position - half, 0) + 1
    means: NDArray[np.float64] = window_sums(padded, width) / counts
    return means


def highest_mean(envelope: NDArray[np.float64], window: float, sampling_rate: float) -> WindowMean | None:
    """Return the highest mean over `window` seconds and its samples; None if no gapless window fits."""
    width = odd_window(window, sampling_rate)
    if envelope.size < width:
        return None
    missing = ~np.isfinite(envelope)
    means = window_sums(np.where(missing, 0.0, envelope), width) / width
    if missing.any():
        means[window_sums(missing.astype(np.float64), width) > 0] = -np.inf
    best = int(np.argmax(means))
    return None if np.isneginf(means[best]) else (float(means[best]), best, best + width)
