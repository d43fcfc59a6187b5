"""The demo study run again after one change: CPU time of everything that is made, against the first run.

    python -m benchmarks.only_what_changed [--compare]

CPU seconds of the run with all its processes, so that other work on the machine counts little; tables, comparisons and
report are part of them. With `--compare` the results after each change are compared, byte by byte, with those of a run
from scratch.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from emgpipe.commands.exits import EXIT_FAILED

ROOT = Path(__file__).resolve().parents[1]
CHANGES = {
    "nothing changed": ("study.yaml", "name: demo", "name: demo"),
    "another title": ("study.yaml", "glute exercises and head positions (simulated)", "exercises"),
    "another MVIC rule": ("study.yaml", "window: 0.5}", "window: 0.6}"),
    "other metrics": ("study.yaml", "\nrepetitions:", "\nmetrics: [mean, peak, p95]\nrepetitions:"),
    "a threshold": ("study.yaml", "  on_fail: keep", "  on_fail: keep\n  checks: [{kind: mains, note_above: 0.01}]"),
    "another window of the chain": ("study.yaml", "window: 0.1}", "window: 0.12}"),
    "a head position relabelled": ("raw/trials.csv", None, None),
}


def emgpipe(*words: str) -> float:
    """Run the command; return CPU seconds with all child processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "emgpipe", *words]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 - our own command
    if done.returncode > EXIT_FAILED:
        raise RuntimeError(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def change(folder: Path, name: str) -> None:
    """Make one of `CHANGES`."""
    file, old, new = CHANGES[name]
    path = folder / file
    text = path.read_bytes().decode("utf-8")
    if old is None or new is None:
        old = next(line for line in text.splitlines() if line.startswith("P03;") and "back_squat" in line)
        new = old.replace("neutral;", "slight_flexion;")
    if old not in text:
        raise ValueError(f"{file} has no {old!r}")
    path.write_bytes(text.replace(old, new).encode("utf-8"))


def outputs(folder: Path) -> dict[str, bytes]:
    """Return what a run writes for readers, but for `run.json`, which holds times."""
    results = folder / "processed/demo"
    files = {path.relative_to(results).as_posix(): path for path in results.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if not name.startswith(("kept/", ".")) and name != "run.json"
    }


def main() -> None:
    """Print a row for each change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder if not given")
    parser.add_argument("--compare", action="store_true", help="compare with a run from scratch")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as temporary:
        first = Path(temporary) / "demo"
        emgpipe("demo", str(first))
        whole = emgpipe("run", str(first / "study.yaml"))
        print(
            f"| change | CPU s | of the first run ({whole:.1f} s) | same as from scratch |\n|---|---|---|---|",
            flush=True,
        )
        for name in CHANGES:
            changed = Path(temporary) / "changed"
            shutil.copytree(first, changed)
            change(changed, name)
            seconds = emgpipe("run", str(changed / "study.yaml"))
            same = _is_same(changed, Path(temporary) / "scratch") if asked.compare else "not compared"
            print(f"| {name} | {seconds:.1f} | {seconds / whole:.0%} | {same} |", flush=True)
            shutil.rmtree(changed)


def _is_same(changed: Path, scratch: Path) -> str:
    shutil.copytree(changed, scratch, ignore=shutil.ignore_patterns("processed"))
    emgpipe("run", str(scratch / "study.yaml"))
    same = outputs(changed) == outputs(scratch)
    shutil.rmtree(scratch)
    return "yes" if same else "NO"


if __name__ == "__main__":
    main()
