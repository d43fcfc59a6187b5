"""What every comparator of two levels can be told, and how it goes through its question."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.comparison.pairs.pair import Pair, make_pair
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.contrasts import against_level, level_pairs, no_pair_words
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.wording import level_words
from emgpipe.errors import ComparisonError
from emgpipe.model.results import Family
from emgpipe.statistics.multiplicity import Correction, adjust

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ScopePairs:
    """All pairs of one scope, outcome by outcome.

    Attributes
    ----------
    pairs : tuple of Pair
        At least one participant has both levels of at least one pair of each outcome here.
    refused : tuple of str
        ``<outcome>: not compared, <reason>``.
    cells : DataFrame
        The participants' own values.
    against : str or None
        The level every pair is compared with.
    """

    scope: Scope
    pairs: tuple[Pair, ...]
    refused: tuple[str, ...]
    cells: pd.DataFrame
    against: str | None

    @property
    def outcomes(self) -> tuple[OutcomeCells, ...]:
        """The outcomes that are compared, in order."""
        return tuple({pair.outcome.key: pair.outcome for pair in self.pairs}.values())


class PairComparator(ConditionComparator):
    """Compares levels two by two, inside each participant."""

    against: str | None = None
    """Compare each level with this one, such as neutral. Left out, every two levels are compared: far more tests,
    each of which weighs less."""
    correction: Correction = "holm"
    """How p values are adjusted for the number of tests in their family: holm (any false finding), benjamini_hochberg
    (the share of false findings), none."""
    family: Literal["outcome", "comparison"] = "outcome"
    """Which tests form a family: the pairs of one muscle and metric, or all tests of this comparison."""
    confidence: float = Field(default=0.95, ge=0.5, le=0.999)
    """Of the intervals; 1 - confidence is the error rate of the tests."""

    @property
    def alpha(self) -> float:
        """The error rate of the tests, free of the rounding of 1 - confidence."""
        return round(1 - self.confidence, 12)

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        rows = self.task_rows(tables)
        return each_scope(
            self.scopes(rows, vocabulary),
            lambda scope: self._of_scope(self._pairs(scope, vocabulary), rows, vocabulary),
        )

    def title(self, question: ScopePairs, vocabulary: Vocabulary) -> str:
        """Return the question in words: ``head positions in glute bridge, each against neutral``."""
        about = question.scope.title.removesuffix(" compared")
        about = about[:1].lower() + about[1:]
        if question.against is None:
            return about
        return f"{about}, each against {level_words(vocabulary, question.scope.factor, question.against)}"

    def adjusted(self, p_values: ArrayLike, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Return the p values of the pairs, each adjusted inside its family."""
        values = np.asarray(p_values, dtype=float)
        result = np.full(values.shape, np.nan)
        for members in self.families(pairs).values():
            result[members] = adjust(values[members], self.correction)
        return result

    def families(self, pairs: Sequence[Pair]) -> dict[tuple[str, ...], list[int]]:
        """Return the places of the pairs of each family."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for place, pair in enumerate(pairs):
            groups.setdefault(pair.outcome.key if self.family == "outcome" else (), []).append(place)
        return groups

    def tests_in_family(self, p_values: ArrayLike, pairs: Sequence[Pair]) -> list[int]:
        """Return for each pair how many of the p values of its family are there."""
        there = np.isfinite(np.asarray(p_values, dtype=float))
        counts = [0] * len(pairs)
        for members in self.families(pairs).values():
            for place in members:
                counts[place] = int(there[members].sum())
        return counts

    def declared_families(
        self, p_values: ArrayLike, question: ScopePairs, vocabulary: Vocabulary, about: str = ""
    ) -> tuple[Family, ...]:
        """Return the families these p values form; `about` tells apart several tests of the same pairs."""
        title = self.title(question, vocabulary) + about
        counts = self.tests_in_family(p_values, question.pairs)
        made = []
        for key, members in self.families(question.pairs).items():
            start = f"{question.pairs[members[0]].outcome.words(vocabulary)}: " if key else ""
            if counts[members[0]]:
                made.append(Family(start + title, counts[members[0]], CORRECTION_NAMES[self.correction]))
        return tuple(made)

    def on_scale(self, outcome: OutcomeCells) -> Scale:
        """Return the scale an outcome is compared on."""
        return outcome.scale

    @abstractmethod
    def _of_scope(self, question: ScopePairs, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        """Compare the pairs of one scope."""

    def _pairs(self, scope: Scope, vocabulary: Vocabulary) -> ScopePairs:
        against = against_level(scope, self.against, vocabulary)
        outcomes, cells = self.outcomes(scope, vocabulary)
        pairs: list[Pair] = []
        refused: list[str] = []
        for outcome in outcomes:
            try:
                pairs += self._of_outcome(outcome, scope, against, vocabulary)
            except ComparisonError as error:
                refused.append(f"{outcome.words(vocabulary)}: not compared, {error}")
        if not pairs:
            raise ComparisonError(f"nothing can be compared. {reasons_words(refused)}")
        return ScopePairs(scope, tuple(pairs), tuple(refused), cells, against)

    def _of_outcome(
        self, outcome: OutcomeCells, scope: Scope, against: str | None, vocabulary: Vocabulary
    ) -> list[Pair]:
        scale = self.on_scale(outcome)
        pairs = [make_pair(outcome, *levels, scale) for levels in level_pairs(outcome.levels, against)]
        if not any(pair.participants for pair in pairs):
            raise ComparisonError(no_pair_words(outcome, scope, against, vocabulary))
        return pairs
