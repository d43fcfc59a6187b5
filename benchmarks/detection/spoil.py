"""Faults of trials and sessions: ``(person, takes, dose, rng)`` -> takes in which the first channel is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.detection import disturb
from benchmarks.detection.signals import recolored, scaled, two_sided
from emgpipe.model import Repetition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.detection.signals import Person, Take

    Samples: TypeAlias = NDArray[np.float64]
    Rng: TypeAlias = np.random.Generator
    Takes: TypeAlias = list[Take]


def first_channel(who: Person, takes: Takes, dose: float, rng: Rng, change: Callable[..., Samples]) -> Takes:  # noqa: ARG001
    """Change the first channel of every trial."""
    return [_first(take, change(take.samples[0], take.rate, rng, dose)) for take in takes]


def mislabelled(who: Person, takes: Takes, microvolts: float, rng: Rng) -> Takes:
    """State half the rate, or another common one where that is too low for EMG; the mains tells it."""
    wrong = {1000.0: 2000.0, 4000.0: 2000.0}.get(who.rate, 1000.0)
    hum = (disturb.mains(take.samples[0], take.rate, rng, microvolts) for take in takes)
    return [replace(_first(take, samples), rate=wrong) for take, samples in zip(takes, hum, strict=True)]


def mixed(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Let the first channel see the second, which is as loud or louder, by this share of its own RMS."""
    return [_first(take, take.samples[0] + percent / 100 * _like(take, 1, 0)) for take in _alike(takes)]


def mixed_both(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Let the first two channels see each other, by this share of their own RMS."""
    spoiled = []
    for take in _alike(takes):
        one, other = (take.samples[own] + percent / 100 * _like(take, 1 - own, own) for own in (0, 1))
        spoiled.append(replace(take, samples=(one, other, *take.samples[2:])))
    return spoiled


def common(who: Person, takes: Takes, times: float, rng: Rng) -> Takes:
    """Put one noise into all channels, so many times as strong as the RMS of each."""
    spoiled = []
    for take in takes:
        noise = recolored(np.ones(take.samples[0].size), take.rate, who.spectra[0], rng)
        samples = tuple(one + times * float(np.std(one)) * noise for one in take.samples)
        spoiled.append(replace(take, samples=samples))
    return spoiled


def copied(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Give the first channel the samples of the second, with noise of this share of their RMS."""
    spoiled = []
    for take in takes:
        other = take.samples[1]
        noise = percent / 100 * float(np.std(other)) * rng.standard_normal(other.size)
        spoiled.append(_first(take, other + noise))
    return spoiled


def spiked_mvic(who: Person, takes: Takes, times: float, rng: Rng) -> Takes:
    """Put a spike of 2 ms into the hold of one MVIC, so many times as high as its RMS."""

    def change(take: Take) -> Take:
        samples = take.samples[0].copy()
        at = round(rng.uniform(1.5, 3.5) * who.rate)
        samples[at : at + max(round(0.002 * who.rate), 1)] += times * disturb.loudest(samples, who.rate)
        return _first(take, samples)

    return _only(takes, ("mvic.0.1",), change)


def clipped_mvic(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Put a rail into all MVIC trials of the muscle, beyond which this share of the samples of the hold lies."""
    own = [take for take in takes if take.target == 0]
    held = np.concatenate([take.samples[0][round(1.0 * who.rate) : round(4.0 * who.rate)] for take in own])
    rail = float(np.quantile(np.abs(held), 1 - percent / 100))
    return _only(takes, [take.name for take in own], lambda take: _first(take, np.clip(take.samples[0], -rail, rail)))


def lost_mvic(who: Person, takes: Takes, count: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Lose so many of the three MVIC trials of the muscle."""
    names = [take.name for take in takes if take.target == 0][: round(count)]
    return _only(takes, names, lambda take: _first(take, np.full(take.samples[0].size, np.nan)))


def exceeded(who: Person, takes: Takes, times: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Make the MVIC so weak that a task reaches so many times its loudest half second."""
    most = {
        role: max(disturb.loudest(take.samples[0], who.rate) for take in takes if _is(take, role))
        for role in ("mvic", "task")
    }
    gain = most["task"] / most["mvic"] / times
    own = [take.name for take in takes if _is(take, "mvic")]
    return _only(takes, own, lambda take: _first(take, gain * take.samples[0]))


def noisy(who: Person, takes: Takes, db: float, rng: Rng) -> Takes:
    """Add noise to the first channel of all trials, so that its maximum lies this far above it."""
    rms = who.maxima[0] / 10 ** (db / 20)
    return [_first(take, take.samples[0] + rms * rng.standard_normal(take.samples[0].size)) for take in takes]


def noisier_later(who: Person, takes: Takes, microvolts: float, rng: Rng) -> Takes:
    """Add noise to the last rest trial."""
    return _only(
        takes, ("rest.2",), lambda take: _first(take, disturb.noise(take.samples[0], who.rate, rng, microvolts))
    )


def moved_later(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:
    """Lower the median frequency of the first channel by this much after the first set."""
    low = scaled(who.spectra[0], 1 - percent / 100)

    def change(take: Take) -> Take:
        noise = who.noise[0] * rng.standard_normal(take.samples[0].size)
        return _first(take, recolored(take.samples[0], who.rate, low, rng) + noise)

    return _only(takes, [name for name in _after_first_set(takes) if not name.startswith("rest")], change)


def weaker_later(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Let the electrode lose this share of the signal after the first set."""
    gain = 1 - percent / 100
    return _only(takes, _after_first_set(takes), lambda take: _first(take, gain * take.samples[0]))


def smoothed(who: Person, takes: Takes, edge: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Low-pass one set before it reaches emgpipe."""
    from scipy.signal import butter, sosfiltfilt

    sos = butter(4, edge, fs=who.rate, output="sos")
    return _only(takes, ("task.2",), lambda take: _first(take, sosfiltfilt(sos, take.samples[0])))


def rescaled(who: Person, takes: Takes, factor: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Multiply one set."""
    return _only(takes, ("task.2",), lambda take: _first(take, factor * take.samples[0]))


def relabelled(who: Person, takes: Takes, factor: float, rng: Rng) -> Takes:  # noqa: ARG001
    """State a rate for one set that is so many times the true one."""

    def change(take: Take) -> Take:
        spans = tuple(Repetition(one.start / factor, one.stop / factor) for one in take.repetitions)
        return replace(take, rate=take.rate * factor, repetitions=spans)

    return _only(takes, ("task.2",), change)


def swapped(who: Person, takes: Takes, dose: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Swap the first two electrodes for the whole session."""
    return [replace(take, samples=(take.samples[1], take.samples[0], *take.samples[2:])) for take in takes]


def on_neighbor(who: Person, takes: Takes, dose: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Put the first electrode on the muscle of the second for the whole session."""
    return [_first(take, recolored(take.samples[1], who.rate, who.spectra[0], rng)) for take in takes]


def sides_swapped(who: Person, takes: Takes, ratio: float, rng: Rng) -> Takes:
    """Swap left and right where the working side works so many times as much."""
    return swapped(who, two_sided(takes, who.maxima, ratio), 1, rng)


def one_louder(who: Person, takes: Takes, factor: float, rng: Rng) -> Takes:
    """Make one repetition of the second set louder."""

    def change(take: Take) -> Take:
        span = take.repetitions[int(rng.integers(len(take.repetitions)))]
        samples = take.samples[0].copy()
        samples[round(span.start * who.rate) : round(span.stop * who.rate)] *= factor
        return _first(take, samples)

    return _only(takes, ("task.2",), change)


def one_longer(who: Person, takes: Takes, factor: float, rng: Rng) -> Takes:  # noqa: ARG001
    """State one repetition of the second set too long, and the others, which it moves, as they are."""

    def change(take: Take) -> Take:
        odd = int(rng.integers(len(take.repetitions)))
        spans = [
            Repetition(one.start, one.start + factor * one.duration) if index == odd else one
            for index, one in enumerate(take.repetitions)
        ]
        return replace(take, repetitions=tuple(spans))

    return _only(takes, ("task.2",), change)


def tired(who: Person, takes: Takes, percent: float, rng: Rng) -> Takes:
    """Let the median frequency fall evenly, by this much from the first repetition of the second set to the last."""

    def change(take: Take) -> Take:
        samples, last = take.samples[0].copy(), len(take.repetitions) - 1
        for number, one in enumerate(take.repetitions):
            span = slice(round(one.start * who.rate), round(one.stop * who.rate))
            slower = scaled(who.spectra[0], 1 - percent / 100 * number / last)
            samples[span] = recolored(samples[span], who.rate, slower, rng)
        return _first(take, samples)

    return _only(takes, ("task.2",), change)


def same_file(who: Person, takes: Takes, dose: float, rng: Rng) -> Takes:  # noqa: ARG001
    """Give the third set the file of the second."""
    second = next(take for take in takes if take.name == "task.2")
    return _only(takes, ("task.3",), lambda take: replace(second, name=take.name))


def _first(take: Take, samples: Samples) -> Take:
    return replace(take, samples=(samples, *take.samples[1:]))


def _like(take: Take, source: int, own: int) -> Samples:
    """Return the samples of one channel with the RMS of another."""
    one = take.samples[source]
    return one * float(np.std(take.samples[own]) / np.std(one))


def _alike(takes: Takes) -> Takes:
    """Make the second channel as loud as the first where it is quieter: only a louder neighbor is seen much."""
    return [
        replace(take, samples=(take.samples[0], _like(take, 1, 0), *take.samples[2:]))
        if np.std(take.samples[1]) < np.std(take.samples[0])
        else take
        for take in takes
    ]


def _only(takes: Takes, names: object, change: Callable[[Take], Take]) -> Takes:
    return [change(take) if take.name in names else take for take in takes]  # type: ignore[operator]


def _is(take: Take, role: str) -> bool:
    return take.role == role and take.target in (-1, 0)


def _after_first_set(takes: Takes) -> list[str]:
    names = [take.name for take in takes]
    return names[names.index("task.1") + 1 :]
