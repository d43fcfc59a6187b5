"""Two levels of a factor, or each level against a named one, inside each participant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.pairs.base import PairComparator, ScopePairs
from emgpipe.comparison.pairs.measure import Flips, InFamily, Measured, measure, measured_table
from emgpipe.comparison.pairs.paired_words import paired_basis, paired_sentences
from emgpipe.model import Comparison
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.vocabulary import Vocabulary


class Paired(PairComparator):
    """Compare levels two by two: head positions against neutral, two exercises, sessions before and after.

    The headline is the ratio of geometric means with its t interval, from the log amplitudes of the participants who
    have both levels; inside a participant the MVIC cancels from it. Beside it stand the difference in %MVIC, the
    sign-flip and the signed-rank test, and effect sizes named by their denominator. Channels such as angles are
    compared by their difference.
    """

    kind: Literal["paired"] = "paired"
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most sign assignments of the sign-flip test: all of them where there are no more than that (up to 13
    participants with 10 000), else so many random ones."""
    seed: int = Field(default=0, ge=0)
    """Of the random sign assignments."""

    @classmethod
    def example(cls) -> Self:
        """Compare each head position with neutral in every exercise."""
        return cls(factor="head_position", within="exercise", against="neutral")

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"paired comparison of {self.question_words()}"

    def _of_scope(self, question: ScopePairs, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        flips = Flips(self.resamples, self.seed)
        found = [measure(pair, flips, self.confidence) for pair in question.pairs]
        measured = tuple(self._in_families(found))
        scope = question.scope
        return Comparison(
            kind=self.kind,
            title=f"Paired comparison of {self.title(question, vocabulary)}",
            table=measured_table(measured, self.factor, scope.text),
            cells=question.cells.assign(factor=self.factor, scope=scope.text),
            sentences=(
                *paired_sentences(measured, question, self, vocabulary),
                *self.shared_sentences(scope, vocabulary),
            ),
            basis=paired_basis(measured, question, self, vocabulary) | self.shared_basis(rows, scope),
            families=self.declared_families([one.t.p for one in found], question, vocabulary),
        )

    def _in_families(self, found: Sequence[Measured]) -> Iterator[InFamily]:
        """Yield the pairs in their order with p values adjusted."""
        pairs = [one.pair for one in found]
        by_t = self.adjusted([one.t.p for one in found], pairs)
        by_signs = self.adjusted([one.p_sign_flip for one in found], pairs)
        smallest = self.adjusted([one.smallest for one in found], pairs)
        tests = self.tests_in_family([one.t.p for one in found], pairs)
        for place, one in enumerate(found):
            p_values = (float(by_t[place]), float(by_signs[place]), float(smallest[place]))
            yield InFamily(one, tests[place], *p_values, self.confidence)
