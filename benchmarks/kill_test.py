"""Kill a run at random moments, and look whether anything is lost, left behind, or ever seen half written.

A batch of small sessions is run by the command, in two worker processes. At a random moment SIGKILL goes to the main
process, to a worker, or to the child that reads for a worker. All the while the folder of results is watched: whatever
is visible there must be the file of the run before or the final one, never a part of one. Then no process may be left,
and after running again (where the main process was killed) everything must be, to the byte, what an undisturbed run
makes. Every other run begins without results, the others with those of another chain. Half of the moments are drawn
from the time a run takes, the others fall shortly after a session was finished.

    python -m benchmarks.kill_test --moments 200

Linux only: processes are found in /proc by a word in their environment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SESSIONS = 12
STUDY = """
name: small
recordings:
  folder: raw
  files:
    - pattern: "{{participant}}_mvic_{{position}}_{{trial}}.*"
      role: mvic
      factors: {{target: gluteus_maximus_lower}}
    - {{pattern: "{{participant}}_{{exercise}}_{{head_position}}_{{trial}}.*"}}
channels:
  - {{label: GMAX, muscle: gluteus_maximus_lower, side: right}}
chain:
  - {{kind: dc_offset}}
  - {{kind: bandpass, low: 20, high: {high}}}
  - {{kind: rms, window: 0.1}}
repetitions: {{kind: whole}}
comparisons:
  - {{kind: ranking, factor: exercise, at: {{head_position: neutral}}}}
output: {{folder: processed}}
"""
FINAL, BEFORE = 200, 240
"""Hz; the upper edge of the pass band, now and in the run whose results some runs find."""
CACHE = "kept"
"""A folder of results that no reader of results needs: its files must be whole, but not the same."""
PATIENCE = 20.0
"""Seconds within which processes must have ended; what it really took is printed."""
VICTIMS = ("main", "worker", "reader")


@dataclass
class Expected:
    """What an undisturbed run makes: content by name; and how long it takes, the mean of those seen so far."""

    files: dict[str, str]
    before: dict[str, str]
    stored: Path
    durations: list[float]

    @property
    def seconds(self) -> float:
        return float(np.mean(self.durations))

    @property
    def sessions(self) -> dict[str, str]:
        return {name: content for name, content in self.files.items() if name.startswith("sessions/")}


@dataclass
class Tally:
    """What was seen over all moments."""

    victims: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    lost: int = 0
    looks: int = 0
    slowest_end: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """How many processes were killed; the moment of others came after the end, or there was no such process."""
        return sum(count for who, count in self.victims.items() if who != "nobody")

    def lines(self) -> list[str]:
        killed = ", ".join(f"{count} {name}" for name, count in sorted(self.victims.items()))
        hit = ", ".join(f"{count} {name}" for name, count in sorted(self.phases.items()))
        return [
            f"moments: {sum(self.victims.values())}",
            f"killed: {killed}",
            f"hit: {hit}",
            f"sessions done again after their worker died: {self.retries}; sessions lost: {self.lost}",
            f"looks at visible files: {self.looks}; last process gone {self.slowest_end:.2f} s after the kill, at most",
            f"faults: {len(self.faults)}",
            *self.faults,
        ]


def write_batch(folder: Path, sessions: int = SESSIONS, seconds: float = 2.0) -> Path:
    """Write sessions of three trials and their study file."""
    rate, raw = 500.0, folder / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    times = np.arange(round(seconds * rate)) / rate
    for number in range(1, sessions + 1):
        levels = {"mvic_prone": 1.0, "barbell-hip-thrust_neutral": 0.8, "back-squat_neutral": 0.4}
        for name, level in levels.items():
            table = np.column_stack([times, rng.normal(size=times.size) * 200 * level])
            path = raw / f"P{number:02d}_{name}_1.csv"
            np.savetxt(path, table, delimiter=",", fmt="%.4f", header="time (s),GMAX (uV)", comments="")
    return write_study(folder, FINAL)


def write_study(folder: Path, high: float) -> Path:
    study = folder / "study.yaml"
    study.write_text(STUDY.format(high=high), "utf-8")
    return study


def prepare(folder: Path, sessions: int = SESSIONS) -> tuple[Path, Expected]:
    """Write the batch and run it undisturbed, with the chain of before and with the final one."""
    study = write_batch(folder, sessions)
    results, stored = folder / "processed" / "small", folder / "stored"
    write_study(folder, BEFORE)
    _ran(study)
    before = contents(results)
    shutil.move(results, stored)
    write_study(folder, FINAL)
    started = time.monotonic()
    _ran(study)
    return study, Expected(contents(results), before, stored, [time.monotonic() - started])


def kill_test(folder: Path, moments: int, seed: int = 1, sessions: int = SESSIONS) -> Tally:
    """Kill a run at so many moments, or until Ctrl-C; return what was seen. Those that hit nobody are not counted."""
    study, expected = prepare(folder, sessions)
    tally = Tally()
    with suppress(KeyboardInterrupt):
        _kill_at_moments(folder, moments, random.Random(seed), (study, expected, tally))  # noqa: S311 - no secret
    return tally


def _kill_at_moments(folder: Path, moments: int, rng: random.Random, known: tuple[Path, Expected, Tally]) -> None:
    study, expected, tally = known
    sessions = len(expected.sessions)
    number = 0
    while (killed := tally.killed) < moments and number < 10 * moments:
        results = folder / "processed" / "small"
        shutil.rmtree(results, ignore_errors=True)
        if number % 2:
            shutil.copytree(expected.stored, results)
        by_time = rng.random() < 0.5
        done, share = (0, rng.uniform(0, 1.05)) if by_time else (rng.randrange(sessions), rng.uniform(0, 0.05))
        _Moment(study, results, expected, tally, f"moment {number}").run(rng.choice(VICTIMS), share, done)
        number += 1
        if tally.killed > killed and tally.killed % 20 == 0:
            print(f"{tally.killed} of {moments}, faults: {tally.faults}", file=sys.stderr, flush=True)


@dataclass
class _Moment:
    """One run that is killed, and what follows."""

    study: Path
    results: Path
    expected: Expected
    tally: Tally
    name: str
    mark: str = field(default_factory=lambda: f"EMGPIPE_KILL_TEST_{uuid.uuid4().hex}")
    seen: dict[Path, tuple[int, int, int]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)

    def run(self, victim: str, share: float, done: int) -> None:
        """Kill `victim` after so many sessions and a share of the time a run takes; go on until everything is there."""
        started = time.monotonic()
        with _begun(self.study, self.mark) as process:
            while process.poll() is None and self._done() < done:
                self._look()
            begin = time.monotonic() if done else started
            while process.poll() is None and time.monotonic() - begin < share * self.expected.seconds:
                self._look()
            found = _victim(process.pid, self.mark, victim)
            phase = self._phase(is_over=process.poll() is not None)
            killed_at = time.monotonic()
            if found:
                with suppress(ProcessLookupError):
                    os.kill(found, signal.SIGKILL)
            was = "nobody" if not found else "main" if found == process.pid else victim
            while process.poll() is None:
                self._look()
            _, err = process.communicate()
        self.tally.victims[was] += 1
        self.tally.phases[phase] += 1
        self._all_gone(killed_at if was == "main" else time.monotonic())
        self._look()
        self._follow(was, process.returncode, err, time.monotonic() - started)

    def _follow(self, was: str, code: int, err: str, seconds: float) -> None:
        """Look at the end of a run, which must be that of an undisturbed one if its main process was left alone."""
        self.tally.retries += err.count("is done once more")
        self.tally.lost += err.count("LOST:")
        if was == "main":
            self._check(code == -signal.SIGKILL, f"exit code {code} of a killed run")
            again = _ran(self.study, check=False)
            self._check(
                again.returncode == 0, f"running again gives exit code {again.returncode}: {again.stderr[-500:]}"
            )
        else:
            self._check(code == 0, f"exit code {code} of a run that lost a {was}: {err[-500:]}")
            self.expected.durations.append(seconds)
        there = contents(self.results)
        for name in sorted(there.keys() | self.expected.files.keys()):
            same = there.get(name) == self.expected.files.get(name)
            self._check(same, f"{name} is not that of an undisturbed run")
        hidden = sorted(str(one.relative_to(self.results)) for one in self.results.rglob(".*") if one.name != ".lock")
        self._check(not hidden, f"left behind: {hidden}")

    def _all_gone(self, since: float) -> None:
        while (left := marked(self.mark)) and time.monotonic() - since < PATIENCE:
            time.sleep(0.005)
        self.tally.slowest_end = max(self.tally.slowest_end, time.monotonic() - since)
        self._check(not left, f"processes left: {left}")

    def _look(self) -> None:
        """Read what is visible: each file must be one of a whole run."""
        for path in visible(self.results):
            name = path.relative_to(self.results).as_posix()
            with suppress(FileNotFoundError):
                stat = path.stat()
                stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                if self.seen.get(path) == stamp:
                    continue
                content = content_of(path)
                self.tally.looks += 1
                self.seen[path], self.states[name] = stamp, content
                known = (self.expected.files.get(name), self.expected.before.get(name))
                self._check(content in known, f"{name} was seen in a state of no whole run")
        time.sleep(0.004)

    def _phase(self, *, is_over: bool) -> str:
        if is_over:
            return "after the end"
        done = self._done()
        if done == 0:
            return "before the first session was done"
        return "between sessions" if done < len(self.expected.sessions) else "during tables and report"

    def _done(self) -> int:
        return sum(self.states.get(name) == content for name, content in self.expected.sessions.items())

    def _check(self, holds: bool, words: str) -> None:  # noqa: FBT001
        if not holds:
            self.tally.faults.append(f"{self.name}: {words}")


def contents(results: Path) -> dict[str, str]:
    """Return name -> hash of every visible file."""
    return {path.relative_to(results).as_posix(): content_of(path) for path in visible(results)}


def visible(results: Path) -> list[Path]:
    """Return the files whose names, and whose folders' names, begin with no dot."""
    found = []
    for folder, folders, names in os.walk(results):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(folder) / name for name in names if not name.startswith(".")]
    return sorted(found)


def content_of(path: Path) -> str:
    """Return a file's hash; of `run.json`, which holds times, that of its outputs; of a cache, whether it is whole."""
    if CACHE in path.parts:
        return _state_of_cache(path)
    content = path.read_bytes()
    if path.name == "run.json":
        try:
            content = json.dumps(json.loads(content)["outputs"], sort_keys=True).encode()
        except (ValueError, KeyError):
            return "damaged"
    return hashlib.sha256(content).hexdigest()


def _state_of_cache(path: Path) -> str:
    try:
        with ZipFile(path) as archive:
            return "damaged" if archive.testzip() else "whole"
    except BadZipFile:
        return "damaged"


def _begun(study: Path, mark: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "emgpipe", "run", str(study), "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | ({mark: "1"} if mark else {})
    return subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    )


def _ran(study: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    with _begun(study) as process:
        _, err = process.communicate()
    if check and process.returncode != 0:
        raise SystemExit(f"an undisturbed run fails ({process.returncode}): {err}")
    return subprocess.CompletedProcess(process.args, process.returncode, "", err)


def marked(mark: str) -> list[int]:
    """Return the processes that have a word in their environment, zombies left out."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if mark.encode() in (folder / "environ").read_bytes() and _state(folder)[0] not in "ZX":
                    found.append(int(folder.name))
    return found


def _state(folder: Path) -> list[str]:
    """Return state, parent and more of a process."""
    return (folder / "stat").read_text("utf-8").rpartition(")")[2].split()


def _victim(main: int, mark: str, wanted: str) -> int:
    """Return a process to kill, the main one where there is none of the kind; 0 if there is none at all."""
    parents: dict[int, int] = {}
    for pid in marked(mark):
        with suppress(OSError):
            parents[pid] = int(_state(Path(f"/proc/{pid}"))[1])
    workers = [pid for pid, parent in parents.items() if parent == main]
    readers = [pid for pid, parent in parents.items() if parent in workers]
    of_kind = {"main": [], "worker": workers, "reader": readers}[wanted]
    return of_kind[-1] if of_kind else main if main in parents else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="emgpipe-kill-") as folder:
        tally = kill_test(Path(folder) / "batch", given.moments, given.seed)
    print("\n".join(tally.lines()))
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
