"""Groups of participants: their level of amplitude, and whether an effect differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from emgpipe.comparison.groups.measure import (
    Result,
    cell_table,
    in_families,
    measure_groups,
    measure_slope,
    omnibus_table,
    result_table,
)
from emgpipe.comparison.groups.membership import Membership, membership
from emgpipe.comparison.groups.questions import Asked, effects_asked, levels_asked
from emgpipe.comparison.groups.words import asked_words, beyond_reach, group_words, methods_words, result_sentence
from emgpipe.comparison.shared.conditions import ConditionComparator
from emgpipe.comparison.shared.contrasts import against_level, level_pairs, no_pair_words
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES
from emgpipe.comparison.shared.places import places
from emgpipe.comparison.shared.ratios import BASIS as RATIO_BASIS
from emgpipe.comparison.shared.refusals import each_scope, reasons_words
from emgpipe.comparison.shared.rows import task_rows
from emgpipe.comparison.shared.sides import with_sites, working_side
from emgpipe.comparison.shared.wording import RESERVATION, factor_words, panel_words, people
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.model.results import Family
from emgpipe.statistics.multiplicity import Correction
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES

if TYPE_CHECKING:
    from typing import Self

    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.comparison.shared.tables import StudyTables
    from emgpipe.vocabulary import Vocabulary

_LEVEL_BASIS = (
    "geometric means of normalized amplitudes, means of channels; in amplitudes the references (MVIC) of both groups "
    "enter, so that groups that differ in how fully they contract in the MVIC trials differ here as well"
)
_EFFECT_BASIS = (
    "log ratio of two levels inside each participant and session, where the reference (MVIC) cancels; groups are "
    "compared by the ratio of these ratios. Channels: difference of differences"
)
_EFFECTS = {
    "session": "log ratio of two sessions inside each participant, of amplitudes normalized by each session's own "
    "reference, so that references enter; groups are compared by the ratio of these ratios",
    "muscle": "log ratio of two muscles inside each participant, each normalized by its own reference, so that "
    "references enter; groups are compared by the ratio of these ratios",
}


class Between(ConditionComparator):
    """Compare groups of participants: sexes, training histories, or any other column of the participants table.

    Without a factor the question is the level of normalized amplitude in each exercise and head position. With one it
    is whether the factor's effect (a level against another, inside each participant) differs between the groups. A
    column of numbers, such as years of training, is compared by its slope and its rank correlation.
    """

    kind: Literal["between"] = "between"
    group: str = Field(min_length=1)
    """Column of the participants table: sex, training_age, ..."""
    factor: str = ""
    """Ask whether the effect of this factor differs between groups: head_position, exercise, session, ... Left out,
    the level of amplitude is compared."""
    against: str | None = None
    """Compare each level of the factor with this one, such as neutral; left out, every two levels."""
    against_group: str = ""
    """The group the others are compared with; left out, the first in alphabetical order."""
    numeric: bool | None = None
    """Whether the column holds numbers to be compared as such; left out, where it has more than two different ones
    and nothing else."""
    correction: Correction = "holm"
    """How p values are adjusted over the tests of one outcome: holm, benjamini_hochberg or none."""
    resamples: int = Field(default=DEFAULT_RESAMPLES, ge=100, le=1_000_000)
    """Most permutations: all of them where there are no more than that, else so many random ones."""
    seed: int = Field(default=0, ge=0)
    """Of the random permutations."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        """Refuse settings that would do nothing."""
        idle = [name for name in ("against", "within") if getattr(self, name) and not self.factor]
        if idle:
            raise ValueError(f"{' and '.join(idle)} needs a factor; state it, or leave {' and '.join(idle)} out")
        if self.numeric and self.against_group:
            raise ValueError("against_group is for groups; with numeric: true there are none, so leave one of them out")
        return self

    def compare(self, tables: StudyTables, vocabulary: Vocabulary) -> tuple[Comparison, ...]:
        """Return one comparison, with a factor one per scope; see `Comparator.compare`."""
        rows = self.task_rows(tables) if self.factor else task_rows(tables.metrics, self.phase)
        measured = sorted(set(rows.table["participant"]))
        members = membership(
            tables.participants, self.group, measured, against=self.against_group, numeric=self.numeric
        )
        basis = {"without_group": ", ".join(members.without(measured)) or "nobody"}
        if not self.factor:
            title = f"Amplitude by {factor_words(self.group)}"
            asked = tuple(self._levels(rows, vocabulary, basis))
            basis |= {"values": _LEVEL_BASIS, "excluded": rows.excluded or "nothing"}
            return (self._answer(title, asked, members, basis, vocabulary),)

        def of_scope(scope: Scope) -> Comparison:
            title = f"{scope.title} by {factor_words(self.group)}"
            own = basis | {"values": _EFFECTS.get(self.factor, _EFFECT_BASIS)} | self.shared_basis(rows, scope)
            answer = self._answer(title, tuple(self._effects(scope, vocabulary)), members, own, vocabulary)
            return replace(answer, sentences=(*answer.sentences, *self.shared_sentences(scope, vocabulary)))

        return each_scope(self.scopes(rows, vocabulary), of_scope)

    @classmethod
    def example(cls) -> Self:
        """Compare the effect of the head position between the sexes."""
        return cls(group="sex", factor="head_position", within="exercise", against="neutral")

    def describe(self) -> str:
        """Say in a few words what is compared."""
        return f"{self.question_words() if self.factor else 'amplitude'} between groups of {self.group}"

    def _levels(self, rows: TaskRows, vocabulary: Vocabulary, basis: dict[str, str]) -> Iterator[Asked]:
        if self.ratios:
            basis["ratios"] = RATIO_BASIS
        sides = working_side(with_sites(rows), self.side, vocabulary)
        basis |= sides.basis(sides.rows.table)
        for place in places(sides.rows, self.at or {}, vocabulary):
            if place.averaged:
                basis["averaged"] = f"{place.averaged} differ between trials of one condition; these are averaged"
            yield from levels_asked(self.chosen(place.rows, vocabulary), place)

    def _effects(self, scope: Scope, vocabulary: Vocabulary) -> Iterator[Asked]:
        against = against_level(scope, self.against, vocabulary)
        for outcome in self.outcomes(scope, vocabulary)[0]:
            pairs = tuple(level_pairs(outcome.levels, against))
            yield from effects_asked(outcome, pairs, scope.text, no_pair_words(outcome, scope, against, vocabulary))

    def _answer(
        self,
        title: str,
        questions: Sequence[Asked],
        members: Membership,
        basis: dict[str, str],
        vocabulary: Vocabulary,
    ) -> Comparison:
        results: list[Result] = []
        refused: list[str] = []
        for asked in questions:
            if reason := _unanswerable(asked, members):
                refused.append(f"{asked_words(asked, self.column, vocabulary)}: not compared, {reason}")
            elif members.numeric:
                results.append(measure_slope(asked, members, self.resamples, self.seed))
            else:
                results += measure_groups(asked, members, self.resamples, self.seed)
        if not results:
            said = reasons_words(refused or ["no participant has two of the levels"])
            raise ComparisonError(f"nothing can be compared between groups of {self.group}. {said}")
        results = in_families(results, self.correction)
        answered = [asked for asked in questions if any(result.asked is asked for result in results)]
        everybody = sorted({name for asked in answered for name in asked.scores if name in members.of})
        tables = {}
        if len(members.groups) > 2:
            tables["omnibus"] = omnibus_table(answered, self.factor, members, self.resamples, self.seed)
        sentences = [result_sentence(r, self.column, members, self.correction, vocabulary) for r in results]
        sentences += beyond_reach(results)
        return Comparison(
            kind=self.kind,
            title=title,
            table=result_table(results, self.factor, members),
            cells=cell_table(answered, self.factor, members),
            sentences=(*sentences, *(f"{text}." for text in dict.fromkeys(refused))),
            basis={"n": _people_words(everybody, members)}
            | methods_words(members, results, self.correction)
            | ({"meaning": RESERVATION} if any(asked.scale == "log" for asked in answered) else {})
            | basis
            | ({"not_compared": reasons_words(refused)} if refused else {}),
            tables=tables,
            families=self._families(results, title, vocabulary),
        )

    def _families(self, results: Sequence[Result], title: str, vocabulary: Vocabulary) -> tuple[Family, ...]:
        tests = {result.asked.key: (result.asked.kind, result.tests) for result in results if result.tests}
        return tuple(
            Family(f"{panel_words(vocabulary, key, kind)}: {title}", count, CORRECTION_NAMES[self.correction])
            for key, (kind, count) in tests.items()
        )


def _unanswerable(asked: Asked, members: Membership) -> str:
    """Say why a question has no answer, or nothing where it has one."""
    if asked.refusal:
        return asked.refusal
    known = [name for name in asked.scores if name in members.of]
    lost = f" ({', '.join(asked.unusable)})" if asked.unusable else ""
    if members.numeric:
        return f"fewer than 2 participants have a value and a {members.column}{lost}" if len(known) < 2 else ""
    there = {members.of[name] for name in known}
    return "" if len(there) > 1 else f"fewer than two groups have participants with a value{lost}"


def _people_words(names: Sequence[str], members: Membership) -> str:
    if members.numeric:
        return f"{people(len(names))}: {', '.join(names)}"
    parts = []
    for group in members.groups:
        own = [name for name in names if members.of[name] == group]
        label = group_words(group, members)
        count = f"{label}{' ' if label == group else ': '}{len(own)}"
        parts.append(f"{count} ({', '.join(own)})" if own else count)
    return f"{people(len(names))}: {'; '.join(parts)}"
