"""The measured angle as a dose: how amplitude changes per 10 degrees, and where it is highest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.comparison.measured.asked import Asked, asked_in
from emgpipe.comparison.measured.dose_tables import curve_table, dose_table, own_table, points_table
from emgpipe.comparison.measured.dose_words import dose_basis, dose_sentences, no_slope_words
from emgpipe.comparison.measured.doses import DoseOutcome, Limits, dose_outcomes
from emgpipe.comparison.measured.labels import measured_angles
from emgpipe.comparison.shared.cautions import cautions_for, condition_basis
from emgpipe.comparison.shared.choices import OutcomeComparator
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES
from emgpipe.comparison.shared.refusals import each_place
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.scopes import Scope, ordered_levels
from emgpipe.comparison.shared.sides import SideRule, WorkingSide, with_sites, working_side
from emgpipe.comparison.shared.wording import factor_words, panel_words
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.model.results import Family
from emgpipe.model.tables import WHOLE_REPETITION
from emgpipe.statistics.multiplicity import Correction, adjust
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.statistics.slopes import MeanTest
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class _Measured:
    """What all places share: the angles, the sides, what decisions left out."""

    angles: pd.DataFrame
    sides: WorkingSide
    excluded: str


class Dose(OutcomeComparator):
    """How EMG amplitude, or another angle, changes with the measured neck angle, whatever was instructed.

    One straight line per participant by least squares over the participant's own trials, on the log scale for EMG;
    the mean of the participants' slopes with its t interval, a t test and a sign-flip test (summary measures:
    Matthews and others 1990, BMJ 300:230). No bins, so that nothing is lost at their edges. With four positions or
    more a parabola is fitted as well: amplitude may be highest in the middle.
    """

    kind: Literal["dose"] = "dose"
    channel: str = Field(default="neck_angle", min_length=1)
    """The channel that holds the angle."""
    angle_metric: str = Field(default="lockout", min_length=1)
    """Which number of a repetition is the angle: lockout, minimum, maximum."""
    at: dict[str, str] | None = None
    """Levels other factors are held at, such as {exercise: barbell_hip_thrust}."""
    within: str | None = "exercise"
    """Ask once per level of this factor; null to take all trials together, each exercise on a height of its own."""
    points: Literal["trials", "repetitions"] = "trials"
    """What a participant's line is fitted to; the participant stays the unit of analysis."""
    min_positions: int = Field(default=3, ge=2)
    """Positions a participant needs for a slope."""
    min_range: float = Field(default=10.0, gt=0)
    """Degrees from the lowest to the highest angle a participant needs for a slope."""
    apart: float = Field(default=5.0, ge=0)
    """Degrees: angles nearer than this count as one position."""
    curve_positions: int = Field(default=4, ge=3)
    """Positions a participant needs for a parabola."""
    correction: Correction = "holm"
    """How p values are adjusted: holm, benjamini_hochberg, none."""
    family: Literal["outcome", "comparison"] = "outcome"
    """What is adjusted together: slope and curvature of each outcome, or of all outcomes of this comparison."""
    side: SideRule = "working"
    """Single-leg exercises: leg muscles of the working side only, or all sides as_recorded."""
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most sign assignments of the sign-flip test; with up to 13 participants 10 000 means all of them."""
    seed: int = Field(default=0, ge=0)
    """Of random sign assignments."""

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per place; see `Comparator.compare`."""
        if self.channel in self.channels:
            raise ComparisonError(f"'{self.channel}' is the dose, so it cannot be an outcome as well; take it out")
        rows = task_rows(tables.metrics, self.phase)
        angles = measured_angles(task_rows(tables.metrics).table, self.channel, self.angle_metric)
        sides = working_side(with_sites(rows), self.side, vocabulary)
        measured = _Measured(angles, sides, rows.excluded)
        places = asked_in(sides.rows, self.at or {}, self.within, vocabulary)
        return each_place(
            places, lambda asked: asked.words or "all trials", lambda asked: self._compare(asked, measured, vocabulary)
        )

    @classmethod
    def example(cls) -> Self:
        """Follow the neck angle in the hip thrust."""
        return cls(at={"exercise": "barbell_hip_thrust"}, within=None)

    def describe(self) -> str:
        """Say in a few words what is compared."""
        within = f" within {factor_words(self.within)}" if self.within else ""
        return f"outcomes by {factor_words(self.channel)}{within}"

    def _compare(self, asked: Asked, measured: _Measured, vocabulary: Vocabulary) -> Comparison:
        by = ["trial"] if self.points == "trials" else ["trial", "repetition"]
        chosen = self.chosen(asked.rows, vocabulary)
        outcomes = dose_outcomes(chosen, measured.angles, by, self._limits(), (self.resamples, self.seed))
        if not any(one.own for one in outcomes):
            raise ComparisonError(f"nobody has a slope on {factor_words(self.channel)} ({no_slope_words(outcomes[0])})")
        where = {"factor": self.channel, "scope": asked.text}
        adjusted = self._adjusted(outcomes)
        levels = _instructed(asked, vocabulary)
        cautions = cautions_for(levels, "head_position", self.metrics, vocabulary) if levels else []
        return Comparison(
            kind=self.kind,
            title=f"Outcomes by {factor_words(self.channel)}{asked.title_end}",
            table=dose_table(outcomes, adjusted, where),
            cells=points_table(outcomes, where),
            sentences=(*dose_sentences(outcomes, adjusted, self, vocabulary), *cautions),
            basis=self._basis(outcomes, asked, measured, levels),
            tables={"participants": own_table(outcomes, where), "curve": curve_table(outcomes, where)},
            families=self._families(outcomes, asked, vocabulary),
        )

    def _limits(self) -> Limits:
        return Limits(self.min_positions, self.min_range, self.apart, self.curve_positions)

    def _groups(self, outcomes: Sequence[DoseOutcome]) -> list[list[int]]:
        return [[place] for place in range(len(outcomes))] if self.family == "outcome" else [list(range(len(outcomes)))]

    def _adjusted(self, outcomes: Sequence[DoseOutcome]) -> NDArray[np.float64]:
        """Return adjusted p, shape (n_outcomes, 4): slope t and sign-flip, curvature t and sign-flip."""
        given = np.array([
            [one.slope.p, one.slope.p_sign_flip, one.curvature.p, one.curvature.p_sign_flip] for one in outcomes
        ])  # fmt: skip
        made = np.full(given.shape, np.nan)
        for group in self._groups(outcomes):
            for columns in ([0, 2], [1, 3]):
                cells = np.ix_(group, columns)
                made[cells] = adjust(given[cells].ravel(), self.correction).reshape(len(group), 2)
        return made

    def tests_in_family(self, outcomes: Sequence[DoseOutcome]) -> list[int]:
        """Return for each outcome how many tests its family has."""
        counts = [0] * len(outcomes)
        for group in self._groups(outcomes):
            tests = sum(math.isfinite(test.p) for place in group for test in _tests(outcomes[place]))
            for place in group:
                counts[place] = tests
        return counts

    def _families(self, outcomes: Sequence[DoseOutcome], asked: Asked, vocabulary: Vocabulary) -> tuple[Family, ...]:
        made = []
        counts = self.tests_in_family(outcomes)
        for group in self._groups(outcomes):
            mine = [outcomes[place] for place in group]
            tests = counts[group[0]]
            name = panel_words(vocabulary, mine[0].key, mine[0].kind) if self.family == "outcome" else "all outcomes"
            what = f"{name}: slope and curvature by {factor_words(self.channel)}{asked.title_end}"
            made += [Family(what, tests, CORRECTION_NAMES[self.correction])] if tests else []
        return tuple(made)

    def _basis(
        self, outcomes: Sequence[DoseOutcome], asked: Asked, measured: _Measured, levels: Scope | None
    ) -> dict[str, str]:
        angle = f"{self.angle_metric} {factor_words(self.channel)}"
        basis = dose_basis(outcomes, self._limits(), angle, self)
        basis["excluded"] = measured.excluded or "nothing"
        if self.phase != WHOLE_REPETITION:
            basis["phase"] = f"{self.phase} phase only"
        loads = condition_basis(levels, "head_position") if levels else {}
        return basis | loads | measured.sides.basis(asked.rows)


def _tests(outcome: DoseOutcome) -> tuple[MeanTest, MeanTest]:
    return outcome.slope, outcome.curvature


def _instructed(asked: Asked, vocabulary: Vocabulary) -> Scope | None:
    """Return the instructed head positions as levels, for what loads and durations there were; None without two."""
    if "head_position" not in asked.rows.columns:
        return None
    stated = asked.rows[asked.rows["head_position"] != ""]
    levels = ordered_levels(stated, "head_position", vocabulary)
    return Scope("head_position", "", "", stated, levels, (), {}) if len(levels) > 1 else None
