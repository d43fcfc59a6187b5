"""The rows of the metrics table that comparisons rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.errors import ComparisonError, suggest
from emgpipe.model.tables import MAIN_VARIANT, METRIC_COLUMNS, REPETITION, WHERE, WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd

_TEXT: Final = (
    "kind",
    "phase",
    "muscle",
    "side",
    "placement",
    "metric",
    "unit",
    "amplitude_unit",
    "findings",
    "worst",
    "decisions",
    "variant",
)
_NUMBERS: Final = ("value", "amplitude")
_NEEDED: Final = (*WHERE, *REPETITION, "kind", "muscle", "side", "metric", *_NUMBERS, "unit", "amplitude_unit")
_LARGEST: Final = 1e150
"""Numbers beyond this are none: their squares would leave the range of numbers."""
_MOST_NAMED: Final = 6
"""Decisions that are named; all of them stand in the decisions table."""
_NO_REFERENCE: Final = "whose value in %MVIC alone is left out"
_SAME: Final = (*WHERE, *REPETITION, "kind", "muscle", "side", "placement", "metric", *_NUMBERS)
"""Rows that agree in all of these are one number, written twice."""


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Repetitions of task trials, without what a decision excluded.

    Attributes
    ----------
    table : DataFrame
        EMG metrics, other channels, durations; text columns without missing values, numbers finite or NaN.
    factors : tuple of str
        The columns that hold factors.
    excluded : str
        What decisions left out, in words; empty if nothing. Where they leave out the value in %MVIC alone, `value` is
        NaN, as it is without a reference, and the amplitude counts.
    silent : mapping of str to str
        Trial -> why it has no level of a factor, such as ``measured between two head positions``; trials that are not
        in it do not state one.
    """

    table: pd.DataFrame
    factors: tuple[str, ...]
    excluded: str
    silent: Mapping[str, str] = field(default_factory=dict)


def task_rows(metrics: pd.DataFrame, phase: str = WHOLE_REPETITION, variant: str = MAIN_VARIANT) -> TaskRows:
    """Return the rows that count.

    Parameters
    ----------
    phase : str
        A phase, or the whole repetition; lock-out values belong to every phase.
    variant : str
        Which variant of the settings.

    Raises
    ------
    ComparisonError
        The table is not a metrics table, or holds no repetition of a task trial.
    """
    absent = [column for column in _NEEDED if column not in metrics.columns]
    if absent and len(metrics.columns):
        raise ComparisonError(f"the metrics table has no column {', '.join(absent)}; make it with 'emgpipe run'")
    factors = tuple(str(name) for name in metrics.columns if name not in {*WHERE, *METRIC_COLUMNS})
    if not absent:
        table = _cleaned(metrics, factors)
        table = _once(table[_counts(table, phase, variant)])
        out = true_cells(table["excluded"])
        if not out.all():
            kept, unsure = table[~out], true_cells(table["value_excluded"])[~out]
            words = [_excluded(table[out]), _excluded(kept[unsure & kept["value"].notna()], _NO_REFERENCE)]
            kept = kept.assign(value=kept["value"].mask(unsure)).reset_index(drop=True)
            return TaskRows(kept, factors, "; ".join(filter(None, words)))
        if len(table):
            raise ComparisonError("every repetition is excluded by a decision; nothing is left to compare")
    if phase != WHOLE_REPETITION and not absent:
        phases = ", ".join(sorted(set(metrics.loc[metrics["role"].eq("task"), "phase"].astype(str)))) or "none"
        raise ComparisonError(f"there are no numbers about a phase '{phase}'. Phases measured: {phases}")
    raise ComparisonError(
        "there are no numbers about repetitions of task trials; see in the findings why no repetition was measured"
    )


def _cleaned(metrics: pd.DataFrame, factors: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    table = metrics.reset_index(drop=True)
    for column in (*WHERE, *_TEXT, *factors):
        given = table[column] if column in table.columns else pd.Series("", index=table.index)
        table[column] = given.astype(object).where(given.notna(), "").astype(str)
    for column in _NUMBERS:
        numbers = pd.to_numeric(table[column], errors="coerce").astype(float)
        table[column] = numbers.where(numbers.abs() < _LARGEST)
    for column in ("excluded", "value_excluded"):
        if column not in table.columns:
            table[column] = False
    return table


def true_cells(column: pd.Series[bool]) -> pd.Series[bool]:
    """Return a column of yes and no, from a run or from a file, as truth values."""
    return column.astype(str).str.casefold().isin({"true", "1"})


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that stand in the table twice, so that no repetition counts as two."""
    if not table.duplicated(["onset", *_NUMBERS, "metric"]).any():
        return table
    return table.drop_duplicates(list(_SAME))


def _counts(table: pd.DataFrame, phase: str, variant: str) -> pd.Series[bool]:
    duration = table["kind"].ne("time") | table["metric"].eq("duration")
    chosen = table["variant"].isin({"", variant} if variant == MAIN_VARIANT else {variant})
    span = table["phase"].eq(phase) | table["metric"].eq("lockout")
    return table["role"].eq("task") & span & chosen & duration


def _excluded(out: pd.DataFrame, how: str = "left out") -> str:
    """Say how many numbers decisions leave out, of whom, and which decisions these are."""
    if out.empty:
        return ""
    people = ", ".join(sorted(set(out["participant"])))
    trials = out["trial"].nunique()
    ids = sorted({name for text in set(out["decisions"]) for name in text.split() if name.startswith("exclude")})
    named = f" ({', '.join(ids[:_MOST_NAMED])}{', ...' if len(ids) > _MOST_NAMED else ''})" if ids else ""
    numbers, places = _counted(len(out), "number"), _counted(trials, "trial")
    by = "by a decision" if len(ids) == 1 else f"by {len(ids)} decisions" if ids else "by decisions"
    return f"{numbers} in {places} of {people}, {how} {by}{named}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def require_factor(name: str, factors: Sequence[str], what: str) -> None:
    """Raise `ComparisonError` unless the trials have this factor."""
    if name not in factors:
        known = ", ".join(factors) or "none"
        raise ComparisonError(
            f"{what} '{name}' is not a factor of the trials{suggest(name, factors) or '.'} Factors: {known}"
        )
