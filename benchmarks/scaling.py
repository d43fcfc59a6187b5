"""How runs grow: sessions per second, memory, two processes against one, and a run in which nothing changed.

    python -m benchmarks.scaling                       # 10, 100 and 1000 sessions: about ten minutes, 2 GB of disk
    python -m benchmarks.scaling --sizes 10 50         # quicker
    python -m benchmarks.scaling --write               # and keep the result in docs/scaling.md

Sessions are those of `mini_study`. Each size is run from nothing with one and with two processes, then once more with
nothing changed; then `plain_loop` does the same work in a bare loop. All are commands of their own, start of Python and
imports included. Efficiency is the time with one process over twice the time with two.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.mini_study import write_mini_study
from benchmarks.processes import Took, measured

SIZES = (10, 100, 1000)
MIB = 2**20
LEAST_EFFICIENCY, MOST_OF_AGAIN = 0.85, 0.03
PAGE = Path(__file__).resolve().parents[1] / "docs" / "scaling.md"


@dataclass(frozen=True)
class Size:
    """What one number of sessions took."""

    sessions: int
    megabytes: float
    one: Took
    two: Took
    again: Took
    plain: Took
    worker: int

    @property
    def efficiency(self) -> float:
        """Time with one process over twice the time with two."""
        return self.one.wall / (2 * self.two.wall)


def measure(sessions: int, folder: Path) -> Size:
    """Run a study of so many sessions in all ways."""
    study = write_mini_study(folder, sessions)
    results = folder / "processed"
    run = [sys.executable, "-m", "emgpipe", "run", str(study), "--quiet", "--jobs"]
    times = []
    for jobs in ("1", "2"):
        shutil.rmtree(results, ignore_errors=True)
        times.append(_good(measured([*run, jobs]), jobs))
    kept = json.loads((results / "mini" / "run.json").read_text("utf-8"))
    worker = max(one.get("memory", 0) for one in kept["timing"]["sessions"].values())
    again = _good(measured([*run, "2"], look_every=0.01), "again")
    loop = [sys.executable, "-m", "benchmarks.plain_loop", str(folder / "raw"), str(folder / "plain.csv")]
    plain = _good(measured(loop), "plain")
    size = sum(path.stat().st_size for path in (folder / "raw").iterdir()) / sessions / 1e6
    return Size(sessions, size, *times, again, plain, worker)


def _good(took: Took, what: str) -> Took:
    """Return a measurement, unless the command did not come to its end; 1 means that a check failed."""
    if took.code not in (0, 1):
        raise SystemExit(f"run '{what}' ended with {took.code}")
    return took


def table(sizes: list[Size]) -> str:
    """Return the measurements as Markdown."""
    head = (
        "| sessions | sessions/s, 1 process | sessions/s, 2 | efficiency | processor s per session, 1 | 2 | of it main "
        "| peak MiB, main | peak MiB, worker | nothing changed, s | share of first run | plain loop, s "
        "| emgpipe (1 process) / plain |\n" + "|---" * 13 + "|\n"
    )
    rows = [
        f"| {one.sessions} | {one.sessions / one.one.wall:.2f} | {one.sessions / one.two.wall:.2f} "
        f"| {one.efficiency:.2f} | {one.one.cpu / one.sessions:.3f} | {one.two.cpu / one.sessions:.3f} "
        f"| {100 * one.two.own / one.two.cpu:.0f} % | {one.two.peak / MIB:.0f} | {one.worker / MIB:.0f} "
        f"| {one.again.wall:.1f} | {100 * one.again.wall / one.two.wall:.1f} % | {one.plain.wall:.1f} "
        f"| {one.one.wall / one.plain.wall:.1f} |"
        for one in sizes
    ]
    return head + "\n".join(rows)


def growth(sizes: list[Size]) -> list[str]:
    """Say by how much the time of one more session grows from the smallest size to the largest."""
    lines = []
    for name in ("one", "two", "again", "plain"):
        steps = [
            (getattr(b, name).wall - getattr(a, name).wall) / (b.sessions - a.sessions) for a, b in pairwise(sizes)
        ]
        lines.append(f"- {name}: " + ", then ".join(f"{1000 * step:.0f} ms" for step in steps) + " per further session")
    return lines


def page(sizes: list[Size]) -> str:
    """Return the page of the documentation."""
    last = sizes[-1]
    return (
        "# How runs grow\n\n`python -m benchmarks.scaling --write` made this page, all in one run, on "
        f"{platform.system()} with two processors. One session: six trials, two muscles and an angle at 1000 Hz, "
        f"{last.megabytes:.2f} MB of CSV. Only the ratios mean something on another machine.\n\n{table(sizes)}\n\n"
        f"Allowed: efficiency at least {LEAST_EFFICIENCY}, a run with nothing changed at most "
        f"{100 * MOST_OF_AGAIN:.0f} % of the first run with two processes, at the largest size. Time per further "
        "session (`one` and `two`: processes; `again`: nothing changed):\n\n" + "\n".join(growth(sizes)) + "\n\n"
        "Processor time is that of the main process and its workers, without the processes that read recordings.\n\n"
        "The plain loop (`benchmarks/plain_loop.py`) reads, filters, rectifies, smooths and measures, and nothing "
        "else: no checks of signals, no findings, no stored envelopes, no comparisons, no report, no hashes. What "
        "emgpipe takes beyond it are these.\n"
    )


def main() -> int:
    """Measure, print, and tell by the exit code whether the largest size keeps to what is allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--folder", type=Path, help="where the studies go (a temporary folder if not given)")
    given = parser.parse_args()
    sizes = []
    for number in sorted(given.sizes):
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            sizes.append(measure(number, Path(folder) / "study"))
        print(table(sizes[-1:]), flush=True)
    text = page(sizes)
    print(text)
    if given.write:
        PAGE.write_text(text, "utf-8")
    last = sizes[-1]
    return int(last.efficiency < LEAST_EFFICIENCY or last.again.wall > MOST_OF_AGAIN * last.two.wall)


if __name__ == "__main__":
    sys.exit(main())
