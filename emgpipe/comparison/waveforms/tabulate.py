"""The results of a comparison of curves as tidy tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.curve_rows import PLACE
from emgpipe.comparison.waveforms.outcomes import mean_there

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.waveforms.outcomes import CurveOutcome
    from emgpipe.comparison.waveforms.pairs import InOutcome, Stretch

COLUMNS: Final = (
    "factor", "scope", "muscle", "side", "placement", "metric", "unit", "scale", "level", "other", "n", "form",
    "from_percent", "to_percent", "phases", "direction", "p", "p_adjusted", "p_smallest", "peak_percent",
    "peak_ratio", "peak_difference", "points", "note",
)  # fmt: skip
"""One row per outcome, pair, form and stretch; one with an empty stretch where none is found."""
SITE_COLUMNS: Final = ("muscle", "side", "placement", "metric", "unit")


def site_columns(outcome: CurveOutcome) -> dict[str, Any]:
    """Return the columns that say which outcome a row is about."""
    return dict(zip(SITE_COLUMNS, (*outcome.key, outcome.unit), strict=True))


def stretch_table(
    rows: Sequence[InOutcome], factor: str, scope: Scope, phases: Sequence[tuple[str, float, float]]
) -> pd.DataFrame:
    """Return the main table.

    Parameters
    ----------
    phases : sequence of (name, from, to)
        Mean place of each phase, in percent.
    """
    import pandas as pd

    front = {"factor": factor, "scope": scope.text}
    made = [front | row for one in rows for row in _rows_of(one, phases)]
    return pd.DataFrame(made, columns=list(COLUMNS))


def _rows_of(row: InOutcome, phases: Sequence[tuple[str, float, float]]) -> Iterator[dict[str, Any]]:
    pair = row.pair
    front = site_columns(pair.outcome) | {
        "scale": pair.scale, "level": pair.level, "other": pair.other, "n": len(pair.participants),
        "points": pair.points, "note": note(row), "p_smallest": pair.test.smallest_p,
    }  # fmt: skip
    for form, (p, p_adjusted) in row.smallest.items():
        found = [one for one in row.stretches if one.form == form]
        if not found:
            none = {"form": form, "direction": "none shown" if math.isfinite(p) else "", "phases": ""}
            yield front | none | {"p": p, "p_adjusted": p_adjusted}
        for one in found:
            yield front | _numbers(row, one, phases)


def _numbers(row: InOutcome, one: Stretch, phases: Sequence[tuple[str, float, float]]) -> dict[str, Any]:
    pair = row.pair
    effect = float(pair.effect(pair.center)[one.peak])
    return {
        "form": one.form, "from_percent": one.first, "to_percent": one.last,
        "phases": " + ".join(phases_of(one.first, one.last, phases)),
        "direction": "higher" if one.sign > 0 else "lower", "p": one.p, "p_adjusted": one.p_adjusted,
        "peak_percent": one.peak, ("peak_ratio" if pair.scale == "log" else "peak_difference"): effect,
    }  # fmt: skip


def phases_of(first: int, last: int, phases: Sequence[tuple[str, float, float]]) -> list[str]:
    """Return the phases a stretch lies in, without those it hardly touches."""
    least = min(2.0, 0.5 * (last - first))
    return [name for name, start, stop in phases if min(last, stop) - max(first, start) >= least]


def note(row: InOutcome) -> str:
    """Say what a pair lacks."""
    pair, said = row.pair, []
    if not pair.participants:
        said.append("no participant has both")
    elif len(pair.participants) == 1:
        said.append("one participant: no interval and no test")
    elif not pair.points:
        said.append("there is no point at which all have both")
    elif pair.points < pair.center.size:
        said.append(f"{pair.center.size - pair.points} points somebody lacks are left out")
    if pair.left_out:
        said.append(f"left out, lack more than a quarter of the curve: {', '.join(pair.left_out)}")
    return "; ".join(said)


def mean_curves(outcomes: Sequence[CurveOutcome]) -> pd.DataFrame:
    """Return mean and SD over participants at each percent, per outcome and level, in the outcome's unit."""
    import pandas as pd

    parts = []
    for outcome in outcomes:
        own = outcome.shown()
        for place, level in enumerate(outcome.levels):
            values = own[:, place]
            count = np.isfinite(values).sum(axis=0)
            mean = mean_there(values)
            squares = np.where(np.isfinite(values), (values - mean) ** 2, 0.0).sum(axis=0)
            spread = np.sqrt(np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan))
            columns = {"percent": range(mean.size), "mean": mean, "sd": spread, "n": count}
            parts.append(pd.DataFrame(site_columns(outcome) | {"level": level} | columns))
    return pd.concat(parts, ignore_index=True)


def difference_curves(rows: Sequence[InOutcome]) -> pd.DataFrame:
    """Return ratio or difference with its pointwise interval at each percent, per outcome and pair."""
    import pandas as pd

    parts = []
    for row in rows:
        pair = row.pair
        center, low, high = (pair.effect(values) for values in (pair.center, pair.low, pair.high))
        log = pair.scale == "log"
        columns = {
            "level": pair.level, "other": pair.other, "percent": range(center.size), "n": len(pair.participants),
            "ratio": center if log else math.nan, "difference": math.nan if log else center, "low": low, "high": high,
            "t": pair.test.t, "p_max_t": pair.test.p_family,
        }  # fmt: skip
        parts.append(pd.DataFrame(site_columns(pair.outcome) | columns))
    return pd.concat(parts, ignore_index=True)


def own_means(curves: pd.DataFrame, outcomes: Sequence[CurveOutcome]) -> pd.DataFrame:
    """Return what each participant's curves rest on, and their mean height in the outcome's unit."""
    import pandas as pd

    counted = curves.groupby(["muscle", "side", "placement", "participant", "level"], sort=True)
    counts = counted.agg(trials=("trial", "nunique"), repetitions=("trial", "size"))
    numbers: dict[Any, tuple[int, int]] = dict(
        zip(counts.index, counts.itertuples(index=False, name=None), strict=True)
    )
    rows = []
    for outcome in outcomes:
        heights = np.moveaxis(outcome.shown(), -1, 0)
        for at in np.ndindex(*heights.shape[1:]):
            person, level = outcome.participants[at[0]], outcome.levels[at[1]]
            trials, repetitions = numbers.get((*outcome.key[:3], person, level), (0, 0))
            if repetitions:
                own = heights[:, at[0], at[1]]
                value = {"participant": person, "level": level, "value": float(mean_there(own))}
                counted_points = int(np.isfinite(own).sum())
                there = {"points": counted_points, "trials": trials, "repetitions": repetitions}
                rows.append(site_columns(outcome) | value | there)
    return pd.DataFrame(rows)


def phase_table(curves: pd.DataFrame, shares: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """Return where each phase lies in percent of the repetition, per level: each participant's mean, averaged."""
    import pandas as pd

    columns = ["level", "phase", "from_percent", "to_percent", "n"]
    repetitions = curves[[*PLACE, "level"]].drop_duplicates()
    found = repetitions.merge(shares.astype({"repetition": float}), on=list(PLACE), how="inner")
    if found.empty:
        return pd.DataFrame(columns=columns)
    own = found.groupby(["level", "phase", "participant"], sort=True)[["start", "stop"]].mean()
    means = own.groupby(level=["level", "phase"], sort=True).agg(
        from_percent=("start", "mean"), to_percent=("stop", "mean"), n=("start", "size")
    )
    table = means.reset_index()
    order = table.assign(place=table["level"].map(list(levels).index)).sort_values(["place", "from_percent"])
    table = table.loc[order.index].reset_index(drop=True)
    table[["from_percent", "to_percent"]] *= 100
    return table[columns]


def mean_phases(table: pd.DataFrame) -> tuple[tuple[str, float, float], ...]:
    """Return name, beginning and end of each phase over all levels, in order of time."""
    means = table.groupby("phase", sort=True)[["from_percent", "to_percent"]].mean().sort_values("from_percent")
    return tuple((str(name), float(start), float(stop)) for name, start, stop in means.itertuples(name=None))
