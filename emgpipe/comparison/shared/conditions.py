"""The base of every comparator that compares conditions by outcomes: what a study file can say about both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.measured.bins import MeasuredBins
from emgpipe.comparison.measured.labels import with_measured_position
from emgpipe.comparison.shared.cautions import cautions_for, condition_basis
from emgpipe.comparison.shared.choices import OutcomeComparator
from emgpipe.comparison.shared.levels import BASIS as LEVELS_BASIS
from emgpipe.comparison.shared.levels import COLUMNS, as_levels
from emgpipe.comparison.shared.loads import load_caution
from emgpipe.comparison.shared.outcomes import OutcomeCells, outcome_cells
from emgpipe.comparison.shared.ratios import BASIS as RATIO_BASIS
from emgpipe.comparison.shared.ratios import with_parts
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.scopes import Question, choose_scopes
from emgpipe.comparison.shared.sides import SITE_MUSCLE, SideRule, not_recorded, with_sites, working_side
from emgpipe.comparison.shared.wording import MEASURED_POSITION, factor_words, percent
from emgpipe.errors import ComparisonError
from emgpipe.model.tables import WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_LEFT_OUT: Final = "places_left_out"


class ConditionQuestion(Comparator):
    """Chooses conditions: the levels of a factor, inside what they share."""

    factor: str = Field(min_length=1)
    """What is compared: exercise, head_position, any other factor of the trials, session, or muscle (both on
    normalized values)."""
    at: dict[str, str] | None = None
    """Levels other factors are held at, such as {head_position: neutral}. Left out: levels are compared inside
    each exercise and head position that all of them share."""
    within: str | None = None
    """Ask once per level of this factor: factor head_position within exercise."""
    measured_by: MeasuredBins = MeasuredBins()
    """How trials get their measured head position, where factor, at or within is head_position_measured."""
    mixed_loads: Literal["annotate", "refuse"] = "annotate"
    """What becomes of levels that differ in load basis or load: compared with a caution, or not at all."""
    side: SideRule = "working"
    """Single-leg exercises: leg muscles of the working side only, or all sides as_recorded."""
    phase: str = WHOLE_REPETITION
    """One phase of the repetition only: concentric, hold, eccentric."""

    @property
    def column(self) -> str:
        """The column of the table that holds the levels."""
        return COLUMNS.get(self.factor, self.factor)

    def task_rows(self, tables: StudyTables) -> TaskRows:
        """Return the rows of the phase, with muscles or sessions as levels where these are compared.

        Raises
        ------
        ComparisonError
            There are no such rows, a factor is named twice, or the head position was not measured.
        """
        named = [self.factor, *(self.at or {}), *([self.within] if self.within else [])]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ComparisonError(f"'{twice[0]}' is named twice; factor, at and within need different factors")
        self._require_levels()
        rows = task_rows(tables.metrics, self.phase)
        if MEASURED_POSITION in named and MEASURED_POSITION not in rows.factors:
            rows = with_measured_position(rows, tables, self.measured_by)
        return as_levels(with_sites(rows), self.factor)

    def _require_levels(self) -> None:
        """Raise `ComparisonError` where the levels of the factor cannot be outcomes at the same time."""

    def scopes(self, rows: TaskRows, vocabulary: Vocabulary) -> tuple[Scope, ...]:
        """Return the scopes in which at least two levels can be compared; `ComparisonError` if there is none."""
        self.measured_by.require_known(vocabulary)
        sides = working_side(rows, self.side, vocabulary)
        scopes = choose_scopes(sides.rows, Question(self.column, self.at or {}, self.within), vocabulary)
        scopes = tuple(replace(scope, basis={**scope.basis, **sides.basis(scope.rows)}) for scope in scopes)
        return self._equal_loads(scopes, vocabulary) if self.mixed_loads == "refuse" else scopes

    def _equal_loads(self, scopes: Sequence[Scope], vocabulary: Vocabulary) -> tuple[Scope, ...]:
        """Leave out the scopes whose loads differ, and say so in those that are left."""
        cautions = {scope.title: load_caution(scope, self.column, vocabulary) for scope in scopes}
        refused = " ".join(f"{title}: not compared. {why}" for title, why in cautions.items() if why)
        left = [scope for scope in scopes if not cautions[scope.title]]
        if not left:
            raise ComparisonError(
                f"{refused} Compare levels of one load, or write mixed_loads: annotate to compare them with a caution."
            )
        if not refused:
            return tuple(left)
        return tuple(
            replace(scope, basis={**scope.basis, _LEFT_OUT: f"{scope.basis.get(_LEFT_OUT, '')} {refused}".strip()})
            for scope in left
        )

    def shared_basis(self, rows: TaskRows, scope: Scope) -> dict[str, str]:
        """Return what holds for every comparison of conditions: loads, durations, exclusions, what was shared."""
        basis = {**condition_basis(scope, self.column), **scope.basis}
        if MEASURED_POSITION in (self.factor, self.within, *(self.at or {})):
            basis["measured_position"] = self._measured_words()
        if self.factor in LEVELS_BASIS:
            basis["scale"] = LEVELS_BASIS[self.factor]
        if self.phase != WHOLE_REPETITION:
            basis["phase"] = f"{self.phase} phase only"
        basis["excluded"] = rows.excluded or "nothing"
        return basis

    def _measured_words(self) -> str:
        bins = self.measured_by
        return (
            f"head positions as measured, whatever was instructed: {bins.metric} of {bins.channel}, {bins.words()}; a "
            f"trial has the position of at least {percent(bins.agreement)} of its repetitions"
        )

    def question_words(self) -> str:
        """Return the question in a few words: ``head positions at exercise = squat within session``."""
        at = ", ".join(f"{name} = {level}" for name, level in (self.at or {}).items())
        within = f" within {factor_words(self.within)}" if self.within else ""
        return f"{factor_words(self.factor, several=True)}{f' at {at}' if at else ''}{within}"


class ConditionComparator(OutcomeComparator, ConditionQuestion):
    """Compares the levels of a factor by outcomes, inside what the levels share."""

    def outcomes(self, scope: Scope, vocabulary: Vocabulary) -> tuple[tuple[OutcomeCells, ...], pd.DataFrame]:
        """Return the outcomes of a scope as matrices, and the participants' own values."""
        return outcome_cells(self.chosen(scope.rows, vocabulary), scope, self.column, vocabulary)

    def _require_levels(self) -> None:
        """Refuse ratios and channels where muscles are the levels."""
        given = [name for name in ("ratios", "channels") if getattr(self, name)]
        if self.factor == "muscle" and given:
            raise ComparisonError(
                f"factor: muscle compares muscles with each other, so {' and '.join(given)} cannot be its outcomes; "
                "give them an entry of their own"
            )

    def shared_basis(self, rows: TaskRows, scope: Scope) -> dict[str, str]:
        """Return what holds for every comparison of conditions; see `ConditionQuestion.shared_basis`."""
        basis = super().shared_basis(rows, scope)
        return basis | {"ratios": RATIO_BASIS} if self.ratios else basis

    def shared_sentences(self, scope: Scope, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return what bends every comparison of these levels: loads, durations where peaks are in, unknown sides."""
        emg = not scope.rows.empty and (self.muscles is None or bool(self.muscles or self.ratios))
        said = cautions_for(scope, self.column, self.metrics if emg else (), vocabulary)
        unknown = not_recorded(self._asked(scope.rows, vocabulary), vocabulary) if emg else []
        return (*said, *(f"{words[:1].upper()}{words[1:]}." for words in unknown))

    def _asked(self, rows: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
        """Return the rows of the muscles asked for, or of the two of a ratio."""
        if self.muscles is None:
            return rows
        named = (*self.muscles, *(name for ratio in self.ratios for name in (ratio.of, ratio.to)))
        return rows[rows[SITE_MUSCLE].isin([part for name in named for part in with_parts(name, vocabulary)])]
