"""A linear mixed model of the repetitions: order, load and dose as covariates, missing cells kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from emgpipe.comparison.measured.labels import require_degrees
from emgpipe.comparison.mixed.design import Design, make_design
from emgpipe.comparison.mixed.random import Random, Wanted
from emgpipe.comparison.mixed.words import (
    HEADLINE,
    LIBERAL,
    Fitted,
    doubts_words,
    fit_table,
    term_sentences,
    term_table,
)
from emgpipe.comparison.shared.cells import PANEL, block_cells, own_values
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.contrasts import against_level
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.rows import require_factor
from emgpipe.comparison.shared.wording import RESERVATION, factor_words, listed, panel_words, people
from emgpipe.errors import ComparisonError, suggest
from emgpipe.model import Comparison
from emgpipe.model.results import Family
from emgpipe.statistics.mixed import fit_mixed

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_NEUTRAL = "neutral"


class MixedModel(ConditionComparator):
    """Fit a linear mixed model to the repetitions: log amplitude by condition and covariates, participants at random.

    Keeps participants with missing conditions and adjusts for order, load or the measured angle. Fitted by restricted
    maximum likelihood with statsmodels (pip install 'emgpipe[models]'). Its tests take t with few degrees of freedom,
    since the participants are the sample and not the repetitions; Wald's z is shown beside them and called liberal.
    """

    kind: Literal["mixed_model"] = "mixed_model"
    against: str | None = None
    """The level the others are compared with; left out, neutral where there is one, else the first."""
    covariates: tuple[str, ...] = ()
    """Numeric columns of the trials to adjust for, such as order, period or load, and repetition (its number). Each
    is centered on the participant's own mean."""
    dose: str = ""
    """A channel such as neck_angle whose value takes the place of the levels: the effect per degree instead of per
    level."""
    dose_metric: str = "lockout"
    """The metric of that channel."""
    random: Random = "condition"
    """What differs between participants: condition (a level of their own, and a response of their own to each
    condition), slopes (the same with freely correlated responses: many variances for few participants), or intercept
    (their level only: takes repetitions as independent and is far too sure where responses differ)."""

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison per scope; see `Comparator.compare`."""
        rows = self.task_rows(tables)
        for name in self.covariates:
            if name != "repetition":
                require_factor(name, rows.factors, "covariates:")
        if twice := {self.column, *(self.at or {}), self.within} & set(self.covariates):
            raise ComparisonError(
                f"'{sorted(map(str, twice))[0]}' is compared or held, so it cannot be a covariate too"
            )
        if self.dose and self.dose in self.channels:
            raise ComparisonError(f"'{self.dose}' is the dose, so it cannot be an outcome as well; take it out")
        return each_scope(self.scopes(rows, vocabulary), lambda scope: self._of_scope(scope, rows, vocabulary))

    @classmethod
    def example(cls) -> Self:
        """Compare the mean amplitude of each head position with neutral in every exercise."""
        return cls(factor="head_position", within="exercise", metrics=("mean",))

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"mixed model of {self.question_words()}"

    def _of_scope(self, scope: Scope, rows: TaskRows, vocabulary: Vocabulary) -> Comparison:
        chosen = self.chosen(scope.rows, vocabulary)
        against = against_level(scope, self.against, vocabulary)
        if against is None:
            against = _NEUTRAL if _NEUTRAL in scope.levels else scope.levels[0]
        covariates = tuple(dict.fromkeys(self.covariates))
        wanted = Wanted(self.column, against, scope.held, covariates, self._dose(scope), self.dose, self.random)
        refused: list[str] = []
        fits = tuple(self._fits(chosen, scope, wanted, refused, vocabulary))
        if not fits:
            raise ComparisonError(reasons_words(refused))
        title = self._title(scope)
        own = own_values(block_cells(chosen, self.column, scope.held))
        sentences = [text for one in fits for text in term_sentences(one, self.column, against, vocabulary)]
        return Comparison(
            kind=self.kind,
            title=title,
            table=term_table(fits, self.factor, against, scope.text),
            cells=own.assign(factor=self.factor, scope=scope.text),
            sentences=(*sentences, *(f"{text}." for text in refused), *self.shared_sentences(scope, vocabulary)),
            basis=self._basis(fits, vocabulary)
            | self.shared_basis(rows, scope)
            | ({"not_compared": reasons_words(refused)} if refused else {}),
            tables={"variance": fit_table(fits, self.factor, scope.text)},
            families=tuple(
                Family(f"{panel_words(vocabulary, d.key, d.kind)}: {title}", max(len(d.levels), 1), "none")
                for d, _ in fits
            ),
        )

    def _title(self, scope: Scope) -> str:
        about = scope.title.removesuffix(" compared")
        about = f"{about[:1].lower()}{about[1:]}"
        return f"Mixed model of {factor_words(self.dose)} over {about}" if self.dose else f"Mixed model of {about}"

    def _dose(self, scope: Scope) -> pd.DataFrame | None:
        """Return the channel's value of every repetition, in a column ``dose``."""
        if not self.dose:
            return None
        others = scope.rows[~scope.rows["kind"].isin({"emg", "ratio", "time"})]
        for given, column in ((self.dose, "muscle"), (self.dose_metric, "metric")):
            there = sorted(set(others[column]))
            if given not in there:
                raise ComparisonError(
                    f"dose: no repetition has '{given}'{suggest(given, there) or '.'} There are: "
                    f"{', '.join(there) or 'none'}"
                )
            others = others[others[column] == given]
        require_degrees(others, self.dose)
        repetition = ["participant", "session", "trial", "repetition"]
        return others.groupby(repetition)["value"].mean().rename("dose").reset_index()

    def _fits(
        self, chosen: pd.DataFrame, scope: Scope, wanted: Wanted, refused: list[str], vocabulary: Vocabulary
    ) -> Iterator[Fitted]:
        for key, own in chosen.groupby(list(PANEL), sort=False):
            muscle, side, placement, metric = (str(part) for part in key)
            try:
                design: Design = make_design((muscle, side, placement, metric), own, scope.levels, wanted)
                yield design, fit_mixed(design.data, design.slope_names)
            except ComparisonError as error:
                words = panel_words(vocabulary, (muscle, side, placement, metric), str(own["kind"].iloc[0]))
                refused.append(f"{words}: not compared, {error}")

    def _basis(self, fits: tuple[Fitted, ...], vocabulary: Vocabulary) -> dict[str, str]:
        everybody = sorted({name for design, _ in fits for name in design.people})
        fixed = factor_words(self.dose) if self.dose else factor_words(self.factor, several=True)
        covariates = dict.fromkeys(map(factor_words, self.covariates))
        adjusted = f", adjusted for {listed(covariates)}" if covariates else ""
        scales = {design.scale for design, _ in fits}
        response = listed(
            words for scale, words in (("log", "log amplitude"), ("raw", "values of channels")) if scale in scales
        )
        lost = {f"{d.left_out} ({panel_words(vocabulary, d.key, d.kind)})" for d, _ in fits if d.left_out}
        basis = {
            "n": f"{people(len(everybody))}: {', '.join(everybody)}",
            "headline": HEADLINE,
            "method": f"linear mixed model of the repetitions by restricted maximum likelihood (statsmodels): "
            f"{response} by {fixed}{adjusted}; random: "
            f"{' | '.join(dict.fromkeys(d.random_words for d, _ in fits))}",
            "interval": "95 % t interval; degrees of freedom: "
            + " | ".join(dict.fromkeys(d.df_words for d, _ in fits)),
            "wald": LIBERAL,
            "multiplicity": "p values are not adjusted for the number of terms",
            "left_out": "; ".join(sorted(lost)) or "no repetition",
            "assumptions": doubts_words(fits, vocabulary),
        }
        if "log" in scales:
            basis["meaning"] = RESERVATION
        if self.covariates or self.dose:
            basis["covariates"] = (
                "centered on each participant's own mean, so that effects are those inside participants"
            )
        return basis
