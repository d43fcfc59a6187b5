"""Rank the levels of a factor by EMG amplitude, per muscle, side and metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.cells import PANEL, block_cells, own_values
from emgpipe.comparison.muscles import BASIS, FACTOR, muscles_as_levels
from emgpipe.comparison.panel import PanelResult, rank_panel
from emgpipe.comparison.rows import TaskRows, task_rows
from emgpipe.comparison.scopes import Question, Scope, choose_scopes
from emgpipe.comparison.tabulate import ranking_basis, ranking_sentences, ranking_table, scope_texts
from emgpipe.comparison.wording import COMPARED_MUSCLE, factor_words
from emgpipe.errors import ComparisonError, VocabularyError, suggest
from emgpipe.model import Comparison

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.vocabulary import Vocabulary


class Ranking(Comparator):
    """Rank exercises at a head position, head positions within an exercise, or the levels of any other factor.

    Levels are ranked by an additive model of the log amplitude (participant + level), in volts and inside each
    participant and session: there the MVIC cancels, so that a bad or missing one changes no rank and no ratio, and a
    participant who misses a condition distorts none. Each level is compared with the first by the paired log ratio of
    the participants who have both, with a 95 % t interval.
    """

    kind: Literal["ranking"] = "ranking"
    factor: str = Field(min_length=1)
    """What is ranked: exercise, head_position, any other factor of the trials, or muscle (normalized amplitudes)."""
    at: dict[str, str] | None = None
    """Levels other factors are held at, such as {head_position: neutral}. Left out: levels are compared inside
    each exercise and head position that all of them share."""
    within: str | None = None
    """Ask once per level of this factor: factor head_position within exercise."""
    metrics: tuple[str, ...] = Field(default=("mean", "peak"), min_length=1)
    """Amplitude metrics, each ranked apart."""
    muscles: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Muscles to rank for; left out, all."""

    def compare(self, metrics: pd.DataFrame, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        self._check()
        rows = task_rows(metrics)
        if self.factor == FACTOR:
            rows = muscles_as_levels(rows)
        scopes = choose_scopes(rows, Question(self._column, self.at or {}, self.within), vocabulary)
        return tuple(self._compare(scope, rows, vocabulary) for scope in scopes)

    @property
    def _column(self) -> str:
        """The column of the metrics table that holds the levels."""
        return COMPARED_MUSCLE if self.factor == FACTOR else self.factor

    def describe(self) -> str:
        """Say in a few words what is compared."""
        at = ", ".join(f"{name} = {level}" for name, level in (self.at or {}).items())
        within = f" within {factor_words(self.within)}" if self.within else ""
        return f"ranking of {factor_words(self.factor, several=True)}{f' at {at}' if at else ''}{within}"

    def _check(self) -> None:
        named = [self.factor, *(self.at or {}), *([self.within] if self.within else [])]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ComparisonError(f"'{twice[0]}' is named twice; factor, at and within need different factors")

    def _compare(self, scope: Scope, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        emg = self._chosen(scope.rows[scope.rows["kind"] == "emg"], vocabulary)
        blocks = block_cells(emg, self._column, scope.held)
        own = own_values(blocks)
        panels = tuple(self._panels(emg, blocks, own, scope))
        basis = ranking_basis(panels, scope, self._column, own)
        return Comparison(
            kind=self.kind,
            title=scope.title,
            table=ranking_table(panels, scope, self._column).assign(factor=self.factor),
            cells=_with_scope(own, scope, self._column),
            sentences=ranking_sentences(panels, scope, self._column, vocabulary),
            basis=basis
            | ({"scale": BASIS} if self.factor == FACTOR else {})
            | ({"excluded": rows.excluded} if rows.excluded else {}),
        )

    def _panels(
        self, emg: pd.DataFrame, blocks: pd.DataFrame, own: pd.DataFrame, scope: Scope
    ) -> Iterator[PanelResult]:
        """Yield the panels muscle by muscle in the order of the table, metrics in the order asked for."""
        cells, values = (_by_panel(table) for table in (blocks, own))
        sites = emg[list(PANEL[:3])].drop_duplicates().itertuples(index=False, name=None)
        for key in ((*site, metric) for site in sites for metric in self.metrics):
            if key in values:
                yield rank_panel(key, cells[key], values[key], scope.levels, scope.held)

    def _chosen(self, emg: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
        """Keep the muscles and metrics asked for; all of them must be there and be amplitudes."""
        if self.muscles is not None:
            parts = {muscle: _with_parts(muscle, vocabulary) for muscle in self.muscles}
            for muscle, names in parts.items():
                _require(muscle, names, "muscle", emg)
            emg = emg[emg["muscle"].isin([name for names in parts.values() for name in names])]
        for metric in self.metrics:
            _require(metric, (metric,), "metric", emg)
            if not emg.loc[emg["metric"] == metric, "amplitude"].notna().any():
                raise ComparisonError(f"metric '{metric}' has no amplitude in these trials, so nothing is ranked by it")
        return emg[emg["metric"].isin(self.metrics)]


def _require(given: str, names: Sequence[str], column: str, emg: pd.DataFrame) -> None:
    there = sorted(set(emg[column]))
    if not set(names) & set(there):
        known = ", ".join(there) or "none"
        raise ComparisonError(
            f"{column} '{given}' was not measured in these trials{suggest(given, there) or '.'} There are: {known}"
        )


def _with_parts(muscle: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return a muscle and its parts; one the vocabulary does not know goes by the name the table has."""
    try:
        return (muscle, *vocabulary.parts(muscle))
    except VocabularyError:
        return (muscle,)


def _by_panel(table: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(table.groupby(list(PANEL), sort=False)))


def _with_scope(own: pd.DataFrame, scope: Scope, factor: str) -> pd.DataFrame:
    sites = list(own[list(PANEL[:3])].itertuples(index=False, name=None))
    texts = scope_texts(sites, scope)
    front = own.assign(factor=factor, scope=[texts[site] for site in sites])
    return front[["factor", "scope", *own.columns]]
