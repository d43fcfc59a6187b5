"""ECG taken away by replacing the stretch of each heartbeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.chain.heart import HeartStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.model import Stage


class EcgGating(HeartStep):
    """Find the QRS complexes and replace each by EMG from beside it, or leave it missing.

    What is put in is the stretch before and the stretch after, cross-faded so that their power is kept: the envelope
    goes straight from one side to the other. A recording in which no heartbeat can be seen stays as it is.
    """

    kind: Literal["ecg_gating"] = "ecg_gating"
    takes: ClassVar[frozenset[Stage]] = frozenset({"filtered"})
    makes_gaps: ClassVar[bool] = True

    width: float = Field(default=0.16, ge=0.04, le=0.3)
    """Length of the replaced stretch in s, the QRS complex in its middle."""
    fill: Literal["neighbors", "missing"] = "neighbors"
    """`neighbors`: EMG from beside the heartbeat. `missing`: nothing; a number more than a tenth of whose samples are
    missing is left empty, which 0.16 s are from 38 beats per minute on."""

    def clean(self, samples: NDArray[np.float64], sampling_rate: float) -> NDArray[np.float64]:
        """Replace the heartbeats; NaN stays NaN."""
        result = np.array(samples, dtype=np.float64)
        size = 2 * round(self.width * sampling_rate / 2) + 1
        for beat in self.beats(samples, sampling_rate):
            first = int(beat) - size // 2
            gate = slice(max(first, 0), min(first + size, result.size))
            result[gate] = np.nan if self.fill == "missing" else _beside(samples, gate)
        return result

    def describe(self, sampling_rate: float) -> str:  # noqa: ARG002
        """State the length and what is put in its place."""
        put = "replaced by EMG from beside it" if self.fill == "neighbors" else "left missing"
        return f"ecg_gating: {self.width:g} s around each heartbeat {put}, nothing where none is seen"


def _beside(samples: NDArray[np.float64], gate: slice) -> NDArray[np.float64]:
    """Return the stretches before and after a gate, fading into each other; one alone if the other is cut off."""
    size = gate.stop - gate.start
    before, after = samples[max(gate.start - size, 0) : gate.start], samples[gate.stop : gate.stop + size]
    usable = [piece.size == size and bool(np.isfinite(piece).all()) for piece in (before, after)]
    inside = samples[gate]
    if not any(usable):
        return inside
    if not all(usable):
        filled = before if usable[0] else after
    else:
        turn = 0.5 * np.pi * (np.arange(size) + 0.5) / size
        filled = np.cos(turn) * before + np.sin(turn) * after  # squares add up to one: the power goes straight over
    return np.where(np.isfinite(inside), filled, inside)
