"""ECG taken away by subtracting its common shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.heart import HeartStep
from emgpipe.chain.moving import centered_mean, odd_window

if TYPE_CHECKING:
    from numpy.typing import NDArray


class EcgTemplate(HeartStep):
    """Find the QRS complexes, average them, and subtract the average at each (as in Costa et al. 2019).

    Beats in quiet EMG count more in the average than beats under a contraction. P and T waves lie below 20 Hz and are
    left to the band-pass. A recording in which no heartbeat can be seen stays as it is.
    """

    kind: Literal["ecg_template"] = "ecg_template"
    width: float = Field(default=0.2, ge=0.05, le=0.6)
    """Length of the template in s, the QRS complex in its middle; its ends are faded."""

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Subtract the template; NaN stays NaN."""
        result = np.array(samples, dtype=np.float64)
        beats = self.beats(result, sampling_rate)
        if not beats.size:
            return result
        half = round(self.width * sampling_rate / 2)
        padded = np.pad(result, half, constant_values=np.nan)
        windows = beats[:, np.newaxis] + np.arange(2 * half + 1)
        pieces = padded[windows]
        whole = np.isfinite(pieces).all(axis=1)
        if np.count_nonzero(whole) < self.fewest_beats:
            return result
        weights = _weights(result, sampling_rate)[beats[whole]]
        template = weights @ pieces[whole] / weights.sum()
        template = (template - np.median(template)) * _fade(template.size)
        np.subtract.at(padded, windows, np.broadcast_to(template, windows.shape))
        return padded[half : half + result.size].copy()

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002
        """State the length and what happens without ECG."""
        shape = f"mean QRS complex ({self.width:g} s)"
        return f"ecg_template: {shape} subtracted at each heartbeat, nothing where none is seen"


def _weights(samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
    """Return one over the power of the surroundings, so that loud EMG does not get into the template."""
    filled = np.where(np.isfinite(samples), samples, 0.0)
    power = centered_mean(np.square(filled - filled.mean()), min(odd_window(1.0, sampling_rate), filled.size))
    return np.asarray(1.0 / np.maximum(power, 1e-4 * power.max())) if power.max() > 0 else np.ones_like(power)


def _fade(size: int) -> NDArray[np.float64]:
    """Return ones with a quarter of cosine at either end."""
    place = np.minimum(np.arange(size), np.arange(size)[::-1]) / max(size / 8, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(place, 1.0)))
