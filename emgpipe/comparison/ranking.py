"""Rank the levels of a factor by EMG amplitude, per muscle, side and metric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from emgpipe.comparison.ranks.panel import PanelResult, rank_panel
from emgpipe.comparison.ranks.tabulate import ranking_basis, ranking_sentences, ranking_table, scope_texts
from emgpipe.comparison.shared.cells import PANEL, block_cells, own_values
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.model import Comparison

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary


class Ranking(ConditionComparator):
    """Rank exercises at a head position, head positions within an exercise, or the levels of any other factor.

    Levels are ranked by an additive model of the log amplitude (participant + level), in volts and inside each
    participant and session: there the MVIC cancels, so that a bad or missing one changes no rank and no ratio, and a
    participant who misses a condition distorts none. Each level is compared with the first by the paired log ratio of
    the participants who have both, with a 95 % t interval.
    """

    kind: Literal["ranking"] = "ranking"

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        rows = self.task_rows(tables)
        return tuple(self._compare(scope, rows, vocabulary) for scope in self.scopes(rows, vocabulary))

    @classmethod
    def example(cls) -> Self:
        """Rank the exercises."""
        return cls(factor="exercise", at={"head_position": "neutral"})

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"ranking of {self.question_words()}"

    def _compare(self, scope: Scope, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        emg = self.chosen(scope.rows, vocabulary)
        blocks = block_cells(emg, self.column, scope.held)
        own = own_values(blocks)
        panels = tuple(self._panels(emg, blocks, own, scope))
        return Comparison(
            kind=self.kind,
            title=scope.title,
            table=ranking_table(panels, scope, self.column).assign(factor=self.factor),
            cells=_with_scope(own, scope, self.column),
            sentences=ranking_sentences(panels, scope, self.column, vocabulary),
            basis=ranking_basis(panels, scope, self.column, own) | self.shared_basis(rows, scope),
        )

    def _panels(
        self, emg: pd.DataFrame, blocks: pd.DataFrame, own: pd.DataFrame, scope: Scope
    ) -> Iterator[PanelResult]:
        """Yield the panels muscle by muscle in the order of the table, metrics in the order asked for."""
        cells, values = (_by_panel(table) for table in (blocks, own))
        for key in emg[list(PANEL)].drop_duplicates().itertuples(index=False, name=None):
            yield rank_panel(key, cells[key], values[key], scope.levels, scope.held)


def _by_panel(table: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(table.groupby(list(PANEL), sort=False)))


def _with_scope(own: pd.DataFrame, scope: Scope, factor: str) -> pd.DataFrame:
    sites = list(own[list(PANEL[:3])].itertuples(index=False, name=None))
    texts = scope_texts(sites, scope)
    front = own.assign(factor=factor, scope=[texts[site] for site in sites])
    return front[["factor", "scope", *own.columns]]
