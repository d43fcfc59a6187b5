"""Which trials answer a question: held at a level, within a level, or over what all levels share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.refusals import reasons_words
from emgpipe.comparison.shared.rows import TaskRows, require_factor
from emgpipe.comparison.shared.wording import (
    CROSSED,
    MEASURED_POSITION,
    factor_words,
    level_words,
    listed,
    place_words,
)
from emgpipe.errors import ComparisonError, VocabularyError, suggest

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.vocabulary import Vocabulary

DESIGN: Final = ("exercise", "head_position")
"""Factors that must be the same on both sides of a comparison, whatever is compared."""
_MOST_NAMED: Final = 20
"""Trials left out that are each named; of more, these and how many there are."""
_NOT_CONDITIONS: Final = frozenset({"order", "load_basis"})
"""Counted up from trial to trial, or reported apart: no news that they are averaged over."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared, the levels other factors are held at, and the factor the question is asked within."""

    factor: str
    at: Mapping[str, str]
    within: str | None

    @property
    def named(self) -> tuple[str, ...]:
        """Every factor the question names."""
        return tuple(name for name in (self.factor, *self.at, self.within) if name)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that answer a question in one place.

    Attributes
    ----------
    factor : str
        The column of the levels.
    text : str
        Such as ``head_position = neutral``; the scope column of the table.
    title : str
        The question in words.
    rows : DataFrame
        Repetitions of these trials: EMG metrics, other channels and durations.
    levels : tuple of str
        At least two, in the vocabulary's order.
    held : tuple of str
        Factors of which several levels are in: levels of the compared factor are compared inside each.
    basis : mapping of str to str
        What was shared, left out and averaged, in words.
    """

    factor: str
    text: str
    title: str
    rows: pd.DataFrame
    levels: tuple[str, ...]
    held: tuple[str, ...]
    basis: Mapping[str, str]


def choose_scopes(rows: TaskRows, question: Question, vocabulary: Vocabulary) -> tuple[Scope, ...]:
    """Return the scopes in which at least two levels can be compared.

    Raises
    ------
    ComparisonError
        A factor or level is not there, fewer than two levels are left, or the levels share no condition.
    """
    require_factor(question.factor, rows.factors, "factor:")
    for name in question.at:
        require_factor(name, rows.factors, "at:")
    at = {name: known_level(rows.table, name, level, vocabulary) for name, level in question.at.items()}
    stated, basis = _stated(replace(rows, table=_at(rows.table, at)), question)
    if question.within is None:
        scope = _scope(stated, question.factor, at, vocabulary)
        return (replace(scope, basis={**basis, **scope.basis}),)
    require_factor(question.within, rows.factors, "within:")
    scopes: list[Scope] = []
    refused: list[str] = []
    for level in ordered_levels(_at(stated.table, at), question.within, vocabulary):
        try:
            scopes.append(_scope(stated, question.factor, {**at, question.within: level}, vocabulary))
        except ComparisonError as error:
            refused.append(str(error))
    if not scopes:
        raise ComparisonError(reasons_words(refused) or _nothing_stated(question, basis))
    basis |= {"places_left_out": reasons_words(refused)} if refused else {}
    return tuple(replace(scope, basis={**basis, **scope.basis}) for scope in scopes)


def _nothing_stated(question: Question, basis: Mapping[str, str]) -> str:
    why = f" ({basis['not_stated']})" if "not_stated" in basis else ""
    return f"no trial is left that states {' and '.join(question.named)}{why}; see trials.csv for the conditions"


def ordered_levels(table: pd.DataFrame, factor: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the levels of a factor that occur: in the vocabulary's order, then numbers by size, then by letter."""
    ordered_as = "head_position" if factor == MEASURED_POSITION else factor
    return vocabulary.order(ordered_as, tuple(sorted(set(table[factor]), key=_natural)))


def _natural(level: str) -> tuple[int, float, str]:
    try:
        number = float(level)
    except ValueError:
        return 1, 0.0, level
    return (0, number, level) if math.isfinite(number) else (1, 0.0, level)


def _stated(rows: TaskRows, question: Question) -> tuple[TaskRows, dict[str, str]]:
    """Leave out, and say, the trials that do not state the compared factor, or were measured in no head position."""
    table, said = rows.table, []
    for factor in dict.fromkeys((question.factor, *({MEASURED_POSITION} & set(question.named)))):
        silent = table[table[factor] == ""]
        table = table[table[factor] != ""]
        why: dict[str, list[str]] = {}
        for trial in sorted(set(silent["trial"])):
            reason = rows.silent.get(trial) if factor == MEASURED_POSITION else None
            why.setdefault(reason or f"that state no {factor_words(factor)}", []).append(trial)
        said += [_left_out(ids, reason) for reason, ids in why.items()]
    return (replace(rows, table=table), {"not_stated": "; ".join(said)}) if said else (rows, {})


def _left_out(trials: Sequence[str], reason: str) -> str:
    if len(trials) == 1:
        return f"1 trial {reason.replace('that state ', 'that states ')} is left out: {trials[0]}"
    more = f" and {len(trials) - _MOST_NAMED} more" if len(trials) > _MOST_NAMED else ""
    return f"{len(trials)} trials {reason} are left out: {', '.join(trials[:_MOST_NAMED])}{more}"


def known_level(table: pd.DataFrame, factor: str, level: str, vocabulary: Vocabulary) -> str:
    """Return the level as the table has it; any of its names in the vocabulary will do."""
    known = ordered_levels(table, factor, vocabulary)
    find = {"exercise": vocabulary.exercise, "head_position": vocabulary.head_position}.get(factor)
    if level not in known and find is not None:
        try:
            level = find(level).id
        except VocabularyError as error:
            raise ComparisonError(f"at: {error}") from error
    if level not in known:
        there = ", ".join(known) or "none"
        raise ComparisonError(f"no trial has {factor} '{level}'{suggest(level, known) or '.'} There are: {there}")
    return level


def _at(table: pd.DataFrame, fixed: Mapping[str, str]) -> pd.DataFrame:
    for name, level in fixed.items():
        table = table[table[name] == level]
    return table


def _scope(rows: TaskRows, factor: str, fixed: Mapping[str, str], vocabulary: Vocabulary) -> Scope:
    table = _at(rows.table, fixed)
    where = listed(place_words(vocabulary, name, level) for name, level in fixed.items())
    levels = ordered_levels(table, factor, vocabulary)
    if len(levels) < 2:
        there = listed(level_words(vocabulary, factor, level) for level in levels) or "none"
        raise ComparisonError(
            f"A comparison needs two {factor_words(factor, several=True)}{f' in {where}' if where else ''}; "
            f"measured: {there}."
        )
    asked = _settled(factor, fixed)
    held = tuple(n for n in DESIGN if n in rows.factors and n not in asked and table[n].nunique() > 1)
    table, basis = _shared(table, factor, held, vocabulary)
    texts = [f"{name} = {level}" for name, level in fixed.items()]
    texts += [f"{name} = {' + '.join(ordered_levels(table, name, vocabulary))}" for name in held]
    if averaged := averaged_factors(table, factor, (*fixed, *held), rows.factors):
        names = listed(factor_words(name) for name in averaged)
        basis["averaged"] = f"{names} differ between trials of one condition; these trials are averaged"
    title = factor_words(factor, several=True).capitalize()
    title += f" in {where}" if where else " compared" if not held else f" over {_over(table, held, vocabulary)}"
    blocked = tuple(name for name in held if table[name].nunique() > 1)
    return Scope(factor, ", ".join(texts), title, table.reset_index(drop=True), levels, blocked, basis)


def _over(table: pd.DataFrame, held: Sequence[str], vocabulary: Vocabulary) -> str:
    places = ((name, level) for name in held for level in ordered_levels(table, name, vocabulary))
    return listed(place_words(vocabulary, name, level) for name, level in places)


def _shared(
    table: pd.DataFrame, factor: str, held: Sequence[str], vocabulary: Vocabulary
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Keep the held conditions that every level has."""
    if not held:
        return table, {}
    conditions = {
        str(level): set(own[list(held)].itertuples(index=False, name=None)) for level, own in table.groupby(factor)
    }
    common = set.intersection(*conditions.values())
    names = listed(factor_words(name) for name in held)
    if not common:
        which = "; ".join(
            f"{vocabulary.words(factor, level)}: {', '.join(sorted(_condition(c, held, vocabulary) for c in own))}"
            for level, own in conditions.items()
        )
        raise ComparisonError(
            f"The {factor_words(factor, several=True)} share no {names}, so that they cannot be compared without "
            f"mixing the two ({which}). Name one with 'at:', for example at: {{{held[0]}: ...}}."
        )
    keys = table[list(held)].apply(tuple, axis=1)
    said = ", ".join(sorted(_condition(condition, held, vocabulary) for condition in common))
    basis = {
        "shared": f"{factor_words(factor, several=True)} are compared inside each {names} that all of them have: {said}"
    }
    left_out = sorted({condition for own in conditions.values() for condition in own} - common)
    if left_out:
        words = ", ".join(_condition(condition, held, vocabulary) for condition in left_out)
        basis["shared"] += f"; not shared by all and left out: {words}"
    return table[keys.isin(common)], basis


def _condition(condition: tuple[str, ...], held: Sequence[str], vocabulary: Vocabulary) -> str:
    return " with ".join(
        vocabulary.words(name, level) if level else f"no stated {factor_words(name)}"
        for name, level in zip(held, condition, strict=True)
    )


def averaged_factors(table: pd.DataFrame, factor: str, fixed: Sequence[str], factors: Sequence[str]) -> tuple[str, ...]:
    """Return the factors that differ inside a participant's condition of one outcome."""
    cell = ["participant", "session", factor, *fixed, "muscle", "side"]
    others = [name for name in factors if name not in _settled(factor, fixed) | _NOT_CONDITIONS]
    measured = table[table["kind"] != "time"]
    return tuple(name for name in others if (measured.groupby(cell)[name].nunique() > 1).any())


def _settled(factor: str, fixed: Iterable[str]) -> frozenset[str]:
    """Return the factors that are compared or held; where head positions are measured, no matter what was told."""
    asked = {*factor.split(CROSSED), *fixed}
    return frozenset(asked | {"head_position"} if MEASURED_POSITION in asked else asked)
