"""Rank the levels of a factor by EMG amplitude, per muscle, side and metric, and say how sure the ranks are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.ranks.account import ranking_basis, ranking_families, ranking_sentences
from emgpipe.comparison.ranks.order import Resampling, order_of
from emgpipe.comparison.ranks.panel import rank_panel
from emgpipe.comparison.ranks.readings import Alternatives, of_variant, read_panels
from emgpipe.comparison.ranks.sensitivity import chosen_readings
from emgpipe.comparison.ranks.tabulate import further_tables, ranking_table, scope_texts
from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.wording import panel_words
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.model.tables import MAIN_VARIANT
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

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
        rows = self.task_rows(of_variant(tables, MAIN_VARIANT))
        measured = rows.table.loc[rows.table["kind"] == "emg", "metric"].unique()
        readings = chosen_readings(tables.metrics, self.sensitivity, measured)
        others = Alternatives(self, tables, vocabulary, readings)
        return each_scope(self.scopes(rows, vocabulary), lambda scope: self._compare(scope, rows, others))

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

    def _compare(self, scope: Scope, rows: TaskRows, others: Alternatives) -> Comparison:
        vocabulary = others.vocabulary
        read = read_panels(self.chosen(scope.rows, vocabulary), scope, self.column)
        refused = [
            f"{panel_words(vocabulary, key, read.kinds[key])}: not compared, {why}" for key, why in read.refused.items()
        ]
        if not read.cells:
            raise ComparisonError(reasons_words(refused))
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
                *(f"{text}." for text in refused),
                *self.shared_sentences(scope, vocabulary),
            ),
            basis=ranking_basis(panels, scope, read.own, self.resampling, vocabulary)
            | others.basis
            | self.shared_basis(rows, scope)
            | ({"not_compared": reasons_words(refused)} if refused else {}),
            tables=further_tables(panels, alternatives, scope, self.column, vocabulary),
            families=ranking_families(panels, vocabulary),
        )


def _with_scope(own: pd.DataFrame, scope: Scope, factor: str) -> pd.DataFrame:
    sites = list(own[list(PANEL[:3])].itertuples(index=False, name=None))
    texts = scope_texts(sites, scope)
    front = own.assign(factor=factor, scope=[texts[site] for site in sites])
    return front[["factor", "scope", *own.columns]]
