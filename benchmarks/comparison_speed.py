"""How long the ranking takes beside the bare numpy resampling it needs, and how it grows with participants.

    python benchmarks/comparison_speed.py

20 participants x 10 exercises x 8 muscles x 3 metrics, three repetitions each, 10 000 resamples. "Bare" is what the
resampling itself costs in plain numpy, alternating with the comparison in the same process. Per outcome: the product of
the sign-flip matrix with all pairwise differences, its maximum per level and the step-down p values; the product of
the bootstrap counts with the participants' scores, the ranks of the result and how often each occurs. Both matrices are
drawn once per round, by the comparison as well: what it keeps of an earlier round is thrown away. Not in "bare":
reading the table, averaging repetitions, the model, intervals, tables and sentences. Processor time of one thread (a
loaded machine then measures the same), medians of the rounds; allowed: 3 times bare. Only the ratios mean something on
another machine.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported

import time
from collections.abc import Callable
from itertools import product
from statistics import median

import numpy as np
import pandas as pd

from emgpipe.comparison import Ranking, StudyTables, compare_all
from emgpipe.model.tables import METRIC_COLUMNS, WHERE
from emgpipe.statistics.best_set import shared_flips
from emgpipe.statistics.bootstrap_ranks import shared_draws
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
        variant="main", findings="", excluded=False, decisions="",
    )  # fmt: skip
    return table[[*WHERE, "exercise", "head_position", *METRIC_COLUMNS]]


def bare(participants: int) -> tuple[float, float]:
    """Return the processor seconds of all outcomes in plain numpy: the resampling, and its two products alone."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(MUSCLES * len(METRICS), participants, LEVELS))
    start = time.process_time()
    signs = 1.0 - 2.0 * rng.integers(0, 2, size=(RESAMPLES, participants))
    counts = rng.multinomial(participants, np.full(participants, 1 / participants), size=RESAMPLES).astype(float)
    products = time.process_time() - start
    for one in scores:
        differences = one[:, None, :] - one[:, :, None]
        length = np.linalg.norm(differences, axis=0) + np.eye(LEVELS)
        began = time.process_time()
        statistics = (signs @ (differences / length).reshape(participants, -1)).reshape(-1, LEVELS, LEVELS)
        means = counts @ one
        products += time.process_time() - began
        highest = statistics.max(axis=2)
        remaining = np.maximum.accumulate(highest[:, np.argsort(highest[0])], axis=1)
        (remaining >= remaining[0]).mean(axis=0)
        ranks = np.argsort(np.argsort(-means, axis=1), axis=1)
        [np.bincount(ranks[:, level], minlength=LEVELS) for level in range(LEVELS)]
    return time.process_time() - start, products


def comparison(participants: int) -> Callable[[], float]:
    """Return a function that returns the seconds of the comparison stage."""
    tables, vocabulary = StudyTables(metrics_table(participants)), load_vocabulary()
    ranking = Ranking(factor="exercise", metrics=METRICS)

    def seconds() -> float:
        start = time.process_time()
        made, problems = compare_all([ranking], tables, vocabulary)
        assert made
        assert not problems
        return time.process_time() - start

    return seconds


def main() -> None:
    """Print both times, their ratio and the growth with participants."""
    print("| participants | products alone s | bare resampling s | comparison s | comparison / bare | allowed |")
    print("|---|---|---|---|---|---|")
    for participants in (10, 20, 40, 80):
        stage = comparison(participants)
        stage()
        rounds = []
        for _ in range(ROUNDS):
            for kept in (shared_flips, shared_draws):
                kept.cache_clear()
            rounds.append((*bare(participants), stage()))
        resampling, products, whole = (median(times) for times in zip(*rounds, strict=True))
        ratio = whole / resampling
        print(f"| {participants} | {products:.3f} | {resampling:.3f} | {whole:.3f} | {ratio:.2f} | {ALLOWED:g} |")


if __name__ == "__main__":
    main()
