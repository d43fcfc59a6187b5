"""Instructed against measured head positions as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.measured.bins import MIXED, MeasuredBins
from emgpipe.comparison.measured.labels import TRIAL, labeled_repetitions, measured_angles, trial_labels

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Check:
    """Instructed and measured head positions.

    Attributes
    ----------
    repetitions : DataFrame
        One row per measured repetition of a trial that states a head position: `TRIAL`, ``repetition``, ``angle``,
        ``measured``, ``ambiguous``, ``instructed``.
    trials : DataFrame
        One row per such trial; see `trial_labels`, with ``instructed`` and ``held``.
    instructed : tuple of str
        Instructed positions in the vocabulary's order.
    silent : tuple of str
        Trials that state no head position.
    unmeasured : tuple of str
        Trials without a measured head position.
    """

    repetitions: pd.DataFrame
    trials: pd.DataFrame
    instructed: tuple[str, ...]
    silent: tuple[str, ...]
    unmeasured: tuple[str, ...]


def check_positions(
    table: pd.DataFrame, bins: MeasuredBins, participants: pd.DataFrame, vocabulary: Vocabulary
) -> Check:
    """Label repetitions and trials, and set them beside what was instructed; raises as `measured_angles` does."""
    repetitions = labeled_repetitions(measured_angles(table, bins.channel, bins.metric), bins, participants)
    told = table.drop_duplicates(list(TRIAL)).set_index(list(TRIAL))["head_position"].rename("instructed")
    repetitions = repetitions.join(told, on=list(TRIAL))
    trials = trial_labels(repetitions, bins).join(told, on=list(TRIAL))
    silent = tuple(trials.loc[trials["instructed"] == "", "trial"])
    measured = set(trials["trial"])
    unmeasured = {trial for trial in table["trial"] if trial not in measured}
    unmeasured |= set(trials.loc[trials["measured"] == "", "trial"])
    stated = trials[(trials["instructed"] != "") & (trials["measured"] != "")]
    stated = stated.assign(held=stated["measured"].eq(stated["instructed"])).reset_index(drop=True)
    known = repetitions[(repetitions["instructed"] != "") & (repetitions["measured"] != "")].reset_index(drop=True)
    instructed = vocabulary.order("head_position", tuple(sorted(set(stated["instructed"]))))
    return Check(known, stated, instructed, silent, tuple(sorted(unmeasured)))


def label_order(bins: MeasuredBins) -> tuple[str, ...]:
    """Return the labels a trial can have, in the order of the bins, each once, mixed last."""
    return (*dict.fromkeys(bins.labels), MIXED)


def confusion(check: Check, labels: Sequence[str]) -> pd.DataFrame:
    """Return trials, repetitions and participants per instructed and measured position.

    Returns
    -------
    DataFrame
        ``instructed``, ``measured``, ``trials``, ``share_of_trials`` (of the instructed position's), ``repetitions``
        (by their own label, so none is mixed), ``participants`` (who has such a trial) and ``who``. Combinations that
        do not occur are left out, but for positions held as instructed.
    """
    import pandas as pd

    rows = []
    for told in check.instructed:
        trials = check.trials[check.trials["instructed"] == told]
        repetitions = check.repetitions[check.repetitions["instructed"] == told]
        for label in labels:
            mine = trials[trials["measured"] == label]
            count = int((repetitions["measured"] == label).sum())
            if len(mine) or count or label == told:
                people = sorted(set(mine["participant"]))
                rows.append({
                    "instructed": told, "measured": label, "trials": len(mine),
                    "share_of_trials": len(mine) / len(trials), "repetitions": count, "participants": len(people),
                    "who": ", ".join(people),
                })  # fmt: skip
    return pd.DataFrame(rows)


def own_angles(check: Check) -> pd.DataFrame:
    """Return one row per participant and instructed position: trials averaged, ``sd`` between trials (degrees)."""
    found = check.trials.groupby(["participant", "instructed"], sort=True)
    own = found.agg(
        trials=("trial", "size"), repetitions=("repetitions", "sum"), held=("held", "sum"), angle=("angle", "mean"),
        sd=("angle", "std"),
    ).reset_index()  # fmt: skip
    place = {name: number for number, name in enumerate(check.instructed)}
    order = own.assign(place=own["instructed"].map(place)).sort_values(["participant", "place"])
    return order.drop(columns="place").reset_index(drop=True)


def position_angles(check: Check, own: pd.DataFrame) -> pd.DataFrame:
    """Return one row per instructed position: mean and SD over participants, lowest and highest, share held."""
    import pandas as pd

    rows = []
    for told in check.instructed:
        angles = own.loc[own["instructed"] == told, "angle"].to_numpy(dtype=float)
        trials = check.trials[check.trials["instructed"] == told]
        repetitions = check.repetitions[check.repetitions["instructed"] == told]
        rows.append({
            "instructed": told, "n": len(angles), "mean_angle": float(angles.mean()),
            "sd": float(angles.std(ddof=1)) if len(angles) > 1 else np.nan, "lowest": float(angles.min()),
            "highest": float(angles.max()), "unit": "deg", "trials": len(trials), "held": int(trials["held"].sum()),
            "share_held": float(trials["held"].mean()), "ambiguous_share": float(repetitions["ambiguous"].mean()),
        })  # fmt: skip
    return pd.DataFrame(rows)


def bins_table(bins: MeasuredBins) -> pd.DataFrame:
    """Return one row per bin: ``measured``, ``above`` and ``up_to`` in ``unit``, missing at the open ends.

    ``ambiguous`` is what is too near an edge, in degrees; missing where edges are not the same degrees for everybody.
    """
    import pandas as pd

    edges = bins.scale_edges
    near = bins.ambiguous if bins.scale == "degrees" else np.nan
    rows = [
        {"measured": label, "above": low, "up_to": high, "unit": bins.unit, "ambiguous": near}
        for label, low, high in zip(bins.labels, (np.nan, *edges), (*edges, np.nan), strict=True)
    ]
    return pd.DataFrame(rows)
