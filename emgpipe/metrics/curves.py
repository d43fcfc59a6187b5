"""Time-normalized curves: every repetition on the same 0 to 100 % axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.model.tables import CURVE_POINTS, WHOLE_REPETITION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import Reference, ReferenceKey, Repetition, Signal


def time_normalize(
    samples: NDArray[np.float64], sampling_rate: float, first: float, span: tuple[float, float]
) -> NDArray[np.float64]:
    """Interpolate linearly at `CURVE_POINTS` equally spaced times from span start to span stop.

    Envelopes only: raw EMG must never be interpolated.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing; a point next to a missing sample, or beyond the samples by more than one, is NaN.
    first : float
        Time of the first sample in s.

    Returns
    -------
    array, shape (CURVE_POINTS,)
    """
    if samples.size == 0:
        return np.full(CURVE_POINTS, np.nan)
    position = (np.linspace(*span, CURVE_POINTS) - first) * sampling_rate
    beyond = (position < -1) | (position > samples.size)
    position = np.clip(position, 0, samples.size - 1)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, samples.size - 1)
    weight = position - below
    curve: NDArray[np.float64] = np.where(
        weight == 0, samples[below], (1 - weight) * samples[below] + weight * samples[above]
    )
    curve[beyond] = np.nan
    return curve


def curve_rows(
    signals: Sequence[Signal],
    repetitions: Sequence[Repetition],
    references: Mapping[ReferenceKey, Reference],
    unit: str,
) -> list[dict[str, Any]]:
    """Return one row per repetition and channel; EMG in `unit` (or its own where there is no reference)."""
    rows = []
    for number, repetition in enumerate(repetitions, start=1):
        for signal in signals:
            samples = signal.raw if signal.envelope is None else signal.envelope
            curve = time_normalize(samples, signal.sampling_rate, signal.start, (repetition.start, repetition.stop))
            scale, curve_unit = _scale(signal, references, unit)
            rows.append(
                {
                    "repetition": number,
                    "onset": repetition.start,
                    "phase": WHOLE_REPETITION,
                    "kind": signal.kind,
                    "muscle": signal.name,
                    "side": signal.side,
                    "placement": signal.placement,
                    "stage": "raw" if signal.envelope is None else "envelope",
                    "unit": curve_unit,
                    **{str(point): value for point, value in enumerate(scale * curve)},
                }
            )
    return rows


def _scale(signal: Signal, references: Mapping[ReferenceKey, Reference], unit: str) -> tuple[float, str]:
    reference = references.get((signal.muscle, signal.side, signal.placement))
    if signal.kind != "emg" or reference is None:
        return 1.0, signal.unit
    return 100 / reference.value, unit
