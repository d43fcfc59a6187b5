"""From the neck angle of every repetition to the head position of every trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.measured.bins import BETWEEN, MIXED, MeasuredBins, bin_labels, near_edge
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.wording import MEASURED_POSITION
from emgpipe.errors import ComparisonError, suggest

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.tables import StudyTables

TRIAL: Final = ("participant", "session", "trial")
_SILENT: Final = {
    MIXED: "whose repetitions do not agree about the measured head position",
    BETWEEN: "measured between two head positions",
    "": "without a measured head position",
}


def measured_angles(table: pd.DataFrame, channel: str, metric: str) -> pd.DataFrame:
    """Return one row per repetition: `TRIAL`, ``repetition`` and ``angle`` (degrees, NaN where unmeasured).

    Raises
    ------
    ComparisonError
        The channel or the metric was not measured, or in no repetition.
    """
    others = table[~table["kind"].isin({"emg", "time"})]
    mine = others[others["muscle"] == channel]
    there = sorted(set(others["muscle"]))
    if mine.empty:
        raise ComparisonError(
            f"channel '{channel}' was not measured in these trials{suggest(channel, there) or '.'} "
            f"There are: {', '.join(there) or 'none'}. A neck angle is made of head and trunk under 'derived:'"
        )
    chosen = mine[mine["metric"] == metric]
    require_degrees(chosen, channel)
    if not chosen["value"].notna().any():
        metrics = ", ".join(sorted(set(mine.loc[mine["value"].notna(), "metric"]))) or "none"
        raise ComparisonError(
            f"no repetition has a {metric} value of '{channel}' (lock-out needs repetitions with a concentric and an "
            f"eccentric phase). Metrics that have values: {metrics}"
        )
    return chosen.groupby([*TRIAL, "repetition"], sort=True)["value"].mean().rename("angle").reset_index()


def require_degrees(rows: pd.DataFrame, channel: str) -> None:
    """Raise `ComparisonError` where the values of a channel are not in degrees."""
    others = sorted(set(rows.loc[rows["value"].notna(), "unit"]) - {"deg"})
    if others:
        raise ComparisonError(
            f"channel '{channel}' has values in {', '.join(unit or 'no unit' for unit in others)}; a dose or a head "
            "position needs degrees. State the unit deg in the channel map, or name another channel"
        )


def labeled_repetitions(angles: pd.DataFrame, bins: MeasuredBins, participants: pd.DataFrame) -> pd.DataFrame:
    """Add ``measured`` (the label, empty where there is none), ``ambiguous``, and ``on_scale``, in the edges' unit.

    Raises
    ------
    ComparisonError
        Edges in percent of the range of motion, and no participant has one.
    """
    import pandas as pd

    ranges = ranges_of_motion(bins, participants, sorted(set(angles["participant"])))
    made = []
    for person, own in angles.groupby("participant", sort=True):
        edges = edges_in_degrees(bins, ranges[str(person)])
        values = own["angle"].to_numpy(dtype=float)
        added: dict[str, Any] = {
            "measured": bin_labels(values, edges, bins.labels),
            "ambiguous": near_edge(values, edges, bins.ambiguous),
            "on_scale": values / _one_unit(bins, values, ranges[str(person)]),
        }
        made.append(own.assign(**added))
    return pd.concat(made, ignore_index=True)


def ranges_of_motion(
    bins: MeasuredBins, participants: pd.DataFrame, people: list[str]
) -> dict[str, tuple[float, float]]:
    """Return participant -> largest active extension and flexion in degrees, NaN where not recorded."""
    import pandas as pd

    if bins.scale == "degrees":
        return dict.fromkeys(people, (np.nan, np.nan))
    columns = (bins.rom_extension, bins.rom_flexion)
    if absent := [name for name in columns if name not in participants.columns]:
        raise ComparisonError(
            f"scale: percent_rom needs the columns {' and '.join(columns)} (degrees, above 0) in the participants "
            f"table; not there: {', '.join(absent)}. Add them, or use scale: degrees"
        )
    found: dict[str, tuple[float, float]] = dict.fromkeys(people, (np.nan, np.nan))
    names = participants["participant"].astype(str)
    numbers = participants[list(columns)].apply(pd.to_numeric, errors="coerce")
    numbers = numbers.where(numbers > 0)
    for name, extension, flexion in zip(names, *(numbers[column] for column in columns), strict=True):
        if name in found:
            found[name] = float(extension), float(flexion)
    if not np.isfinite(list(found.values())).all(axis=1).any():
        raise ComparisonError(f"scale: percent_rom: no participant has both {' and '.join(columns)} above 0")
    return found


def edges_in_degrees(bins: MeasuredBins, motion: tuple[float, float]) -> tuple[float, ...]:
    """Return the edges in degrees of one participant, whose largest extension and flexion are `motion`."""
    edges = np.asarray(bins.scale_edges, dtype=float)
    return tuple(float(edge) for edge in edges * _one_unit(bins, edges, motion))


def _one_unit(
    bins: MeasuredBins, values: np.ndarray[Any, np.dtype[np.float64]], motion: tuple[float, float]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how many degrees one unit of the scale is, on the side of each value."""
    if bins.scale == "degrees":
        return np.ones(values.shape)
    extension, flexion = motion
    return np.where(values < 0, extension, flexion) / 100


def trial_labels(repetitions: pd.DataFrame, bins: MeasuredBins) -> pd.DataFrame:
    """Return one row per trial.

    Returns
    -------
    DataFrame
        `TRIAL`; ``repetitions`` with an angle and ``unmeasured`` ones; ``angle``, ``sd`` over repetitions (degrees)
        and ``on_scale``; ``measured``: the label of at least `bins.agreement` of the measured repetitions, ``mixed``,
        or empty; ``agreement``: the share of repetitions in the most frequent bin; ``ambiguous_share``.
    """
    import pandas as pd

    rows = []
    for where, own in repetitions.groupby(list(TRIAL), sort=True):
        known = own[own["measured"] != ""]
        counts = known["measured"].value_counts()
        share = float(counts.iloc[0] / len(known)) if len(known) else np.nan
        label = "" if not len(known) else str(counts.index[0]) if share >= bins.agreement else MIXED
        angles = own["angle"].dropna()
        numbers = {
            "repetitions": len(angles), "unmeasured": len(own) - len(angles),
            "angle": float(angles.mean()) if len(angles) else np.nan,
            "sd": float(angles.std(ddof=1)) if len(angles) > 1 else np.nan,
            "on_scale": float(known["on_scale"].mean()) if len(known) else np.nan,
            "measured": label, "agreement": share,
            "ambiguous_share": float(known["ambiguous"].mean()) if len(known) else np.nan,
        }  # fmt: skip
        rows.append(dict(zip(TRIAL, where, strict=True)) | numbers)
    return pd.DataFrame(rows)


def with_measured_position(rows: TaskRows, tables: StudyTables, bins: MeasuredBins) -> TaskRows:
    """Return the rows with the factor ``head_position_measured``; empty for trials that are in no bin as a whole.

    Raises
    ------
    ComparisonError
        The angle was not measured.
    """
    angles = measured_angles(task_rows(tables.metrics).table, bins.channel, bins.metric)
    trials = trial_labels(labeled_repetitions(angles, bins, tables.participants), bins)
    labels = {tuple(row[:-1]): row[-1] for row in trials[[*TRIAL, "measured"]].itertuples(index=False, name=None)}
    found = [labels.get(where, "") for where in rows.table[list(TRIAL)].itertuples(index=False, name=None)]
    stated = [label if label not in _SILENT else "" for label in found]
    reasons = {**rows.silent, **_reasons(rows.table["trial"].tolist(), found)}
    table = rows.table.assign(**{MEASURED_POSITION: stated})
    return replace(rows, table=table, factors=(*rows.factors, MEASURED_POSITION), silent=reasons)


def _reasons(trials: list[str], labels: list[str]) -> Mapping[str, str]:
    return {trial: _SILENT[label] for trial, label in zip(trials, labels, strict=True) if label in _SILENT}
