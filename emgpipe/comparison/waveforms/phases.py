"""Where in a repetition its phases lie, and how one phase is cut out of a curve.

The metrics table has the durations of phases. Their order follows from how the exercise begins (a hip thrust rises
first, a squat sinks first), so that nothing is said about exercises the vocabulary does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.curve_rows import PLACE
from emgpipe.errors import VocabularyError
from emgpipe.model.tables import CURVE_POINTS, MAIN_VARIANT, WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.vocabulary import Vocabulary

_ORDER: Final = {"concentric": ("concentric", "hold", "eccentric"), "eccentric": ("eccentric", "hold", "concentric")}
_ALL: Final = "all phases"
_WHOLE: Final = 0.02
"""Phases that fill the repetition but for this share of it follow each other without a gap."""


def phase_shares(metrics: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return where each phase begins and ends, as shares of its repetition.

    Parameters
    ----------
    metrics : DataFrame
        The metrics table.

    Returns
    -------
    DataFrame
        `PLACE`, ``phase``, ``start``, ``stop`` (0 to 1), phases in the order of time; no rows for repetitions whose
        phases do not fill them, or whose order is not known.
    """
    import pandas as pd

    columns = [*PLACE, "phase", "start", "stop"]
    rows = metrics[metrics["metric"].eq("duration") & metrics["role"].eq("task")]
    rows = rows[rows["variant"].fillna("").isin({"", MAIN_VARIANT})] if "variant" in rows.columns else rows
    if rows.empty or "exercise" not in rows.columns:
        return pd.DataFrame(columns=columns)
    keys = ["exercise", *PLACE]
    rows = rows.assign(**{name: rows[name].astype(str) for name in keys[:3]})
    rows["phase"] = rows["phase"].where(rows["phase"] != WHOLE_REPETITION, _ALL)
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce")
    wide = rows.pivot_table(index=keys, columns="phase", values="value", aggfunc="first").reset_index()
    parts = [
        part for name, own in wide.groupby("exercise", sort=True) for part in _of_exercise(str(name), own, vocabulary)
    ]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _of_exercise(exercise: str, wide: pd.DataFrame, vocabulary: Vocabulary) -> list[pd.DataFrame]:
    try:
        order = _ORDER[vocabulary.exercise(exercise).start_phase]
    except VocabularyError:
        return []
    if _ALL not in wide.columns:
        return []
    there = [name for name in order if name in wide.columns]
    whole = wide[_ALL]
    filled = wide[there].sum(axis=1, min_count=1)
    good = wide[whole.gt(0) & filled.sub(whole).abs().le(_WHOLE * whole)]
    stops = good[there].fillna(0.0).cumsum(axis=1).div(good[there].sum(axis=1), axis=0)
    made = []
    for name in there:
        lasting = good[name].gt(0)
        length = good[name] / good[there].sum(axis=1)
        part = good.assign(phase=name, start=(stops[name] - length).clip(lower=0.0), stop=stops[name])
        made.append(part.loc[lasting, [*PLACE, "phase", "start", "stop"]])
    return made


def cut_curves(curves: NDArray[np.float64], start: NDArray[np.float64], stop: NDArray[np.float64]) -> Any:
    """Return the part of each curve from start to stop, stretched to the points of a whole curve.

    Parameters
    ----------
    curves : array, shape (n, CURVE_POINTS)
    start, stop : array, shape (n,)
        Shares of the repetition, 0 to 1.
    """
    steps = np.linspace(0.0, 1.0, CURVE_POINTS)
    position = (start[:, None] + (stop - start)[:, None] * steps) * (CURVE_POINTS - 1)
    below = np.clip(np.floor(position), 0, CURVE_POINTS - 2).astype(np.intp)
    weight = np.clip(position - below, 0.0, 1.0)
    rows = np.arange(len(curves))[:, None]
    left, right = curves[rows, below], curves[rows, below + 1]
    return np.where(weight == 0, left, np.where(weight == 1, right, (1 - weight) * left + weight * right))
