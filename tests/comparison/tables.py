"""Build small metrics tables, and read results back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from emgpipe.comparison import Ranking, StudyTables, compare_all
from emgpipe.model import Comparison
from emgpipe.model.tables import METRIC_COLUMNS, WHERE
from emgpipe.vocabulary import load_vocabulary

FACTORS = ("exercise", "head_position", "load_basis")
AT_NEUTRAL = Ranking(factor="exercise", at={"head_position": "neutral"})
HEADS = Ranking(factor="head_position", within="exercise")


def row(participant: str, exercise: str, amplitude: float, **changes: Any) -> dict[str, Any]:
    """One number: the mean of one repetition, in volts; %MVIC where `mvic` (V) is given."""
    mvic = changes.pop("mvic", 1e-3)
    trial = changes.get("trial", "1")
    condition = f"{exercise}.{changes.get('head_position', 'neutral')}.{changes.get('load_basis', '10RM')}"
    base = {
        "participant": participant, "session": "1", "role": "task", "exercise": exercise,
        "head_position": "neutral", "load_basis": "10RM", "repetition": 1, "onset": 1.0, "phase": "repetition",
        "kind": "emg", "muscle": "gluteus_maximus", "side": "right", "placement": "", "metric": "mean",
        "stage": "envelope", "value": np.nan if mvic is None else 100 * amplitude / mvic, "unit": "%MVIC",
        "amplitude": amplitude, "amplitude_unit": "V", "reference": "" if mvic is None else "r", "variant": "main",
        "findings": "", "worst": "", "excluded": False, "value_excluded": False, "decisions": "",
    }  # fmt: skip
    session = changes.get("session", "1")
    return base | changes | {"trial": f"{participant}/{session}/{condition}.{trial}"}


def duration(participant: str, exercise: str, seconds: float, **changes: Any) -> dict[str, Any]:
    """One repetition's duration."""
    timed = {"kind": "time", "metric": "duration", "muscle": "", "side": "", "unit": "s", "amplitude_unit": ""}
    return row(participant, exercise, np.nan, **changes) | timed | {"value": seconds}


def table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a metrics table, in the order of its columns."""
    frame = pd.DataFrame(list(rows))
    known = [*WHERE, *FACTORS, *METRIC_COLUMNS]
    return frame[[*known, *(name for name in frame.columns if name not in known)]]


def cells(
    amplitudes: Mapping[str, Mapping[str, float]], mvics: Mapping[str, float | None] | None = None
) -> pd.DataFrame:
    """Participant -> exercise -> amplitude in mV (one repetition each, mean metric) as a metrics table."""
    mvics = mvics or {}
    return table(
        row(person, exercise, amount * 1e-3, mvic=mvics.get(person, 1e-3))
        for person, own in amplitudes.items()
        for exercise, amount in own.items()
    )


def rank(metrics: pd.DataFrame, ranking: Ranking | None = None) -> Comparison:
    """The one comparison a ranking makes; by default exercises at neutral by the mean."""
    ranking = ranking or AT_NEUTRAL.model_copy(update={"metrics": ("mean",)})
    (comparison,) = ranking.compare(StudyTables(metrics), load_vocabulary())
    return comparison


def refusal(metrics: pd.DataFrame, ranking: Ranking) -> str:
    """The message of a ranking that cannot be made."""
    made, problems = compare_all([ranking], StudyTables(metrics), load_vocabulary())
    assert made == ()
    (problem,) = problems
    return str(problem)


def level(comparison: Comparison, name: str, **where: str) -> pd.Series:
    """The row of one level."""
    found = comparison.table[comparison.table["level"] == name]
    for column, value in where.items():
        found = found[found[column] == value]
    (index,) = found.index
    return found.loc[index]


def order(comparison: Comparison) -> list[tuple[int, str]]:
    """Ranks and levels as the table has them."""
    return list(zip(comparison.table["rank"], comparison.table["level"], strict=True))
