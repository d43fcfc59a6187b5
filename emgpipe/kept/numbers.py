"""The numbers of a trial before normalization, measured once for the same signals, stretches and metrics."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.kept.digests import bytes_of
from emgpipe.metrics import numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.kept.store import Kept
    from emgpipe.metrics import Metric, Stretch
    from emgpipe.model import Signal


def numbers_kept(
    kept: Kept, metrics: Sequence[Metric], signals: Sequence[Signal], stretches: Sequence[Stretch]
) -> NDArray[np.float64]:
    """Do what `emgpipe.metrics.numbers_of` does, or find what it did before."""
    if not stretches:
        return numbers_of(metrics, signals, stretches)
    key, found = "", None
    if kept.is_used("measured"):
        stated = [metric.model_dump(mode="json") for metric in metrics]
        seen = [_seen(kept, signal) for signal in signals]
        key = kept.key("measured", [stated, seen, [asdict(stretch) for stretch in stretches]])
        found = kept.find("measured", key)
    kept.count("measured", made=found is None)
    if found is not None:
        return np.frombuffer(found, "<f8")
    numbers = numbers_of(metrics, signals, stretches)
    kept.put("measured", key, bytes_of(numbers))
    return numbers


def _seen(kept: Kept, signal: Signal) -> list[Any]:
    """Return what metrics see of a signal; of EMG that is not the samples as they were read."""
    arrays = (signal.filtered, signal.envelope) if signal.kind == "emg" else (signal.raw,)
    names = [None if array is None else kept.arrays.of(array) for array in arrays]
    return [signal.kind == "emg", signal.sampling_rate, signal.start, signal.raw.size, *names]
