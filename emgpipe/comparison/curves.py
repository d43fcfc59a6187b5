"""Where in the movement conditions differ: time-normalized curves, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from emgpipe.comparison.shared.cautions import cautions_for
from emgpipe.comparison.shared.conditions import ConditionQuestion
from emgpipe.comparison.shared.contrasts import against_level, level_pairs
from emgpipe.comparison.shared.curve_rows import clean_curves
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.wording import level_words
from emgpipe.comparison.waveforms.basis import curves_basis, curves_families
from emgpipe.comparison.waveforms.outcomes import curve_outcomes, gap_notes
from emgpipe.comparison.waveforms.pairs import Form, Tested, in_outcome, pair_curves
from emgpipe.comparison.waveforms.phases import phase_shares
from emgpipe.comparison.waveforms.rows import chosen_curves, curves_of_scope, only_phase
from emgpipe.comparison.waveforms.sentences import (
    beyond_reach,
    gap_sentences,
    outcome_words,
    pair_sentences,
    shifted_phases,
)
from emgpipe.comparison.waveforms.tabulate import (
    difference_curves,
    mean_curves,
    mean_phases,
    own_means,
    phase_table,
    stretch_table,
)
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.model.tables import WHOLE_REPETITION
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.comparison.waveforms.outcomes import CurveOutcome
    from emgpipe.comparison.waveforms.pairs import InOutcome
    from emgpipe.vocabulary import Vocabulary


class Curves(ConditionQuestion):
    """Compare whole curves of two levels: envelopes and angles over 0 to 100 % of the repetition.

    Each participant's curves are averaged (repetitions, then trials); the difference curve of every participant is
    then tested at all points at once by sign flips over participants, exact where these are few. On the log scale the
    difference is a ratio, from which the MVIC cancels.
    """

    kind: Literal["curves"] = "curves"
    against: str | None = None
    """Compare each level with this one, such as neutral. Left out, every two levels are compared."""
    muscles: tuple[str, ...] | None = None
    """Muscles; a muscle with parts stands for its parts. Left out, all; an empty list, none."""
    channels: tuple[str, ...] = ()
    """Channels that are not EMG, such as neck_angle; compared by difference."""
    scale: Literal["log", "raw"] = "log"
    """Of EMG: log compares by ratio, and the MVIC cancels; raw compares by difference of normalized values."""
    form: tuple[Form, ...] = Field(default=("max_t", "cluster"), min_length=1)
    """How stretches are found. max_t: each point by the largest t anywhere, so that any point may be pointed at.
    cluster: neighboring points together, which finds long differences more readily but does not test their ends."""
    cluster_alpha: float = Field(default=0.05, gt=0, le=0.5)
    """Two-sided p of a single point at which it belongs to a cluster; choose it before seeing the data."""
    confidence: float = Field(default=0.95, ge=0.5, le=0.999)
    """Of the pointwise intervals; 1 - confidence is the error rate of a whole curve."""
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most sign assignments: all of them where there are no more than that (up to 13 participants with 10 000), else
    so many random ones."""
    seed: int = Field(default=0, ge=0)
    """Of the random sign assignments."""

    @classmethod
    def example(cls) -> Self:
        """Compare each head position with neutral in every exercise."""
        return cls(factor="head_position", within="exercise", against="neutral")

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"curves of {self.question_words()}"

    @property
    def tested(self) -> Tested:
        """How curves are tested."""
        alpha = round(1 - self.confidence, 12)
        return Tested(tuple(dict.fromkeys(self.form)), alpha, self.cluster_alpha, self.resamples, self.seed)

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        if self.factor == "muscle":
            raise ComparisonError("curves compare conditions of one muscle; name another factor than 'muscle'")
        rows = self.task_rows(tables)
        curves = clean_curves(tables.curves)
        shares = phase_shares(tables.metrics, vocabulary)

        def of_scope(scope: Scope) -> Comparison:
            mine = chosen_curves(curves_of_scope(curves, scope), self.muscles, self.channels, vocabulary)
            return self._of_scope(only_phase(mine, shares, self.phase), shares, scope, rows, vocabulary)

        return each_scope(self.scopes(rows, vocabulary), of_scope)

    def _of_scope(
        self, curves: pd.DataFrame, shares: pd.DataFrame, scope: Scope, rows: TaskRows, vocabulary: Vocabulary
    ) -> Comparison:
        against = against_level(scope, self.against, vocabulary)
        outcomes, refused = curve_outcomes(curves, scope)
        found = self._pairs(outcomes, against, refused, vocabulary)
        whole = self.phase == WHOLE_REPETITION
        places = phase_table(curves, shares if whole else shares.iloc[:0], scope.levels)
        phases = mean_phases(places)
        notes = [
            (outcome_words(outcome, vocabulary), text)
            for outcome in outcomes
            for text in gap_notes(outcome, scope, self.on_scale(outcome), vocabulary)
        ]
        title = self._title(scope, against, vocabulary)
        return Comparison(
            kind=self.kind,
            title=title,
            table=stretch_table(found, self.factor, scope, phases),
            cells=own_means(curves, outcomes).assign(factor=self.factor, scope=scope.text),
            sentences=(
                *pair_sentences(found, (self.column, self.phase), phases, vocabulary),
                *(f"{text}." for text in refused),
                *filter(
                    None, (beyond_reach(found, self.tested.alpha), shifted_phases(places, self.column, vocabulary))
                ),
                *gap_sentences(notes, len(outcomes)),
                *cautions_for(scope, self.column, (), vocabulary),
            ),
            basis=curves_basis(found, refused, self.tested) | self.shared_basis(rows, scope),
            tables={"mean_curves": mean_curves(outcomes), "difference": difference_curves(found), "phases": places},
            families=curves_families(found, title, self.tested, vocabulary),
        )

    def _pairs(
        self, outcomes: Sequence[CurveOutcome], against: str | None, refused: list[str], vocabulary: Vocabulary
    ) -> list[InOutcome]:
        """Return the pairs of all outcomes; what cannot be compared is added to `refused`."""
        found: list[InOutcome] = []
        for outcome in outcomes:
            pairs = pair_curves(outcome, level_pairs(outcome.levels, against), self.on_scale(outcome), self.tested)
            if any(pair.participants for pair in pairs):
                found += in_outcome(pairs, self.tested)
            else:
                words = outcome_words(outcome, vocabulary)
                refused.append(f"{words}: not compared, no participant has usable curves of both levels of a pair")
        if not found:
            raise ComparisonError(reasons_words(refused))
        return found

    def on_scale(self, outcome: CurveOutcome) -> Scale:
        """Return the scale an outcome is compared on."""
        return self.scale if outcome.kind == "emg" else "raw"

    def _title(self, scope: Scope, against: str | None, vocabulary: Vocabulary) -> str:
        about = scope.title.removesuffix(" compared")
        about = f"Curves of {about[:1].lower()}{about[1:]}"
        about += f", each against {level_words(vocabulary, scope.factor, against)}" if against else ""
        return about + (f", {self.phase} phase" if self.phase != WHOLE_REPETITION else "")
