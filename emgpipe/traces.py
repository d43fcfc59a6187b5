"""Signals thin enough to store and draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Signal, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence


def thin_traces(signals: Sequence[Signal], rate: float | None) -> tuple[Trace, ...]:
    """Keep every k-th sample of each envelope (or auxiliary channel), so that at least `rate` Hz remain.

    An RMS over 0.1 s holds nothing above 10 Hz, so 200 Hz loses nothing that can be seen; None keeps every sample.
    Numbers in the tables never come from here.
    """
    return tuple(_trace(signal, 1 if rate is None else max(int(signal.sampling_rate / rate), 1)) for signal in signals)


def _trace(signal: Signal, step: int) -> Trace:
    samples = signal.raw if signal.envelope is None else signal.envelope
    return Trace(
        name=signal.name,
        label=signal.label,
        kind=signal.kind,
        side=signal.side,
        placement=signal.placement,
        unit=signal.unit,
        sampling_rate=signal.sampling_rate / step,
        start=signal.start,
        values=np.array(samples[::step]),
    )
