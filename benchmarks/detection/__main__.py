"""Measure how often faults are found and how often clean signals raise an alarm.

    python -m benchmarks.detection [--signals N] [--sessions N] [--only CHECK ...] [--no-clean] [--write]

About ten minutes on two cores. With --only the other checks keep the figures of the last run. Without --write the
figures are printed only. Exits with 1 where a gross dose is found too seldom or clean signals raise too many alarms.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.detection import page, picture, table
from benchmarks.detection.faults import FAULTS
from benchmarks.detection.measure import NO_ALARMS, FalseAlarms, Rate, detections, false_alarms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.detection.measure import Place

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PROCESSES: Final = 2
BLOCK: Final = 10
"""Recordings in one piece of work."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, perhaps write."""
    asked = _asked(arguments)
    started = time.monotonic()
    before = table.read(DOCS / "detection.csv")
    keys = [fault.key for fault in FAULTS if not asked.only or fault.check in asked.only]
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = before.found | _detect(pool, keys, asked.signals)
        clean = _alarm(pool, asked.sessions) if asked.sessions else before.clean
    figures = table.Figures(found, clean)
    if asked.write:
        table.write(DOCS / "detection.csv", figures)
        page.write(DOCS / "detection.md", figures)
        picture.draw(DOCS / "images" / "detection.png", figures)
    _show(figures, keys)
    missed = page.missed(figures)
    print(f"{time.monotonic() - started:.0f} s; not held: {len(missed)}", *missed, sep="\n")
    return bool(missed)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection")
    parser.add_argument("--signals", type=int, default=200, help="recordings for each fault")
    parser.add_argument("--sessions", type=int, default=200, help="clean sessions; 0: keep the figures of the last run")
    parser.add_argument(
        "--only", nargs="*", choices=sorted({fault.check for fault in FAULTS}), help="checks to measure"
    )
    parser.add_argument("--write", action="store_true", help="write docs/detection.csv, .md and the figure")
    return parser.parse_args(arguments)


def _blocks(count: int) -> list[range]:
    return [range(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK)]


def _detect(pool: ProcessPoolExecutor, keys: Sequence[str], signals: int) -> dict[Place, Rate]:
    wheres = dict.fromkeys(fault.where for fault in FAULTS if fault.key in keys)
    jobs = [pool.submit(detections, where, block, keys) for where in wheres for block in _blocks(signals)]
    hits: Counter[Place] = Counter()
    for job in jobs:
        hits.update(job.result())
    places = [(fault.key, dose) for fault in FAULTS if fault.key in keys for dose in fault.doses]
    return {place: Rate(hits[place], signals) for place in places if signals}


def _alarm(pool: ProcessPoolExecutor, sessions: int) -> FalseAlarms:
    return sum((job.result() for job in [pool.submit(false_alarms, block) for block in _blocks(sessions)]), NO_ALARMS)


def _show(figures: table.Figures, keys: Sequence[str]) -> None:
    for fault in FAULTS:
        if fault.key in keys and (fault.key, fault.doses[0]) in figures.found:
            rates = (
                f"{dose:g}{'*' if fault.is_gross(dose) else ''}: {100 * figures.found[fault.key, dose].share:.0f} %"
                for dose in fault.doses
            )
            print(f"{fault.key}, {fault.unit}: {', '.join(rates)}")
    for role, rate in figures.clean.by_role.items():
        print(f"clean, {role}: {rate.hits} of {rate.of} ({100 * rate.share:.2f} %)")
    print(dict(figures.clean.kinds))


if __name__ == "__main__":
    sys.exit(main())
