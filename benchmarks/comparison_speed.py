"""How long the ranking takes beside the bare numpy resampling it needs, and how it grows with participants.

    python benchmarks/comparison_speed.py

20 participants x 10 exercises x 8 muscles x 3 metrics, three repetitions each, 10 000 resamples. "Bare" is what the
resampling itself costs in plain numpy, in the same process and alternating with the comparison: per outcome one product
of the sign-flip matrix with all pairwise differences and its maximum per level, and one product of the bootstrap counts
with the participants' scores and the ranks of the result; both matrices are drawn once. Medians of the rounds; allowed:
3 times bare. Only the ratios mean something on another machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product
from statistics import median

import numpy as np
import pandas as pd

from emgpipe.comparison import Ranking, StudyTables, compare_all
from emgpipe.model.tables import METRIC_COLUMNS, WHERE
from emgpipe.vocabulary import load_vocabulary

LEVELS, MUSCLES, METRICS, REPETITIONS, RESAMPLES, ROUNDS = 10, 8, ("mean", "peak", "p95"), 3, 10_000, 7
ALLOWED = 3.0


def metrics_table(participants: int, seed: int = 1) -> pd.DataFrame:
    """Return a metrics table of log-normal amplitudes."""
    rng = np.random.default_rng(seed)
    vocabulary = load_vocabulary()
    exercises, muscles = list(vocabulary.exercises)[:LEVELS], list(vocabulary.muscles)[:MUSCLES]
    index = pd.DataFrame(
        list(product(range(participants), exercises, range(1, REPETITIONS + 1), muscles, METRICS)),
        columns=["participant", "exercise", "repetition", "muscle", "metric"],
    )
    person = rng.normal(0, 0.4, participants)[index["participant"]]
    effect = -0.06 * index["exercise"].astype("category").cat.codes
    names = index["participant"].map("P{:02d}".format)
    amplitude = 1e-4 * np.exp(person + effect + rng.normal(0, 0.2, len(index)))
    table = index.assign(
        participant=names, session="1", role="task", head_position="neutral", phase="repetition", kind="emg",
        onset=index["repetition"].astype(float), trial=names + "/1/" + index["exercise"], side="right", placement="",
        stage="envelope", value=1e5 * amplitude, unit="%MVIC", amplitude=amplitude, amplitude_unit="V", reference="r",
        variant="main", findings="", excluded=False,
    )  # fmt: skip
    return table[[*WHERE, "exercise", "head_position", *METRIC_COLUMNS]]


def bare(participants: int) -> float:
    """Return the seconds the resampling of all outcomes takes in plain numpy."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(MUSCLES * len(METRICS), participants, LEVELS))
    first, second = np.triu_indices(LEVELS, 1)
    start = time.perf_counter()
    signs = 1.0 - 2.0 * rng.integers(0, 2, size=(RESAMPLES, participants))
    counts = rng.multinomial(participants, np.full(participants, 1 / participants), size=RESAMPLES).astype(float)
    for one in scores:
        differences = one[:, first] - one[:, second]
        statistics = signs @ (differences / np.linalg.norm(differences, axis=0))
        np.abs(statistics).max(axis=1)
        means = counts @ one / participants
        np.argsort(means, axis=1)
    return time.perf_counter() - start


def comparison(participants: int) -> Callable[[], float]:
    """Return a function that returns the seconds of the comparison stage."""
    tables, vocabulary = StudyTables(metrics_table(participants)), load_vocabulary()
    ranking = Ranking(factor="exercise", metrics=METRICS)

    def seconds() -> float:
        start = time.perf_counter()
        made, problems = compare_all([ranking], tables, vocabulary)
        assert made
        assert not problems
        return time.perf_counter() - start

    return seconds


def main() -> None:
    """Print both times, their ratio and the growth with participants."""
    print("| participants | bare numpy s | comparison s | ratio | allowed | s per participant |")
    print("|---|---|---|---|---|---|")
    for participants in (10, 20, 40, 80):
        stage = comparison(participants)
        stage()
        rounds = [(bare(participants), stage()) for _ in range(ROUNDS)]
        without, whole = (median(times) for times in zip(*rounds, strict=True))
        print(
            f"| {participants} | {without:.3f} | {whole:.3f} | {whole / without:.2f} | {ALLOWED:g} "
            f"| {whole / participants:.4f} |"
        )


if __name__ == "__main__":
    main()
