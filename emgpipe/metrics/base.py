"""The contract of a metric: one stretch of one signal in, one number out.

To add a metric: copy a class of a file that resembles it, add one line to `emgpipe.metrics.METRICS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from emgpipe.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Phase

Reads = Literal["envelope", "filtered", "raw", "time"]


@dataclass(frozen=True, slots=True)
class Cut:
    """One repetition or phase of one signal.

    Attributes
    ----------
    samples : array, shape (n_samples,)
        The envelope or the filtered samples (EMG), or the samples as read (other channels); NaN where missing; may be
        empty.
    start, stop : float
        Of the cut, in seconds of the trial's clock.
    first : float
        Time of the first sample.
    phases : tuple of Phase
        The phases of the repetition the cut belongs to.
    """

    samples: NDArray[np.float64]
    sampling_rate: float
    start: float
    stop: float
    first: float
    phases: tuple[Phase, ...] = ()


class Metric(Settings, ABC):
    """One number per repetition or phase.

    Attributes
    ----------
    reads : {"envelope", "filtered", "raw", "time"}
        ``envelope``: EMG; ``filtered``: EMG before it is rectified; ``raw``: every other channel; ``time``: the
        repetition itself, no signal.
    scales : bool
        The number grows with the signal, so that normalization applies to it.
    per_phase : bool
        It is also measured in each phase.
    standard : bool
        It is measured where the study file names no metrics.
    """

    reads: ClassVar[Reads]
    scales: ClassVar[bool] = True
    per_phase: ClassVar[bool] = True
    standard: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The metric's name in the tables."""
        return str(getattr(self, "kind", ""))

    @abstractmethod
    def measure(self, cut: Cut) -> float:
        """Return the number; NaN when the cut does not hold enough samples. Missing samples are left out."""

    def unit(self, signal_unit: str) -> str:
        """Return the unit of the number, given the unit of the signal."""
        return signal_unit
