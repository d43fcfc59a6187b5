"""Trends over the repetitions of a set, and over a hold: amplitude, angle and median frequency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from emgpipe.comparison.shared.choices import OutcomeComparator
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES
from emgpipe.comparison.shared.curve_rows import clean_curves, no_curves
from emgpipe.comparison.shared.places import Place, places
from emgpipe.comparison.shared.ratios import BASIS as RATIO_BASIS
from emgpipe.comparison.shared.ratios import with_parts
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.scopes import known_level
from emgpipe.comparison.shared.sides import SideRule, on_idle_side, with_sites, working_side
from emgpipe.comparison.shared.wording import listed, place_words
from emgpipe.comparison.trends.results import (
    Drawing,
    TrendResult,
    course_table,
    families,
    own_table,
    trend_results,
    trend_table,
)
from emgpipe.comparison.trends.sentences import lost_sentences, outcome_words, trend_basis, trend_sentences
from emgpipe.comparison.trends.series import FEWEST
from emgpipe.comparison.trends.sets import (
    Found,
    Lost,
    mean_durations,
    numbered,
    repetition_counts,
    sets_of_holds,
    sets_of_rates,
    sets_of_repetitions,
    too_short,
)
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.model.results import Family
from emgpipe.model.tables import WHOLE_REPETITION
from emgpipe.statistics.multiplicity import Correction
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_RATE: Final = "median_frequency_slope"


class RepetitionTrend(OutcomeComparator):
    """Ask how amplitude, angle and median frequency change from the first repetition of a set to the last.

    Every exercise in every head position is a question of its own. One slope per set by least squares, averaged in the
    participant; then the mean of the participants' slopes with its interval. Holds are followed second by second.
    """

    kind: Literal["repetition_trend"] = "repetition_trend"
    frequencies: tuple[str, ...] = ("median_frequency",)
    """Metrics of the spectrum: median_frequency, mean_frequency; an empty list, none."""
    factor: str | None = None
    """A further factor whose levels are asked about one by one, such as load."""
    at: dict[str, str] | None = None
    """Levels factors are held at, such as {exercise: barbell_hip_thrust}."""
    side: SideRule = "working"
    """Single-leg exercises: leg muscles of the working side only, or all sides as_recorded."""
    hold_from: float = Field(default=10.0, gt=0)
    """Sets of one or two repetitions that last at least this long (s) are holds; isometric exercises always are."""
    trim: float = Field(default=0.05, ge=0, le=0.4)
    """Share of a hold left out at either end, where it is taken up and given up."""
    correction: Correction = "holm"
    """How p values are adjusted over the conditions of one outcome: holm, benjamini_hochberg, none."""
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most sign assignments of the sign-flip test."""
    seed: int = Field(default=0, ge=0)
    """Of the random sign assignments."""

    @classmethod
    def example(cls) -> Self:
        """Follow muscles and the neck angle."""
        return cls(channels=("neck_angle",))

    def describe(self) -> str:
        """Say in a few words what is compared."""
        at = listed(f"{name} = {level}" for name, level in (self.at or {}).items())
        return f"trend over the repetitions{f' at {at}' if at else ''}"

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison of all conditions; see `Comparator.compare`."""
        rows, uncounted = numbered(with_sites(task_rows(tables.metrics, self.phase)))
        sides = working_side(rows, self.side, vocabulary)
        rows = sides.rows
        conditions = places(rows, self.at or {}, vocabulary, (self.factor,) if self.factor else ())
        holds = self._holds(rows.table, vocabulary)
        curves = self._curves(tables.curves, holds, vocabulary)
        chosen = self._chosen(rows.table, vocabulary)
        lost = Lost()
        found = []
        for place in conditions:
            trials = set(place.rows["trial"])
            own = chosen[chosen["trial"].isin(trials)]
            over_hold = sets_of_holds(curves[curves["trial"].isin(trials)], place.rows, self.trim, lost)
            words = self._without_held(place.words, rows.table, vocabulary)
            found.append(((place.text, words), self._over_repetitions(own, holds, lost) | over_hold))
        results = trend_results(found, self.correction, Drawing(self.resamples, self.seed))
        short = [one for place in conditions for one in too_short(place.rows, holds)]
        gaps = [*_left_out(short), *lost_sentences(lost, vocabulary)]
        if uncounted:
            gaps.append(f"Left out, because their repetitions have no number: {', '.join(uncounted)}.")
        if not results:
            raise ComparisonError(_nothing(short, self.hold_from, gaps[1:] if short else gaps))
        basis = self._basis(rows, conditions) | sides.basis(rows.table)
        return (self._comparison(results, (short, gaps), basis, vocabulary),)

    def _comparison(
        self,
        results: Sequence[TrendResult],
        left_out: tuple[Sequence[str], Sequence[str]],
        basis: dict[str, str],
        vocabulary: Vocabulary,
    ) -> Comparison:
        short, gaps = left_out
        factor = self.factor or "repetition"
        at = listed(level.replace("_", " ") for level in (self.at or {}).values())
        names = {outcome: outcome_words(outcome, vocabulary) for outcome in families(results)}
        return Comparison(
            kind=self.kind,
            title=f"Trend over the repetitions of a set{f' in {at}' if at else ''}",
            table=trend_table(results, factor),
            cells=own_table(results, factor),
            sentences=(*trend_sentences(results, self.correction, vocabulary), *gaps),
            basis=trend_basis(results, short, self.correction, self.trim) | basis,
            tables={"course": course_table(results, factor)},
            families=tuple(
                Family(names[outcome], len(members), CORRECTION_NAMES[self.correction])
                for outcome, members in families(results).items()
            ),
        )

    def _holds(self, table: pd.DataFrame, vocabulary: Vocabulary) -> tuple[str, ...]:
        """Return the trials that are holds."""
        if self.phase != WHOLE_REPETITION:
            return ()
        isometric = {name for name, entry in vocabulary.exercises.items() if entry.contraction == "isometric"}
        counts, seconds = repetition_counts(table), mean_durations(table)
        long = {name for name, n in counts.items() if n < FEWEST and seconds.get(name, 0.0) >= self.hold_from}
        if "exercise" in table.columns:
            long |= set(table.loc[table["exercise"].isin(isometric), "trial"])
        return tuple(sorted(long))

    def _chosen(self, table: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
        """Return the rows of the outcomes, then those of the spectrum, with the number in ``amplitude``."""
        import pandas as pd

        spectrum = table[table["kind"].eq("emg") & table["metric"].isin({*self.frequencies, _RATE})]
        if self.muscles is not None:
            names = {part for muscle in self.muscles for part in with_parts(muscle, vocabulary)}
            spectrum = spectrum[spectrum["muscle"].isin(names)]
        spectrum = spectrum.assign(amplitude=spectrum["value"], amplitude_unit=spectrum["unit"])
        return pd.concat([self.chosen(table, vocabulary), spectrum], ignore_index=True)

    def _over_repetitions(self, rows: pd.DataFrame, holds: Sequence[str], lost: Lost) -> Found:
        rate = rows["metric"].eq(_RATE)
        rates = sets_of_rates(rows[rate & rows["trial"].isin(holds)])
        return sets_of_repetitions(rows[~rate], self._kind_of, lost) | rates

    def _without_held(self, words: str, table: pd.DataFrame, vocabulary: Vocabulary) -> str:
        """Return the condition without what the study file holds, which the title says already."""
        for name, level in (self.at or {}).items():
            held = place_words(vocabulary, name, known_level(table, name, level, vocabulary))
            words = words.removeprefix(held).removeprefix(", ").removesuffix(f", {held}")
        return words

    def _kind_of(self, source: str, metric: str) -> str:
        if metric in self.frequencies:
            return "frequency"
        return "log" if source in ("emg", "ratio") else "raw"

    def _curves(self, curves: pd.DataFrame, holds: Sequence[str], vocabulary: Vocabulary) -> pd.DataFrame:
        """Return the curves of the muscles and channels asked for, of holds."""
        if curves.empty or not holds:
            return no_curves()
        mine = clean_curves(curves, ("working_side",))
        mine = mine[mine["trial"].isin(set(holds))]
        if self.side == "working":
            mine = mine[~on_idle_side(mine, vocabulary)]
        wanted = mine["kind"].eq("emg") | mine["muscle"].isin(self.channels)
        if self.muscles is not None:
            names = {part for muscle in self.muscles for part in with_parts(muscle, vocabulary)}
            wanted &= mine["kind"].ne("emg") | mine["muscle"].isin(names)
        return mine[wanted]

    def _basis(self, rows: TaskRows, conditions: Sequence[Place]) -> dict[str, str]:
        basis = {"excluded": rows.excluded or "nothing"}
        averaged = {place.averaged for place in conditions if place.averaged}
        if averaged:
            basis["averaged"] = f"{listed(sorted(averaged))} differ between sets of one condition; sets are averaged"
        absent = [name for name in self.frequencies if not rows.table["metric"].eq(name).any()]
        if absent:
            words = listed(name.replace("_", " ") for name in absent)
            basis["frequency"] = f"{words} NOT RECORDED: name it under 'metrics:' in the study file and run again"
        if self.ratios:
            basis["ratios"] = RATIO_BASIS
        if self.phase != WHOLE_REPETITION:
            basis["phase"] = f"{self.phase} phase only"
        return basis


def _left_out(short: Sequence[str]) -> Iterator[str]:
    if short:
        yield f"Left out, because a trend needs {FEWEST} repetitions: {', '.join(short)}."


def _nothing(short: Sequence[str], hold_from: float, gaps: Sequence[str]) -> str:
    sets = f" Sets with fewer (their number in brackets): {', '.join(short)}." if short else ""
    return (
        f"no set has {FEWEST} repetitions with a usable number, and none is a hold of {hold_from:g} s or more, so that "
        f"there is no trend.{sets}{''.join(f' {gap}' for gap in gaps)}"
    )
