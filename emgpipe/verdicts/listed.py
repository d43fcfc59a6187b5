"""Decisions as a table, each with what it did to the numbers; stored tables as findings and decisions."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from emgpipe.model import Decision, Finding
from emgpipe.model.tables import DECISION_COLUMNS, MAIN_VARIANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd

    from emgpipe.verdicts.reach import Effect

NOTHING: Final = "touches no number"
_WORDS: Final[dict[Effect, str]] = {
    "excluded": "left out of comparisons",
    "value_excluded": "left out of comparisons of normalized values, amplitudes kept",
    "kept": "kept in comparisons though a check failed",
    "referenced": "rest on the reference chosen",
}


def findings_by_id(findings: pd.DataFrame) -> dict[str, Finding]:
    """Return the rows of a findings table as findings, by their ids."""
    numbers = ("onset", "start", "stop", "value")
    found = {}
    for row in findings.to_dict("records"):
        cells: dict[str, Any] = {str(name): value for name, value in row.items() if name != "id"}
        found[str(row["id"])] = Finding(**cells | {name: _number_or_none(cells[name]) for name in numbers})
    return found


def _number_or_none(cell: Any) -> float | None:
    return None if cell is None or math.isnan(cell) else float(cell)


def decisions_table(
    decisions: Iterable[Decision], metrics: pd.DataFrame, said: Sequence[Mapping[str, Effect]]
) -> pd.DataFrame:
    """Return one row per decision, with the numbers of the main analysis it touches and what it does to them."""
    import pandas as pd

    effects: dict[str, Counter[Effect]] = {}
    trials: dict[str, set[str]] = {}
    measured = set(metrics["trial"]) if len(metrics) else set()
    if len(metrics):
        for one, trial, variant in zip(said, metrics["trial"], metrics["variant"], strict=True):
            if variant == MAIN_VARIANT:
                for name, effect in one.items():
                    effects.setdefault(name, Counter())[effect] += 1
                    trials.setdefault(name, set()).add(trial)
    rows = []
    for decision in {one.id: one for one in decisions}.values():
        counted = effects.get(decision.id, Counter())
        rows.append(
            {name: getattr(decision, name, "") for name in DECISION_COLUMNS}
            | {"numbers": counted.total(), "trials": len(trials.get(decision.id, ()))}
            | {"effect": _effect_words(decision, counted, measured)}
        )
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS))


def _effect_words(decision: Decision, counted: Mapping[Effect, int], measured: Collection[str]) -> str:
    if counted:
        return "; ".join(f"{count} {'number' if count == 1 else 'numbers'} {_WORDS[effect]}"
                         for effect, count in counted.items())  # fmt: skip
    if decision.source == "study file":
        return "in the numbers from the start" if decision.action == "relabel" else "not measured"
    if decision.action == "exclude" and decision.trial and decision.trial not in measured:
        return "no number is of this trial; an MVIC trial is left out of the reference"
    return NOTHING


def idle_words(row: Mapping[Any, Any]) -> str:
    """Say of a row of the decisions table that it does nothing."""
    names = ("participant", "session", "trial", "muscle", "side", "placement", "finding")
    stated = [f"{name} {row[name]}" for name in names if row[name]]
    if row["onset"] is not None and math.isfinite(row["onset"]):
        stated.append(f"repetition at {row['onset']:g} s")
    return (
        f"the decision of {row['who']} ({row['when']}) to exclude {', '.join(stated)} touches no number; compare its "
        "names and times with metrics.csv, and the finding with findings.csv"
    )


def stored_decisions(table: pd.DataFrame) -> tuple[Decision, ...]:
    """Return the rows of a decisions table that a run wrote."""
    names = [name for name in Decision.__slots__ if name in table.columns]
    rows: list[dict[str, Any]] = [{name: row[name] for name in names} for row in table.to_dict("records")]
    return tuple(Decision(**row | {name: _number_or_none(row[name]) for name in ("onset", "value")}) for row in rows)
