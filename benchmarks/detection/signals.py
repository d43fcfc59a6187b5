"""Clean recordings as devices give them: EMG of known amplitude, noise, hardware band, steps of the converter."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.model import LeftOut, Repetition, Signal, Trial, TrialFile
from emgpipe.normalization import Beside, Candidate, Mvic, find_references
from emgpipe.quality import ChannelView, SessionView, TrialView
from emgpipe.simulate.emg import Spectrum, simulate_emg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from emgpipe.model import ReferenceKey

    Samples: TypeAlias = NDArray[np.float64]

Channel = tuple[str, str]
"""Muscle and side."""
MUSCLES: Final[tuple[Channel, ...]] = (
    ("gluteus_maximus_upper", "right"),
    ("biceps_femoris", "right"),
    ("erector_spinae", "right"),
    ("vastus_lateralis", "right"),
)
SIDES: Final[tuple[Channel, ...]] = (("gluteus_maximus_upper", "right"), ("gluteus_maximus_upper", "left"))
RATES: Final = (1000.0, 1500.0, 2000.0, 2148.148, 4000.0)
BANDS: Final = (None, (10.0, 500.0), (20.0, 450.0))
STEPS: Final = (0.0, 10e-3 / 2**12, 10e-3 / 2**16, 10e-3 / 2**24)
"""V: none, and 12, 16 and 24 bits over 10 mV."""
MVIC_SECONDS, HOLD_SECONDS = 5.0, 30.0
REST_SECONDS: Final = (5.0, 10.0, 20.0, 60.0)
REPETITIONS: Final = (4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same in a session: the device, and per channel spectrum, maximum, noise and hum (V RMS)."""

    channels: tuple[Channel, ...]
    rate: float
    band: tuple[float, float] | None
    step: float
    spectra: tuple[Spectrum, ...]
    maxima: tuple[float, ...]
    noise: tuple[float, ...]
    hum: float


@dataclass(frozen=True, slots=True)
class Take:
    """One trial before any check: samples of each channel in V, and what was done.

    `samples` are one array per channel; `target` is the channel of an MVIC, -1 elsewhere.
    """

    name: str
    role: str
    channels: tuple[Channel, ...]
    samples: tuple[Samples, ...]
    rate: float
    target: int = -1
    repetitions: tuple[Repetition, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)

    @property
    def duration(self) -> float:
        """In s."""
        return self.samples[0].size / self.rate


Known: TypeAlias = dict[tuple[str, int], tuple[Signal, ChannelView]]
"""What was made of the channel of a take, to be used again where neither samples nor rate changed."""


def person(rng: np.random.Generator, channels: tuple[Channel, ...] = MUSCLES, weakest: float = 100e-6) -> Person:
    """Draw a participant with a device."""
    n = len(channels)
    return Person(
        channels,
        rate=float(rng.choice(RATES, p=(0.225, 0.225, 0.225, 0.225, 0.1))),
        band=BANDS[int(rng.integers(len(BANDS)))],
        step=float(rng.choice(STEPS)),
        spectra=tuple(Spectrum(float(rng.uniform(30, 80)), float(rng.uniform(80, 200))) for _ in range(n)),
        maxima=tuple(float(np.exp(rng.uniform(np.log(weakest), np.log(1e-3)))) for _ in range(n)),
        noise=tuple(float(rng.uniform(1e-6, 4e-6)) for _ in range(n)),
        hum=float(rng.choice([0.0, rng.uniform(0.0, 1e-6)])),
    )


def rest(who: Person, rng: np.random.Generator, name: str = "rest.1", seconds: float = 10.0) -> Take:
    """Noise, with up to half a percent of the maximum in it."""
    n = round(seconds * who.rate)
    courses = [np.full(n, share) for share in rng.uniform(0.0, 0.005, len(who.channels))]
    return Take(name, "rest", who.channels, _recorded(who, courses, rng), who.rate)


def mvic(who: Person, target: int, rng: np.random.Generator, name: str = "mvic.1", along: float = 0.4) -> Take:
    """Ramp, hold with a slow waver, and release; the other muscles help with up to the share `along`."""
    times = np.arange(round(MVIC_SECONDS * who.rate)) / who.rate
    hold = np.clip(np.minimum(times - 0.4, MVIC_SECONDS - 0.4 - times) / 0.5, 0.0, 1.0)
    waver = 1.0 + 0.05 * np.sin(2 * np.pi * rng.uniform(0.2, 0.6) * times + rng.uniform(0, 6))
    effort = rng.uniform(0.9, 1.0)
    heights = [effort if one == target else effort * rng.uniform(0.02, along) for one in range(len(who.channels))]
    samples = _recorded(who, [height * hold * waver for height in heights], rng)
    return Take(name, "mvic", who.channels, samples, who.rate, target)


def dynamic(
    who: Person, rng: np.random.Generator, name: str = "task.1", repetitions: int = 5, fatigue: float = 0.0
) -> Take:
    """A set of repetitions with rest before and after; each muscle reaches 10 to 120 % of its maximum.

    Repetitions vary by 8 % in height and by 5 % in length; the median frequency falls by the share `fatigue`.
    """
    lead = 1.5
    lengths = rng.uniform(2.0, 4.0) * np.exp(0.05 * rng.standard_normal(repetitions))
    edges = lead + np.concatenate(([0.0], np.cumsum(lengths)))
    spans = tuple(Repetition(float(start), float(stop)) for start, stop in pairwise(edges))
    times = np.arange(round((edges[-1] + lead) * who.rate)) / who.rate
    inside = (times >= lead) & (times < edges[-1])
    index = np.clip(np.searchsorted(edges, times, side="right") - 1, 0, repetitions - 1)
    phase = (times - edges[index]) / lengths[index]
    bump = np.where(inside, np.sin(np.pi * phase) ** 2, 0.0)
    courses = []
    for _ in who.channels:
        heights = rng.uniform(0.1, 1.2) * np.exp(0.08 * rng.standard_normal(repetitions))
        courses.append(0.01 + (0.05 + 0.95 * bump) * heights[index] * inside)
    tired = np.clip((times - lead) / (edges[-1] - lead), 0.0, 1.0) if fatigue else None
    samples = _recorded(who, courses, rng, tired, fatigue)
    return Take(name, "task", who.channels, samples, who.rate, repetitions=spans)


def hold(who: Person, rng: np.random.Generator, name: str = "task.hold") -> Take:
    """An isometric hold of half a minute at 10 to 60 % of the maximum, with a slow waver, without repetitions."""
    times = np.arange(round(HOLD_SECONDS * who.rate)) / who.rate
    ramp = np.clip(np.minimum(times - 1.0, HOLD_SECONDS - 1.0 - times) / 0.5, 0.01, 1.0)
    waver = 1.0 + 0.1 * np.sin(2 * np.pi * rng.uniform(0.1, 0.4) * times + rng.uniform(0, 6))
    courses = [rng.uniform(0.1, 0.6) * ramp * waver for _ in who.channels]
    return Take(name, "task", who.channels, _recorded(who, courses, rng), who.rate)


def session(who: Person, rng: np.random.Generator) -> list[Take]:
    """Return rest, two MVIC per muscle, three sets, and rest and one MVIC per muscle at the end."""
    muscles = range(len(who.channels))
    takes = [rest(who, rng, "rest.1")]
    takes += [mvic(who, muscle, rng, f"mvic.{muscle}.{trial}") for muscle in muscles for trial in (1, 2)]
    takes += [dynamic(who, rng, f"task.{number}") for number in (1, 2, 3)]
    takes += [rest(who, rng, "rest.2"), *(mvic(who, muscle, rng, f"mvic.{muscle}.3") for muscle in muscles)]
    return takes


def varied_session(who: Person, rng: np.random.Generator) -> list[Take]:
    """Return the same with rests of 5 to 60 s, muscles that help more, sets that tire a little, and a long hold."""
    muscles = range(len(who.channels))
    rests = [
        rest(who, rng, name, float(rng.choice(REST_SECONDS, p=(0.3, 0.4, 0.2, 0.1)))) for name in ("rest.1", "rest.2")
    ]
    takes = [rests[0]]
    takes += [mvic(who, muscle, rng, f"mvic.{muscle}.{trial}", 0.6) for muscle in muscles for trial in (1, 2)]
    takes += [
        dynamic(who, rng, f"task.{number}", int(rng.choice(REPETITIONS)), float(rng.uniform(0.0, 0.1)))
        for number in (1, 2, 3)
    ]
    takes += [hold(who, rng), rests[1], *(mvic(who, muscle, rng, f"mvic.{muscle}.3", 0.6) for muscle in muscles)]
    return takes


def two_sided_session(who: Person, rng: np.random.Generator) -> list[Take]:
    """Return rest, two MVIC of each side of one muscle, and four sets in which that at work does twice as much."""
    takes = [rest(who, rng, "rest.1")]
    takes += [mvic(who, side, rng, f"mvic.{side}.{trial}") for side in (0, 1) for trial in (1, 2)]
    for number in range(4):
        factors = {"working_side": who.channels[number % 2][1]}
        takes.append(replace(dynamic(who, rng, f"task.{number + 1}"), factors=factors))
    return two_sided(takes, who.maxima, 2.0)


def two_sided(takes: list[Take], maxima: Sequence[float], ratio: float) -> list[Take]:
    """Return the sets with the other side at the working side's share of its maximum divided by a ratio."""
    made = []
    for take in takes:
        working = next(
            (index for index, (_, side) in enumerate(take.channels) if side == take.factors.get("working_side")), None
        )
        if working is not None:
            loud = [float(np.std(one)) / maximum for one, maximum in zip(take.samples, maxima, strict=True)]
            gain = loud[working] / loud[1 - working] / ratio
            samples = tuple(one if index == working else gain * one for index, one in enumerate(take.samples))
            made.append(replace(take, samples=samples))
        else:
            made.append(take)
    return made


def recolored(samples: Samples, rate: float, spectrum: Spectrum, rng: np.random.Generator) -> Samples:
    """Return EMG of another spectrum with the course of the amplitude of this one."""
    width = max(round(0.25 * rate), 1)
    course = np.sqrt(np.convolve(samples**2, np.ones(width) / width, mode="same"))
    return simulate_emg(course, rate, rng, spectrum)


def scaled(spectrum: Spectrum, factor: float) -> Spectrum:
    """Return a spectrum whose median frequency is so many times as high."""
    return Spectrum(spectrum.low * factor, spectrum.high * factor)


def _recorded(
    who: Person,
    courses: Sequence[Samples],
    rng: np.random.Generator,
    tired: Samples | None = None,
    fatigue: float = 0.0,
) -> tuple[Samples, ...]:
    """Turn activation (shares of the maximum) into samples as the device gives them."""
    times = np.arange(courses[0].size) / who.rate
    made = []
    for course, maximum, noise, spectrum in zip(courses, who.maxima, who.noise, who.spectra, strict=True):
        emg = simulate_emg(course * maximum, who.rate, rng, spectrum)
        if tired is not None:
            slow = simulate_emg(course * maximum, who.rate, rng, scaled(spectrum, 1.0 - fatigue))
            emg = np.sqrt(1.0 - tired) * emg + np.sqrt(tired) * slow
        hum = 2**0.5 * who.hum * np.sin(2 * np.pi * 50.0 * times + rng.uniform(0, 6))
        made.append(converted(who, banded(who, emg + hum + noise * rng.standard_normal(course.size))))
    return tuple(made)


def banded(who: Person, samples: Samples) -> Samples:
    """Apply the filter of the device's hardware."""
    from scipy.signal import butter, sosfilt

    if who.band is None:
        return samples
    high = min(who.band[1], 0.45 * who.rate)
    sos = butter(2, (who.band[0], high), "bandpass", fs=who.rate, output="sos")
    filtered: Samples = sosfilt(sos, samples)
    return filtered


def converted(who: Person, samples: Samples) -> Samples:
    """Round to the steps of the converter."""
    return np.round(samples / who.step) * who.step if who.step else samples


def views(takes: Sequence[Take], known: Known | None = None) -> SessionView:
    """Put every used channel through the default chain and find the references, as a run does."""
    known = {} if known is None else known
    made = {take.name: [_channel(take, index, known) for index in range(len(take.channels))] for take in takes}
    trials = {take.name: _trial(take) for take in takes}
    by_role = {role: tuple(_candidates(takes, role, trials, made)) for role in ("rest", "mvic", "task")}
    beside = Beside(by_role["task"], by_role["rest"], _lost(takes, trials))
    references, _ = find_references(Mvic(), by_role["mvic"], by_role["task"], beside=beside)
    shown = tuple(
        TrialView(tuple(view for _, view in made[take.name]), trials[take.name], take.repetitions, 0.0, take.duration)
        for take in takes
    )
    return SessionView("P01", "1", shown, references)


def _channel(take: Take, index: int, known: Known) -> tuple[Signal, ChannelView]:
    before = known.get((take.name, index))
    if before and before[0].raw is take.samples[index] and before[0].sampling_rate == take.rate:
        return before
    signal = _signal(take, index)
    made = (signal, _view(take, signal))
    if before is None:
        known[take.name, index] = made
    return made


def _candidates(
    takes: Sequence[Take], role: str, trials: Mapping[str, Trial], made: Mapping[str, list[tuple[Signal, ChannelView]]]
) -> list[Candidate]:
    """Return the signals that went through the chain, as the normalization takes them."""
    return [
        Candidate(trials[take.name], signal, 0.0, signal.stop, take.repetitions)
        for take in takes
        if take.role == role
        for signal, _ in made[take.name]
        if signal.envelope is not None
    ]


def _lost(takes: Sequence[Take], trials: Mapping[str, Trial]) -> dict[ReferenceKey, tuple[LeftOut, ...]]:
    """Return the MVIC trials without any sample of the muscle they are meant for."""
    lost: dict[ReferenceKey, tuple[LeftOut, ...]] = {}
    for take in takes:
        if take.target >= 0 and not np.isfinite(take.samples[take.target]).any():
            key: ReferenceKey = (*take.channels[take.target], "")  # type: ignore[assignment]
            lost[key] = (*lost.get(key, ()), LeftOut(trials[take.name].id, "", "all samples are missing"))
    return lost


def _trial(take: Take) -> Trial:
    targets = (take.channels[take.target][0],) if take.target >= 0 else ()
    files = (TrialFile(Path(f"{take.name}.csv")),)
    role, name = take.role, f"P01/1/{take.name}"
    return Trial(name, "P01", "1", role, files, targets=targets, factors=take.factors)  # type: ignore[arg-type]


def _signal(take: Take, index: int) -> Signal:
    (muscle, side), samples = take.channels[index], take.samples[index]
    bare = Signal(f"{muscle} {side}", f"EMG{index + 1}", "emg", "V", take.rate, 0.0, samples, muscle=muscle, side=side)  # type: ignore[arg-type]
    if (take.role == "mvic" and index != take.target) or not np.isfinite(samples).any():
        return bare
    result = run_chain(DEFAULT_CHAIN, samples, take.rate, muscle=muscle)
    return replace(bare, filtered=result.filtered, envelope=result.envelope, chain_hash=result.hash)


def _view(take: Take, one: Signal) -> ChannelView:
    return ChannelView(
        label=one.label, raw=one.raw, sampling_rate=one.sampling_rate, muscle=one.muscle, side=one.side,
        role=take.role, filtered=one.filtered, envelope=one.envelope, is_target=one.envelope is not None,
    )  # fmt: skip
