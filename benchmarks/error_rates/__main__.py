"""Run the experiments, write docs/error-rates.csv, the tables of docs/error-rates.md and its figure.

    python -m benchmarks.error_rates [--studies SHARE] [--only [NAME ...]]

Without --only all of them, about ten minutes on two cores. With it the others keep the figures of the last run; without
a name after it nothing is simulated and the page is written from the figures there are.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.error_rates import page, table
from benchmarks.error_rates.catalogue import EXPERIMENTS
from benchmarks.error_rates.measure import measure, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.error_rates.measure import Experiment, Rate

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PARTS: Final = 5
"""Pieces a figure is computed in, each with a seed of its own."""
Job = tuple[int, int, int, int, int]
"""Number of the experiment, n, number of the case, studies, part."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, write, and return 1 where a method does not hold what is stated of it."""
    names = [experiment.name for experiment in EXPERIMENTS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.error_rates")
    parser.add_argument("--studies", type=float, default=1.0, help="share of the studies to simulate")
    parser.add_argument("--only", nargs="*", choices=names, default=names, help="experiments to run again")
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder to write to")
    asked = parser.parse_args(arguments)
    rates = table.read(asked.docs / "error-rates.csv")
    rates = {where: rate for where, rate in rates.items() if where[0] not in asked.only}
    started = time.monotonic()
    rates |= run(asked.only, asked.studies)
    table.write(asked.docs / "error-rates.csv", rates)
    page.write(asked.docs, rates)
    failed = list(not_held(rates))
    print(f"{len(rates)} figures, {time.monotonic() - started:.0f} s; not held: {len(failed)}")
    print("\n".join(failed))
    return bool(failed)


def run(names: Sequence[str], share: float) -> table.Rates:
    """Run the experiments in as many processes as there are cores, the long ones first."""
    jobs = [
        (number, n, case, max(int(experiment.studies * share) // PARTS, 1), part)
        for number, experiment in reversed(list(enumerate(EXPERIMENTS)))
        if experiment.name in names
        for n in sorted(experiment.sizes, reverse=True)
        for case in range(len(experiment.cases))
        for part in range(PARTS)
    ]
    rates: table.Rates = {}
    with ProcessPoolExecutor() as pool:
        futures = {pool.submit(do, job): job for job in jobs}
        for count, future in enumerate(as_completed(futures), 1):
            number, n, case, *_ = futures[future]
            experiment = EXPERIMENTS[number]
            for key, rate in future.result().items():
                where = table.place(experiment, key, n, experiment.cases[case])
                rates[where] = rates[where].plus(rate) if where in rates else rate
            if count % 25 == 0 or count == len(jobs):
                print(f"{count} of {len(jobs)} pieces, last {experiment.name}, n = {n}", file=sys.stderr, flush=True)
    return rates


def do(job: Job) -> dict[str, Rate]:
    """Compute one piece of a figure."""
    number, n, case, studies, part = job
    experiment: Experiment = EXPERIMENTS[number]
    return measure(experiment, n, experiment.cases[case], studies, part)


def not_held(rates: table.Rates) -> Iterator[str]:
    """Yield a line per figure that contradicts what is stated of the method, and per label that nothing bears out."""
    for experiment in EXPERIMENTS:
        for row in experiment.rows:
            found = [
                (n, case, rates[where])
                for n in experiment.sizes
                for case in experiment.cases
                if (where := table.place(experiment, row.key, n, case)) in rates
            ]
            words = [(n, case, rate, verdict(row, case, rate)) for n, case, rate in found]
            for n, case, rate, said in words:
                if said == "NOT HELD":
                    yield f"{experiment.name}: {row.words}, n = {n}, {case.words}: {rate.rate:.4f} of {rate.studies}"
            labeled = [said for _, case, _, said in words if case in row.liberal]
            if labeled and "liberal as labelled" not in labeled:
                yield f"{experiment.name}: {row.words}: labelled liberal, and nowhere is"


if __name__ == "__main__":
    sys.exit(main())
