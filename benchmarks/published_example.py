"""Back squat against barbell hip thrust: a published table as a worked example of the ranking.

    python benchmarks/published_example.py

Contreras et al. 2015 (J Appl Biomech 31:452-458) published the group means of 13 women, not their own values. This
script invents participants (log-normal, the spread and the correlation stated below, one seed) and scales them so that
the means of the invented group are exactly the published ones. Order and means are therefore the paper's; every
interval, p value and verdict is that of the invented spread.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from emgpipe.comparison import Ranking, StudyTables
from emgpipe.model import Comparison
from emgpipe.model.tables import METRIC_COLUMNS, WHERE
from emgpipe.vocabulary import load_vocabulary

THRUST, SQUAT = "barbell_hip_thrust", "back_squat"
PARTICIPANTS: Final = 13
SEED: Final = 2015
BETWEEN: Final = 0.40
"""SD of the participants' own height, on the log scale (that of a coefficient of variation of about 40 %)."""
WITHIN: Final = 0.22
"""SD of a participant's deviation in one exercise, on the log scale; the exercises then correlate by .77."""
PUBLISHED: Final = (
    ("gluteus_maximus_upper", "mean", 69.5, 29.4, True), ("gluteus_maximus_upper", "peak", 172.0, 84.9, True),
    ("gluteus_maximus_lower", "mean", 86.8, 45.4, True), ("gluteus_maximus_lower", "peak", 216.0, 130.0, True),
    ("biceps_femoris", "mean", 40.8, 14.9, True), ("biceps_femoris", "peak", 86.9, 37.5, True),
    ("vastus_lateralis", "mean", 99.5, 110.0, False), ("vastus_lateralis", "peak", 216.0, 244.0, False),
)  # fmt: skip
"""Muscle, metric, group means in %MVIC (hip thrust, back squat), whether the paper calls the difference significant."""


def metrics_table(seed: int = SEED) -> pd.DataFrame:
    """Return invented participants whose group means are the published ones, as a metrics table."""
    rng = np.random.default_rng(seed)
    rows = []
    for muscle, metric, thrust, squat, _ in PUBLISHED:
        own = np.exp(rng.normal(0, BETWEEN, (PARTICIPANTS, 1)) + rng.normal(0, WITHIN, (PARTICIPANTS, 2)))
        values = own / own.mean(axis=0) * [thrust, squat]
        rows += [
            {
                "participant": f"P{person + 1:02d}", "session": "1", "trial": f"P{person + 1:02d}/1/{exercise}",
                "role": "task", "exercise": exercise, "repetition": 1, "onset": 0.0, "phase": "repetition",
                "kind": "emg", "muscle": muscle, "side": "", "placement": "", "metric": metric, "stage": "envelope",
                "value": value, "unit": "%MVIC", "amplitude": value * 1e-6, "amplitude_unit": "V",
                "reference": "invented", "variant": "main", "findings": "", "worst": "", "excluded": False,
                "value_excluded": False, "decisions": "",
            }
            for person, both in enumerate(values) for exercise, value in zip((THRUST, SQUAT), both, strict=True)
        ]  # fmt: skip
    return pd.DataFrame(rows)[[*WHERE, "exercise", *METRIC_COLUMNS]]


def ranking(metrics: pd.DataFrame) -> Comparison:
    """Rank the two exercises by mean and by peak."""
    (comparison,) = Ranking(factor="exercise").compare(StudyTables(metrics), load_vocabulary())
    return comparison


def beside_published(comparison: Comparison) -> pd.DataFrame:
    """Return published and simulated numbers side by side, one row per muscle and metric."""
    found = comparison.table.set_index(["muscle", "metric", "level"]).sort_index()
    rows = []
    for muscle, metric, thrust, squat, significant in PUBLISHED:
        own = found.loc[muscle, metric]
        first = own.index[own["rank"] == 1][0]
        other = own.loc[SQUAT if first == THRUST else THRUST]
        ratio, low, high = (1 / other[name] for name in ("ratio_to_first", "ci_high", "ci_low"))
        if first == SQUAT:
            ratio, low, high = 1 / ratio, 1 / high, 1 / low
        rows.append(
            {
                "muscle": muscle, "metric": metric, "published thrust": thrust, "published squat": squat,
                "published ratio": thrust / squat, "significant": significant, "thrust": own.loc[THRUST, "mean"],
                "squat": own.loc[SQUAT, "mean"], "ratio": ratio, "low": low, "high": high, "first": first,
                "separated": not other["in_best_set"], "p": other["p_best"],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def main() -> None:
    """Print the table and the result in words."""
    comparison = ranking(metrics_table())
    print("| muscle | by | published: thrust, squat | ratio | significant | invented group: thrust, squat | ratio of "
          "geometric means (95 % interval) | first | other below it |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for one in beside_published(comparison).to_dict("records"):
        print(
            f"| {one['muscle'].replace('_', ' ')} | {one['metric']} "
            f"| {one['published thrust']:g}, {one['published squat']:g} | {one['published ratio']:.2f} "
            f"| {_yes(one['significant'])} | {one['thrust']:.1f}, {one['squat']:.1f} "
            f"| {one['ratio']:.2f} ({one['low']:.2f} to {one['high']:.2f}) | {one['first'].replace('_', ' ')} "
            f"| {_yes(one['separated'])} (p {one['p']:.4f}) |"
        )
    print()
    print("\n".join(comparison.sentences))


def _yes(value: object) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    main()
