"""Small sessions with known truth: trials as checks see them, through the default chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.errors import SignalError
from emgpipe.model import Acquisition, Repetition, Trial, TrialFile
from emgpipe.quality import ChannelView, SessionView, TrialView
from emgpipe.simulate.emg import Spectrum, simulate_emg

RATE = 1000.0
MUSCLES = ("biceps_femoris", "vastus_lateralis")
SPECTRA = (Spectrum(58.0, 118.0), Spectrum(45.0, 95.0))
MAXIMA = (300e-6, 500e-6)
NOISE = 2e-6
Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Take:
    """One trial before the chain: samples of each muscle in V."""

    name: str
    role: str
    samples: Mapping[str, Samples]
    rate: float = RATE
    target: str = ""
    repetitions: tuple[Repetition, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)
    position: str = ""
    start_time: str = ""


def emg(index: int, course: Samples, rng: np.random.Generator, noise: float = NOISE) -> Samples:
    """EMG of a muscle by its place in MUSCLES; `course` in shares of its maximum."""
    return simulate_emg(MAXIMA[index] * course, RATE, rng, SPECTRA[index]) + noise * rng.standard_normal(course.size)


def rest(name: str, rng: np.random.Generator, seconds: float = 5.0) -> Take:
    """Noise only."""
    n = round(seconds * RATE)
    return Take(name, "rest", {muscle: emg(i, np.zeros(n), rng) for i, muscle in enumerate(MUSCLES)})


def mvic(name: str, target: str, rng: np.random.Generator, along: float = 0.3, seconds: float = 5.0) -> Take:
    """Ramp and hold of the target; the others work along."""
    times = np.arange(round(seconds * RATE)) / RATE
    hold = np.clip(np.minimum(times - 0.5, seconds - 0.5 - times) / 0.4, 0.0, 1.0)
    samples = {muscle: emg(i, hold * (1.0 if muscle == target else along), rng) for i, muscle in enumerate(MUSCLES)}
    return Take(name, "mvic", samples, target=target)


def task(
    name: str, rng: np.random.Generator, heights: Sequence[float] = (0.6,) * 5, length: float = 1.6, **factors: str
) -> Take:
    """A set of repetitions with half a second of quiet before and after."""
    times = np.arange(round((1.0 + length * len(heights)) * RATE)) / RATE
    spans = tuple(Repetition(0.5 + k * length, 0.5 + (k + 1) * length) for k in range(len(heights)))
    number = np.clip(((times - 0.5) / length).astype(int), 0, len(heights) - 1)
    inside = (times >= 0.5) & (times < spans[-1].stop)
    bump = (0.05 + 0.95 * np.sin(np.pi * ((times - 0.5) / length % 1.0)) ** 2) * inside
    course = bump * np.asarray(heights)[number]
    samples = {muscle: emg(i, course, rng) for i, muscle in enumerate(MUSCLES)}
    return Take(name, "task", samples, repetitions=spans, factors=factors)


def clean(seed: int = 1, along: float = 0.3) -> list[Take]:
    """Rest, one MVIC per muscle, three sets of one exercise, and rest and MVIC again."""
    rng = np.random.default_rng(seed)
    takes = [rest("rest.1", rng)]
    takes += [mvic(f"mvic.{muscle}.1", muscle, rng, along) for muscle in MUSCLES]
    takes += [task(f"task.{number}", rng, exercise="hip_thrust") for number in (1, 2, 3)]
    takes += [rest("rest.2", rng), *(mvic(f"mvic.{muscle}.2", muscle, rng, along) for muscle in MUSCLES)]
    return takes


def changed(takes: Sequence[Take], muscle: str, change: Callable[[Samples], Samples], *names: str) -> list[Take]:
    """Put one muscle's samples through a function, in the trials whose names begin with one of `names`; all by
    default.
    """
    return [
        replace(take, samples={**take.samples, muscle: change(take.samples[muscle])})
        if not names or take.name.startswith(names)
        else take
        for take in takes
    ]


def view(takes: Sequence[Take], sides: Mapping[str, str] | None = None) -> SessionView:
    """Return the session as the checks see it; without references."""
    return SessionView("P01", "1", tuple(_trial(take, sides or {}) for take in takes))


def _trial(take: Take, sides: Mapping[str, str]) -> TrialView:
    targets = (take.target,) if take.target else ()
    trial = Trial(
        take.name, "P01", "1", take.role, (TrialFile(Path(f"{take.name}.csv")),),  # type: ignore[arg-type]
        targets=targets, factors=take.factors, position=take.position,
    )  # fmt: skip
    channels = tuple(_channel(take, name, sides) for name in take.samples)
    return TrialView(channels, trial, take.repetitions, 0.0, channels[0].duration)


def _channel(take: Take, name: str, sides: Mapping[str, str]) -> ChannelView:
    """A channel named "muscle:left" stands for the muscle of a side."""
    muscle, _, side = name.partition(":")
    samples = take.samples[name]
    is_target = take.role != "mvic" or name == take.target
    result = None
    if is_target:
        with suppress(SignalError):  # nothing to filter: the run would leave the channel out
            result = run_chain(DEFAULT_CHAIN, samples, take.rate, muscle=muscle)
    return ChannelView(
        label=name.upper(), raw=samples, sampling_rate=take.rate, muscle=muscle, side=side or sides.get(name, "right"),  # type: ignore[arg-type]
        role=take.role, filtered=result.filtered if result else None, envelope=result.envelope if result else None,
        is_target=is_target, acquisition=Acquisition(start_time=take.start_time),
    )  # fmt: skip
