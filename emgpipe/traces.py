"""Signals thin enough to store and draw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.model import Signal, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence


CONTEXT: Final = 2.0
"""Seconds kept on either side of a trial, to see what it was cut from."""


def thin_traces(signals: Sequence[Signal], rate: float | None, span: tuple[float, float]) -> tuple[Trace, ...]:
    """Keep every k-th sample of each envelope (or auxiliary channel), so that at least `rate` Hz remain.

    An RMS over 0.1 s holds nothing above 10 Hz, so 200 Hz loses nothing that can be seen; None keeps every sample.
    Numbers in the tables never come from here.

    Parameters
    ----------
    span : tuple of float
        Start and end of the trial (s): a recording may hold many trials, and each keeps its own part.
    """
    return tuple(
        _trace(signal, 1 if rate is None else max(int(signal.sampling_rate / rate), 1), span) for signal in signals
    )


def _trace(signal: Signal, step: int, span: tuple[float, float]) -> Trace:
    samples = signal.raw if signal.envelope is None else signal.envelope
    rate = signal.sampling_rate / step
    first = max(math.floor((span[0] - CONTEXT - signal.start) * rate), 0)
    last = max(math.ceil((span[1] + CONTEXT - signal.start) * rate), first)
    return Trace(
        name=signal.name,
        label=signal.label,
        kind=signal.kind,
        side=signal.side,
        placement=signal.placement,
        unit=signal.unit,
        sampling_rate=rate,
        start=signal.start + first / rate,
        values=np.array(samples[first * step : last * step + 1 : step]),
    )
