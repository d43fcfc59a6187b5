"""A channel after the chain: the samples of each stage on the trial's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from emgpipe.model.recording import Kind, Side

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Stage = Literal["raw", "filtered", "rectified", "envelope"]


@dataclass(frozen=True, slots=True)
class Removed:
    """What a cleaning step took from a channel, over the whole recording; RMS about the mean, in the signal's unit.

    Attributes
    ----------
    step : str
        Kind of the step.
    rms_before, rms_after : float
        Of the samples that are there before and after it.
    rms_removed : float
        Of the difference; a sample that the step left missing counts as taken away whole.
    blanked : int
        Samples that the step left missing.
    """

    step: str
    rms_before: float
    rms_after: float
    rms_removed: float
    blanked: int = 0

    @property
    def share(self) -> float:
        """RMS removed over RMS before; 0 for a silent channel."""
        return self.rms_removed / self.rms_before if self.rms_before > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A channel of a trial and what the cleaning steps took from it; `unit` is that of the RMS values."""

    muscle: str
    side: Side
    placement: str
    unit: str
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """One channel of one trial as the rest of the pipeline sees it.

    Attributes
    ----------
    name : str
        The muscle for EMG, the stated name for other channels.
    start : float
        Time of the first sample in seconds on the trial's clock.
    raw : array, shape (n_samples,)
        As read, in `unit`.
    filtered, envelope : array or None, shape (n_samples,)
        EMG only, in volts; NaN where samples are missing.
    chain_hash : str
        Which chain with which parameters made them; task and MVIC must agree.
    history : tuple of str
        What was applied, in words, in order.
    removed : tuple of Removed
        What each cleaning step of the chain took away.
    """

    name: str
    label: str
    kind: Kind
    unit: str
    sampling_rate: float
    start: float
    raw: NDArray[np.float64]
    muscle: str = ""
    side: Side = ""
    placement: str = ""
    filtered: NDArray[np.float64] | None = None
    envelope: NDArray[np.float64] | None = None
    chain_hash: str = ""
    history: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()

    @property
    def stop(self) -> float:
        """Time just after the last sample."""
        return self.start + self.raw.size / self.sampling_rate

    def span(self, start: float, stop: float) -> slice:
        """Return the sample indices of the times start..stop, cut to what exists."""
        first = round((start - self.start) * self.sampling_rate)
        last = round((stop - self.start) * self.sampling_rate)
        return slice(min(max(first, 0), self.raw.size), min(max(last, 0), self.raw.size))
