"""How long the window is that an envelope averages over, whatever step made it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.linear_envelope import LinearEnvelope
from emgpipe.chain.order import steps_for
from emgpipe.chain.rms import Rms
from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.chain.base import Step


def smoothing_window(chain: Sequence[Step], muscle: str, sampling_rate: float) -> float:
    """Return the window in s of the moving average that fluctuates as much as the envelope this chain makes.

    Of a moving RMS it is the RMS window. A low-pass with the impulse response h averages as much as a window of
    1 / (integral of h^2); 6 Hz with two passes of second order are 0.08 s.

    Returns
    -------
    float
        NaN where the chain does not end with such a step, or the step does not fit the sampling rate.
    """
    step = next((one for one in reversed(steps_for(chain, muscle)) if one.gives == "envelope"), None)
    if isinstance(step, Rms):
        return step.window
    if not isinstance(step, LinearEnvelope):
        return math.nan
    impulse = np.zeros(2 * math.ceil(4.0 * sampling_rate / step.high) + 1)
    impulse[impulse.size // 2] = 1.0
    try:
        response = step.apply(impulse, sampling_rate)
    except SignalError:
        return math.nan
    return float(np.sum(response) ** 2 / np.sum(response**2) / sampling_rate)
