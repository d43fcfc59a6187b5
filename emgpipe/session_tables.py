"""Rows of one session as tidy tables, each number linked to the findings that touch it."""

from __future__ import annotations

import math
from itertools import repeat
from typing import TYPE_CHECKING, Any

from emgpipe.model import LEVEL_ORDER, Finding, Reference, Trial, worst_level
from emgpipe.model.tables import (
    CURVE_COLUMNS,
    FINDING_COLUMNS,
    MAIN_VARIANT,
    METRIC_COLUMNS,
    STANDARD_FACTORS,
    WHERE,
)
from emgpipe.verdicts import ABOUT_REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd


def metrics_table(rows: Iterable[tuple[Trial, list[dict[str, Any]]]], variant: str = MAIN_VARIANT) -> pd.DataFrame:
    """Return the metrics table of these trials, without findings; columns as in `emgpipe.model.tables`."""
    added = {
        "variant": variant, "findings": "", "worst": "", "excluded": False, "value_excluded": False, "decisions": "",
    }  # fmt: skip
    return _table(rows, METRIC_COLUMNS, added)


def curves_table(rows: Iterable[tuple[Trial, list[dict[str, Any]]]]) -> pd.DataFrame:
    """Return the curves table of these trials."""
    return _table(rows, CURVE_COLUMNS, {})


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return one row per finding, the worst first, without repetitions."""
    import pandas as pd

    unique = {finding.id: finding for finding in findings}
    ranked = sorted(
        unique.values(), key=lambda one: (LEVEL_ORDER.index(one.level), one.participant, one.session, one.trial)
    )
    rows = [{column: getattr(finding, column) for column in FINDING_COLUMNS} for finding in ranked]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def concatenate(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Join the sessions' tables; factors that only some sessions have are empty text in the others."""
    import pandas as pd

    filled = [table for table in tables if not table.empty]
    if not filled:
        return pd.DataFrame(columns=[*WHERE, *STANDARD_FACTORS, *columns])
    joined = pd.concat(filled, ignore_index=True)
    known = {*WHERE, *columns}
    factors = list(STANDARD_FACTORS) + [name for name in joined.columns if name not in {*known, *STANDARD_FACTORS}]
    joined = joined.reindex(columns=[*WHERE, *factors, *columns])
    joined[factors] = joined[factors].fillna("")
    return joined


def link_findings(metrics: pd.DataFrame, findings: Sequence[Finding], references: Sequence[Reference]) -> pd.DataFrame:
    """Fill ``findings`` and ``worst``: those of the number's trial, repetition, muscle, and of its reference.

    Where a muscle has more than one placement, a finding about one of them touches the numbers of that one only. What
    is about references touches no number that needs none, such as a frequency.
    """
    if metrics.empty:
        return metrics
    by_place: dict[_Place, list[Finding]] = {}
    for finding in findings:
        if finding.channel and not finding.muscle:
            continue  # about a channel the study does not use
        by_place.setdefault((finding.trial, finding.muscle, finding.side), []).append(finding)
    made_of = {reference.id: _behind(reference) for reference in references}
    columns = (metrics[name] for name in ("trial", "muscle", "side", "placement", "onset", "reference", "unit"))
    cache: dict[_Number, str] = {}
    linked = []
    for row in zip(*columns, strict=True):
        if row not in cache:
            cache[row] = _ids_for(row, by_place, made_of)
        linked.append(cache[row])
    levels = {finding.id: finding.level for finding in findings}
    worst = {ids: worst_level(levels[one] for one in ids.split()) for ids in set(linked)}
    table = metrics.copy(deep=False)
    table["findings"], table["worst"] = linked, [worst[ids] for ids in linked]
    return table


def _behind(reference: Reference) -> tuple[str, ...]:
    """Return the trials a reference, and with it every number in %MVIC, was made of; rest where its noise was taken."""
    rests = reference.rest_trials if reference.noise_removed is not None else ()
    return tuple(dict.fromkeys((*(attempt.trial for attempt in reference.used), *rests)))


_Place = tuple[str, str, str]
"""Trial, muscle, side."""
_Number = tuple[str, str, str, str, float, str, str]
"""Trial, muscle, side, placement, onset, reference, unit."""


def _ids_for(
    number: _Number, by_place: Mapping[_Place, Sequence[Finding]], made_of: Mapping[str, tuple[str, ...]]
) -> str:
    trial, muscle, side, placement, onset, reference, unit = number
    is_normalized = bool(reference) or unit.startswith("%")  # or should be, where the reference is missing
    spots = [(trial, muscle, side), (trial, "", ""), ("", "", "")]
    if muscle:
        spots.append(("", muscle, side))
        spots.extend(spot for one in made_of.get(reference, ()) for spot in ((one, muscle, side), (one, "", "")))
    touching = (
        finding.id
        for spot in spots
        for finding in by_place.get(spot, ())
        if finding.placement in ("", placement)
        and finding.onset in (None, onset)
        and (is_normalized or not finding.kind.startswith(ABOUT_REFERENCES))
    )
    return " ".join(dict.fromkeys(touching))


def _table(
    rows: Iterable[tuple[Trial, list[dict[str, Any]]]], columns: Sequence[str], added: Mapping[str, Any]
) -> pd.DataFrame:
    """Return rows as a table, taking them trial by trial: a session may have more rows than fit in memory as such."""
    import pandas as pd

    measured = [name for name in columns if name not in added]
    cells: dict[str, list[Any]] = {name: [] for name in (*WHERE, *measured)}
    factors: dict[str, list[str]] = {name: [] for name in STANDARD_FACTORS}
    total = 0
    for trial, of_trial in rows:
        for name, value in zip(WHERE, (trial.participant, trial.session, trial.id, trial.role), strict=True):
            cells[name].extend(repeat(value, len(of_trial)))
        for name in trial.factors:
            if name not in cells and name not in added:
                factors.setdefault(name, [""] * total)
        for name, levels in factors.items():
            levels.extend(repeat(trial.factors.get(name, ""), len(of_trial)))
        for name in measured:
            cells[name].extend(row.get(name, math.nan) for row in of_trial)
        total += len(of_trial)
    order = [*WHERE, *factors, *columns]
    cells |= factors | {name: [value] * total for name, value in added.items()}
    return pd.DataFrame({name: pd.Series(cells.pop(name)) for name in order}, copy=False)
