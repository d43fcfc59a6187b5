"""Read the panels of a scope, by the metrics of the ranking and in every other way it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emgpipe.comparison.ranks.matrices import PanelCells, panel_cells
from emgpipe.comparison.ranks.order import Order, order_of
from emgpipe.comparison.ranks.sensitivity import Alternative, Panel, Reading
from emgpipe.comparison.shared.cells import PANEL, block_cells, own_values
from emgpipe.errors import ComparisonError
from emgpipe.model.tables import MAIN_VARIANT

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.ranking import Ranking
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ReadPanels:
    """The panels of a scope in the order of the table, metrics in the order asked for.

    `refused` holds those that cannot be ranked, and why.
    """

    cells: Mapping[Panel, PanelCells]
    refused: Mapping[Panel, str]
    kinds: Mapping[Panel, str]
    own: pd.DataFrame


def read_panels(emg: pd.DataFrame, scope: Scope, factor: str) -> ReadPanels:
    """Return the panels of the chosen rows as matrices."""
    blocks = block_cells(emg, factor, scope.held)
    own = own_values(blocks)
    kinds: dict[Any, str] = emg.drop_duplicates(list(PANEL)).set_index(list(PANEL))["kind"].to_dict()
    of_blocks: dict[Any, pd.DataFrame] = dict(iter(blocks.groupby(list(PANEL), sort=False)))
    of_own: dict[Any, pd.DataFrame] = dict(iter(own.groupby(list(PANEL), sort=False)))
    cells: dict[Panel, PanelCells] = {}
    refused: dict[Panel, str] = {}
    for key in kinds:
        try:
            cells[key] = panel_cells(of_blocks[key], of_own[key], scope.levels, scope.held)
        except ComparisonError as error:
            refused[key] = str(error)
    return ReadPanels(cells, refused, kinds, own)


class Alternatives:
    """The orders other metrics and other variants give; a variant is read once for all scopes."""

    def __init__(
        self, ranking: Ranking, tables: StudyTables, vocabulary: Vocabulary, readings: Sequence[Reading]
    ) -> None:
        self.vocabulary = vocabulary
        self._ranking = ranking
        self._readings = readings
        self._problems: dict[str, str] = {}
        self._scopes: dict[str, dict[str, Scope]] = {}
        for name in dict.fromkeys(reading.variant for reading in readings if not reading.metric):
            try:
                rows = ranking.task_rows(of_variant(tables, name))
                self._scopes[name] = {scope.text: scope for scope in ranking.scopes(rows, vocabulary)}
            except ComparisonError as error:
                self._problems[name] = str(error)

    @property
    def basis(self) -> dict[str, str]:
        """What the order was compared with, and which variants could not be ranked."""
        names = ", ".join(reading.metric or reading.variant for reading in self._readings) or "nothing"
        said = [f"the order is compared with: {names}"]
        said += [f"variant {name} could not be ranked: {why}" for name, why in self._problems.items()]
        return {"sensitivity": "; ".join(said)}

    def of(self, scope: Scope, main: ReadPanels, orders: Mapping[Panel, Order]) -> dict[Panel, list[Alternative]]:
        """Return the alternatives of each panel of the main reading."""
        found: dict[Panel, list[Alternative]] = {key: [] for key in main.cells}
        by_metric = self._by_metric(scope, main, orders)
        by_variant = {name: self._ordered(name, scope) for name in self._scopes}
        for key, alternatives in found.items():
            for reading in self._readings:
                there = by_metric if reading.metric else by_variant.get(reading.variant, {})
                other = (*key[:3], reading.metric or key[3])
                if other in there and (other != key or not reading.metric):
                    cells, order = there[other]
                    alternatives.append(Alternative(reading, cells.levels, order))
        return found

    def _by_metric(
        self, scope: Scope, main: ReadPanels, orders: Mapping[Panel, Order]
    ) -> dict[Panel, tuple[PanelCells, Order]]:
        """Return the panels of the main run by every metric read; those of the ranking itself are not made again."""
        ranking = self._ranking
        known = {key: (cells, orders[key]) for key, cells in main.cells.items()}
        names = [reading.metric for reading in self._readings if reading.metric]
        further = tuple(name for name in names if name not in ranking.metrics)
        return known | self._panels(ranking.model_copy(update={"metrics": further}), scope) if further else known

    def _ordered(self, variant: str, scope: Scope) -> dict[Panel, tuple[PanelCells, Order]]:
        same = self._scopes[variant].get(scope.text)
        if same is None:
            return {}
        try:
            return self._panels(self._ranking, same)
        except ComparisonError as error:
            self._problems[variant] = str(error)
            return {}

    def _panels(self, ranking: Ranking, scope: Scope) -> dict[Panel, tuple[PanelCells, Order]]:
        read = read_panels(ranking.chosen(scope.rows, self.vocabulary), scope, ranking.column)
        return {key: (cells, order_of(cells, ranking.resampling)) for key, cells in read.cells.items()}


def of_variant(tables: StudyTables, name: str) -> StudyTables:
    """Return the tables of one variant as if there were no other; angles and durations are those of the main run."""
    if "variant" not in tables.metrics.columns:
        return tables
    variants = tables.metrics["variant"].fillna("").astype(str)
    main = variants.isin({"", MAIN_VARIANT})
    rows = tables.metrics[
        main if name == MAIN_VARIANT else (main & tables.metrics["kind"].ne("emg")) | variants.eq(name)
    ]
    return replace(tables, metrics=rows.assign(variant=MAIN_VARIANT))
