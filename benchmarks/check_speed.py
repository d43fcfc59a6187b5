"""How long `emgpipe check` takes for 20 recordings of 8 channels of 60 s at 2000 Hz.

    python -m benchmarks.check_speed [--profile]

Makes the recordings in a temporary folder, as EDF, C3D and CSV (a single participant's session: rest, four MVIC,
fifteen sets), and times the command on the folder and on a study of them; printed are seconds, the best of two.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from emgpipe.simulate import simulate_emg
from emgpipe.simulate.files import PLAIN, Track, write_c3d, write_edf, write_text

RATE, SECONDS = 2000.0, 60.0
MUSCLES = (
    "gluteus_maximus_upper", "gluteus_maximus_lower", "gluteus_medius", "biceps_femoris", "semitendinosus",
    "erector_spinae", "vastus_lateralis", "rectus_femoris",
)  # fmt: skip
LABELS = {muscle: f"EMG{number}" for number, muscle in enumerate(MUSCLES, start=1)}
FORMATS = ("edf", "c3d", "csv")
STUDY = """
name: speed
recordings: {folder: raw, files: [
  {pattern: "{participant}_{role}_{trial}.*", factors: {exercise: barbell_hip_thrust, head_position: neutral,
   target: "gluteus_maximus + gluteus_medius + biceps_femoris + semitendinosus + erector_spinae + quadriceps"}}]}
repetitions: {kind: whole}
channels:
"""


def names() -> list[str]:
    roles = ["rest"] + ["mvic"] * 4 + ["task"] * 15
    return [f"P01_{role}_{number}" for number, role in enumerate(roles, start=1)]


def write(folder: Path, ending: str, rng: np.random.Generator) -> Path:
    """Write the recordings and a study file; return the study file."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    times = np.arange(round(RATE * SECONDS)) / RATE
    for name in names():
        level = {"rest": 3e-6, "mvic": 3e-4, "task": 1.5e-4}[name.split("_")[1]]
        bumps = level if level < 1e-5 else 3e-6 + level * np.clip(np.sin(2 * np.pi * times / 6.0), 0.0, None)
        tracks = [
            Track(LABELS[muscle], RATE, simulate_emg(np.broadcast_to(bumps, times.shape), RATE, rng))
            for muscle in MUSCLES
        ]
        path = raw / f"{name}.{ending}"
        if ending == "edf":
            write_edf(path, [(track, "uV") for track in tracks])
        elif ending == "c3d":
            write_c3d(path, tracks)
        else:
            write_text(path, tracks, [], PLAIN)
    study = folder / "study.yaml"
    channels = "".join(f"  - {{label: {LABELS[muscle]}, muscle: {muscle}, side: right}}\n" for muscle in MUSCLES)
    study.write_text(STUDY + channels, "utf-8")
    return study


def seconds(path: Path) -> float:
    """Return the seconds of the command, the best of two; it must have checked everything."""
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        command = [sys.executable, "-m", "emgpipe", "check", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        taken.append(time.perf_counter() - started)
        assert done.returncode in (0, 1), done.stderr
        assert "1 session, 20 trials" in done.stdout or "20 recordings" in done.stdout, done.stdout + done.stderr
    return min(taken)


def profile(study: Path) -> None:
    """Print where the time goes in this process; reading happens in another one."""
    from emgpipe.checking.study import check_study

    profiler = cProfile.Profile()
    profiler.runcall(check_study, study)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats("emgpipe", 40)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS)
    given = parser.parse_args()
    rng = np.random.default_rng(5)
    print(f"{'format':8}{'folder':>10}{'study':>10}   (seconds)")
    for ending in given.formats:
        with tempfile.TemporaryDirectory() as name:
            study = write(Path(name), ending, rng)
            print(f"{ending:8}{seconds(study.parent / 'raw'):10.1f}{seconds(study):10.1f}", flush=True)
            if given.profile:
                profile(study)


if __name__ == "__main__":
    main()
