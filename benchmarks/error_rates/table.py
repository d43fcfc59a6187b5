"""The figures as a CSV file: one row per method, n and case."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from benchmarks.error_rates.catalogue import EXPERIMENTS
from benchmarks.error_rates.measure import Rate, verdict

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.error_rates.data import Case
    from benchmarks.error_rates.measure import Experiment

Place = tuple[str, str, int, str]
"""Experiment, row, n, case in words."""
Rates = dict[Place, Rate]
COLUMNS: Final = (
    "experiment", "method", "n", "data", "kind", "nominal", "attainable", "rate", "standard_error", "errors", "studies",
    "verdict", "description",
)  # fmt: skip


def place(experiment: Experiment, key: str, n: int, case: Case) -> Place:
    """Return where a figure belongs."""
    return experiment.name, key, n, case.words


def write(path: Path, rates: Rates) -> None:
    """Write every figure of the catalogue that there is."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for experiment in EXPERIMENTS:
            for row in experiment.rows:
                for n in experiment.sizes:
                    for case in experiment.cases:
                        rate = rates.get(where := place(experiment, row.key, n, case))
                        if rate is None:
                            continue
                        spread = (rate.rate * (1 - rate.rate) / rate.studies) ** 0.5
                        covers = row.kind == "covers"
                        nominal, shown = (0.95, 1 - rate.rate) if covers else (0.05, rate.rate)
                        attainable = f"{rate.attainable:.4f}" if row.exact else ""
                        writer.writerow(
                            [*where, row.kind, nominal, attainable, f"{shown:.4f}", f"{spread:.4f}", rate.errors,
                             rate.studies, verdict(row, case, rate), row.words]
                        )  # fmt: skip


def read(path: Path) -> Rates:
    """Return the figures of an earlier run; none where there was no run."""
    if not path.exists():
        return {}
    rates: Rates = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            where = row["experiment"], row["method"], int(row["n"]), row["data"]
            rates[where] = Rate(int(row["errors"]), int(row["studies"]), float(row["attainable"] or "nan"))
    return rates
