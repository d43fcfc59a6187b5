"""A recording of 2 h that holds a whole session: what its trials cost when they are taken piece by piece, and whole.

    python -m benchmarks.long_recording [--minutes 120] [--trials 40] [--only pieces|whole]

Writes one EDF (16 EMG channels at 2000 Hz and a hip angle at 100 Hz) and a trials table of one-minute trials into a
temporary folder, and processes the session in processes of their own: once as emgpipe does, once with every channel
held as a whole. Printed are the time, the peak memory of the process and of the child that reads for it, beyond what
they hold before the session, and by how much the signals differ. About 1 GB of disk; 4 GB of memory for `whole`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.model import Channel, Recording, Source
from emgpipe.simulate import simulate_emg
from emgpipe.writers import write

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE, ANGLE_RATE = 2000.0, 100.0
TRIAL = 60.0
"""Seconds."""
MUSCLES = (
    "gluteus_maximus_upper", "gluteus_maximus_lower", "gluteus_medius", "biceps_femoris", "semitendinosus",
    "erector_spinae", "vastus_lateralis", "rectus_femoris",
)  # fmt: skip
TARGETS = "gluteus_maximus + gluteus_medius + biceps_femoris + semitendinosus + erector_spinae + quadriceps"
CHAIN = "chain: [{kind: dc_offset}, {kind: bandpass}, {kind: rectify}, {kind: rms}]"
STUDY = """
name: long
recordings: {{folder: raw, trials: trials.csv}}
repetitions: {{kind: angle, channel: hip_angle}}
output: {{folder: processed}}
{chain}
channels:
  - {{label: hip, kind: angle, name: hip_angle}}
{channels}
"""


@dataclass(frozen=True)
class Layout:
    """How long, how many channels of EMG, how many trials of how many seconds."""

    seconds: float = 7200.0
    channels: int = 16
    trials: int = 40
    trial: float = TRIAL

    def span(self, number: int) -> tuple[float, float]:
        """Return start and stop of a trial in s."""
        every = self.seconds / self.trials
        start = round(number * every + 0.4 * (every - self.trial), 3)
        return start, start + self.trial


@dataclass(frozen=True)
class Simulated:
    """The samples of a channel, made when they are asked for, minute by minute."""

    channel: int
    rate: float

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop in V, or in degrees for the angle (channel 0)."""
        size = round(60 * self.rate)
        minutes = range(start // size, -(-stop // size))
        samples = np.concatenate([self._minute(minute, size) for minute in minutes])
        return samples[start - minutes[0] * size : stop - minutes[0] * size]

    def _minute(self, minute: int, size: int) -> NDArray[np.float64]:
        times = 60.0 * minute + np.arange(size) / self.rate
        wave = np.clip(np.sin(2 * np.pi * times / 6.0), 0.0, None)
        if self.channel == 0:
            return np.asarray(80 - 80 * wave**2)
        rng = np.random.default_rng((self.channel, minute))
        offset = 1e-4 * self.channel * (1 + 0.1 * np.sin(times / 500))
        return np.asarray(simulate_emg(3e-6 + 3e-4 * wave / (1 + minute % 3), self.rate, rng) + offset)


def write_study(folder: Path, layout: Layout, chain: str = CHAIN) -> Path:
    """Write the recording, the trials table and the study file; return the last."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    rates = [("hip", 0, ANGLE_RATE), *((f"EMG{one}", one, RATE) for one in range(1, layout.channels + 1))]
    channels = tuple(
        Channel(
            label, rate, "V" if number else "deg", "emg" if number else "angle", round(layout.seconds * rate),
            Simulated(number, rate),
        )
        for label, number, rate in rates
    )  # fmt: skip
    write(Recording(channels, Source(raw / "long.edf", "simulated")), raw / "long.edf")
    rows = ["participant,trial,file,role,exercise,head_position,target,position,start,stop"]
    for number in range(layout.trials):
        start, stop = layout.span(number)
        role = "rest" if number == 0 else "mvic" if number in (1, 2) else "task"
        exercise = ("barbell_hip_thrust", "back_squat")[number % 2] if role == "task" else ""
        target = TARGETS if role == "mvic" else ""
        neutral = "neutral" if role == "task" else ""
        rows.append(
            f"P01,{number},long.edf,{role},{exercise},{neutral},{target},{'prone' if target else ''},{start},{stop}"
        )
    (raw / "trials.csv").write_text("\n".join(rows) + "\n", "utf-8")
    lines = [
        f"  - {{label: EMG{one + 1}, muscle: {MUSCLES[one % 8]}, side: {'right' if one < 8 else 'left'}}}"
        for one in range(layout.channels)
    ]
    study = folder / "study.yaml"
    study.write_text(STUDY.format(channels="\n".join(lines), chain=chain), "utf-8")
    return study


def measure(study: Path, *, whole: bool) -> dict[str, Any]:
    """Process the session of a study in this process, and compare its signals with channels filtered as a whole."""
    from emgpipe import preparation
    from emgpipe.loading import long_recordings
    from emgpipe.pipeline import process_session
    from emgpipe.run.opened import open_study

    with tempfile.TemporaryDirectory() as folder:  # imports, caches and the allocator, as after any other session
        short = open_study(write_study(Path(folder), Layout(60.0, 2, 4, 12.0)))
        process_session(short.study, short.vocabulary, short.sessions[0])
    if whole:
        long_recordings.LONG = sys.maxsize
    opened = open_study(study)
    session = (opened.study, opened.vocabulary, opened.sessions[0])
    child = next(int(pid) for pid in _children())
    held, held_by_child = _now_and_reset("self"), _now_and_reset(child)
    load, peaks = preparation.load_trial, []

    def watched(*given: Any) -> Any:
        try:
            return load(*given)
        finally:
            peaks.append(_memory("self", "VmHWM"))

    preparation.load_trial = watched
    prepared = preparation.prepare_session(*session)
    checked, by_child = _memory("self", "VmHWM"), _memory(child, "VmHWM")
    difference = 0.0 if whole else _difference(prepared)
    del prepared
    _now_and_reset("self")
    started = time.perf_counter()
    result = process_session(*session)
    return {
        "seconds": time.perf_counter() - started,
        "memory": {
            "reading and filtering": max(peaks[: len(session[2])]) - held,
            "with references and checks": checked - held,
            "with all numbers and tables": _memory("self", "VmHWM") - held,
            "the child that reads": by_child - held_by_child,
        },
        "held before": held,
        "numbers": len(result.metrics),
        "failed": [f"{one.trial.id}: {one.reason}" for one in result.trials if one.status != "processed"],
        "difference": difference,
    }


def _children() -> list[str]:
    """Return the processes this one has started (Linux)."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()


def _difference(prepared: Any) -> float:
    """Return the largest difference of pieces from channels filtered as a whole, relative to the channel's peak."""
    from emgpipe.chain import DEFAULT_CHAIN, run_chain
    from emgpipe.reading import read_supervised

    loaded = [step.loaded.signals.signals for step in prepared.steps if step.loaded is not None]
    path = next(iter(prepared.readers))
    worst = 0.0
    for channel in read_supervised(path).channels:
        if channel.kind != "emg":
            continue
        samples = channel.read()
        made = run_chain(DEFAULT_CHAIN, samples, channel.sampling_rate)
        peak = float(np.nanmax(np.abs(samples)))
        for signal in (one for signals in loaded for one in signals if one.label == channel.label):
            first = round((signal.start - channel.start) * channel.sampling_rate)
            part = slice(first, first + signal.raw.size)
            pairs = ((signal.filtered, made.filtered), (signal.envelope, made.envelope))
            worst = max(worst, *(float(np.nanmax(np.abs(one - whole[part]))) / peak for one, whole in pairs))
    return worst


def _memory(pid: str | int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _now_and_reset(pid: str | int) -> int:
    """Return what a process holds, and let its peak begin from there (Linux)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    return _memory(pid, "VmRSS")


def main() -> None:
    """Write the recording, process it in processes of their own, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--chain", default=CHAIN, help="a line of YAML")
    parser.add_argument("--only", choices=("pieces", "whole"), help="leave the other one out")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    layout = Layout(60 * given.minutes, given.channels, given.trials)
    if given.measure:
        print(json.dumps(measure(given.measure, whole=given.only == "whole")))
        return
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(Path(folder) / "study", layout, given.chain)
        size = sum(path.stat().st_size for path in (study.parent / "raw").iterdir())
        piece = 8 * RATE * layout.trial
        print(f"{given.minutes:g} min, {layout.channels} EMG channels: {size / 1e6:.0f} MB; {layout.trials} trials")
        print(f"a filtered piece: {piece / 1e6:.2f} MB of one channel, {layout.channels * piece / 1e6:.1f} MB of all")
        for mode in (given.only,) if given.only else ("pieces", "whole"):
            _print(mode, _in_own_process(study, layout, mode), layout.channels * piece)


def _in_own_process(study: Path, layout: Layout, mode: str) -> dict[str, Any]:
    command = [
        sys.executable, "-m", "benchmarks.long_recording", "--measure", str(study), "--only", mode,
        "--minutes", str(layout.seconds / 60), "--channels", str(layout.channels), "--trials", str(layout.trials),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this file itself
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(mode: str, found: dict[str, Any], piece: float) -> None:
    print(f"{mode}: {found['seconds']:.1f} s, {found['numbers']} numbers, failed: {found['failed'] or 'none'}")
    print(f"  memory beyond the {found['held before'] / 1e6:.0f} MB held before the session:")
    for name, size in found["memory"].items():
        print(f"    {name}: {size / 1e6:.1f} MB, {size / piece:.1f} pieces of all channels")
    print(f"  largest difference from channels filtered as a whole: {found['difference']:.1e} of the peak")


if __name__ == "__main__":
    main()
