"""From rows of the tables to one series per set and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.trends.series import FEWEST, Over, Series, over_hold, over_repetitions
from emgpipe.model.tables import CURVE_POINTS

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.outcomes import Key

SET: Final = ("participant", "session", "trial")
_SITE: Final = ("kind", "muscle", "side", "placement")
_POINTS: Final = [str(point) for point in range(CURVE_POINTS)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome over the repetitions of a set, or over a hold.

    Attributes
    ----------
    key : tuple of str
        Muscle (or channel, or ratio), side, placement, metric.
    source : str
        ``emg``, ``ratio`` or the kind of the channel.
    kind : str
        ``log`` (amplitudes), ``frequency``, ``raw`` (angles and the like), ``rate`` (slopes as measured).
    unit : str
        Of the values; of slopes where the kind is not ``log``, per repetition or per second.
    """

    key: Key
    source: str
    kind: str
    unit: str
    over: Over


@dataclass(frozen=True, slots=True)
class OneSet:
    """A participant's set, and what it says about an outcome."""

    participant: str
    trial: str
    series: Series


Found = dict[Outcome, list[OneSet]]


def repetition_counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return trial -> number of its repetitions."""
    counts = rows.groupby("trial", sort=True)["repetition"].nunique()
    return {str(trial): int(count) for trial, count in counts.items()}


def mean_durations(rows: pd.DataFrame) -> dict[str, float]:
    """Return trial -> mean duration of its repetitions in s, where these are recorded."""
    times = rows[rows["kind"].eq("time") & rows["value"].notna()]
    return {str(trial): float(mean) for trial, mean in times.groupby("trial")["value"].mean().items()}


def sets_of_repetitions(rows: pd.DataFrame, kind_of: Callable[[str, str], str]) -> Found:
    """Return a series per outcome and set; sets of fewer than three usable repetitions are left out.

    Parameters
    ----------
    rows : DataFrame
        Chosen rows with the number of interest in ``amplitude``.
    kind_of : callable
        (kind, metric) -> kind of the outcome.
    """
    found: Found = {}
    for key, own in rows.groupby(list(PANEL), sort=False):
        source, unit = str(own["kind"].iloc[0]), str(own["amplitude_unit"].iloc[0])
        outcome = Outcome(_key(key), source, kind_of(source, str(own["metric"].iloc[0])), unit, "repetitions")
        series = [
            OneSet(str(person), str(trial), one)
            for (person, _, trial), numbers in own.groupby(list(SET), sort=True)
            if (one := over_repetitions(*_numbers(numbers), outcome.kind)) is not None
        ]
        found[outcome] = series
    return found


def _numbers(rows: pd.DataFrame) -> tuple[Any, Any]:
    return rows["repetition"].to_numpy(dtype=float), rows["amplitude"].to_numpy(dtype=float)


def sets_of_holds(curves: pd.DataFrame, rows: pd.DataFrame, holds: Sequence[str], trim: float) -> Found:
    """Return a series per channel and held set from the time-normalized curves.

    Parameters
    ----------
    rows : DataFrame
        The rows that count: curves of other repetitions are left out, durations are taken from them.
    holds : sequence of str
        Trials that are holds.
    """
    found: Found = {}
    if curves.empty or not holds:
        return found
    seconds = _durations(rows)
    held = curves[curves["trial"].isin(set(holds))]
    for site, own in held.assign(placement=held["placement"].fillna("")).groupby(list(_SITE), sort=False):
        source, muscle, side, placement = (str(part) for part in site)
        metric, kind = ("envelope", "log") if source == "emg" else ("course", "raw")
        unit = str(own["unit"].iloc[0])
        outcome = Outcome((muscle, side, placement, metric), source, kind, unit, "hold")
        found[outcome] = list(_held(own, seconds, trim, kind))
    return found


def _durations(rows: pd.DataFrame) -> dict[tuple[str, int], float]:
    times = rows[rows["kind"].eq("time") & rows["value"].notna()]
    columns = times[["trial", "repetition", "value"]].itertuples(index=False, name=None)
    return {(str(trial), int(number)): float(value) for trial, number, value in columns}


def _held(curves: pd.DataFrame, seconds: dict[tuple[str, int], float], trim: float, kind: str) -> Iterator[OneSet]:
    """Yield one series per set: its holds averaged."""
    for (person, _, trial), own in curves.groupby(list(SET), sort=True):
        courses = own[_POINTS].to_numpy(dtype=float)
        numbers = own["repetition"].to_numpy(dtype=int)
        holds = [
            over_hold(course, seconds[str(trial), int(number)], trim, kind)
            for number, course in zip(numbers, courses, strict=True)
            if (str(trial), int(number)) in seconds
        ]
        there = [hold for hold in holds if hold is not None]
        if there:
            yield OneSet(str(person), str(trial), average(there))


def average(series: Sequence[Series]) -> Series:
    """Return the mean of series; their courses over the positions that all of them have."""
    slope, percent, change = (
        float(np.mean([getattr(one, name) for one in series])) for name in ("slope", "percent", "change")
    )
    shared = sorted(set.intersection(*(set(one.positions.tolist()) for one in series)))
    courses = [one.course[np.isin(one.positions, shared)] for one in series]
    return Series(slope, percent, change, np.mean(courses, axis=0), np.array(shared, dtype=float))


def sets_of_rates(rows: pd.DataFrame) -> Found:
    """Return a series without a course per set: slopes that were measured inside the repetitions already."""
    found: Found = {}
    none = np.empty(0)
    for key, own in rows.groupby(list(PANEL), sort=False):
        outcome = Outcome(_key(key), "emg", "rate", str(own["unit"].iloc[0]).removesuffix("/s"), "hold")
        means = own.dropna(subset=["value"]).groupby(list(SET), sort=True)["value"].mean()
        found[outcome] = [
            OneSet(str(row["participant"]), str(row["trial"]), Series(float(row["value"]), np.nan, np.nan, none, none))
            for row in means.reset_index().to_dict("records")
        ]
    return found


def too_short(rows: pd.DataFrame, holds: Sequence[str]) -> list[str]:
    """Return the trials that are no holds and have fewer than three repetitions, with their number."""
    counts = repetition_counts(rows)
    return [f"{trial} ({n})" for trial, n in counts.items() if n < FEWEST and trial not in set(holds)]


def _key(key: Any) -> Key:
    muscle, side, placement, metric = (str(part) for part in key)
    return muscle, side, placement, metric
