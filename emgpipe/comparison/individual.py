"""Who responds how: each participant's profile over the levels, and how far participants differ beyond error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.profiles.error import own_errors
from emgpipe.comparison.profiles.responses import Responses, responses
from emgpipe.comparison.profiles.sentences import response_basis, response_sentences
from emgpipe.comparison.profiles.tabulate import profile_table, response_table
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.contrasts import against_level, level_pairs, no_pair_words
from emgpipe.comparison.shared.outcomes import outcome_cells
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.wording import level_words, once
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_USUAL = "neutral"


class Individual(ConditionComparator):
    """Show each participant's own values over the levels, and how differently participants respond.

    Each level is compared with one of them inside each participant, with an interval from that participant's own
    repetitions. What the participants' differences spread beyond such error is the SD of individual responses.
    """

    kind: Literal["individual"] = "individual"
    against: str | None = None
    """The level all others are compared with. Left out: neutral, where that is a level, else the first."""
    confidence: float = Field(default=0.95, ge=0.5, le=0.999)
    """Of the participants' own intervals and of the interval of the SD of responses."""

    @classmethod
    def example(cls) -> Self:
        """Show the responses to each head position in every exercise."""
        return cls(factor="head_position", within="exercise")

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"individual responses to {self.question_words()}"

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        rows = self.task_rows(tables)
        return each_scope(self.scopes(rows, vocabulary), lambda scope: self._of_scope(scope, rows, vocabulary))

    def _of_scope(self, scope: Scope, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        usual = _USUAL if _USUAL in scope.levels else scope.levels[0]
        against = against_level(scope, self.against, vocabulary) or usual
        chosen = self.chosen(scope.rows, vocabulary)
        outcomes, cells = outcome_cells(chosen, scope, self.column, vocabulary)
        errors = own_errors(chosen, self.column, scope.held, {one.key: one.scale for one in outcomes})
        found: list[Responses] = []
        refused: list[str] = []
        for outcome in outcomes:
            pairs = level_pairs(outcome.levels, against)
            own = [responses(outcome, *pair, errors, self.confidence) for pair in pairs]
            if any(one.own for one in own):
                found += own
            else:
                why = no_pair_words(outcome, scope, against, vocabulary)
                refused.append(f"{outcome.words(vocabulary)}: not compared, {why}")
        if not found:
            raise ComparisonError(reasons_words(refused))
        compared = [outcome for outcome in outcomes if any(one.outcome is outcome for one in found)]
        notes = [(note, outcome) for outcome in compared for note in outcome.notes]
        about = scope.title.removesuffix(" compared")
        words = level_words(vocabulary, scope.factor, against)
        return Comparison(
            kind=self.kind,
            title=f"Individual responses to {about[:1].lower()}{about[1:]}, against {words}",
            table=response_table(found, self.factor, scope.text),
            cells=cells.assign(factor=self.factor, scope=scope.text),
            sentences=(
                *response_sentences(found, self.column, self.confidence, vocabulary),
                *(f"{text}." for text in refused),
                *once(notes, compared, vocabulary),
                *self.shared_sentences(scope, vocabulary),
            ),
            basis=response_basis(found, refused, self.confidence) | self.shared_basis(rows, scope),
            tables={"profiles": profile_table(compared, found)},
        )
