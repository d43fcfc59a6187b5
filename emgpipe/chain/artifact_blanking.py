"""Artifacts set to missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from emgpipe.chain.cleaning import Cleaning
from emgpipe.chain.stretches import runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 0.25
"""Seconds; an artifact up to half as long does not raise the scale it is judged by."""
ROBUST = 1.4826
"""Standard deviation of Gaussian samples in units of their median absolute deviation."""


class ArtifactBlanking(Cleaning):
    """Set short artifacts, and stated spans, to missing; nothing is put in their place.

    A sample is an artifact when it lies further from zero than `beyond` times the loudest quarter of a second of the
    recording (robust standard deviation), so that a contraction is never one. Artifacts longer than an eighth of a
    second are not found: mark the trial, or cut it by `start` and `stop` of the trials table.
    """

    kind: Literal["artifact_blanking"] = "artifact_blanking"
    sees_gaps: ClassVar[bool] = True
    makes_gaps: ClassVar[bool] = True

    beyond: float = Field(default=10.0, ge=5)
    """How many robust standard deviations of the loudest quarter of a second are too many."""
    around: float = Field(default=0.05, ge=0, le=1)
    """Seconds before and after an artifact that are missing, too."""
    spans: tuple[tuple[float, float], ...] = ()
    """From and to in s since the first sample, in every recording: for what an amplifier does when it is switched on.
    An artifact of a single trial is a matter of the decisions file."""

    @model_validator(mode="after")
    def _spans_in_order(self) -> Self:
        for first, last in self.spans:
            if not 0 <= first < last:
                raise ValueError(f"spans: {first:g} to {last:g} s does not begin at 0 or later and end after that")
        return self

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Return the samples with artifacts as NaN."""
        result = np.array(samples, dtype=np.float64)
        there = np.isfinite(result)
        if there.any():
            centered = np.where(there, result - np.median(result[there]), 0.0)
            scale = _loudest(centered, there, sampling_rate)
            result[_widened(np.abs(centered) > self.beyond * scale, round(self.around * sampling_rate))] = np.nan
        for first, last in self.spans:
            result[round(first * sampling_rate) : round(last * sampling_rate)] = np.nan
        return result

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002
        """State the limit."""
        spans = "".join(f", and {first:g} to {last:g} s" for first, last in self.spans)
        return (
            f"artifact_blanking: samples beyond {self.beyond:g} robust SD of the loudest {WINDOW:g} s, with "
            f"{self.around:g} s around{spans}, set to missing"
        )


def _loudest(centered: NDArray[np.float64], there: NDArray[np.bool_], sampling_rate: float) -> float:
    """Return the largest robust standard deviation of any window; infinity where all windows are still."""
    size = max(round(WINDOW * sampling_rate), 1)
    rows = centered[there]
    count = max(rows.size // size, 1)
    windows = np.array_split(rows, count) if rows.size < size else rows[: count * size].reshape(count, size)
    scale = ROBUST * float(np.max(np.median(np.abs(windows), axis=-1)))
    return scale if scale > 0 else float("inf")


def _widened(flags: NDArray[np.bool_], margin: int) -> NDArray[np.bool_]:
    """Return the flags with `margin` samples before and after each."""
    if not margin or not flags.any():
        return flags
    wide = flags.copy()
    for run in runs(flags):
        wide[max(run.start - margin, 0) : run.stop + margin] = True
    return wide
