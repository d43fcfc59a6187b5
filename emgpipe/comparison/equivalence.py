"""Whether two levels differ by less than a stated margin, inside each participant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from emgpipe.comparison.pairs.base import PairComparator, ScopePairs
from emgpipe.comparison.pairs.equivalence_words import equivalence_basis, equivalence_sentences
from emgpipe.comparison.pairs.within_margin import Bounds, Judged, judge, judged_table
from emgpipe.comparison.shared.ratios import RAW_UNITS
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.statistics.equivalence import two_one_sided

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.model.results import Family
    from emgpipe.vocabulary import Vocabulary


class Equivalence(PairComparator):
    """Show that two levels differ by less than a margin: two one-sided t tests.

    That no difference is shown does not mean that there is none. This asks the opposite question, and can answer
    with one of four verdicts: different, equivalent, different but negligible, undecided.
    """

    kind: Literal["equivalence"] = "equivalence"
    margin: float = Field(gt=0)
    """The smallest difference that would matter: a ratio above 1 on the log scale (1.25 stands for 0.80 to 1.25), a
    number in the outcome's unit on the raw scale. There is no default, because no software knows what matters in
    your field: state it before you see the data, and say why."""
    scale: Literal["log", "raw"] | None = None
    """log: ratios of amplitudes. raw: differences of %MVIC values, or of channels such as angles. Left out: log, and
    raw where only channels are compared."""
    confidence: float = Field(default=0.95, ge=0.8, le=0.999)
    """Of the interval of the difference; 1 - confidence is the error rate of every test. Equivalence is seen in the
    interval of twice that error rate, 90 % by default."""

    @model_validator(mode="after")
    def _margin_fits_the_scale(self) -> Self:
        if self.analysis_scale == "log":
            if self.channels:
                raise ValueError(
                    "one margin cannot be a ratio for muscles and a number for channels; give the channels an entry of "
                    "their own with muscles: []"
                )
            if self.margin <= 1:
                raise ValueError(
                    f"margin = {self.margin:g}: on the log scale the margin is a ratio above 1, such as 1.25 for "
                    "0.80 to 1.25; for a difference in %MVIC write scale: raw"
                )
        return self

    @property
    def analysis_scale(self) -> Scale:
        """The scale all outcomes of this comparison are on."""
        channels_only = bool(self.channels) and self.muscles == () and not self.ratios
        return self.scale or ("raw" if channels_only else "log")

    @property
    def bounds(self) -> Bounds:
        """The margin as bounds of the difference."""
        half = math.log(self.margin) if self.analysis_scale == "log" else self.margin
        return Bounds(self.margin, self.analysis_scale, -half, half)

    @classmethod
    def example(cls) -> Self:
        """Ask whether head positions are equivalent to neutral within a quarter."""
        return cls(factor="head_position", within="exercise", against="neutral", margin=1.25)

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"equivalence of {self.question_words()}"

    def on_scale(self, outcome: OutcomeCells) -> Scale:
        """Return the scale of the margin; `ComparisonError` where the outcome has no values for it."""
        if self.analysis_scale == "raw" and outcome.unit in RAW_UNITS:
            raise ComparisonError(
                "scale: raw compares normalized values, of which there are none; state a normalization other than "
                "none, or write scale: log with a ratio as margin"
            )
        return self.analysis_scale

    def _of_scope(self, question: ScopePairs, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        self._require_one_unit(question)
        judged = self._judged(question)
        scope = question.scope
        return Comparison(
            kind=self.kind,
            title=f"Equivalence of {self.title(question, vocabulary)}",
            table=judged_table(judged, self.factor, scope.text),
            cells=question.cells.assign(factor=self.factor, scope=scope.text),
            sentences=(
                *equivalence_sentences(judged, question, self, vocabulary),
                *self.shared_sentences(scope, vocabulary),
            ),
            basis=equivalence_basis(judged, question, self, vocabulary) | self.shared_basis(rows, scope),
            families=self._both_families(judged, question, vocabulary),
        )

    def _require_one_unit(self, question: ScopePairs) -> None:
        units = sorted({pair.outcome.unit for pair in question.pairs})
        if self.analysis_scale == "raw" and len(units) > 1:
            raise ComparisonError(
                f"margin = {self.margin:g} cannot be in several units ({', '.join(units)}); write one entry per unit"
            )

    def _judged(self, question: ScopePairs) -> tuple[Judged, ...]:
        bounds = self.bounds
        found = [two_one_sided(pair.differences, bounds.low, bounds.high, self.alpha) for pair in question.pairs]
        different = self.adjusted([one.difference.p for one in found], question.pairs)
        equivalent = self.adjusted([one.p for one in found], question.pairs)
        tests = self.tests_in_family([one.p for one in found], question.pairs)
        return tuple(
            judge(pair, one, bounds, (float(p), float(p_within)), count, self.confidence)
            for pair, one, p, p_within, count in zip(question.pairs, found, different, equivalent, tests, strict=True)
        )

    def _both_families(
        self, judged: tuple[Judged, ...], question: ScopePairs, vocabulary: Vocabulary
    ) -> tuple[Family, ...]:
        """Return the families of tests of equivalence, then those of the tests of a difference."""
        differences, equivalences = ([one.tests.difference.p for one in judged], [one.tests.p for one in judged])
        return (
            *self.declared_families(equivalences, question, vocabulary, ", equivalence"),
            *self.declared_families(differences, question, vocabulary, ", difference beside equivalence"),
        )
