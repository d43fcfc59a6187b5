"""Stretches that hold one value: the sensor was silent while the recording ran on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from emgpipe.model import Finding, Level, make_finding
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

FEWEST_SAMPLES: Final = 20
INDEPENDENT_RATE: Final = 200.0
"""Values per second of surface EMG that know little of each other: about twice its bandwidth."""
FILLING_SECONDS: Final = 1.0
"""Wireless sensors start and stop one after the other; until then their channel is filled with zeros."""
CHANCE: Final = 1e-6
"""Below it a stretch is not what a coarse converter makes of a muscle at rest."""
LEAST_NOISE: Final = 0.4
"""Steps of the converter: quieter noise stays within one step for long."""
FINE_STEP: Final = 4e-6
"""Volts: skin and electrodes alone make enough noise to leave a step this small."""
FINE_RANGE: Final = 100.0
"""Steps in the RMS of the loudest parts: where the unit is not volts, rest is then louder than a step."""


class FlatLimits(Settings):
    """From where on a stretch of one value is a silent sensor."""

    shortest: float = Field(default=0.05, ge=0.02)
    """Seconds of exactly equal samples that count: 0.05 is common practice; shorter losses are told as packets."""
    fail_above: float = Field(default=0.2, gt=0, le=1)
    """Share of the trial that is flat above which its numbers should not be used."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples `start` to `stop` (indices) that all have `value`."""

    start: int
    stop: int
    value: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """When samples were taken: how many, how often, and the time in seconds of each by its index."""

    n_samples: int
    sampling_rate: float
    time: Callable[[int], float]


def flat_stretches(
    samples: NDArray[np.float64], sampling_rate: float, unit: str, limits: FlatLimits | None = None
) -> tuple[Stretch, ...]:
    """Find stretches of exactly equal samples that the signal around them does not explain.

    A converter with large steps holds one value while the muscle rests. So a stretch counts only if the quietest other
    parts move between the steps, and if samples beside it seldom have its value.

    Parameters
    ----------
    samples : array, shape (n_samples,)
        NaN where missing.
    sampling_rate : float
        In Hz.
    unit : str
        Of the samples; volts tell how much noise there must be.
    limits : FlatLimits, optional

    Returns
    -------
    tuple of Stretch
        In order of time; empty for a channel of one value.
    """
    shortest = max(round((limits or FlatLimits()).shortest * sampling_rate), FEWEST_SAMPLES)
    runs = _runs(samples, shortest)
    if not runs:
        return ()
    step = smallest_step(samples)
    if step == 0.0 or not _leaves_steps(_loudness(samples, runs, shortest), step, unit):
        return ()
    return tuple(run for run in runs if _chance(samples, run, shortest, sampling_rate) < CHANCE)


def without(samples: NDArray[np.float64], stretches: Sequence[Stretch]) -> NDArray[np.float64]:
    """Return the samples with NaN in the stretches."""
    if not stretches:
        return samples
    left = samples.copy()
    for one in stretches:
        left[one.start : one.stop] = np.nan
    return left


def flat_finding(
    label: str, stretches: Sequence[Stretch], samples: Timeline, unit: str, limits: FlatLimits | None = None
) -> tuple[Finding, ...]:
    """Return one finding about the longest stretch that counts the others.

    Level warn, fail above a share of the trial; note where the recording is only filled up by less than a second at
    its beginning or end.
    """
    if not stretches:
        return ()
    sampling_rate, time = samples.sampling_rate, samples.time
    longest = max(stretches, key=lambda one: one.stop - one.start)
    start, seconds = time(longest.start), (longest.stop - longest.start) / sampling_rate
    shown = "" if unit == "unknown" else f" {unit}"
    reason = (
        f"'{label}' has the same value ({longest.value + 0.0:.4g}{shown}) for {_seconds(seconds)} from {start:.1f} s"
    )
    whole = sum(one.stop - one.start for one in stretches) / sampling_rate
    if len(stretches) > 1:
        reason += f"; there are {len(stretches)} such stretches, {_seconds(whole)} together"
    remedy = "the sensor was silent there: leave these stretches out; check battery, radio and cable"
    is_much = whole * sampling_rate > (limits or FlatLimits()).fail_above * samples.n_samples
    level: Level = "fail" if is_much else "warn"
    if _is_filling(stretches, samples):
        level, remedy = "note", "good to know: the device filled up what it had not yet, or no longer, measured"
    found = make_finding(
        "flat_stretch", level, reason, remedy, channel=label, start=start, stop=start + seconds, value=longest.value,
        unit=shown.strip(),
    )  # fmt: skip
    return (found,)


def _is_filling(stretches: Sequence[Stretch], samples: Timeline) -> bool:
    most = FILLING_SECONDS * samples.sampling_rate
    return all((one.start == 0 or one.stop >= samples.n_samples) and one.stop - one.start <= most for one in stretches)


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def _runs(samples: NDArray[np.float64], shortest: int) -> list[Stretch]:
    """Return the runs of equal samples with at least `shortest` of them; NaN equals nothing."""
    if not may_hold(samples, shortest):
        return []
    edges = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    starts, stops = np.concatenate(([0], edges)), np.concatenate((edges, [samples.size]))
    long = np.flatnonzero(stops - starts >= shortest)
    return [Stretch(int(starts[i]), int(stops[i]), float(samples[starts[i]])) for i in long]


def may_hold(samples: NDArray[np.float64], shortest: int) -> bool:
    """Say whether there can be `shortest` equal samples in a row: a whole block of half of it is equal, too."""
    if samples.size < shortest:
        return False
    is_equal = samples[1:] == samples[:-1]
    block = shortest // 2
    return block < 1 or bool(is_equal[: is_equal.size // block * block].reshape(-1, block).all(axis=1).any())


def smallest_step(samples: NDArray[np.float64]) -> float:
    """Return the smallest step between neighbors that is no rounding."""
    finite = samples[np.isfinite(samples)]
    steps = np.abs(np.diff(finite))
    steps = steps[steps > 1e-9 * float(np.ptp(finite))]
    return float(np.min(steps)) if steps.size else 0.0


def _loudness(samples: NDArray[np.float64], runs: Sequence[Stretch], length: int) -> NDArray[np.float64]:
    """Return the standard deviations of short windows without long runs, the quietest first."""
    rows = without(samples, runs)[: samples.size // length * length].reshape(-1, length)
    return np.sort(np.std(rows[np.isfinite(rows).all(axis=1)], axis=1))


def _leaves_steps(loudness: NDArray[np.float64], step: float, unit: str) -> bool:
    """Say whether a muscle at rest leaves the step it is at, by the quiet and the loud end of the loudness."""
    if not loudness.size:
        return False
    quiet, loud = np.quantile(loudness, (0.05, 0.99)).tolist()
    is_fine = step <= FINE_STEP if unit == "V" else loud >= FINE_RANGE * step
    return bool(is_fine and quiet >= LEAST_NOISE * step)


def _chance(samples: NDArray[np.float64], run: Stretch, length: int, sampling_rate: float) -> float:
    """Return how likely the signal beside a run stays at its value for so long."""
    beside = (samples[max(run.start - length, 0) : run.start], samples[run.stop : run.stop + length])
    share = max((float(np.mean(part == run.value)) for part in beside if part.size), default=0.0)
    return float(share ** (INDEPENDENT_RATE * (run.stop - run.start) / sampling_rate))
