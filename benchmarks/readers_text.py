"""Text recordings read by emgpipe and by pandas' C engine, side by side: 16 channels x 10 min x 2000 Hz.

Everything is kept as float64 until the clock stops. For plain CSV the figure is the time against pandas on the same
file; for the formats of vendors it is the time per byte against emgpipe's own reading of the CSV. Peak memory is that
of a fresh process, less what it took after its imports::

    python benchmarks/readers_text.py [--minutes 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from collections.abc import Callable

CHANNELS, RATE = 16, 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak:
        print(peak_bytes(given.peak))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {name: write(Path(folder), given.minutes) for name, write in FILES.items()}
        jobs = {f"emgpipe {name}": (read_emgpipe, path) for name, path in files.items()}
        jobs["pandas csv"] = (read_pandas, files["csv"])
        seconds = timed(jobs, given.rounds)
        print("| file | MB | s | ns/byte | against | ratio | allowed | peak / samples |")
        print("|---|---|---|---|---|---|---|---|")
        print(row("pandas csv", files["csv"], seconds["pandas csv"], "", 0.0, ""))
        per_byte = seconds["emgpipe csv"] / files["csv"].stat().st_size
        for name, path in files.items():
            took = seconds[f"emgpipe {name}"]
            if name == "csv":
                print(row("emgpipe csv", path, took, "pandas, same file", took / seconds["pandas csv"], "1.25"))
            else:
                print(row(f"emgpipe {name}", path, took, "emgpipe csv, per byte", took / size(path) / per_byte, "2"))


def timed(jobs: dict[str, tuple[Callable[[Path], object], Path]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each job; jobs take turns, so that a busy machine is busy for all."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name in sorted(jobs, reverse=bool(number % 2)):
            read, path = jobs[name]
            begin = time.perf_counter()
            kept = read(path)
            if number:  # the first round imports
                seconds[name].append(time.perf_counter() - begin)
            del kept
    return {name: float(np.median(times)) for name, times in seconds.items()}


def row(name: str, path: Path, seconds: float, against: str, ratio: float, allowed: str) -> str:
    peak = ""
    if against:
        samples = 8 * sum(one.size for one in read_emgpipe(path))
        command = [sys.executable, __file__, "--peak", str(path)]
        used = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603
        peak = f"{used / samples:.2f} (2.5)"
    return (
        f"| {name} | {size(path) / 1e6:.0f} | {seconds:.2f} | {1e9 * seconds / size(path):.1f} | {against} "
        f"| {f'{ratio:.2f}' if against else ''} | {allowed} | {peak} |"
    )


def size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.iterdir()) if path.is_dir() else path.stat().st_size


def peak_bytes(path: Path) -> int:
    """Return by how much reading all channels raises this process's largest memory (Linux only)."""
    import pandas as pd
    import scipy.io  # noqa: F401

    pd.read_csv(io.StringIO("1,2\n3,4"))
    Path("/proc/self/clear_refs").write_text("5")
    before = resident()
    kept = read_emgpipe(path)
    assert kept
    return resident() - before


def resident() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def read_emgpipe(path: Path) -> list[np.ndarray]:
    from emgpipe.readers import read

    return [channel.read() for channel in read(path).channels]


def read_pandas(path: Path) -> np.ndarray:
    import pandas as pd

    return pd.read_csv(path, engine="c", dtype=np.float64).to_numpy()


def samples(minutes: float) -> tuple[np.ndarray, np.ndarray]:
    n_samples = int(minutes * 60) * RATE
    values = np.random.default_rng(1).normal(0, 100, (n_samples, CHANNELS))
    return np.arange(n_samples) / RATE, values


def labels() -> list[str]:
    return [f"MUSCLE {number} RT (uV)" for number in range(CHANNELS)]


def write_rows(handle: io.TextIOBase, minutes: float, form: str) -> None:
    time_stamps, values = samples(minutes)
    for begin in range(0, time_stamps.size, 20_000):
        part = np.column_stack([time_stamps[begin : begin + 20_000], values[begin : begin + 20_000]])
        handle.write("".join(form % tuple(one) for one in part.tolist()))


def write_csv(folder: Path, minutes: float) -> Path:
    path = folder / "plain.csv"
    with path.open("w") as handle:
        handle.write("time (s)," + ",".join(labels()) + "\n")
        write_rows(handle, minutes, "%.5f" + ",%.4f" * CHANNELS + "\n")
    return path


def write_noraxon(folder: Path, minutes: float) -> Path:
    path = folder / "noraxon.csv"
    count = int(minutes * 60) * RATE
    keys = ["type", "begin_time", "frequency", "count", "last_name", "record_name"]
    values = ["movement", "0", f"{RATE}.0", str(count), "Muster", "Record"]
    with path.open("w") as handle:
        handle.write(";".join(f'"{key}"' for key in keys) + "\n" + ";".join(f'"{one}"' for one in values) + "\n\n")
        handle.write(";".join(f'"{one}"' for one in ["time", "Activity", "Marker", *labels()]) + "\n")
        text = io.StringIO()
        write_rows(text, minutes, "%.5f;;" + ";%.4f" * CHANNELS + "\n")
        handle.write(text.getvalue().replace(".", ","))
    return path


def write_slk(folder: Path, minutes: float) -> Path:
    path = folder / "noraxon.slk"
    header = ["time", "Activity", "Marker", *labels()]
    keys = {"type": '"movement"', "frequency": f"{RATE}", "count": f"{int(minutes * 60) * RATE}"}
    columns = [1, *range(4, 4 + CHANNELS)]
    with path.open("w") as handle:
        handle.write("ID;PWXL;N;E\n")
        for place, (key, value) in enumerate(keys.items(), start=1):
            handle.write(f'C;Y1;X{place};K"{key}"\nC;Y2;X{place};K{value}\n')
        handle.writelines(f'C;Y4;X{place};K"{label}"\n' for place, label in enumerate(header, start=1))
        time_stamps, values = samples(minutes)
        cells = "".join(f"C;X{column};K%.{5 if column == 1 else 4}f\n" for column in columns[1:])
        form = "C;Y%d;X1;K%.5f\n" + cells
        for place, (stamp, one) in enumerate(zip(time_stamps.tolist(), values.tolist(), strict=True), start=5):
            handle.write(form % (place, stamp, *one))
        handle.write("E\n")
    return path


def write_emgworks(folder: Path, minutes: float) -> Path:
    path = folder / "emgworks.csv"
    count = int(minutes * 60) * RATE
    names = [f"Sensor {number}: EMG {number}" for number in range(CHANNELS)]
    with path.open("w") as handle:
        handle.writelines(
            f"Label: {name} Sampling frequency: {RATE:e} Number of points: {count} start: 0.0 Unit: V Domain Unit: s\n"
            for name in names
        )
        handle.write(",".join(f'X[s],"{name}"' for name in names) + "\n")
        time_stamps, values = samples(minutes)
        form = ",".join(["%.6f,%.7f"] * CHANNELS) + "\n"
        for stamp, one in zip(time_stamps.tolist(), (values * 1e-6).tolist(), strict=True):
            handle.write(form % tuple(cell for value in one for cell in (stamp, value)))
    return path


def write_opensignals(folder: Path, minutes: float) -> Path:
    path = folder / "opensignals.txt"
    facts = (
        '{"00:07:80:3B:46:61": {"sensor": [%s], "device name": "00:07:80:3B:46:61", "column": ["nSeq", "DI", %s], '
        '"sync interval": 2, "time": "14:8:41.5", "comments": "", "device connection": "", "channels": [%s], '
        '"date": "2025-2-28", "mode": 0, "digital IO": [0, 1], "firmware version": 773, "device": "biosignalsplux", '
        '"position": 0, "sampling rate": %d, "label": [%s], "resolution": [%s], "special": []}}'
    )
    numbers = range(1, CHANNELS + 1)
    names = ", ".join(f'"CH{number}"' for number in numbers)
    sensors = ", ".join(['"EMG"'] * CHANNELS)
    with path.open("w") as handle:
        handle.write("# OpenSignals Text File Format. Version 1\n# ")
        plain = ", ".join(map(str, numbers))
        handle.write(facts % (sensors, names, plain, RATE, names, ", ".join(["16"] * CHANNELS)) + "\n# EndOfHeader\n")
        counts = np.clip(np.round(samples(minutes)[1] * 20 + 32768), 0, 65535).astype(int)
        form = "%d\t0\t" + "%d\t" * CHANNELS + "\n"
        handle.writelines(form % (place % 65536, *one) for place, one in enumerate(counts.tolist()))
    return path


FILES: dict[str, Callable[[Path, float], Path]] = {
    "csv": write_csv,
    "noraxon csv": write_noraxon,
    "noraxon slk": write_slk,
    "emgworks": write_emgworks,
    "opensignals": write_opensignals,
}

if __name__ == "__main__":
    main()
