"""Were the head positions held as instructed? The measured neck angle of every trial against the instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.measured.asked import Asked, asked_in
from emgpipe.comparison.measured.bins import MeasuredBins
from emgpipe.comparison.measured.confusion import (
    bins_table,
    check_positions,
    confusion,
    label_order,
    own_angles,
    position_angles,
)
from emgpipe.comparison.measured.words import check_sentences
from emgpipe.comparison.shared.refusals import each_place
from emgpipe.comparison.shared.rows import require_factor, task_rows
from emgpipe.comparison.shared.wording import factor_words, people, percent
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.measured.confusion import Check
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary


class MeasuredPosition(MeasuredBins, Comparator):
    """Set the head position every trial was instructed in beside the one that was measured.

    The neck angle is head minus upper trunk, relative to the participant's own neutral, flexion positive, read at
    lock-out; the inclination of the head alone does not do, because the trunk turns by about 45 degrees in a hip
    thrust. Nothing is tested: this says what the instruction was worth, and for whom.
    """

    kind: Literal["measured_position"] = "measured_position"
    at: dict[str, str] | None = None
    """Levels of factors to look at, such as {exercise: barbell_hip_thrust}. Left out, all trials."""
    within: str | None = None
    """Look once per level of this factor, such as exercise."""

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one confusion table per place; see `Comparator.compare`."""
        self.require_known(vocabulary)
        rows = task_rows(tables.metrics)
        require_factor("head_position", rows.factors, "measured_position:")
        places = asked_in(rows, self.at or {}, self.within, vocabulary)
        return each_place(
            places,
            lambda asked: asked.words or "all trials",
            lambda asked: self._compare(asked, rows, tables, vocabulary),
        )

    @classmethod
    def example(cls) -> Self:
        """Look at the hip thrust."""
        return cls(at={"exercise": "barbell_hip_thrust"})

    def describe(self) -> str:
        """Say in a few words what is compared."""
        within = f" within {factor_words(self.within)}" if self.within else ""
        return f"instructed and measured head positions{within}"

    def _compare(self, asked: Asked, rows: TaskRows, tables: StudyTables, vocabulary: Vocabulary) -> Comparison:
        check = check_positions(asked.rows, self, tables.participants, vocabulary)
        if check.trials.empty:
            raise ComparisonError(
                "no trial has both an instructed and a measured head position; state head_position in the trials "
                f"table, and see that '{self.channel}' was measured"
            )
        table = confusion(check, label_order(self))
        own = own_angles(check)
        positions = position_angles(check, own)
        added = {"factor": "head_position", "scope": asked.text}
        return Comparison(
            kind=self.kind,
            title=f"Head positions as instructed and as measured{asked.title_end}",
            table=table.assign(**added)[[*added, *table.columns]],
            cells=own.assign(unit="deg", **added)[[*added, *own.columns, "unit"]],
            sentences=check_sentences(check, table, positions, self, vocabulary),
            basis=self._basis(check, rows),
            tables={
                "positions": positions,
                "participants": own,
                "trials": check.trials,
                "bins": bins_table(self),
            },
        )

    def _basis(self, check: Check, rows: TaskRows) -> dict[str, str]:
        everybody = sorted(set(check.trials["participant"]))
        basis = {
            "n": f"{people(len(everybody))}: {', '.join(everybody)}",
            "method": f"{self.metric} {factor_words(self.channel)} of every repetition; bins: {self.words()}; an "
            "angle on an edge belongs to the bin below it",
            "trial_label": f"the bin of {percent(self.agreement)} or more of a trial's repetitions, else mixed",
            "ambiguous": f"repetitions within {self.ambiguous:g}° of an edge on either side; they are counted where "
            "they lie",
            "assumptions": "the zero of the angle is the participant's own neutral; an error of the zero moves all "
            "positions of that participant alike",
            "meaning": "counts and angles, no test: trials of one participant are not independent of each other",
            "excluded": rows.excluded or "nothing",
        }
        if check.silent:
            basis["not_stated"] = f"left out, no head position stated: {', '.join(check.silent)}"
        if check.unmeasured:
            basis["not_measured"] = ", ".join(check.unmeasured)
        return basis
