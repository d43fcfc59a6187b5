"""Where the time of a run goes: imports, reading, chain, checks, metrics, tables, comparisons, drawing.

    python -m benchmarks.time_split [STUDY.yaml]       # the demo study if none is given, simulated first (a minute)
    python -m benchmarks.time_split --write            # and keep the result in docs/benchmarks.md

The study is run in this process, one session after the other, from nothing, in a copy of its folder. Every stage is one
or a few functions of the package; a clock is put around each, and what one stage calls of another counts for the other.
Processor time, that of the child process that reads recordings included; where trials are looked at in threads, their
time counts for the stage that waits for them.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported

import argparse
import functools
import importlib
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

READER = "emgpipe.loading.session_reader"
STAGES = {
    "reading": (f"{READER}.SessionReader.recording", f"{READER}.SessionReader.samples"),
    "chain": (f"{READER}.chain_kept",),
    "checks": ("emgpipe.preparation.look_at_session",),
    "metrics": ("emgpipe.pipeline.rows_of", "emgpipe.pipeline.curve_rows", "emgpipe.pipeline.metrics_table",
                "emgpipe.pipeline.curves_table", "emgpipe.pipeline.link_findings", "emgpipe.pipeline.measure_variants"),
    "session files": ("emgpipe.run.work.write_session", "emgpipe.run.light_session.read_session",
                      "emgpipe.run.light_session.read_session_trials"),
    "tables": ("emgpipe.run.gathering._verdict", "emgpipe.run.gathering._write_measured",
               "emgpipe.run.gathering.stored_tables", "emgpipe.run.gathering.write_table",
               "emgpipe.run.gathering._write_parquet", "emgpipe.comparing.write_comparisons"),
    "comparisons": ("emgpipe.comparing.compare_all",),
    "report": ("emgpipe.report.comparison_part", "emgpipe.report.render_comparisons", "emgpipe.report.render_report",
               "emgpipe.run.work.draw_session", "emgpipe.run.gathering.draw_session"),
}  # fmt: skip
"""Stage -> the places where its functions are looked up when they are called."""
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEADING = "## Stages of a run: `python -m benchmarks.time_split`"


class Clock:
    """Gives every moment to one stage: the innermost that is running."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running = ["other"]
        self._since = _now()

    def around(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with the clock around it; in other threads than the first it is called bare."""
        import threading

        @functools.wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return function(*given, **named)
            self._change(stage)
            try:
                return function(*given, **named)
            finally:
                self._change(None)

        return timed

    def close(self) -> None:
        """Give the time until now to what is running."""
        now = _now()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def _change(self, stage: str | None) -> None:
        self.close()
        if stage is None:
            self._running.pop()
        else:
            self._running.append(stage)


def _now() -> float:
    """Return processor time of this process and of the children that ended or are asked for theirs."""
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system + _children()


def _children() -> float:
    """Return processor time of running child processes, as on Linux in /proc; 0 elsewhere."""
    total = 0
    for stat in Path("/proc/self/task").glob("*/children") if sys.platform == "linux" else ():
        for child in stat.read_text("ascii").split():
            fields = Path(f"/proc/{child}/stat").read_text("utf-8").rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _put_around(clock: Clock, stage: str, place: str) -> None:
    """Put the clock around a function where it is looked up: in a module, or in a class of one."""
    parts = place.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            holder: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:-1]:
            holder = getattr(holder, name)
        setattr(holder, parts[-1], clock.around(stage, getattr(holder, parts[-1])))
        return
    raise SystemExit(f"{place} is not there any more; correct STAGES in {__file__}")


def split(study: Path) -> dict[str, float]:
    """Run a study and return the seconds of each stage, imports first."""
    from emgpipe.run import run_study

    clock = Clock()
    for stage, places in STAGES.items():
        for place in places:
            _put_around(clock, stage, place)
    run_study(study)
    clock.close()
    return dict(clock.seconds)


def imports() -> float:
    """Return how long everything takes to import that a run needs."""
    began = time.process_time()
    for name in ("emgpipe.run", "emgpipe.run.gathering", "emgpipe.pipeline", "emgpipe.report", "pandas", "h5py",
                 "scipy.signal", "scipy.stats", "matplotlib.figure"):  # fmt: skip
        importlib.import_module(name)
    return time.process_time() - began


def table(seconds: dict[str, float], wall: float) -> str:
    """Return the stages as Markdown, the longest first."""
    whole = sum(seconds.values())
    ranked = sorted(seconds.items(), key=lambda item: -item[1])
    rows = "\n".join(f"| {name} | {took:.1f} | {100 * took / whole:.0f} % |" for name, took in ranked)
    return f"| stage | processor s | share |\n|---|---|---|\n{rows}\n| whole run | {whole:.1f} | {wall:.1f} s clock |"


def _study(given: Path | None, folder: Path) -> Path:
    """Return a copy of a study whose results are not there yet."""
    if given is None:
        from emgpipe.simulate import write_study

        return write_study(folder)
    shutil.copytree(given.parent, folder / "study", ignore=shutil.ignore_patterns("processed"))
    return folder / "study" / given.name


def main() -> int:
    """Measure and print; the exit code tells whether drawing takes less than the longest other stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path, nargs="?")
    parser.add_argument("--write", action="store_true", help=f"write the section of {PAGE.name}")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        imported = imports()
        study = _study(given.study, Path(folder))
        began = time.perf_counter()
        seconds = {"imports": imported, **split(study)}
        text = table(seconds, time.perf_counter() - began + imported)
    print(text)
    if given.write:
        before = PAGE.read_text("utf-8").partition(f"\n{HEADING}")
        after = before[2].partition("\n## ")
        rest = f"\n## {after[2]}" if after[2] else ""
        PAGE.write_text(f"{before[0].rstrip()}\n\n{HEADING}\n\n{_words()}\n\n{text}\n{rest}", "utf-8")
    others = max(took for name, took in seconds.items() if name != "report")
    return int(seconds["report"] >= others)


def _words() -> str:
    return (
        "The demo study (8 participants, 165 trials, 2 variants), from nothing, one session after the other in one "
        "process; every stage is without the stages it calls. `report` is all drawing: both pages and the traces."
    )


if __name__ == "__main__":
    sys.exit(main())
