"""What is put into clean recordings, at graded doses, and which check has to find it.

The fault always sits in the first muscle's channel. A dose is in physical units; from the gross
one on, at least 95 % must be found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from benchmarks.detection.signals import Take
from emgpipe.simulate import faults
from emgpipe.simulate.emg import simulate_emg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.detection.signals import Person

Array: TypeAlias = "NDArray[np.float64]"
Rng: TypeAlias = np.random.Generator
Where = Literal["rest", "mvic", "task", "session"]
Spoil = Callable[["Person", list[Take], float, Rng], list[Take]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at graded doses.

    Attributes
    ----------
    check : str
        The check that has to find it, as the study file calls it.
    words, unit : str
        What is put in, and the unit of its dose.
    where : {"rest", "mvic", "task", "session"}
        Into one trial of this role, or somewhere into a whole session.
    doses : tuple of float
        Ascending in severity.
    gross : float
        One of the doses; from it on the fault is gross.
    spoil : callable
        (person, takes, dose, rng) -> takes with the fault.
    """

    check: str
    words: str
    unit: str
    where: Where
    doses: tuple[float, ...]
    gross: float
    spoil: Spoil

    @property
    def key(self) -> str:
        """What the table calls it."""
        return f"{self.check}: {self.words} ({self.where})"


def of_samples(change: Callable[..., Array], **fixed: object) -> Spoil:
    """Return a fault that changes the first muscle of every take: ``change(samples, rate, rng, dose)``."""

    def spoil(who: Person, takes: list[Take], dose: float, rng: Rng) -> list[Take]:  # noqa: ARG001
        return [_first(take, change(take.samples[0], take.rate, rng, dose, **fixed)) for take in takes]

    return spoil


def _first(take: Take, samples: Array) -> Take:
    return replace(take, samples=np.vstack([samples[None], take.samples[1:]]))


def _noise(samples: Array, rate: float, rng: Rng, microvolts: float) -> Array:
    return faults.baseline_noise(samples, rate, rng, rms=microvolts * 1e-6)


def _clip(samples: Array, rate: float, rng: Rng, percent: float) -> Array:
    rail = float(np.quantile(np.abs(samples), 1 - percent / 100))
    return faults.clipping(samples, rate, rng, rail=rail)


def _dropout(samples: Array, rate: float, rng: Rng, seconds: float, fill: str) -> Array:
    return faults.dropout(samples, rate, rng, duration=seconds, fill=fill)  # type: ignore[arg-type]


def _mains(samples: Array, rate: float, rng: Rng, microvolts: float) -> Array:
    frequency = float(rng.choice([50.0, 60.0])) * float(rng.uniform(0.999, 1.001))
    return faults.mains(samples, rate, rng, amplitude=2**0.5 * microvolts * 1e-6, frequency=frequency)


def _mains_ratio(samples: Array, rate: float, rng: Rng, db: float) -> Array:
    loud = float(np.sqrt(np.mean(samples**2)))
    return _mains(samples, rate, rng, 1e6 * loud * 10 ** (db / 20))


def _scaled(samples: Array, rate: float, rng: Rng, power: float) -> Array:  # noqa: ARG001
    return samples * 10**power


def _ecg(samples: Array, rate: float, rng: Rng, microvolts: float) -> Array:
    return faults.ecg(samples, rate, rng, amplitude=microvolts * 1e-6, heart_rate=float(rng.uniform(45, 120)))


def _motion(samples: Array, rate: float, rng: Rng, microvolts: float) -> Array:
    return faults.motion(samples, rate, rng, amplitude=microvolts * 1e-6, bursts_per_minute=30.0)


def _rectified(samples: Array, rate: float, rng: Rng, dose: float) -> Array:  # noqa: ARG001
    return np.abs(samples)


def _enveloped(samples: Array, rate: float, rng: Rng, edge: float) -> Array:  # noqa: ARG001
    from scipy.signal import butter, sosfiltfilt

    smooth: Array = sosfiltfilt(butter(2, edge, fs=rate, output="sos"), np.abs(samples))
    return smooth


def _white(samples: Array, rate: float, rng: Rng, percent: float) -> Array:  # noqa: ARG001
    share = percent / 100
    noise = rng.standard_normal(samples.size) * float(np.std(samples))
    return np.sqrt(1 - share) * samples + np.sqrt(share) * noise


def _mixed(who: Person, takes: list[Take], percent: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    """Let the first muscle see this share of the second, by amplitude at equal RMS."""
    spoiled = []
    for take in takes:
        own, other = take.samples[0], take.samples[1]
        share, scale = percent / 100, float(np.std(own) / np.std(other))
        spoiled.append(_first(take, np.sqrt(1 - share**2) * own + share * scale * other))
    return spoiled


def _copied(who: Person, takes: list[Take], dose: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    return [_first(take, take.samples[1].copy()) for take in takes]


def _only(takes: list[Take], name: str, change: Callable[[Take], Take]) -> list[Take]:
    return [change(take) if take.name == name else take for take in takes]


def _noisy_rest(who: Person, takes: list[Take], db: float, rng: Rng) -> list[Take]:
    """Set the noise of the first muscle so that its maximum lies this far above it."""
    rms = who.maxima[0] / 10 ** (db / 20)
    return [_first(take, take.samples[0] + rms * rng.standard_normal(take.samples.shape[1])) for take in takes]


def _weaker_later(who: Person, takes: list[Take], percent: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    """Let the electrode lose this share of the signal after the first set."""
    late = {take.name for take in takes[[take.name for take in takes].index("task.1") + 1 :]}
    return [_first(take, take.samples[0] * (1 - percent / 100)) if take.name in late else take for take in takes]


def _smoothed_file(who: Person, takes: list[Take], edge: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    """Low-pass one set before it reaches emgpipe."""
    from scipy.signal import butter, sosfiltfilt

    sos = butter(4, edge, fs=who.rate, output="sos")
    return _only(takes, "task.2", lambda take: _first(take, sosfiltfilt(sos, take.samples[0])))


def _swapped(who: Person, takes: list[Take], dose: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    """Swap the first two electrodes for the whole session."""
    return [replace(take, samples=take.samples[[1, 0, 2, 3]]) for take in takes]


def _one_louder(who: Person, takes: list[Take], factor: float, rng: Rng) -> list[Take]:
    """Make one repetition of the second set louder."""

    def change(take: Take) -> Take:
        span = take.repetitions[int(rng.integers(len(take.repetitions)))]
        samples = take.samples[0].copy()
        samples[round(span.start * who.rate) : round(span.stop * who.rate)] *= factor
        return _first(take, samples)

    return _only(takes, "task.2", change)


def _tired(who: Person, takes: list[Take], percent: float, rng: Rng) -> list[Take]:
    """Let the median frequency fall by this much from the first repetition of the second set to the last."""

    def change(take: Take) -> Take:
        n = take.samples.shape[1]
        early = np.abs(take.samples[0])
        fresh = simulate_emg(np.ones(n), who.rate, rng, who.spectra[0])
        low = replace(
            who.spectra[0],
            low=who.spectra[0].low * (1 - percent / 100),
            high=who.spectra[0].high * (1 - percent / 100),
        )
        slow = simulate_emg(np.ones(n), who.rate, rng, low)
        first, last = take.repetitions[0].start, take.repetitions[-1].stop
        share = np.clip((np.arange(n) / who.rate - first) / (last - first), 0.0, 1.0)
        width = round(0.25 * who.rate)
        course = np.sqrt(np.convolve(early**2, np.ones(width) / width, mode="same"))
        return _first(take, course * (np.sqrt(1 - share) * fresh + np.sqrt(share) * slow))

    return _only(takes, "task.2", change)


def _same_file(who: Person, takes: list[Take], dose: float, rng: Rng) -> list[Take]:  # noqa: ARG001
    """Give the third set the file of the second."""
    second = next(take for take in takes if take.name == "task.2")
    return _only(takes, "task.3", lambda take: replace(second, name=take.name))


RAILED: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)
FLAT: Final = partial(_dropout, fill="flat")
GAP: Final = partial(_dropout, fill="missing")
FAULTS: Final[tuple[Fault, ...]] = (
    Fault("rest_noise", "white noise added", "µV RMS", "rest", (3, 6, 10, 15, 20, 30, 50), 30, of_samples(_noise)),
    Fault("clipping", "samples beyond a rail", "% of samples", "mvic", RAILED, 0.5, of_samples(_clip)),
    Fault("clipping", "samples beyond a rail", "% of samples", "task", RAILED, 0.5, of_samples(_clip)),
    Fault("flat", "last value held", "s", "task", (0.02, 0.05, 0.1, 0.2, 0.5, 1), 0.5, of_samples(FLAT)),
    Fault("mains", "50 or 60 Hz", "µV RMS", "rest", (1, 2, 5, 10, 20, 50), 20, of_samples(_mains)),
    Fault("mains", "50 or 60 Hz", "dB of the EMG", "task", (-20, -10, -6, 0, 6, 10), 0, of_samples(_mains_ratio)),
    Fault("unit", "scaled by a power of ten (rest)", "power", "rest", (-6, -3, 3, 6), 3, of_samples(_scaled)),
    Fault("unit", "scaled by a power of ten (MVIC)", "power", "mvic", (-6, -3, 3, 6), 3, of_samples(_scaled)),
    Fault("processed", "rectified", "yes", "task", (1,), 1, of_samples(_rectified)),
    Fault("processed", "rectified and smoothed", "Hz low-pass", "task", (20, 10, 6, 3), 10, of_samples(_enveloped)),
    Fault("motion", "bursts of 1 to 10 Hz", "µV", "task", (50, 100, 200, 500, 1000, 2000), 1000, of_samples(_motion)),
    Fault("ecg", "heart beats", "µV R wave", "rest", (5, 10, 20, 50, 100, 200), 100, of_samples(_ecg)),
    Fault("spectrum", "white noise instead", "% of power", "mvic", (10, 30, 50, 70, 90, 100), 100, of_samples(_white)),
    Fault("crosstalk", "a neighbor's signal", "% of RMS", "task", (20, 30, 40, 50, 60, 80), 80, _mixed),
    Fault("identical", "a neighbor's samples", "yes", "task", (1,), 1, _copied),
    Fault("signal_to_noise", "maximum above noise", "dB", "session", (25, 20, 15, 10, 5), 5, _noisy_rest),
    Fault("electrode_shift", "signal lost", "%", "session", (10, 20, 30, 40, 50, 60), 50, _weaker_later),
    Fault("consistent_filtering", "low-passed", "Hz", "session", (400, 300, 200, 150, 100, 60), 100, _smoothed_file),
    Fault("swapped_channels", "two electrodes swapped", "yes", "session", (1,), 1, _swapped),
    Fault("repetition_outliers", "one repetition of five louder", "times", "session", (1.2, 1.5, 2, 3), 3, _one_louder),
    Fault("fatigue_drift", "fall of the median frequency in a set", "%", "session", (10, 20, 30, 40, 50), 50, _tired),
    Fault("same_samples", "one file under two names", "yes", "session", (1,), 1, _same_file),
)  # fmt: skip
