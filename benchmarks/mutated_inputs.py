"""Damage the example recordings of all readers in many ways and count what comes of it.

Every input is read in a supervised child, as the commands do. Allowed are a recording and one `ReadError`; a crash or a
hang of a library arrives as a `ReadError` too and is counted apart. Anything else is printed with what is needed to
repeat it, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emgpipe.errors import ReadError
from emgpipe.readers import READERS, Reader
from emgpipe.reading import Supervisor
from emgpipe.reading.limits import Limits
from emgpipe.simulate.damage import ABSURD, KINDS, Change, damaged
from tests.readers.examples import write_example

LIMITS = Limits(seconds=20.0)
COLUMNS = ("inputs", "recordings", "errors", "crashes", "time-outs", "not foreseen", "not allowed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000, help="inputs per file of an example")
    parser.add_argument("--reader", help="only this reader")
    given = parser.parse_args()
    print(f"{'reader':<18}" + "".join(f"{name:>13}" for name in COLUMNS))
    total: Counter[str] = Counter()
    for reader in READERS:
        if given.reader in (None, reader.name):
            counts = try_reader(reader, given.inputs)
            total += counts
            print(f"{reader.name:<18}" + "".join(f"{counts[name]:>13}" for name in COLUMNS), flush=True)
    print(f"{'all':<18}" + "".join(f"{total[name]:>13}" for name in COLUMNS))
    sys.exit(bool(total["not allowed"]))


def try_reader(reader: Reader, inputs: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    child = Supervisor(LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        opened = write_example(reader, Path(folder))
        for number, (name, content) in enumerate(reader.example().items()):
            path = (opened if reader.is_folder else opened.parent) / name
            for seed in range(inputs):
                path.write_bytes(damaged(content, changes(np.random.default_rng((number, seed)))))
                counts["inputs"] += 1
                counts[outcome(child, opened, f"{reader.name}, {name}, input {seed}")] += 1
            path.write_bytes(content)
    child.close()
    return counts


def changes(rng: np.random.Generator) -> list[Change]:
    return [
        Change(
            KINDS[int(rng.integers(len(KINDS)))],
            float(rng.random()),
            bool(rng.random() < 0.6),
            ABSURD[int(rng.integers(len(ABSURD)))] if rng.random() < 0.4 else rng.bytes(int(rng.integers(1, 9))),
        )
        for _ in range(int(rng.integers(1, 5)))
    ]


def outcome(child: Supervisor, path: Path, where: str) -> str:
    try:
        recording = child.read(path)
        for channel in recording.channels:
            samples = channel.read()
            if samples.size != channel.n_samples or np.isinf(samples).any() or not channel.sampling_rate > 0:
                print(f"  not allowed: {where}: '{channel.label}' breaks its promises")
                return "not allowed"
    except ReadError as error:
        said = str(error)
        if "looks like" in said and "cannot be understood (" in said:
            print(f"  not foreseen: {where}: {said[-160:]}")
            return "not foreseen"  # an exception the reader did not expect, turned into an error about the file
        return "crashes" if "crash" in said else "time-outs" if "took longer" in said else "errors"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        print(f"  not allowed: {where}: {type(error).__name__}: {error}")
        return "not allowed"
    return "recordings"


if __name__ == "__main__":
    main()
