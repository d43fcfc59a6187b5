"""Compute the truth of the demo study and store it beside the simulator.

Run from the root of the repository, once, after any change of the simulator's numbers or of the default chain:
    python benchmarks/demo_truth.py [--seeds 200] [--workers 2]
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd

from emgpipe.simulate.tables import MUSCLES
from emgpipe.simulate.truth import COLUMNS, compute_truth

TARGET = Path(__file__).resolve().parent.parent / "emgpipe" / "simulate" / "demo_truth.csv"


def truth_of(muscle: str, seeds: int) -> pd.DataFrame:
    return compute_truth(range(seeds), muscles=(muscle,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began = time.perf_counter()
    with ProcessPoolExecutor(options.workers) as pool:
        tables = list(pool.map(partial(truth_of, seeds=options.seeds), MUSCLES))
    table = pd.concat(tables).sort_values(list(COLUMNS[:5]), ignore_index=True)
    table.to_csv(TARGET, index=False, float_format="%.6g", lineterminator="\n")
    print(f"{len(table)} rows in {time.perf_counter() - began:.0f} s: {TARGET}")
    print(table.groupby(["muscle", "metric"])["bias"].describe().round(3).to_string())


if __name__ == "__main__":
    main()
