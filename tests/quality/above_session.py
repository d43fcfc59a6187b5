"""Sessions of one muscle with known effort, for the tests about readings above 100 %MVIC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain import DEFAULT_CHAIN, run_chain, smoothing_window
from emgpipe.model import Repetition, Signal, Trial
from emgpipe.normalization import Candidate, Mvic
from emgpipe.quality import ChannelView, SessionView, TrialView, Windows
from emgpipe.simulate.emg import TYPICAL, simulate_emg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from emgpipe.chain import Step
    from emgpipe.model import Role
    from emgpipe.simulate.emg import Spectrum

    Change = Callable[[NDArray[np.float64]], NDArray[np.float64]]

RATE = 1000.0
MAXIMUM = 300e-6
KEY = ("gluteus_maximus", "", "")
REPETITION = 2.0
REST = 0.5


@dataclass(frozen=True)
class Set:
    """A set: effort (1: as in a maximal contraction) of its repetitions, and what is done to its samples."""

    exercise: str = "barbell_hip_thrust"
    effort: float = 1.0
    repetitions: int = 8
    is_steady: bool = True
    change: Change | None = None


@dataclass(frozen=True)
class Attempt:
    """An MVIC trial."""

    effort: float = 1.0
    duration: float = 4.0
    change: Change | None = None


def simulated_session(
    mvic: Sequence[Attempt],
    sets: Sequence[Set],
    *,
    seed: int = 0,
    spectrum: Spectrum = TYPICAL,
    chain: Sequence[Step] = DEFAULT_CHAIN,
    rate: float = RATE,
) -> SessionView:
    """Return a session of one muscle as checks look at it."""
    rng = np.random.default_rng(seed)
    views, candidates = [], []
    for number, attempt in enumerate(mvic, start=1):
        count = round(attempt.duration * rate)
        samples = simulate_emg(np.full(count, attempt.effort * MAXIMUM), rate, rng, spectrum)
        trial = _trial(f"P01/1/mvic/{number}", "mvic", {})
        view, signal = _processed(trial, _changed(samples, attempt.change), chain, rate)
        views.append(view)
        candidates.append(Candidate(trial, signal, 0.0, attempt.duration))
    reference, _ = Mvic().reference(candidates)
    assert reference is not None
    for number, one in enumerate(sets, start=1):
        activation, repetitions = _activation(one, rate)
        samples = simulate_emg(activation * MAXIMUM, rate, rng, spectrum)
        trial = _trial(f"P01/1/task/{number}", "task", {"exercise": one.exercise})
        view, _ = _processed(trial, _changed(samples, one.change), chain, rate)
        views.append(replace(view, repetitions=repetitions))
    windows = Windows({KEY[0]: smoothing_window(chain, KEY[0], rate)}, 0.5)
    return SessionView("P01", "1", tuple(views), {KEY: reference}, windows)


def _activation(one: Set, rate: float) -> tuple[NDArray[np.float64], tuple[Repetition, ...]]:
    """Rest between the repetitions; a repetition is steady, or one smooth bump of half its length."""
    length, rest = round(REPETITION * rate), round(REST * rate)
    times = np.arange(length) / length
    shape = np.ones(length) if one.is_steady else 0.2 + 0.8 * np.exp(-0.5 * ((times - 0.5) / 0.15) ** 4)
    parts, repetitions = [np.full(rest, 0.02)], []
    for number in range(one.repetitions):
        start = REST + number * (REPETITION + REST)
        repetitions.append(Repetition(start, start + REPETITION))
        parts += [one.effort * shape, np.full(rest, 0.02)]
    return np.concatenate(parts), tuple(repetitions)


def _changed(samples: NDArray[np.float64], change: Change | None) -> NDArray[np.float64]:
    return samples if change is None else change(samples)


def _trial(name: str, role: Role, factors: dict[str, str]) -> Trial:
    return Trial(name, "P01", "1", role, (), factors=factors)


def _processed(
    trial: Trial, samples: NDArray[np.float64], chain: Sequence[Step], rate: float
) -> tuple[TrialView, Signal]:
    done = run_chain(chain, samples, rate, muscle=KEY[0])
    channel = ChannelView(
        "GMAX", samples, rate, muscle=KEY[0], role=trial.role, filtered=done.filtered, envelope=done.envelope
    )
    signal = Signal(
        KEY[0], "GMAX", "emg", "V", rate, 0.0, samples, muscle=KEY[0], filtered=done.filtered, envelope=done.envelope
    )
    return TrialView((channel,), trial, stop=samples.size / rate), signal
