"""What a perfect analysis of the demo study finds: the expected mean and peak of every cell.

A peak of noisy EMG lies above the highest true activation, and the band-pass takes a little power away, so the
truth of a metric is not read off the activation. It is the metric's expected value under the stated chain: the true
sets are simulated with many seeds, go through the chain, and the mean and the peak over the true times of each
repetition are averaged over repetitions and seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.simulate.demo import REPETITIONS, SEED
from emgpipe.simulate.devices import DEVICES
from emgpipe.simulate.emg import simulate_emg
from emgpipe.simulate.people import TaskTruth, participant
from emgpipe.simulate.tables import MUSCLES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.chain import Step

METRICS: Final[dict[str, Callable[[NDArray[np.float64]], np.float64]]] = {"mean": np.mean, "peak": np.max}
COLUMNS = (
    "participant", "exercise", "head_position", "muscle", "metric", "expected", "underlying", "bias", "seeds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One participant, condition and muscle of the demo study, ready to be simulated.

    Attributes
    ----------
    activation : array, shape (n_samples,)
        True amplitude in V RMS, from a little before the first repetition to a little after the last.
    spans : tuple of slice
        The true repetitions in samples.
    baseline : float
        Noise of the channel, V RMS.
    """

    participant: str
    task: TaskTruth
    muscle: str
    sampling_rate: float
    activation: NDArray[np.float64]
    spans: tuple[slice, ...]
    baseline: float


def cells(participants: Sequence[int], muscle: str) -> Iterator[Cell]:
    """Yield the cells of a muscle in the demo study; `participants` are numbers, 1 to 8.

    Cells the study lost (a set not done, a dead sensor, swapped electrodes) are there, too: truth exists all the same.
    """
    for number in participants:
        person, rate = participant(number, REPETITIONS, SEED), DEVICES[number - 1].emg_rate
        for task in person.tasks:
            activation, spans = _cut(task.activation(muscle, rate), task, rate)
            yield Cell(person.id, task, muscle, rate, activation, spans, person.baseline[muscle])


def _cut(
    activation: NDArray[np.float64], task: TaskTruth, rate: float
) -> tuple[NDArray[np.float64], tuple[slice, ...]]:
    """Leave half a second around the set, more than the chain looks around, and find the repetitions in it."""
    repetitions, context = task.plan.repetitions, round(0.5 * rate)
    first = round(repetitions[0].start * rate) - context
    spans = tuple(slice(round(each.start * rate) - first, round(each.stop * rate) - first) for each in repetitions)
    return activation[first : first + spans[-1].stop + context], spans


def expected_metrics(
    group: Sequence[Cell], seeds: Sequence[int], chain: Sequence[Step] = DEFAULT_CHAIN
) -> dict[str, NDArray[np.float64]]:
    """Return mean and peak of the envelope, averaged over repetitions and seeds, in V.

    All cells see the same noise in the same seed, times their own activation: faster, and ratios between cells are
    less noisy than the cells.

    Parameters
    ----------
    group : sequence of Cell
        Of one muscle and one sampling rate.
    seeds : sequence of int
    chain : sequence of Step

    Returns
    -------
    dict of str to array, shape (n_cells,)
    """
    rate, muscle = group[0].sampling_rate, group[0].muscle
    longest = np.ones(max(cell.activation.size for cell in group))
    totals = {metric: np.zeros(len(group)) for metric in METRICS}
    for seed in seeds:
        rng = np.random.default_rng([seed, 0])
        emg = simulate_emg(longest, rate, rng, MUSCLES[muscle].spectrum)
        noise = rng.standard_normal(longest.size)
        for index, cell in enumerate(group):
            count = cell.activation.size
            samples = cell.activation * emg[:count] + cell.baseline * noise[:count]
            envelope = run_chain(chain, samples, rate, muscle=muscle).envelope
            for metric, value in summarize(envelope, cell.spans).items():
                totals[metric][index] += value
    return {metric: total / len(seeds) for metric, total in totals.items()}


def summarize(signal: NDArray[np.float64], spans: Sequence[slice]) -> dict[str, float]:
    """Return each metric taken per repetition, then averaged over repetitions."""
    return {metric: float(np.mean([reduce(signal[span]) for span in spans])) for metric, reduce in METRICS.items()}


def truth_rows(group: Sequence[Cell], seeds: Sequence[int]) -> list[dict[str, object]]:
    """Return the rows of the truth table for cells of one muscle and one sampling rate."""
    expected = expected_metrics(group, seeds)
    rows = []
    for index, cell in enumerate(group):
        for metric, underlying in summarize(cell.activation, cell.spans).items():
            value = float(expected[metric][index])
            where = (cell.participant, cell.task.exercise, cell.task.head_position, cell.muscle, metric)
            rows.append(
                dict(zip(COLUMNS, (*where, value, underlying, value / underlying - 1.0, len(seeds)), strict=True))
            )
    return rows


def compute_truth(
    seeds: Sequence[int],
    participants: Sequence[int] = tuple(range(1, len(DEVICES) + 1)),
    *,
    muscles: Sequence[str] = tuple(MUSCLES),
    progress: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Compute the truth table; the whole of it with 200 seeds takes some minutes."""
    import pandas as pd

    rows: list[dict[str, object]] = []
    for muscle in muscles:
        every = list(cells(participants, muscle))
        for rate in sorted({cell.sampling_rate for cell in every}):
            rows += truth_rows([cell for cell in every if cell.sampling_rate == rate], seeds)
            progress(f"{muscle} at {rate:g} Hz")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(list(COLUMNS[:5]), ignore_index=True)


def true_lockout_angles(participants: Sequence[int] = tuple(range(1, len(DEVICES) + 1))) -> pd.DataFrame:
    """Return the true angles of the demo study at lock-out, averaged over the repetitions of each set.

    Returns
    -------
    DataFrame
        One row per participant, exercise, head position and channel (neck_angle, lumbar_angle, pelvic_tilt):
        `expected` in degrees from the participant's own neutral. Sets the study lost are there, too.
    """
    import pandas as pd

    rows = []
    for number in participants:
        person = participant(number, REPETITIONS, SEED)
        for task in person.tasks:
            times = _lockout_times(task)
            true = task.posture.angles(task.plan, times, np.random.default_rng(0), noise=0.0)
            angles = {
                "neck_angle": true["head"] - true["trunk"],
                "lumbar_angle": true["lumbar"],
                "pelvic_tilt": true["pelvis"],
            }
            where = {"participant": person.id, "exercise": task.exercise, "head_position": task.head_position}
            rows += [where | {"channel": name, "expected": float(angle.mean())} for name, angle in angles.items()]
    return pd.DataFrame(rows)


def _lockout_times(task: TaskTruth) -> NDArray[np.float64]:
    """Return times all over the lock-out: the hold of a thrust; beside standing in movements that sink first."""
    spans = []
    for repetition in task.plan.repetitions:
        first, hold, last = repetition.phases
        if first.name == "concentric":
            spans.append((hold.start, hold.stop))
        else:
            spans.append((first.start, first.start + 0.2 * (first.stop - first.start)))
            spans.append((last.stop - 0.2 * (last.stop - last.start), last.stop))
    return np.concatenate([np.linspace(start, stop, 200) for start, stop in spans])


def load_truth() -> pd.DataFrame:
    """Return the stored truth of the demo study.

    Returns
    -------
    DataFrame
        One row per participant, exercise, head position, muscle and metric (mean, peak): `expected` (V) under the
        default chain, `underlying` (V), the mean or peak of the true activation, `bias` (expected / underlying - 1),
        and the number of `seeds`. Nothing is normalized.
    """
    import pandas as pd

    with resources.files("emgpipe.simulate").joinpath("demo_truth.csv").open("rb") as handle:
        return pd.read_csv(handle)
