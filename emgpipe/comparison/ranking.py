"""Rank the levels of a factor by EMG amplitude, per muscle, side and metric, and say how sure the ranks are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.ranks.account import ranking_basis, ranking_families, ranking_sentences
from emgpipe.comparison.ranks.matrices import PanelCells, panel_cells
from emgpipe.comparison.ranks.order import Order, Resampling, order_of
from emgpipe.comparison.ranks.panel import rank_panel
from emgpipe.comparison.ranks.sensitivity import Alternative, Panel, Reading, chosen_readings
from emgpipe.comparison.ranks.tabulate import further_tables, ranking_table, scope_texts
from emgpipe.comparison.shared.cells import PANEL, block_cells, own_values
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.rows import MAIN_VARIANT
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.ranks.results import PanelResult
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary


class Ranking(ConditionComparator):
    """Rank exercises at a head position, head positions within an exercise, or the levels of any other factor.

    Levels are ranked by an additive model of the log amplitude (participant + level), in volts and inside each
    participant and session: there the MVIC cancels, so that a bad or missing one changes no rank and no ratio, and a
    participant who misses a condition distorts none. Which levels are not distinguishable from the first is decided
    for all of them together, by flipping the signs of whole participants. Beside it stand the paired ratio to the first
    with a 95 % t interval, how often each level comes to each rank when participants are drawn again, each
    participant's own order, and what other metrics and variants of the settings change.
    """

    kind: Literal["ranking"] = "ranking"
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Sign flips (all of them where they are fewer) and bootstrap draws."""
    seed: int = Field(default=0, ge=0)
    """Of the random sign flips and draws."""
    sensitivity: tuple[str, ...] | None = None
    """Variants and metrics the order is compared with. Left out, all variants of the study and those of mean, peak,
    sustained_peak and p95 that were measured; an empty list, none."""

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        if self.channels:
            raise ComparisonError(
                f"channels ({', '.join(self.channels)}) have no amplitude to rank by; compare them with kind: paired"
            )
        rows = self.task_rows(_of_variant(tables, MAIN_VARIANT))
        measured = rows.table.loc[rows.table["kind"] == "emg", "metric"].unique()
        readings = chosen_readings(tables.metrics, self.sensitivity, measured)
        others = _Others(self, tables, vocabulary, readings)
        return tuple(self._compare(scope, rows, others) for scope in self.scopes(rows, vocabulary))

    @classmethod
    def example(cls) -> Self:
        """Rank the exercises."""
        return cls(factor="exercise", at={"head_position": "neutral"})

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"ranking of {self.question_words()}"

    @property
    def resampling(self) -> Resampling:
        """Resamples and seed."""
        return Resampling(self.resamples, self.seed)

    def _compare(self, scope: Scope, rows: TaskRows, others: _Others) -> Comparison:
        vocabulary = others.vocabulary
        read = read_panels(self.chosen(scope.rows, vocabulary), scope, self.column)
        orders = {key: order_of(cells, self.resampling) for key, cells in read.cells.items()}
        panels = [
            rank_panel(key, read.kinds[key], cells, orders[key], scope.levels, self.resampling)
            for key, cells in read.cells.items()
        ]
        alternatives = others.of(scope, read, orders)
        return Comparison(
            kind=self.kind,
            title=scope.title,
            table=ranking_table(panels, scope, self.column).assign(factor=self.factor),
            cells=_with_scope(read.own, scope, self.column),
            sentences=(
                *ranking_sentences(panels, alternatives, self.column, vocabulary),
                *self.shared_sentences(scope, vocabulary),
            ),
            basis=ranking_basis(panels, scope, read.own, self.resampling)
            | others.basis
            | self.shared_basis(rows, scope),
            tables=further_tables(panels, alternatives, scope, self.column, vocabulary),
            families=ranking_families(panels, vocabulary),
        )


@dataclass(frozen=True, slots=True)
class ReadPanels:
    """The panels of a scope in the order of the table, metrics in the order asked for."""

    cells: Mapping[Panel, PanelCells]
    kinds: Mapping[Panel, str]
    own: pd.DataFrame


def read_panels(emg: pd.DataFrame, scope: Scope, factor: str) -> ReadPanels:
    """Return the panels of the chosen rows as matrices."""
    blocks = block_cells(emg, factor, scope.held)
    own = own_values(blocks)
    kinds = emg.drop_duplicates(list(PANEL)).set_index(list(PANEL))["kind"].to_dict()
    of_blocks, of_own = (dict(iter(table.groupby(list(PANEL), sort=False))) for table in (blocks, own))
    cells = {key: panel_cells(of_blocks[key], of_own[key], scope.levels, scope.held) for key in kinds}
    return ReadPanels(cells, kinds, own)


class _Others:
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
                rows = ranking.task_rows(_of_variant(tables, name))
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


def _of_variant(tables: StudyTables, name: str) -> StudyTables:
    """Return the tables of one variant as if there were no other."""
    if "variant" not in tables.metrics.columns:
        return tables
    variants = tables.metrics["variant"].fillna("").astype(str)
    rows = tables.metrics[variants.isin({"", MAIN_VARIANT} if name == MAIN_VARIANT else {name})]
    return replace(tables, metrics=rows.assign(variant=MAIN_VARIANT))


def _with_scope(own: pd.DataFrame, scope: Scope, factor: str) -> pd.DataFrame:
    sites = list(own[list(PANEL[:3])].itertuples(index=False, name=None))
    texts = scope_texts(sites, scope)
    front = own.assign(factor=factor, scope=[texts[site] for site in sites])
    return front[["factor", "scope", *own.columns]]
