"""Clean EMG as laboratories record it, for the tests of checks: rest, a maximal contraction, a set of repetitions."""

from __future__ import annotations

import numpy as np

from emgpipe.quality.views import ChannelView, TrialView
from emgpipe.simulate.emg import Spectrum, simulate_emg

RATES = (1000.0, 1500.0, 2000.0, 2148.148)


def activation(kind: str, n_samples: int, rate: float, rng: np.random.Generator) -> np.ndarray:
    times = np.arange(n_samples) / rate
    if kind == "rest":
        return np.zeros(n_samples)
    if kind == "mvic":
        rise = np.clip((times - 0.5) / 0.5, 0, 1) * np.clip((times[-1] - 0.4 - times) / 0.4, 0, 1)
        return rng.uniform(1e-4, 1e-3) * np.sin(np.pi / 2 * rise) ** 2
    period = rng.uniform(0.9, 1.3) if kind == "gait" else rng.uniform(2.0, 5.0)
    phase = (times + rng.uniform(0.0, period)) % period / period
    busy = rng.uniform(0.3, 0.8)
    burst = np.where(phase < busy, np.sin(np.pi * np.minimum(phase / busy, 1.0)).clip(0.0) ** rng.uniform(0.5, 3), 0.0)
    return rng.uniform(3e-5, 6e-4) * (rng.uniform(0.01, 0.1) + burst)


def clean(kind: str, rng: np.random.Generator, seconds: float | None = None) -> tuple[np.ndarray, float]:
    """Return samples in V and their rate, of random spectrum, amplitude, noise and steps of the converter."""
    rate = float(rng.choice(RATES))
    count = round((seconds or (6.0 if kind == "mvic" else 15.0)) * rate)
    spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
    samples = simulate_emg(activation(kind, count, rate, rng), rate, rng, spectrum)
    samples = samples + rng.uniform(1e-6, 8e-6) * rng.standard_normal(count)
    step = float(rng.choice([0.0, 1e-6, 1.5e-7]))
    return (np.round(samples / step) * step if step else samples), rate


def view(samples: np.ndarray, rate: float, role: str = "task", label: str = "ES RT", **more: object) -> ChannelView:
    return ChannelView(label, samples, rate, role=role, **more)  # type: ignore[arg-type]


def trial(signals: list[np.ndarray], rate: float, role: str = "task") -> TrialView:
    return TrialView(tuple(view(samples, rate, role, f"C{number}") for number, samples in enumerate(signals)))


def levels(findings: tuple) -> dict[str, str]:
    return {finding.kind: finding.level for finding in findings}
