"""Run the experiments, write docs/error-rates.csv, the tables of docs/error-rates.md and its figure.

    python -m benchmarks.error_rates [--studies SHARE] [--only [NAME ...]]

Without --only all of them, about ten minutes on two cores. With it the others keep the figures of the last run; without
a name after it the page is written from the figures there are.

Of a thousand figures some lie beyond three standard errors by chance. Those that do are measured again with four times
as many new studies, and the new figure counts, whatever it says.
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

    from benchmarks.error_rates.data import Case
    from benchmarks.error_rates.measure import Experiment, Rate, Row

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
    rates |= run(first_jobs(asked.only, asked.studies))
    rates |= run(repeated_jobs(rates, asked.studies))
    table.write(asked.docs / "error-rates.csv", rates)
    page.write(asked.docs, rates)
    failed = [*not_held(rates), *unfounded(rates)]
    print(f"{len(rates)} figures, {time.monotonic() - started:.0f} s; not held: {len(failed)}")
    print("\n".join(failed))
    return bool(failed)


def first_jobs(names: Sequence[str], share: float) -> list[Job]:
    """Return every piece of these experiments, the long ones first."""
    return [
        (number, n, case, max(int(experiment.studies * share) // PARTS, 1), part)
        for number, experiment in reversed(list(enumerate(EXPERIMENTS)))
        if experiment.name in names
        for n in sorted(experiment.sizes, reverse=True)
        for case in range(len(experiment.cases))
        for part in range(PARTS)
    ]


def repeated_jobs(rates: table.Rates, share: float) -> list[Job]:
    """Return new pieces, four times as many, of what contradicts a statement."""
    names = [experiment.name for experiment in EXPERIMENTS]
    again = {
        (names.index(experiment.name), n, experiment.cases.index(case)) for experiment, _, n, case in broken(rates)
    }
    return [
        (number, n, case, max(int(EXPERIMENTS[number].studies * share) // PARTS, 1), part)
        for number, n, case in sorted(again)
        for part in range(PARTS, 5 * PARTS)
    ]


def run(jobs: Sequence[Job]) -> table.Rates:
    """Compute pieces in as many processes as there are cores."""
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


def broken(rates: table.Rates) -> Iterator[tuple[Experiment, Row, int, Case]]:
    """Yield where a figure contradicts what is stated of the method."""
    for experiment, row, n, case in every_place():
        rate = rates.get(table.place(experiment, row.key, n, case))
        if rate is not None and verdict(row, case, rate) == "NOT HELD":
            yield experiment, row, n, case


def not_held(rates: table.Rates) -> Iterator[str]:
    """Yield a line per figure that contradicts what is stated of the method."""
    for experiment, row, n, case in broken(rates):
        rate = rates[table.place(experiment, row.key, n, case)]
        yield f"{experiment.name}: {row.words}, n = {n}, {case.words}: {rate.rate:.4f} of {rate.studies}"


def unfounded(rates: table.Rates) -> Iterator[str]:
    """Yield a line per method that is called liberal and nowhere is."""
    said: dict[tuple[str, str], set[str]] = {}
    for experiment, row, n, case in every_place():
        rate = rates.get(table.place(experiment, row.key, n, case))
        if rate is not None and case in row.liberal:
            said.setdefault((experiment.name, row.words), set()).add(verdict(row, case, rate))
    for (name, words), verdicts in said.items():
        if "liberal as labelled" not in verdicts:
            yield f"{name}: {words}: labelled liberal, and nowhere is"


def every_place() -> Iterator[tuple[Experiment, Row, int, Case]]:
    """Yield every method with every n and kind of data."""
    for experiment in EXPERIMENTS:
        for row in experiment.rows:
            for n in experiment.sizes:
                for case in experiment.cases:
                    yield experiment, row, n, case


if __name__ == "__main__":
    sys.exit(main())
