"""All levels of a factor at once, or two crossed factors: does anything differ, and is there a trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.shared.cells import PANEL
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.rows import require_factor
from emgpipe.comparison.shared.wording import CROSSED, factor_words
from emgpipe.comparison.variance.analysis import Resampling, Tested, analyze
from emgpipe.comparison.variance.crossing import Design, design_of, keep_levels, with_crossing
from emgpipe.comparison.variance.sentences import omnibus_basis, omnibus_sentences
from emgpipe.comparison.variance.spacing import trend_spacings
from emgpipe.comparison.variance.tabulate import omnibus_families, omnibus_table, omnibus_tables
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary


class Omnibus(ConditionComparator):
    """Ask whether the levels of a factor differ at all: repeated-measures analysis of variance.

    Rests on the participants who have every level; who is left out is named. EMG is analyzed on the log scale. The
    Greenhouse-Geisser p value is the one to quote. Friedman's test stands beside it, and trends where levels are
    ordered. Which levels differ is for a paired comparison to say.
    """

    kind: Literal["omnibus"] = "omnibus"
    by: str | None = None
    """A second factor, crossed with the first: factor exercise by head_position asks about both and whether one depends
    on the other. Every combination must have been measured."""
    levels: dict[str, tuple[str, ...]] | None = None
    """Take these levels only, such as {exercise: [barbell_hip_thrust, glute_bridge]}; needed where not all levels of
    two factors are crossed."""
    trend: bool | Literal["auto"] = "auto"
    """Ask for a rise, fall or bend over the levels in their order. auto: for head positions and for levels that are
    numbers."""
    spacing: dict[str, float] | None = None
    """Where the levels stand, such as {neutral: 0, slight_flexion: 18}, so that slopes are per unit. Left out, one step
    from level to level, or the levels themselves where they are numbers."""
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most sign assignments, and random orders where the exact distribution of ranks is too large."""
    seed: int = Field(default=0, ge=0)
    """Of the random ones."""

    @property
    def column(self) -> str:
        """The column of the table that holds the levels, or the combinations of two factors."""
        return CROSSED.join(self._columns)

    @property
    def _columns(self) -> tuple[str, ...]:
        own = super().column
        return (own, self.by) if self.by else (own,)

    def task_rows(self, tables: StudyTables) -> TaskRows:
        """Return the rows; with two factors, a column holds their combinations."""
        rows = super().task_rows(tables)
        if self.by is None:
            return rows
        if self.by in (self.factor, self.within, *(self.at or {})):
            raise ComparisonError(f"'{self.by}' is named twice; factor, by, at and within need different factors")
        for name in self._columns:
            require_factor(name, rows.factors, "factor:" if name == self.factor else "by:")
        return with_crossing(rows, *self._columns)

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        rows = keep_levels(self.task_rows(tables), self.levels or {}, vocabulary)
        return each_scope(self.scopes(rows, vocabulary), lambda scope: self._of_scope(scope, rows, vocabulary))

    @classmethod
    def example(cls) -> Self:
        """Compare all head positions at once in every exercise."""
        return cls(factor="head_position", within="exercise", channels=("lumbar_angle",))

    def describe(self) -> str:
        """Say in a few words what is compared."""
        by = f" by {factor_words(self.by)}" if self.by else ""
        return f"analysis of variance of {self.question_words()}{by}"

    def _of_scope(self, scope: Scope, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        design = design_of(scope, self._columns, vocabulary)
        spacings = trend_spacings(design, self.trend, self.spacing or {}, vocabulary) if self.trend else {}
        outcomes, cells = self.outcomes(scope, vocabulary)
        tested, refused = self._test(outcomes, cells, design, spacings, vocabulary)
        title = scope.title.removesuffix(" compared")
        sentences = (*omnibus_sentences(tested, vocabulary), *refused, *self.shared_sentences(scope, vocabulary))
        basis = omnibus_basis(tested, design, vocabulary) | self.shared_basis(rows, scope)
        return Comparison(
            kind=self.kind,
            title=f"Analysis of variance of {title[:1].lower()}{title[1:]}",
            table=omnibus_table(tested, self._names, scope.text),
            cells=cells.assign(factor=CROSSED.join(self._names), scope=scope.text),
            sentences=sentences,
            basis=basis | ({"not_compared": " ".join(refused)} if refused else {}),
            tables=omnibus_tables(tested, self._names, scope.text),
            families=omnibus_families(tested, vocabulary),
        )

    @property
    def _names(self) -> tuple[str, ...]:
        """The factors as the study file names them."""
        return (self.factor, self.by) if self.by else (self.factor,)

    def _test(
        self,
        outcomes: Sequence[OutcomeCells],
        cells: pd.DataFrame,
        design: Design,
        spacings: dict[str, tuple[float, ...]],
        vocabulary: Vocabulary,
    ) -> tuple[list[Tested], list[str]]:
        people = {key: sorted(set(own["participant"])) for key, own in cells.groupby(list(PANEL))}
        tested: list[Tested] = []
        refused: list[str] = []
        for outcome in outcomes:
            try:
                drawing = Resampling(self.resamples, self.seed)
                tested.append(analyze(outcome, people[outcome.key], design, spacings, drawing))
            except ComparisonError as error:
                refused.append(f"{outcome.words(vocabulary)}: not compared, {error}.")
        if not tested:
            raise ComparisonError(reasons_words(refused))
        return tested, refused
