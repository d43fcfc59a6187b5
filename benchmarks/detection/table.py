"""The counts as a CSV file: one row per fault and dose, and one per role of clean signals."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.detection.faults import FAULTS
from benchmarks.detection.measure import NO_ALARMS, FalseAlarms, Rate

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.detection.faults import Fault
    from benchmarks.detection.measure import Place

COLUMNS: Final = ("check", "fault", "where", "dose", "unit", "is_gross", "found", "of", "share", "findings")
CLEAN: Final = "clean signals"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted: faults found by key and dose, and alarms on clean signals."""

    found: dict[Place, Rate]
    clean: FalseAlarms


def write(path: Path, figures: Figures) -> None:
    """Write every count that there is."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for fault in FAULTS:
            for dose in fault.doses:
                rate = figures.found.get((fault.key, dose))
                if rate:
                    gross = "yes" if fault.is_gross(dose) else "no"
                    head = (fault.check, fault.words, fault.where, f"{dose:g}", fault.unit, gross)
                    writer.writerow([*head, rate.hits, rate.of, f"{rate.share:.4f}", ""])
        for role, rate in figures.clean.by_role.items():
            kinds = "; ".join(
                f"{kind} {count}" for (kind, its), count in figures.clean.kinds.most_common() if its == role
            )
            writer.writerow([ALL, CLEAN, role, "", "", "", rate.hits, rate.of, f"{rate.share:.4f}", kinds])


def read(path: Path) -> Figures:
    """Return the counts of an earlier run, of faults and doses that are still in the catalogue."""
    found: dict[Place, Rate] = {}
    roles: dict[str, Rate] = {}
    kinds: Counter[tuple[str, str]] = Counter()
    keys: dict[tuple[str, str, str], Fault] = {(fault.check, fault.words, fault.where): fault for fault in FAULTS}
    if not path.exists():
        return Figures({}, NO_ALARMS)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rate = Rate(int(row["found"]), int(row["of"]))
            fault = keys.get((row["check"], row["fault"], row["where"]))
            if row["fault"] == CLEAN:
                roles[row["where"]] = rate
                for one in filter(None, row["findings"].split("; ")):
                    kind, count = one.rsplit(" ", 1)
                    kinds[kind, row["where"]] = int(count)
            elif fault is not None and float(row["dose"]) in fault.doses:
                found[fault.key, float(row["dose"])] = rate
    return Figures(found, FalseAlarms(roles, kinds))
