"""Which two levels are compared: each against a named one, or every two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.wording import MEASURED_POSITION, level_words, listed
from emgpipe.errors import ComparisonError, VocabularyError, suggest

if TYPE_CHECKING:
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary


def level_pairs(levels: Sequence[str], against: str | None) -> Iterator[tuple[str, str]]:
    """Yield (level, other): each against the named one, or all pairs, the later level against the earlier."""
    for place, other in enumerate(levels):
        if against is None:
            yield from ((level, other) for level in levels[place + 1 :])
        elif other != against and against in levels:
            yield other, against


def against_level(scope: Scope, against: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the level to compare against as the scope has it; any of its names in the vocabulary will do.

    Raises
    ------
    ComparisonError
        The scope has no such level.
    """
    if against is None or against in scope.levels:
        return against
    heads = dict.fromkeys(("head_position", MEASURED_POSITION), vocabulary.head_position)
    find = {"exercise": vocabulary.exercise, **heads}.get(scope.factor)
    try:
        level = find(against).id if find is not None else against
    except VocabularyError as error:
        raise ComparisonError(f"against: {error}") from error
    if level not in scope.levels:
        there = ", ".join(scope.levels)
        raise ComparisonError(
            f"against: '{against}' is not among the levels of {scope.factor}"
            f"{suggest(against, scope.levels) or '.'} There are: {there}"
        )
    return level


def no_pair_words(outcome: OutcomeCells, scope: Scope, against: str | None, vocabulary: Vocabulary) -> str:
    """Say why no two levels of an outcome can be compared."""
    if outcome.refusal:
        return outcome.refusal
    if against is not None and against not in outcome.levels:
        return f"not measured in {level_words(vocabulary, scope.factor, against)}"
    named = listed(level_words(vocabulary, scope.factor, level) for level in outcome.levels)
    if len(outcome.levels) < 2:
        return f"measured only in {named}" if named else "there is no usable value"
    return "no participant has a usable value in both levels of a pair"
