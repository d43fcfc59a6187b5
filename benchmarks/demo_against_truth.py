"""The demo study's ranking beside its truth, as the Markdown of docs/demo-truth.md.

Run it after ``make demo``::

    python benchmarks/demo_against_truth.py > docs/demo-truth.md
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from emgpipe.simulate import load_truth
from emgpipe.simulate.movement import NECK_ANGLES
from emgpipe.simulate.truth import true_lockout_angles

KEYS = ["participant", "exercise", "head_position", "muscle", "metric"]
HEAD = """# The demo's ranking beside its truth

Made by `make demo`, then `python benchmarks/demo_against_truth.py > docs/demo-truth.md`.

The truth of a metric is its expected value under the stated smoother: every participant's true repetitions simulated
over 200 seeds, through the default chain, measured over the true repetition spans (`make truth` computes it, some five
minutes). Ratios are of geometric means over the participants who have both conditions.

| | largest deviation of any ratio of two conditions | allowed |
|---|---|---|
"""


def main() -> None:
    """Print the page."""
    table = pd.read_csv(Path("processed/demo/metrics.csv"), low_memory=False)
    table = table[table["variant"] == "main"]
    chosen = (table["role"] == "task") & (table["phase"] == "repetition") & (table["kind"] == "emg")
    own = table[chosen].groupby(KEYS)["amplitude"].mean().reset_index()
    cells = own.merge(load_truth(), on=KEYS)
    lines = [HEAD.rstrip("\n")]
    for metric, allowed in (("mean", "3 %"), ("peak", "5 %")):
        lines.append(f"| {metric} | {100 * largest_deviation(cells[cells['metric'] == metric]):.1f} % | {allowed} |")
    ranking = pd.read_csv(Path("processed/demo/comparisons/ranking.csv"))
    for title, rows in ranking.groupby("comparison", sort=False):
        lines += ["", f"## {title}", "", "Ratio to the first: measured (95 % interval), true.", ""]
        lines += [
            "| muscle | rank | level | mean: measured | true | peak: measured | true |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += ranked(rows, cells)
    lines += angles(table)
    lines += [
        "",
        "## Bias against the underlying activation",
        "",
        BIAS,
        "",
        "| muscle | mean | peak |",
        "|---|---|---|",
    ]
    bias = load_truth().pivot_table(index="muscle", columns="metric", values="bias")
    lines += [f"| {name} | {100 * row['mean']:+.1f} % | {100 * row['peak']:+.1f} % |" for name, row in bias.iterrows()]
    print("\n".join(lines))


ANGLES = """Degrees from each participant's own neutral, as the calibration trial has it; mean over participants. The
sensors do not read 0 in the neutral pose, and what they read there differs by several degrees between participants.
P06 was asked for hyperflexion and held the head at 33 degrees, which the means of that row show."""

BIAS = """Expected value over the mean and the peak of the true activation. The mean reads low because the envelope is a
root mean square of noise and smooths the ends; the peak reads high because a maximum of noise is sought over seconds.
Both nearly cancel in ratios of conditions of like tempo."""


def largest_deviation(cells: pd.DataFrame) -> float:
    """Return the largest |measured / true - 1| of any ratio of two conditions in any muscle."""
    cells = cells.assign(condition=cells["exercise"] + " " + cells["head_position"])
    worst = 0.0
    for _, own in cells.groupby("muscle"):
        wide = [
            np.log(own.pivot(index="participant", columns="condition", values=v)) for v in ("amplitude", "expected")
        ]
        for first, second in combinations(wide[0].columns, 2):
            measured, true = ((one[first] - one[second]).mean() for one in wide)
            worst = max(worst, abs(np.expm1(measured - true)))
    return worst


def ranked(rows: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """Return table lines: levels in rank order by mean, with measured and true ratios to the first."""
    factor = rows["factor"].iloc[0]
    held = cells["head_position"] == "neutral" if factor == "exercise" else cells["exercise"] == "barbell_hip_thrust"
    lines = []
    for muscle, own in rows.groupby("muscle", sort=False):
        by_metric = {metric: part.set_index("level") for metric, part in own.groupby("metric")}
        for level, row in by_metric["mean"].sort_values("rank").iterrows():
            parts = []
            for metric, part in by_metric.items():
                first = part.index[part["rank"] == 1][0]
                truth = cells[held & (cells["muscle"] == muscle) & (cells["metric"] == metric)]
                parts += [words(part.loc[level]), f"{true_ratio(truth, factor, level, first):.3f}"]
            lines.append(f"| {muscle} | {row['rank']} | {level} | {' | '.join(parts)} |")
    return lines


def angles(table: pd.DataFrame) -> list[str]:
    """Return the section about neck, lumbar spine and pelvis at lock-out of the hip thrust."""
    keys = ["participant", "exercise", "head_position", "channel"]
    lockout = table[(table["metric"] == "lockout") & (table["role"] == "task")].rename(columns={"muscle": "channel"})
    cells = lockout.groupby(keys)["value"].mean().reset_index().merge(true_lockout_angles(), on=keys)
    worst = (cells["value"] - cells["expected"]).abs().max()
    thrust = cells[cells["exercise"] == "barbell_hip_thrust"]
    lines = ["", "## Angles at lock-out of the hip thrust", "", ANGLES, ""]
    lines += [f"Largest deviation of any set of any participant in any exercise: {worst:.2f} degrees.", ""]
    lines += ["| channel | head position | measured | true |", "|---|---|---|---|"]
    for channel in ("neck_angle", "lumbar_angle", "pelvic_tilt"):
        means = thrust[thrust["channel"] == channel].groupby("head_position")[["value", "expected"]].mean()
        lines += [
            f"| {channel} | {position} | {means.loc[position, 'value']:+.1f} | {means.loc[position, 'expected']:+.1f} |"
            for position in NECK_ANGLES
        ]
    return lines


def words(row: pd.Series) -> str:
    """Return a measured ratio with its interval."""
    if np.isnan(row["ci_low"]):
        return "1"
    return f"{row['ratio_to_first']:.3f} ({row['ci_low']:.2f} to {row['ci_high']:.2f})"


def true_ratio(truth: pd.DataFrame, factor: str, level: str, first: str) -> float:
    """Return the true ratio of geometric means over the participants who have both levels."""
    wide = np.log(truth.pivot(index="participant", columns=factor, values="expected")[list({level, first})]).dropna()
    return float(np.exp((wide[level] - wide[first]).mean()))


if __name__ == "__main__":
    main()
