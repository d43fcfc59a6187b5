"""A ranking table as panels: one panel per scope, muscle, side and metric, its levels in rank order.

The page, the figures and the terminal text all draw from these, so that they cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from emgpipe.model import LEVEL_ORDER
from emgpipe.report.marks import worst_of
from emgpipe.report.words import finite, label, muscle_label, plain, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from emgpipe.model import Comparison

_NEEDED: Final = {"muscle", "metric", "level", "rank"}
_PLACE: Final = ("scope", "muscle", "side", "metric")
_RATIO_TICKS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 3, 5, 10)
_OWN: Final = ("participant", "level", "value", "amplitude", "worst")
_WORST: Final = {level: place for place, level in enumerate(LEVEL_ORDER)}
Verdict = Literal["clear", "not shown", "too few", "tie", "alone"]
LARGEST_P: Final = 0.05
"""At and below which a best set separates levels."""


@dataclass(frozen=True, slots=True)
class Row:
    """One level of a ranking; amplitudes in the panel's unit, ratios to the first level."""

    level: str
    name: str
    rank: int | None
    order: float | None
    n: int | None
    n_normalized: int | None
    mean: float | None
    sd: float | None
    geometric_mean: float | None
    adjusted: float | None
    ratio: float | None
    low: float | None
    high: float | None
    in_best_set: bool | None
    p_best: float | None
    smallest_p: float | None
    frequency_first: float | None
    mean_rank: float | None
    rank_low: float | None
    rank_high: float | None
    first_count: int | None
    first_of: int | None
    tie: bool
    note: str

    @property
    def first(self) -> bool:
        """Whether this level ranks first, alone or tied."""
        return self.rank == 1

    @property
    def separated(self) -> bool:
        """Whether it is shown not to be the highest, all levels judged together."""
        return self.in_best_set is False


@dataclass(frozen=True, slots=True)
class Panel:
    """One ranking: of one muscle and metric, within one scope."""

    scope: str
    muscle: str
    side: str
    metric: str
    unit: str
    rows: tuple[Row, ...]
    scale: float = 1.0
    """Factor from the unit of the tables to the one that is printed."""

    @property
    def name(self) -> str:
        """The muscle and side in words."""
        return muscle_label(self.muscle, self.side)

    @property
    def scope_words(self) -> str:
        """The scope with its ids as words."""
        return " · ".join(part.strip().replace("_", " ") for part in self.scope.split(",") if part.strip())

    @property
    def runner_up(self) -> Row | None:
        """The first level that does not rank first."""
        return next((row for row in self.rows if row.rank is not None and not row.first), None)

    @property
    def may_be_first(self) -> tuple[Row, ...]:
        """The ranked levels that are not shown to be below another."""
        return tuple(row for row in self.rows if row.rank is not None and not row.separated)

    @property
    def verdict(self) -> Verdict:
        """How sure the first place is, judged for all levels together."""
        if sum(row.first for row in self.rows) > 1:
            return "tie"
        if self.runner_up is None:
            return "alone"
        if all(row.first for row in self.may_be_first) and self.may_be_first:
            return "clear"
        smallest = self.rows[0].smallest_p
        return "too few" if smallest is not None and smallest > LARGEST_P else "not shown"


def ranking_panels(comparison: Comparison) -> tuple[Panel, ...]:
    """Return the panels of a comparison in the order of its table; none if it is not a ranking."""
    table = comparison.table
    if comparison.kind != "ranking" or table.empty or not set(table.columns) >= _NEEDED:
        return ()
    groups: dict[tuple[str, ...], list[Mapping[Any, Any]]] = {}
    for record in table.to_dict("records"):
        key = tuple(plain(record.get(column)) for column in ("scope", "muscle", "side", "metric"))
        groups.setdefault(key, []).append(record)
    return tuple(_panel(key, records) for key, records in groups.items())


def by_scope(panels: Iterable[Panel]) -> dict[str, list[Panel]]:
    """Return the panels grouped by scope, in order of appearance."""
    groups: dict[str, list[Panel]] = {}
    for panel in panels:
        groups.setdefault(panel.scope, []).append(panel)
    return groups


def by_muscle(panels: Iterable[Panel]) -> dict[tuple[str, str], dict[str, Panel]]:
    """Return the panels as muscle and side -> metric -> panel, in order of appearance."""
    groups: dict[tuple[str, str], dict[str, Panel]] = {}
    for panel in panels:
        groups.setdefault((panel.muscle, panel.side), {})[panel.metric] = panel
    return groups


def metric_names(panels: Iterable[Panel]) -> tuple[str, ...]:
    """Return the metrics of the panels, each once, in order of appearance."""
    return tuple(dict.fromkeys(panel.metric for panel in panels))


def level_sequence(panels: Iterable[Panel]) -> tuple[str, ...]:
    """Return the levels in one order for all panels: the factor's own order, else by mean rank."""
    orders: dict[str, list[float]] = {}
    ranks: dict[str, list[float]] = {}
    for row in (row for panel in panels for row in panel.rows):
        ranks.setdefault(row.level, []).append(row.rank if row.rank is not None else 1e6)
        if row.order is not None:
            orders.setdefault(row.level, []).append(row.order)
    chosen = orders if set(orders) == set(ranks) else ranks
    return tuple(sorted(ranks, key=lambda level: sum(chosen[level]) / len(chosen[level])))


def thinned_ratio_ticks(low: float, high: float) -> list[float]:
    """Return ticks of an axis of ratios whose labels do not touch, 1 among them."""
    apart = math.log(high / low) / 9
    kept: list[float] = []
    for tick in sorted((tick for tick in _RATIO_TICKS if low <= tick <= high), key=lambda one: abs(math.log(one))):
        if all(abs(math.log(tick / other)) >= apart for other in kept):
            kept.append(tick)
    return sorted(kept)


class OwnValues:
    """The participants' own values of a ranking, panel by panel; grouped once, however many panels ask for theirs."""

    def __init__(self, comparison: Comparison) -> None:
        self._columns: list[str] = []
        self._by_place: dict[tuple[str, ...], pd.DataFrame] = {}
        cells = comparison.cells
        level = next((name for name in ("level", _factor(comparison)) if name in cells.columns), None)
        if level is None or not {"participant", "muscle", "metric"} <= set(cells.columns):
            return
        self._columns = [name for name in _PLACE if name in cells.columns]
        self._by_place = _grouped(cells, self._columns, level)

    def of(self, panel: Panel) -> pd.DataFrame:
        """Return those of a panel.

        Returns
        -------
        DataFrame
            Columns ``participant``, ``level``, ``value`` (in the panel's unit as printed, NaN where there is no
            reference), ``amplitude`` (before normalization) and ``worst`` (level of the worst finding it carries, or
            empty), one row per participant and level.
        """
        import pandas as pd

        found = self._by_place.get(tuple(getattr(panel, name) for name in self._columns))
        if found is None:
            return pd.DataFrame(columns=list(_OWN))
        return found.assign(value=found["value"] * panel.scale)


def _grouped(cells: pd.DataFrame, place: list[str], level: str) -> dict[tuple[str, ...], pd.DataFrame]:
    import pandas as pd

    keys = [*place, "participant", "level"]
    thin = pd.DataFrame({name: _plain(cells[name if name != "level" else level]) for name in keys})
    for column in ("value", "amplitude"):
        given = cells[column] if column in cells.columns else pd.Series(float("nan"), index=cells.index)
        thin[column] = pd.to_numeric(given, errors="coerce").astype(float).to_numpy()
    thin["worst"] = [_WORST.get(one, len(LEVEL_ORDER)) for one in worst_of(cells)]
    groups = thin.groupby(keys, as_index=False, sort=True)
    joined = groups.agg(value=("value", "mean"), amplitude=("amplitude", "mean"), worst=("worst", "min"))
    joined["worst"] = [(*LEVEL_ORDER, "")[one] for one in joined["worst"]]
    by_place = joined.groupby(place, sort=False)
    return {tuple(map(str, key)): rows[list(_OWN)].reset_index(drop=True) for key, rows in by_place}


def _plain(column: pd.Series[Any]) -> list[str]:
    """Return a column as text; each distinct cell is looked at once."""
    known = {value: plain(value) for value in column.unique()}
    return [known[value] if value in known else plain(value) for value in column]


def _factor(comparison: Comparison) -> str:
    table = comparison.table
    return plain(table["factor"].iloc[0]) if "factor" in table.columns and len(table) else ""


def _panel(key: tuple[str, ...], records: list[Mapping[Any, Any]]) -> Panel:
    unit = next((text for record in records if (text := plain(record.get("unit")))), "")
    scale, shown = shown_unit(unit)
    rows = [_row(record, scale) for record in records]
    rows.sort(key=lambda row: row.rank if row.rank is not None else 1_000_000)
    scope, muscle, side, metric = key
    return Panel(scope, muscle, side, metric, shown, tuple(rows), scale)


def _row(record: Mapping[Any, Any], scale: float) -> Row:
    def scaled(column: str) -> float | None:
        value = finite(record.get(column))
        return None if value is None else value * scale

    level = plain(record.get("level"))
    return Row(
        level=level,
        name=label(level),
        rank=_whole(record.get("rank")),
        order=finite(record.get("level_order")),
        n=_whole(record.get("n")),
        n_normalized=_whole(record.get("n_normalized")),
        mean=scaled("mean"),
        sd=scaled("sd"),
        geometric_mean=scaled("geometric_mean"),
        adjusted=scaled("adjusted_geometric_mean"),
        ratio=finite(record.get("ratio_to_first")),
        low=finite(record.get("ci_low")),
        high=finite(record.get("ci_high")),
        in_best_set=_yes_or_no(record.get("in_best_set")),
        p_best=finite(record.get("p_best")),
        smallest_p=finite(record.get("smallest_p")),
        frequency_first=finite(record.get("frequency_first")),
        mean_rank=finite(record.get("mean_rank")),
        rank_low=finite(record.get("rank_low")),
        rank_high=finite(record.get("rank_high")),
        first_count=_whole(record.get("first_count")),
        first_of=_whole(record.get("first_of")),
        tie=_yes_or_no(record.get("tie")) or False,
        note=plain(record.get("note")),
    )


def _yes_or_no(value: Any) -> bool | None:
    """Read a cell of truth values, from a table or from a file; None where it is missing."""
    text = plain(value).casefold()
    return None if text in {"", "nan"} else text in {"true", "1", "1.0"}


def _whole(value: Any) -> int | None:
    known = finite(value)
    return None if known is None else round(known)
