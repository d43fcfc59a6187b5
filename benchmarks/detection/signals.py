"""Clean recordings as devices give them: EMG of known amplitude, noise, hardware band, steps of the converter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.model import Repetition, Signal, Trial, TrialFile
from emgpipe.normalization import Beside, Candidate, Mvic, find_references
from emgpipe.quality import ChannelView, SessionView, TrialView
from emgpipe.simulate.emg import Spectrum, simulate_emg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MUSCLES: Final = ("gluteus_maximus_upper", "biceps_femoris", "erector_spinae", "vastus_lateralis")
RATES: Final = (1000.0, 1500.0, 2000.0, 2148.148)
BANDS: Final = (None, (10.0, 500.0), (20.0, 450.0))
STEPS: Final = (0.0, 10e-3 / 2**12, 10e-3 / 2**16, 10e-3 / 2**24)
"""V: none, and 12, 16 and 24 bits over 10 mV."""
REST_SECONDS, MVIC_SECONDS = 10.0, 5.0


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same in a session: the device, and per muscle spectrum, maximum and noise (V RMS)."""

    rate: float
    band: tuple[float, float] | None
    step: float
    spectra: tuple[Spectrum, ...]
    maxima: tuple[float, ...]
    noise: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Take:
    """One trial before any check: samples of each muscle in V, and what was done.

    `samples` has shape (n_muscles, n_samples); `target` is the muscle of an MVIC, -1 elsewhere.
    """

    name: str
    role: str
    samples: NDArray[np.float64]
    rate: float
    target: int = -1
    repetitions: tuple[Repetition, ...] = ()


def person(rng: np.random.Generator) -> Person:
    """Draw a participant with a device."""
    n = len(MUSCLES)
    return Person(
        rate=float(rng.choice(RATES)),
        band=BANDS[int(rng.integers(len(BANDS)))],
        step=float(rng.choice(STEPS)),
        spectra=tuple(Spectrum(float(rng.uniform(30, 80)), float(rng.uniform(80, 200))) for _ in range(n)),
        maxima=tuple(float(np.exp(rng.uniform(np.log(100e-6), np.log(1e-3)))) for _ in range(n)),
        noise=tuple(float(rng.uniform(1e-6, 4e-6)) for _ in range(n)),
    )


def rest(who: Person, rng: np.random.Generator, name: str = "rest.1") -> Take:
    """Ten seconds of noise, with up to half a percent of the maximum in it."""
    n = round(REST_SECONDS * who.rate)
    share = rng.uniform(0.0, 0.005, len(MUSCLES))
    return Take(name, "rest", _recorded(who, [np.full(n, one) for one in share], rng), who.rate)


def mvic(who: Person, target: int, rng: np.random.Generator, name: str = "mvic.1") -> Take:
    """Ramp, hold with a slow waver, and release; the other muscles help with up to 40 %."""
    times = np.arange(round(MVIC_SECONDS * who.rate)) / who.rate
    hold = np.clip(np.minimum(times - 0.4, MVIC_SECONDS - 0.4 - times) / 0.5, 0.0, 1.0)
    waver = 1.0 + 0.05 * np.sin(2 * np.pi * rng.uniform(0.2, 0.6) * times + rng.uniform(0, 6))
    effort = rng.uniform(0.9, 1.0)
    heights = [effort if muscle == target else effort * rng.uniform(0.02, 0.4) for muscle in range(len(MUSCLES))]
    return Take(name, "mvic", _recorded(who, [height * hold * waver for height in heights], rng), who.rate, target)


def dynamic(who: Person, rng: np.random.Generator, name: str = "task.1", repetitions: int = 5) -> Take:
    """A set of repetitions with rest before and after; each muscle reaches 10 to 120 % of its maximum."""
    length, lead = float(rng.uniform(2.0, 4.0)), 1.5
    spans = tuple(Repetition(lead + k * length, lead + (k + 1) * length) for k in range(repetitions))
    times = np.arange(round((2 * lead + repetitions * length) * who.rate)) / who.rate
    inside = (times >= lead) & (times < spans[-1].stop)
    bump = np.where(inside, np.sin(np.pi * ((times - lead) / length % 1.0)) ** 2, 0.0)
    index = np.clip(((times - lead) / length).astype(int), 0, repetitions - 1)
    courses = []
    for _ in MUSCLES:
        heights = rng.uniform(0.1, 1.2) * np.exp(0.08 * rng.standard_normal(repetitions))
        courses.append(0.01 + (0.05 + 0.95 * bump) * heights[index] * inside)
    return Take(name, "task", _recorded(who, courses, rng), who.rate, repetitions=spans)


def session(who: Person, rng: np.random.Generator) -> list[Take]:
    """Return rest, two MVIC per muscle, three sets, and rest and one MVIC per muscle at the end."""
    takes = [rest(who, rng, "rest.1")]
    takes += [mvic(who, muscle, rng, f"mvic.{muscle}.{trial}") for muscle in range(len(MUSCLES)) for trial in (1, 2)]
    takes += [dynamic(who, rng, f"task.{number}") for number in (1, 2, 3)]
    takes += [rest(who, rng, "rest.2"), *(mvic(who, muscle, rng, f"mvic.{muscle}.3") for muscle in range(len(MUSCLES)))]
    return takes


def _recorded(who: Person, courses: Sequence[NDArray[np.float64]], rng: np.random.Generator) -> NDArray[np.float64]:
    """Turn activation (shares of the maximum) into samples as the device gives them."""
    made = [
        simulate_emg(course * maximum, who.rate, rng, spectrum) + noise * rng.standard_normal(course.size)
        for course, maximum, noise, spectrum in zip(courses, who.maxima, who.noise, who.spectra, strict=True)
    ]
    return converted(who, banded(who, np.array(made)))


def banded(who: Person, samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply the filter of the device's hardware."""
    from scipy.signal import butter, sosfilt

    if who.band is None:
        return samples
    high = min(who.band[1], 0.45 * who.rate)
    sos = butter(2, (who.band[0], high), "bandpass", fs=who.rate, output="sos")
    filtered: NDArray[np.float64] = sosfilt(sos, samples)
    return filtered


def converted(who: Person, samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to the steps of the converter."""
    return np.round(samples / who.step) * who.step if who.step else samples


def views(takes: Sequence[Take], who: str = "P01") -> SessionView:
    """Put every used channel through the default chain and find the references, as a run does."""
    signals = {take.name: _signals(take) for take in takes}
    trials = {take.name: _trial(take, who) for take in takes}
    by_role = {role: _candidates(takes, role, trials, signals) for role in ("rest", "mvic", "task")}
    tasks, rests = tuple(by_role["task"]), tuple(by_role["rest"])
    references, _ = find_references(Mvic(), by_role["mvic"], tasks, beside=Beside(tasks, rests))
    made = tuple(_view(take, trials[take.name], signals[take.name]) for take in takes)
    return SessionView(who, "1", made, references)


def _candidates(
    takes: Sequence[Take], role: str, trials: dict[str, Trial], signals: dict[str, list[Signal]]
) -> list[Candidate]:
    """Return the signals that went through the chain, as the normalization takes them."""
    return [
        Candidate(trials[take.name], signal, 0.0, signal.stop, take.repetitions)
        for take in takes
        if take.role == role
        for signal in signals[take.name]
        if signal.envelope is not None
    ]


def _trial(take: Take, who: str) -> Trial:
    targets = (MUSCLES[take.target],) if take.target >= 0 else ()
    files = (TrialFile(Path(f"{take.name}.csv")),)
    return Trial(f"{who}/1/{take.name}", who, "1", take.role, files, targets=targets)  # type: ignore[arg-type]


def _signals(take: Take) -> list[Signal]:
    return [_signal(take, index) for index in range(len(MUSCLES))]


def _signal(take: Take, index: int) -> Signal:
    muscle, samples = MUSCLES[index], take.samples[index]
    bare = Signal(muscle, f"EMG{index + 1}", "emg", "V", take.rate, 0.0, samples, muscle=muscle, side="right")
    if (take.role == "mvic" and index != take.target) or not np.isfinite(samples).any():
        return bare
    result = run_chain(DEFAULT_CHAIN, samples, take.rate, muscle=muscle)
    return replace(bare, filtered=result.filtered, envelope=result.envelope, chain_hash=result.hash)


def _view(take: Take, trial: Trial, signals: Sequence[Signal]) -> TrialView:
    channels = tuple(
        ChannelView(
            label=one.label, raw=one.raw, sampling_rate=one.sampling_rate, muscle=one.muscle, side=one.side,
            role=take.role, filtered=one.filtered, envelope=one.envelope, is_target=one.envelope is not None,
        )
        for one in signals
    )  # fmt: skip
    return TrialView(channels, trial, take.repetitions, 0.0, take.samples.shape[1] / take.rate)
