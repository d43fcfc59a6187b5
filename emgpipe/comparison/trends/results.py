"""The participants' own trends, tested: one result per condition and outcome, and their tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.comparison.trends.series import Series, percent_of
from emgpipe.comparison.trends.sets import Found, OneSet, Outcome, average
from emgpipe.statistics.multiplicity import Correction, adjust
from emgpipe.statistics.slopes import MeanTest, mean_test

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Drawing:
    """How many sign assignments at most, and the seed of random ones."""

    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class TrendResult:
    """One outcome in one condition.

    Attributes
    ----------
    scope, words : str
        The condition as the table and as sentences have it.
    own : mapping of str to Series
        Each participant's mean over their sets.
    sets : int
        How many sets these rest on.
    slope, percent, change : MeanTest
        Of the participants' own numbers; see `Series`.
    p_adjusted : float
        Of the slope's t test, over the conditions of this outcome.
    """

    scope: str
    words: str
    outcome: Outcome
    own: Mapping[str, Series]
    sets: int
    slope: MeanTest
    percent: MeanTest
    change: MeanTest
    p_adjusted: float


Place = tuple[str, str]
"""A condition as the table and as sentences have it."""


def trend_results(
    found: Iterable[tuple[Place, Found]], correction: Correction, drawing: Drawing
) -> tuple[TrendResult, ...]:
    """Test every outcome in every condition, p values adjusted over the conditions of an outcome."""
    untested = [(place, outcome, sets) for place, of_place in found for outcome, sets in of_place.items() if sets]
    made = [_one(place, outcome, sets, drawing) for place, outcome, sets in untested]
    adjusted = np.full(len(made), math.nan)
    for members in families(made).values():
        adjusted[members] = adjust([made[place].slope.p for place in members], correction)
    return tuple(replace(one, p_adjusted=float(p)) for one, p in zip(made, adjusted, strict=True))


def families(results: Sequence[TrendResult]) -> dict[Outcome, list[int]]:
    """Return the places of the results of each outcome."""
    groups: dict[Outcome, list[int]] = {}
    for place, one in enumerate(results):
        groups.setdefault(one.outcome, []).append(place)
    return groups


def _one(place: Place, outcome: Outcome, sets: Sequence[OneSet], drawing: Drawing) -> TrendResult:
    people: dict[str, list[Series]] = {}
    for one in sets:
        people.setdefault(one.participant, []).append(one.series)
    own = {name: average(series) for name, series in sorted(people.items())}

    def test(name: str) -> MeanTest:
        values = np.array([getattr(series, name) for series in own.values()], dtype=float)
        return mean_test(values, drawing.resamples, drawing.seed)

    scope, words = place
    return TrendResult(scope, words, outcome, own, len(sets), test("slope"), test("percent"), test("change"), math.nan)


def step_of(outcome: Outcome) -> str:
    """Return what slopes are per."""
    return "repetition" if outcome.over == "repetitions" else "s"


def slope_numbers(one: TrendResult) -> tuple[str, tuple[float, float, float]]:
    """Return the unit and the slope with its interval as shown: percent for amplitudes, else the unit per step."""
    ends = (one.slope.mean, one.slope.low, one.slope.high)
    if one.outcome.kind == "log":
        mean, low, high = (percent_of(end) for end in ends)
        return "%", (mean, low, high)
    return one.outcome.unit or "units", ends


def change_numbers(one: TrendResult) -> tuple[float, float, float]:
    """Return the end against the beginning with its interval: a ratio, or a difference where there is no zero."""
    ends = (one.change.mean, one.change.low, one.change.high)
    if one.outcome.kind in ("raw", "rate"):
        return ends
    mean, low, high = (1 + percent_of(end) / 100 for end in ends)
    return mean, low, high


def trend_table(results: Sequence[TrendResult], factor: str) -> pd.DataFrame:
    """Return one row per condition and outcome."""
    import pandas as pd

    return pd.DataFrame([_row(one, factor) for one in results])


def own_table(results: Sequence[TrendResult], factor: str) -> pd.DataFrame:
    """Return each participant's own slope and change."""
    import pandas as pd

    rows = []
    for one in results:
        for name, series in one.own.items():
            slope = percent_of(series.slope) if one.outcome.kind == "log" else series.slope
            change = series.change if one.outcome.kind in ("raw", "rate") else 1 + percent_of(series.change) / 100
            numbers = {"participant": name, "slope": slope, "last_to_first": change}
            rows.append(_front(one, factor) | numbers)
    return pd.DataFrame(rows)


def course_table(results: Sequence[TrendResult], factor: str) -> pd.DataFrame:
    """Return each participant's own course: percent of the own mean, or difference from it."""
    import pandas as pd

    rows = [row for one in results for row in _courses(one, factor)]
    return pd.DataFrame(rows)


def _courses(one: TrendResult, factor: str) -> Iterator[dict[str, Any]]:
    unit = one.outcome.unit if one.outcome.kind == "raw" else "% of own mean"
    front = _front(one, factor) | {"unit": unit}
    for name, series in one.own.items():
        for position, value in zip(series.positions, series.course, strict=True):
            yield front | {"participant": name, "position": float(position), "value": float(value)}


def _front(one: TrendResult, factor: str) -> dict[str, Any]:
    muscle, side, placement, metric = one.outcome.key
    scale = "log" if one.outcome.kind == "log" else "raw"
    unit = slope_numbers(one)[0]
    return {
        "factor": factor, "scope": one.scope, "muscle": muscle, "side": side, "placement": placement, "metric": metric,
        "unit": f"{unit}/{step_of(one.outcome)}", "scale": scale, "over": one.outcome.over,
    }  # fmt: skip


def _row(one: TrendResult, factor: str) -> dict[str, Any]:
    slope, test, percent = slope_numbers(one)[1], one.slope, one.percent
    shares = (percent.mean, percent.low, percent.high) if one.outcome.kind == "frequency" else (math.nan,) * 3
    kind = "difference" if one.outcome.kind == "raw" else "" if one.outcome.kind == "rate" else "ratio"
    return {
        **_front(one, factor),
        **dict(zip(("slope", "slope_low", "slope_high"), slope, strict=True)),
        "t": test.t, "df": test.df, "p": test.p, "p_adjusted": one.p_adjusted, "p_sign_flip": test.p_sign_flip,
        "exact": test.exact,
        **dict(zip(("percent_of_first", "percent_low", "percent_high"), shares, strict=True)),
        "last_to_first": change_numbers(one)[0], "last_low": change_numbers(one)[1],
        "last_high": change_numbers(one)[2], "last_is": kind, "p_last": one.change.p, "n": test.n, "sets": one.sets,
    }  # fmt: skip
