"""From rows of the tables to one series per set and outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.shared.curve_rows import POINTS, SITE
from emgpipe.comparison.trends.series import FEWEST, Over, Series, over_hold, over_repetitions, usable
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.outcomes import Key
    from emgpipe.comparison.shared.rows import TaskRows

SET = ("participant", "session", "trial")


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


@dataclass(frozen=True, slots=True)
class Lost:
    """What is measured and yet in no trend.

    Attributes
    ----------
    sets, numbers : dict of outcome to list of str
        Sets with too few usable numbers for this outcome, and sets in which single numbers are not usable.
    units : dict of outcome to set of str
        Outcomes that cannot be averaged, and their units.
    """

    sets: dict[Outcome, list[str]] = field(default_factory=dict)
    numbers: dict[Outcome, list[str]] = field(default_factory=dict)
    units: dict[Outcome, set[str]] = field(default_factory=dict)


def numbered(rows: TaskRows) -> tuple[TaskRows, list[str]]:
    """Return the rows whose repetition has a number, and the trials that have others.

    Raises
    ------
    ComparisonError
        No repetition has one.
    """
    import pandas as pd

    numbers = pd.to_numeric(rows.table["repetition"], errors="coerce").astype(float)
    known = np.isfinite(numbers)
    table = rows.table.assign(repetition=numbers)
    if not known.any():
        raise ComparisonError("no repetition has a number, so that there is no first and no last; see 'repetition'")
    return replace(rows, table=table[known]), sorted(set(table.loc[~known, "trial"]))


def repetition_counts(rows: pd.DataFrame) -> dict[str, int]:
    """Return trial -> number of its repetitions."""
    counts = rows.groupby("trial", sort=True)["repetition"].nunique()
    return {str(trial): int(count) for trial, count in counts.items()}


def mean_durations(rows: pd.DataFrame) -> dict[str, float]:
    """Return trial -> mean duration of its repetitions in s, where these are recorded."""
    times = rows[rows["kind"].eq("time") & rows["value"].notna()]
    return {str(trial): float(mean) for trial, mean in times.groupby("trial")["value"].mean().items()}


def sets_of_repetitions(rows: pd.DataFrame, kind_of: Callable[[str, str], str], lost: Lost) -> Found:
    """Return a series per outcome and set; sets of fewer than three usable repetitions are left out.

    Parameters
    ----------
    rows : DataFrame
        Chosen rows with the number of interest in ``amplitude``.
    kind_of : callable
        (kind, metric) -> kind of the outcome.
    lost : Lost
        Is told what is left out of sets that are long enough.
    """
    found: Found = {}
    for key, own in rows.groupby(list(PANEL), sort=False):
        source = str(own["kind"].iloc[0])
        kind = kind_of(source, str(own["metric"].iloc[0]))
        units = set(own.loc[own["amplitude"].notna(), "amplitude_unit"])
        outcome = Outcome(_key(key), source, kind, "" if kind == "log" else min(units, default=""), "repetitions")
        if kind != "log" and len(units) > 1:
            lost.units.setdefault(outcome, set()).update(units)
        else:
            found[outcome] = list(_over_repetitions(own, outcome, lost))
    return found


def _over_repetitions(rows: pd.DataFrame, outcome: Outcome, lost: Lost) -> Iterator[OneSet]:
    for (person, _, trial), own in rows.groupby(list(SET), sort=True):
        numbers, values = own["repetition"].to_numpy(dtype=float), own["amplitude"].to_numpy(dtype=float)
        good, series = usable(values, outcome.kind), over_repetitions(numbers, values, outcome.kind)
        if series is not None:
            yield OneSet(str(person), str(trial), series)
        if len(set(numbers.tolist())) >= FEWEST and not good.all():
            where = lost.numbers if series is not None else lost.sets
            said = f"{trial} ({np.count_nonzero(~good)} of {len(good)})"
            where.setdefault(outcome, []).append(said)


def sets_of_holds(curves: pd.DataFrame, rows: pd.DataFrame, trim: float, lost: Lost) -> Found:
    """Return a series per channel and held set from the time-normalized curves.

    Parameters
    ----------
    curves : DataFrame
        Of holds; see `emgpipe.comparison.shared.curve_rows.clean_curves`.
    rows : DataFrame
        The rows that count: curves of other repetitions are left out, durations are taken from them.
    lost : Lost
        Is told which sets are left out.
    """
    found: Found = {}
    seconds = _durations(rows)
    for site, own in curves.groupby(list(SITE), sort=False):
        source, muscle, side, placement = (str(part) for part in site)
        metric, kind = ("envelope", "log") if source == "emg" else ("course", "raw")
        units = set(own["unit"])
        unit = "" if kind == "log" else min(units)
        outcome = Outcome((muscle, side, placement, metric), source, kind, unit, "hold")
        if kind != "log" and len(units) > 1:
            lost.units.setdefault(outcome, set()).update(units)
        else:
            found[outcome] = list(_held(own, seconds, trim, outcome, lost))
    return found


def _durations(rows: pd.DataFrame) -> dict[tuple[str, float], float]:
    times = rows[rows["kind"].eq("time") & rows["value"].notna()]
    columns = times[["trial", "repetition", "value"]].itertuples(index=False, name=None)
    return {(str(trial), float(number)): float(value) for trial, number, value in columns}


def _held(
    curves: pd.DataFrame, seconds: dict[tuple[str, float], float], trim: float, outcome: Outcome, lost: Lost
) -> Iterator[OneSet]:
    """Yield one series per set: its holds averaged."""
    for (person, trial), own in curves.groupby(["participant", "trial"], sort=True):
        courses = own[POINTS].to_numpy(dtype=float)
        places = [(str(trial), float(number)) for number in own["repetition"]]
        holds = [
            over_hold(course, seconds[place], trim, outcome.kind)
            for place, course in zip(places, courses, strict=True)
            if place in seconds
        ]
        there = [hold for hold in holds if hold is not None]
        if there:
            yield OneSet(str(person), str(trial), average(there))
        if len(there) < len(places):
            where = lost.numbers if there else lost.sets
            where.setdefault(outcome, []).append(f"{trial} ({len(places) - len(there)} of {len(places)})")


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
