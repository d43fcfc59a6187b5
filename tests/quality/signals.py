"""Clean recordings of a rest, an MVIC and a dynamic set, as the checks see them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from emgpipe.model import Acquisition
from emgpipe.quality import DEFAULT_CHECKS, ChannelView, look_at_channel
from emgpipe.simulate.emg import Spectrum, simulate_emg

RATES = (1000.0, 1500.0, 2000.0, 2148.148)
STEP = 10e-3 / 2**16
"""Volts: a converter of 16 bits over 10 mV."""


def clean(role: str, seed: int, rate: float = 2000.0, seconds: float = 12.0) -> NDArray[np.float64]:
    """EMG in V of a role, with noise of 1 to 8 uV and a spectrum of its own, in steps of `STEP`."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate)) / rate
    spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
    if role == "rest":
        activation = np.zeros(times.size)
    elif role == "mvic":
        activation = rng.uniform(100e-6, 1e-3) * np.clip(np.minimum(times - 0.5, seconds - 0.5 - times), 0, 1)
    else:
        activation = rng.uniform(50e-6, 600e-6) * np.clip(np.sin(2 * np.pi * times / rng.uniform(2, 5)), 0, None) ** 2
    noise = rng.uniform(1e-6, 8e-6) * rng.standard_normal(times.size)
    return steps(noise + simulate_emg(activation, rate, rng, spectrum))


def steps(samples: NDArray[np.float64], step: float = STEP) -> NDArray[np.float64]:
    """What a converter makes of a signal."""
    return np.round(samples / step) * step


def filtered(samples: NDArray[np.float64], rate: float) -> NDArray[np.float64] | None:
    """The band a study uses; None for signals with gaps."""
    if not np.isfinite(samples).all():
        return None
    return signal.sosfiltfilt(signal.butter(2, [20, 450], "band", fs=rate, output="sos"), samples)


def found(
    samples: NDArray[np.float64], role: str = "", rate: float = 2000.0, acquisition: Acquisition | None = None
) -> dict[str, str]:
    """Kinds and levels of what the default checks find."""
    view = ChannelView(
        "GMAX RT", samples, rate, role=role, filtered=filtered(samples, rate), acquisition=acquisition or Acquisition()
    )
    return {one.kind: one.level for one in look_at_channel(DEFAULT_CHECKS, view)}
